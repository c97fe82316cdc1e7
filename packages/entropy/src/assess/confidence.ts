/**
 * The upper end of a confidence interval, which every estimate of SP 800-90B §6.3 is taken from.
 * @module
 */

/** The 99.5th percentile of the normal distribution: two-sided 99 %. SP 800-90B §6.3.1 step 2. */
export const Z = 2.5758293035489;

/** Upper bound of a proportion seen in `count` samples, at most 1. SP 800-90B §6.3.1 step 2. */
export function upperBound(proportion: number, count: number): number {
  return Math.min(1, proportion + Z * Math.sqrt((proportion * (1 - proportion)) / (count - 1)));
}

/** −log2 p, and 0 rather than −0 for certainty. */
export function entropyOf(probability: number): number {
  return probability >= 1 ? 0 : -Math.log2(probability);
}

/** The p in [low, high] at which a falling function passes `target`, to the last bit that matters. */
export function solveFalling(
  of: (p: number) => number,
  target: number,
  between: { readonly low: number; readonly high: number },
): number {
  let { low, high } = between;
  // Each step halves the interval; 60 of them exhaust a double.
  for (let step = 0; step < 60 && high - low > Number.EPSILON * high; step++) {
    const middle = (low + high) / 2;
    if (of(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
