/**
 * Repetition count test: a source that is stuck repeats itself. It alarms when one value comes
 * `cutoff` times in a row.
 *
 * SP 800-90B §4.4.1: A = `last`, B = `run`, C = `cutoff`.
 * @module
 */

/** The test's state between blocks of samples; it keeps one sample, never more. */
export type RepetitionTest = { readonly cutoff: number; last: number; run: number };

/** A test that has seen nothing. */
export function startRepetitionTest(cutoff: number): RepetitionTest {
  return { cutoff, last: -1, run: 0 };
}

/** Runs the samples through and answers the index of the one that raised the alarm, or −1. */
export function feedRepetitionTest(test: RepetitionTest, samples: Uint8Array): number {
  const { cutoff } = test;
  let { last, run } = test;
  let alarm = -1;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (sample !== last) {
      last = sample;
      run = 1;
    } else if (++run >= cutoff) {
      alarm = i;
      // Counting starts over, so that a caller who only counts alarms counts each run once.
      run = 0;
      last = -1;
      break;
    }
  }
  test.last = last;
  test.run = run;
  return alarm;
}
