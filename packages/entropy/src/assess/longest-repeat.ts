/**
 * Longest repeated substring estimate: how likely two long tuples are the same.
 *
 * u  shortest length whose tuples are all too rare for the t-tuple estimate   SP 800-90B §6.3.6
 * v  longest length at which a tuple repeats                                  SP 800-90B §6.3.6
 * @module
 */
import { entropyOf, upperBound } from './confidence.ts';
import { TUPLE_COUNT_MIN } from './t-tuple.ts';
import type { TupleCounts } from './tuple-count.ts';

/** Min-entropy per sample, or undefined when no tuple of length u or more repeats. */
export function longestRepeatEstimate(counts: TupleCounts): number | undefined {
  const { length, longest, mostFrequent, pairs } = counts;
  let u = 1;
  while (u <= longest && mostFrequent[u]! >= TUPLE_COUNT_MIN) u++;
  if (u > longest) return undefined;
  let highest = 0;
  for (let w = u; w <= longest; w++) {
    const choices = ((length - w) * (length - w + 1)) / 2;
    highest = Math.max(highest, (pairs[w]! / choices) ** (1 / w));
  }
  return entropyOf(upperBound(highest, length));
}
