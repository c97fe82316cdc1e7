/**
 * How often tuples of each length repeat, for the two tuple estimates: one pass over the suffix
 * array instead of counting each length by itself.
 *
 * Q[t]  occurrences of the most frequent t-tuple           SP 800-90B §6.3.5 step 1
 * pairs[W]  Σ C(occurrences, 2) over distinct W-tuples      SP 800-90B §6.3.6 step 3
 * @module
 */
import { commonPrefixes, suffixArray } from './suffix-array.ts';

/** Both counts by length, from 1 to `longest`, the length of the longest tuple that repeats. */
export type TupleCounts = {
  readonly length: number;
  readonly longest: number;
  readonly mostFrequent: Int32Array;
  readonly pairs: Float64Array;
};

/**
 * Each interval of suffixes sharing `deep` letters, inside one sharing `shallow`, is one distinct
 * tuple for every length between. The intervals close as the shared prefix falls.
 */
export function countTuples(symbols: Uint8Array): TupleCounts {
  const { length } = symbols;
  const prefixes = commonPrefixes(symbols, suffixArray(symbols, 256));
  const longest = prefixes.reduce((most, prefix) => Math.max(most, prefix), 0);
  const mostFrequent = new Int32Array(longest + 2);
  const pairs = new Float64Array(longest + 2);
  const depths = new Int32Array(longest + 2);
  const starts = new Int32Array(longest + 2);
  let open = 0;
  for (let i = 1; i <= length; i++) {
    const shared = i < length ? prefixes[i]! : 0;
    let start = i - 1;
    while (open > 0 && depths[open]! > shared) {
      const deep = depths[open]!;
      start = starts[open]!;
      open--;
      const count = i - start;
      const choices = (count * (count - 1)) / 2;
      mostFrequent[deep] = Math.max(mostFrequent[deep]!, count);
      // Lengths from just beyond the enclosing interval up to this depth, as differences.
      pairs[Math.max(shared, depths[open]!) + 1]! += choices;
      pairs[deep + 1]! -= choices;
    }
    if (shared > depths[open]!) {
      open++;
      depths[open] = shared;
      starts[open] = start;
    }
  }
  for (let t = longest - 1; t >= 1; t--) {
    // A frequent tuple is at least as frequent without its last letter.
    mostFrequent[t] = Math.max(mostFrequent[t]!, mostFrequent[t + 1]!);
  }
  for (let t = 2; t <= longest; t++) pairs[t]! += pairs[t - 1]!;
  return { length, longest, mostFrequent, pairs };
}
