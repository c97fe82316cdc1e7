/**
 * `npm run test:red [-- NAME …]`: plants one fault at a time in a copy of the tree and sees to it
 * that its guard turns red for the right reason. Each guard is run on the unchanged copy first: one
 * that fails anyway catches nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { type Copy, copyOf } from './red/copy.ts';
import type { Fault } from './red/fault.ts';
import { FAULTS } from './red/faults.ts';
import { type Held, runGuard } from './red/guard.ts';
import { ROOT } from './tree.ts';

interface Finding {
  readonly fault: Fault;
  /** Empty when the fault was caught; otherwise why not. */
  readonly missed: string;
  readonly says: string;
  readonly seconds: number;
}

/** Signs that the guard fell over something else than what the fault broke. */
const OTHER_REASONS =
  /SyntaxError|Transform failed|Cannot find module|Failed to resolve import|could not be loaded/;

async function tryFault(fault: Fault, copy: Copy, unplanted: Held): Promise<Finding> {
  const missed = (why: string, held?: Held): Finding => ({
    fault,
    missed: why,
    says: held?.says ?? '',
    seconds: held?.seconds ?? 0,
  });
  if (!unplanted.holds) return missed('its guard fails without it', unplanted);
  const file = path.join(copy.root, fault.file);
  if (!fs.existsSync(file)) return missed(`${fault.file} is not there`);
  const text = fs.readFileSync(file, 'utf8');
  const found = text.split(fault.find).length - 1;
  if (found !== 1) return missed(`its text stands ${found} times in ${fault.file}, not once`);
  const planted = text.replace(fault.find, () => fault.replacement);
  if (!parses(fault.file, planted)) return missed('the planted text does not parse');
  fs.writeFileSync(file, planted);
  try {
    return judged(fault, await runGuard(fault.caughtBy, copy.root), missed);
  } finally {
    fs.writeFileSync(file, text);
  }
}

function judged(fault: Fault, held: Held, missed: (why: string, held: Held) => Finding): Finding {
  if (held.holds) return missed('NOBODY NOTICED', held);
  const other = OTHER_REASONS.exec(held.says)?.[0];
  if (other !== undefined && !fault.mentions.includes(other)) {
    return missed(`failed for another reason: ${other}`, held);
  }
  if (!held.says.includes(fault.mentions)) {
    return missed(`failed without saying "${fault.mentions}"`, held);
  }
  return { fault, missed: '', says: held.says, seconds: held.seconds };
}

function parses(file: string, text: string): boolean {
  if (!/\.(?:ts|tsx|js|mjs)$/.test(file)) return true;
  const { diagnostics } = ts.transpileModule(text, { fileName: file, reportDiagnostics: true });
  return diagnostics?.length === 0;
}

function tell({ fault, missed, says, seconds }: Finding): void {
  const verdict = missed === '' ? 'caught' : 'MISSED';
  console.log(
    `${verdict}  ${fault.name.padEnd(32)} ${seconds.toFixed(1).padStart(5)} s  ${fault.breaks}`,
  );
  if (missed === '') return;
  console.log(`        ${missed}`);
  for (const line of says.trimEnd().split('\n').slice(-25)) console.log(`        | ${line}`);
}

async function main(wanted: readonly string[]): Promise<number> {
  const faults = FAULTS.filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  if (faults.length === 0) {
    console.log(`No fault is named like ${wanted.join(', ')}.`);
    return 1;
  }
  const copy = copyOf(ROOT);
  process.once('exit', copy.remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const unplanted = new Map<string, Held>();
  let caught = 0;
  for (const fault of faults) {
    const guard = JSON.stringify(fault.caughtBy);
    const before = unplanted.get(guard) ?? (await runGuard(fault.caughtBy, copy.root));
    unplanted.set(guard, before);
    const finding = await tryFault(fault, copy, before);
    tell(finding);
    if (finding.missed === '') caught += 1;
  }
  console.log(`${caught} passed, ${faults.length - caught} failed`);
  return caught === faults.length ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
