/**
 * Payments a second, end to end: one authority and two operators as processes on a real disk, ten
 * thousand wallets, half of the payments across operators, one signed order and one HTTP request for
 * each payment, limits on, every signature checked, every answer given only after it was durable,
 * and every balance verified afterwards. The load generator runs on the same cores.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { instantOf } from '@specie/core/base/instant';
import { listen } from '@specie/protocol/node/listen';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import { Outbox, type Letter } from '@specie/sandbox/outbox';
import { createSite } from '@specie/sandbox/site';
import { startSystem, type System } from '@specie/sandbox/system';
import { BANK_MIGRATIONS, TestBank } from '@specie/sandbox/test-bank';
import { openDatabase } from '@specie/stores/database';
import { hardware, hardwareLine, percentile, syncFloor } from './hardware.ts';
import {
  forEach,
  must,
  openFleet,
  readPieces,
  TOP_UP,
  type FleetWallet,
} from './payments/fleet.ts';
import { runLoad, type LoadResult } from './payments/load.ts';
import { PAYMENT, prepareJobs, type Job } from './payments/orders.ts';

const FOLDER = fileURLToPath(new URL('../.specie-bench', import.meta.url));
/** What people may do a thousand times a second here, which nobody may do in life. */
const BENCH_SETTINGS = JSON.parse(
  readFileSync(new URL('./payments/operator-settings.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, unknown>>;

/** Remembers every code by the name it was sent to. */
class Codes extends Outbox {
  readonly byName = new Map<string, string>();

  override put(letter: Letter): void {
    this.byName.set(letter.to, letter.code);
  }
}

function cpuSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function writtenBytes(pid: number | undefined): number {
  return pid === undefined
    ? 0
    : Number(/write_bytes: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
}

type Usage = Readonly<Record<string, { readonly cpu: number; readonly written: number }>>;

function usageOf(system: System): Usage {
  const of = (pid: number | undefined): Usage[string] => ({
    cpu: cpuSeconds(pid),
    written: writtenBytes(pid),
  });
  return {
    authority: of(system.authority.pid),
    'operator 1': of(system.operators[0]?.pid),
    'operator 2': of(system.operators[1]?.pid),
    generator: of(process.pid),
  };
}

async function verifyBalances(
  fleet: readonly FleetWallet[],
  jobs: readonly Job[],
  load: LoadResult,
): Promise<void> {
  const expected = new Map<number, bigint>(fleet.map((wallet) => [wallet.index, TOP_UP]));
  for (const at of load.settled) {
    const { payer, payee } = jobs[at]!;
    expected.set(payer, (expected.get(payer) ?? 0n) - BigInt(PAYMENT));
    expected.set(payee, (expected.get(payee) ?? 0n) + BigInt(PAYMENT));
  }
  await forEach(fleet, 64, async (wallet) => {
    let held = -1n;
    for (let i = 0; i < 200 && held !== expected.get(wallet.index); i++) {
      if (i > 0) await new Promise((resolve) => setTimeout(resolve, 50));
      const pieces = await readPieces(wallet);
      held = pieces.reduce((sum, piece) => sum + BigInt(piece.to - piece.from), 0n);
    }
    if (held !== expected.get(wallet.index)) {
      throw new Error(
        `wallet ${wallet.index} holds ${held} and should hold ${String(expected.get(wallet.index))}`,
      );
    }
  });
}

async function verifySupply(system: System): Promise<string> {
  const status = (await (await fetch(`${system.authorityUrl}/v1/status`)).json()) as {
    readonly currencies: readonly {
      readonly code: string;
      readonly minted: string;
      readonly retired: string;
      readonly outstanding: string;
    }[];
  };
  const cny = status.currencies.find((each) => each.code === 'CNY');
  if (cny === undefined || BigInt(cny.minted) - BigInt(cny.retired) !== BigInt(cny.outstanding))
    throw new Error('supply does not add up');
  return cny.outstanding;
}

function verifyMicroseconds(): number {
  const seed = new Uint8Array(32).fill(7);
  const publicKey = mlDsaNative.publicKeyOf(seed);
  const message = new Uint8Array(320);
  const signature = mlDsaNative.sign(seed, message);
  const rounds = 2000;
  const began = performance.now();
  for (let i = 0; i < rounds; i++) mlDsaNative.verify(publicKey, message, signature);
  return ((performance.now() - began) * 1000) / rounds;
}

/** Runs the bench. */
export async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      wallets: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '22' },
      seconds: { type: 'string', default: '30' },
      connections: { type: 'string', default: '64' },
      keep: { type: 'boolean', default: false },
    },
  });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const seconds = Number(values.seconds);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const codes = new Codes();
  const bank = new TestBank(
    openDatabase({ path: join(FOLDER, 'bank.db'), kind: 'SPbk', migrations: BANK_MIGRATIONS }),
  );
  const site = createSite({
    bank,
    outbox: codes,
    clock: () => instantOf(Date.now()),
    status: () => Promise.resolve({}),
  });
  const server = await listen(site, { host: '127.0.0.1', port: 0 });
  const system = await startSystem({
    folder: FOLDER,
    sandboxUrl: server.url,
    pagePort: 0,
    operatorSettings: BENCH_SETTINGS,
  });
  try {
    const authority = must(parseAuthority(system.fingerprint), 'fingerprint');
    const fleet = await openFleet({
      count: Number(values.wallets),
      locks: Number(values.rounds) + 2,
      authority,
      operatorUrls: system.operatorUrls,
      codeFor: (name) => codes.byName.get(name),
      progress: say,
    });
    const jobs = await prepareJobs(fleet, Number(values.rounds), authority, say);
    let before = usageOf(system);
    const load = await runLoad(jobs, {
      operatorUrls: system.operatorUrls,
      connections: Number(values.connections),
      warmUpMs: 5000,
      durationMs: seconds * 1000,
      onWindow: () => {
        before = usageOf(system);
      },
    });
    const afterwards = usageOf(system);
    say(`${load.settled.length} payments made, verifying every balance …`);
    await verifyBalances(fleet, jobs, load);
    const outstanding = await verifySupply(system);
    report(load, before, afterwards, outstanding, fleet.length, values.json);
  } finally {
    await system.stop();
    await server.close();
    if (!values.keep) rmSync(FOLDER, { recursive: true, force: true });
  }
}

function report(
  load: LoadResult,
  before: Usage,
  afterwards: Usage,
  outstanding: string,
  wallets: number,
  isJson: boolean,
): void {
  const perSecond = load.paid / load.seconds;
  const p50Ms = percentile(load.latencies, 0.5);
  const p99Ms = percentile(load.latencies, 0.99);
  const parts = Object.keys(before).map((name) => ({
    name,
    cpuMicros: ((afterwards[name]!.cpu - before[name]!.cpu) * 1e6) / load.paid,
    bytesWritten: (afterwards[name]!.written - before[name]!.written) / load.paid,
  }));
  const cpu = parts.reduce((sum, part) => sum + part.cpuMicros, 0);
  const verify = verifyMicroseconds();
  const sync = syncFloor(fileURLToPath(new URL('..', import.meta.url)));
  const row = (...cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(14))).join('');
  const lines = [
    '',
    hardwareLine(),
    `${wallets} wallets, ${load.latencies.length} payments in ${load.seconds.toFixed(1)} s, all balances verified, ${outstanding} fen outstanding`,
    '',
    row('payments a second', perSecond.toFixed(0)),
    row('latency p50 / p99', `${p50Ms.toFixed(1)} ms`, `${p99Ms.toFixed(1)} ms`),
    '',
    row('where the time goes, per payment', 'CPU µs', 'bytes written'),
    ...parts.map((part) =>
      row(`  ${part.name}`, part.cpuMicros.toFixed(0), part.bytesWritten.toFixed(0)),
    ),
    row('  all together', cpu.toFixed(0)),
    '',
    row('floor: one ML-DSA-44 verification', `${verify.toFixed(0)} µs`),
    row(
      'floor: one fdatasync p50 / p99',
      `${sync.p50Ms.toFixed(2)} ms`,
      `${sync.p99Ms.toFixed(2)} ms`,
    ),
    row('cores busy during the window', ((cpu * perSecond) / 1e6).toFixed(2)),
    ...[...load.failures].map(([what, count]) => row(`failed: ${what}`, String(count))),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!isJson) return;
  const json = {
    paymentsPerSecond: Math.round(perSecond),
    p50Ms: Number(p50Ms.toFixed(2)),
    p99Ms: Number(p99Ms.toFixed(2)),
    seconds: Number(load.seconds.toFixed(1)),
    wallets,
    payments: load.paid,
    failures: Object.fromEntries(load.failures),
    cpuMicrosPerPayment: Object.fromEntries(
      parts.map((part) => [part.name, Math.round(part.cpuMicros)]),
    ),
    floor: { verifyMicros: Math.round(verify), syncP50Ms: Number(sync.p50Ms.toFixed(3)) },
    hardware: hardware(),
  };
  process.stdout.write(`${JSON.stringify(json)}\n`);
}
