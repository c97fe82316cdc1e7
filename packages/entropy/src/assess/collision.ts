/**
 * Collision estimate: how long it takes until a value comes again.
 *
 * SP 800-90B §6.3.2, for bit strings. A collision takes two or three bits, so the mean of step 7
 * is 2 + 2p(1 − p), and p follows by the quadratic formula instead of a search.
 * @module
 */
import { Z, entropyOf } from './confidence.ts';

/** Min-entropy per bit. */
export function collisionEstimate(bits: Uint8Array): number {
  const { length } = bits;
  let collisions = 0;
  let squares = 0;
  let at = 0;
  while (at < length - 1) {
    let taken = 2;
    if (bits[at] !== bits[at + 1]) {
      if (at >= length - 2) break;
      taken = 3;
    }
    collisions++;
    squares += taken * taken;
    at += taken;
  }
  const mean = at / collisions;
  const deviation = Math.sqrt((squares - at * mean) / (collisions - 1));
  const bound = Math.max(2, mean - (Z * deviation) / Math.sqrt(collisions));
  // At 2.5 a fair coin is reached; beyond it there is no solution and full entropy is granted.
  return bound < 2.5 ? entropyOf(0.5 + Math.sqrt(1.25 - bound / 2)) : 1;
}
