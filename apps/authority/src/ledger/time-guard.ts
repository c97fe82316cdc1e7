/**
 * Ledger time: the clock, held against a second source. Invariants: ledger time never goes back, and
 * a clock that parts from the monotonic one by more than a minute is believed no longer.
 *
 * Spec: 09 §6.
 * @module
 */
import { instantOf, MINUTE, type Instant } from '@specie/core/base/instant';

/** How far the clock and the time run since the start may part. */
export const STEP_MAX = MINUTE;

export interface TimeGuard {
  /** Ledger time for a batch after `last`, or a sentence that says how the clocks part. */
  now(last: Instant): { readonly time: Instant } | { readonly stepped: string };
  /** Begins anew from the clock as it is, after a release. */
  restart(): void;
}

export function timeGuard(clock: () => Instant, monotonic: () => number): TimeGuard {
  let start = { clock: clock() as number, monotonic: monotonic() };
  return {
    now(last) {
      const seen = clock();
      const expected = start.clock + (monotonic() - start.monotonic);
      const step = seen - expected;
      if (Math.abs(step) > STEP_MAX) {
        return {
          stepped: `the clock is ${Math.round(step / 1000)} s from the time run since the start`,
        };
      }
      if (last - seen > STEP_MAX) {
        return { stepped: `the clock is ${Math.round((last - seen) / 1000)} s behind the journal` };
      }
      return { time: instantOf(Math.max(last, seen)) };
    },
    restart() {
      start = { clock: clock(), monotonic: monotonic() };
    },
  };
}
