/**
 * What a predictor's score says: the better of how often it was right over all, and how long it was
 * right in a row.
 *
 * r  longest run of right predictions, plus 1   SP 800-90B §6.3.7 step 5
 * N  predictions                                SP 800-90B §6.3.7 step 5
 * x  root of 1 − x + q·p^r·x^(r+1) = 0          SP 800-90B §6.3.7 step 5
 * @module
 */
import { entropyOf, solveFalling, upperBound } from './confidence.ts';

/** How a predictor of bits did: predictions made, right ones, and the longest run of right ones. */
export type Score = { readonly made: number; readonly right: number; readonly run: number };

/** The probability that no run of length r occurs, which the local bound is set by. */
const NO_RUN_LOG = Math.log(0.99);

/** Min-entropy per bit, from steps 4 to 7 that all four predictors share. */
export function predictionEstimate({ made, right, run }: Score): number {
  const share = right / made;
  const global = right === 0 ? 1 - 0.01 ** (1 / made) : upperBound(share, made);
  // Guessing one of two values is right half the time without any skill.
  const floor = Math.max(0.5, global);
  const noRun = (p: number): number => noRunLog(p, run + 1, made);
  if (floor >= 1 || noRun(floor) <= NO_RUN_LOG) return entropyOf(floor);
  return entropyOf(solveFalling(noRun, NO_RUN_LOG, { low: floor, high: 1 }));
}

/**
 * Logarithm of the probability that `made` predictions, each right with p, hold no run of r right
 * ones. With x = 1 + e, everything is written in e, which is far below what 1 + e can hold.
 */
function noRunLog(p: number, r: number, made: number): number {
  const q = 1 - p;
  const first = q * p ** r;
  let e = 0;
  for (let step = 0; step < 100; step++) {
    const next = first * Math.exp((r + 1) * Math.log1p(e));
    if (next === e) break;
    e = next;
  }
  return Math.log1p((-p * e) / q) - Math.log1p(-r * e) - (made + 1) * Math.log1p(e);
}
