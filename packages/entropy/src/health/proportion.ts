/**
 * Adaptive proportion test: a source that lost entropy has a value that comes too often. The first
 * sample of each window is counted through the window; `cutoff` of them is an alarm.
 *
 * SP 800-90B §4.4.2: A = `wanted`, B = `count`, C = `cutoff`, W = `window`.
 * @module
 */

/** The test's state between blocks of samples; `seen` samples of the current window are behind it. */
export type ProportionTest = {
  readonly cutoff: number;
  readonly window: number;
  wanted: number;
  count: number;
  seen: number;
};

/** A test that has seen nothing. */
export function startProportionTest(cutoff: number, window: number): ProportionTest {
  return { cutoff, window, wanted: -1, count: 0, seen: 0 };
}

/** Runs the samples through and answers the index of the one that raised the alarm, or −1. */
export function feedProportionTest(test: ProportionTest, samples: Uint8Array): number {
  const { cutoff, window } = test;
  let { wanted, count, seen } = test;
  let alarm = -1;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (seen === 0) {
      wanted = sample;
      count = 1;
    } else if (sample === wanted && ++count >= cutoff) {
      alarm = i;
      seen = 0;
      break;
    }
    if (++seen === window) seen = 0;
  }
  test.wanted = wanted;
  test.count = count;
  test.seen = seen;
  return alarm;
}
