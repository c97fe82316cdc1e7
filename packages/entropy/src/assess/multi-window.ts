/**
 * Multi most common in window estimate: predicts the most frequent bit of the last 63, 255, 1023 or
 * 4095, whichever length predicted best so far.
 *
 * SP 800-90B §6.3.7, for bit strings. All windows are odd, so there is never a tie in one.
 * @module
 */
import { predictionEstimate } from './prediction.ts';

const WINDOWS = Uint16Array.of(63, 255, 1023, 4095);

/** Fewer bits than this cannot be judged. */
export const WINDOW_BITS_MIN = 4096;

/** Min-entropy per bit. */
export function multiWindowEstimate(bits: Uint8Array): number {
  const first = WINDOWS[0]!;
  const ones = new Uint16Array(WINDOWS.length);
  const scores = new Float64Array(WINDOWS.length);
  let winner = 0;
  let right = 0;
  let run = 0;
  let longest = 0;
  for (let i = 0; i < bits.length; i++) {
    const bit = bits[i]!;
    const guess = ones[winner]! * 2 > WINDOWS[winner]! ? 1 : 0;
    if (i >= first) {
      if (guess === bit) {
        right++;
        if (++run > longest) longest = run;
      } else run = 0;
    }
    for (let j = 0; j < WINDOWS.length; j++) {
      const window = WINDOWS[j]!;
      if (i >= window) {
        const common = ones[j]! * 2 > window ? 1 : 0;
        if (common === bit && ++scores[j]! >= scores[winner]!) winner = j;
        ones[j]! -= bits[i - window]!;
      }
      ones[j]! += bit;
    }
  }
  return predictionEstimate({ made: bits.length - first, right, run: longest });
}
