/**
 * Multi Markov model with counting estimate: predicts what most often followed the last 1 to 16 bits,
 * whichever depth predicted best so far.
 *
 * D = 16, at most 100,000 entries per depth   SP 800-90B §6.3.9, for bit strings.
 * @module
 */
import { predictionEstimate } from './prediction.ts';

const DEPTHS = 16;
const ENTRIES_MAX = 100_000;

/** Min-entropy per bit. */
export function multiMarkovEstimate(bits: Uint8Array): number {
  // counts[2^(depth + 1) + 2·pattern + bit]: every depth has its own stretch of one array.
  const counts = new Int32Array(1 << (DEPTHS + 2));
  const entries = new Int32Array(DEPTHS + 1);
  const scores = new Int32Array(DEPTHS + 1);
  let begin = 0;
  for (let depth = 1; depth <= DEPTHS; depth++) {
    begin = (begin << 1) | bits[depth - 1]!;
    counts[(2 << depth) + (begin << 1) + bits[depth]!] = 1;
    entries[depth] = 1;
  }
  let history = bits[0]!;
  let winner = 1;
  let right = 0;
  let run = 0;
  let longest = 0;
  for (let i = 2; i < bits.length; i++) {
    const bit = bits[i]!;
    history = ((history << 1) | bits[i - 1]!) & ((1 << DEPTHS) - 1);
    const guesser = winner;
    const deepest = Math.min(DEPTHS, i - 1);
    let isKnown = true;
    for (let depth = 1; depth <= deepest; depth++) {
      const place = (2 << depth) + ((history & ((1 << depth) - 1)) << 1);
      const zeros = counts[place]!;
      const ones = counts[place + 1]!;
      // A pattern that is new is new at every greater depth too.
      isKnown &&= (zeros | ones) !== 0;
      if (isKnown) {
        const guess = zeros > ones ? 0 : 1;
        if (guess === bit) {
          if (++scores[depth]! >= scores[winner]!) winner = depth;
          if (depth === guesser) {
            right++;
            if (++run > longest) longest = run;
          }
        } else if (depth === guesser) run = 0;
      }
      if (counts[place + bit]! !== 0) counts[place + bit]!++;
      else if (entries[depth]! < ENTRIES_MAX) {
        counts[place + bit] = 1;
        entries[depth]!++;
      }
    }
  }
  return predictionEstimate({ made: bits.length - 2, right, run: longest });
}
