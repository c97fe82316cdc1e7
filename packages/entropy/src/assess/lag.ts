/**
 * Lag estimate: predicts the bit of 1 to 128 places ago, whichever distance predicted best so far.
 *
 * SP 800-90B §6.3.8, for bit strings.
 * @module
 */
import { predictionEstimate } from './prediction.ts';

const LAGS = 128;

/** Min-entropy per bit. */
export function lagEstimate(bits: Uint8Array): number {
  const scores = new Int32Array(LAGS + 1);
  let winner = 1;
  let high = 0;
  let right = 0;
  let run = 0;
  let longest = 0;
  for (let i = 1; i < bits.length; i++) {
    const bit = bits[i]!;
    if (bits[i - winner] === bit) {
      right++;
      if (++run > longest) longest = run;
    } else run = 0;
    const farthest = Math.min(LAGS, i);
    for (let lag = 1; lag <= farthest; lag++) {
      // Adding 0 or 1 is faster than a branch that is wrong half the time.
      const hit = ((bits[i - lag]! ^ bit) & 1) ^ 1;
      const score = scores[lag]! + hit;
      scores[lag] = score;
      if (score >= high && hit === 1) {
        winner = lag;
        high = score;
      }
    }
  }
  return predictionEstimate({ made: bits.length - 1, right, run: longest });
}
