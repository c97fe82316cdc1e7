/**
 * One part of the check: a program that is run to its end, its output kept back, and its outcome
 * told in one line. A part that says nothing about how much it looked at could be green on nothing,
 * so each gives a summary of what it saw.
 */
import { spawn } from 'node:child_process';
import { ROOT } from './tree.ts';

export interface Outcome {
  readonly name: string;
  /** Tests that ran and held; a part that is no test counts as one. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly summary: string;
  /** What a person needs to see when it failed; empty when it was shown already. */
  readonly output: string;
  readonly seconds: number;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** Lets the output through as it comes instead of keeping it back. */
  readonly isShown?: boolean;
  /** Another root than this tree's. */
  readonly root?: string;
  /** After this long the program is ended, which makes it a failure. */
  readonly secondsMax?: number;
}

/** Runs Node with these arguments at the root, to its end. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { isShown = false, root = ROOT, secondsMax } = options;
  const startedAt = process.hrtime.bigint();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      ...(secondsMax === undefined ? {} : { timeout: secondsMax * 1000, killSignal: 'SIGKILL' }),
      stdio: isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const end = (code: number): void => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      resolve({ code, output, seconds });
    };
    child.on('error', (error) => {
      output += error.message;
      end(1);
    });
    child.on('close', (code, signal) => {
      if (signal !== null) output += `\nended by ${signal}`;
      end(code ?? 1);
    });
  });
}

/** A part that holds or does not: the last line of its output is its summary. */
export async function toolOutcome(name: string, args: readonly string[]): Promise<Outcome> {
  const { code, output, seconds } = await runNode(args);
  const failed = code === 0 ? 0 : 1;
  const summary = output.trimEnd().split('\n').at(-1) ?? '';
  return { name, passed: 1 - failed, failed, skipped: 0, summary, output, seconds };
}

/** The line a person reads for one part. */
export function lineOf(outcome: Outcome): string {
  const verdict = outcome.failed === 0 ? 'ok    ' : 'FAILED';
  const seconds = `${outcome.seconds.toFixed(1)} s`;
  return `${outcome.name.padEnd(7)} ${verdict} ${seconds.padStart(7)}  ${outcome.summary}`;
}

/** Prints the outcome and, where it failed, why. */
export function tell(outcome: Outcome): void {
  console.log(lineOf(outcome));
  if (outcome.failed > 0 && outcome.output !== '') console.log(`\n${outcome.output.trimEnd()}\n`);
}

/** The closing line: every test once, and every part that is no test once. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const sum = (pick: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const skipped = sum((outcome) => outcome.skipped);
  const line = `${sum((o) => o.passed)} passed, ${sum((o) => o.failed)} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
