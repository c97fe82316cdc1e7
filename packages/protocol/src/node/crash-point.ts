/**
 * Points at which a test kills the process, to show that nothing is lost wherever it dies. Invariant:
 * only names listed beforehand can be armed or passed, and only in data made as sandbox.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { Fault } from '../fault.ts';

export interface CrashPointOptions {
  /** Whether the data of this process was made as sandbox. */
  readonly isSandbox: boolean;
  /** `name`, or `name:n` for the n-th passing; from the environment variable SPECIE_CRASH_AT. */
  readonly armed: string | undefined;
  /** Ends the process at once, without any clean-up; a test gives its own. */
  readonly kill?: () => void;
}

/** Passing a point; does nothing but in a test that armed it. */
export type CrashAt<N extends string> = (name: N) => void;

/** The points of an app. Arming one outside sandbox data, or one that does not exist, is a fault. */
export function crashPoints<const N extends string>(
  names: readonly N[],
  { isSandbox, armed, kill = killSelf }: CrashPointOptions,
): CrashAt<N> {
  const known = new Set<string>(names);
  if (armed === undefined || armed === '') {
    return (name) => {
      assert(known.has(name), `the crash point ${name} is listed`);
    };
  }
  if (!isSandbox)
    throw new Fault('sandbox_only', 'never', 'crash points can be armed only in sandbox data');
  const [, name, nth] = /^([^:]+)(?::([1-9][0-9]*))?$/.exec(armed) ?? [];
  if (name === undefined || !known.has(name))
    throw new Fault('crash_point_unknown', 'never', `there is no crash point "${armed}"`);
  let left = Number(nth ?? 1);
  return (passed) => {
    assert(known.has(passed), `the crash point ${passed} is listed`);
    if (passed !== name) return;
    left -= 1;
    if (left === 0) kill();
  };
}

function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered before this call returns to the event loop; nothing may run until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}
