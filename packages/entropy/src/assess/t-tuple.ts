/**
 * t-tuple estimate: how often the most frequent tuple of each length comes.
 *
 * SP 800-90B §6.3.5.
 * @module
 */
import { entropyOf, upperBound } from './confidence.ts';
import type { TupleCounts } from './tuple-count.ts';

/** A tuple rarer than this says nothing. SP 800-90B §6.3.5 step 1. */
export const TUPLE_COUNT_MIN = 35;

/** Min-entropy per sample, or undefined when nothing comes often enough. */
export function tTupleEstimate(counts: TupleCounts): number | undefined {
  let highest = 0;
  for (let t = 1; t <= counts.longest && counts.mostFrequent[t]! >= TUPLE_COUNT_MIN; t++) {
    const share = counts.mostFrequent[t]! / (counts.length - t + 1);
    highest = Math.max(highest, share ** (1 / t));
  }
  return highest === 0 ? undefined : entropyOf(upperBound(highest, counts.length));
}
