/**
 * LZ78Y estimate: predicts what most often followed the last 16 to 1 bits, by the dictionary of a
 * compressor that stops learning new patterns when it is full.
 *
 * B = 16, at most 65,536 patterns   SP 800-90B §6.3.10, for bit strings.
 * @module
 */
import { predictionEstimate } from './prediction.ts';

const DEPTHS = 16;
const PATTERNS_MAX = 65_536;

/** Min-entropy per bit. */
export function lz78yEstimate(bits: Uint8Array): number {
  const counts = new Int32Array(1 << (DEPTHS + 2));
  let patterns = 0;
  let history = 0;
  for (let i = 0; i < DEPTHS; i++) history = (history << 1) | bits[i]!;
  let right = 0;
  let run = 0;
  let longest = 0;
  for (let i = DEPTHS; i < bits.length; i++) {
    const bit = bits[i]!;
    let guess = -1;
    let best = 0;
    for (let depth = DEPTHS; depth >= 1; depth--) {
      const place = (2 << depth) + ((history & ((1 << depth) - 1)) << 1);
      const zeros = counts[place]!;
      const ones = counts[place + 1]!;
      const most = Math.max(zeros, ones);
      if (most > best) {
        best = most;
        guess = zeros > ones ? 0 : 1;
      }
      if (most > 0) counts[place + bit]!++;
      else if (patterns < PATTERNS_MAX) {
        counts[place + bit] = 1;
        patterns++;
      }
    }
    // The first round only fills the dictionary.
    if (i > DEPTHS) {
      if (guess === bit) {
        right++;
        if (++run > longest) longest = run;
      } else run = 0;
    }
    history = ((history << 1) | bit) & ((1 << DEPTHS) - 1);
  }
  return predictionEstimate({ made: bits.length - DEPTHS - 1, right, run: longest });
}
