/**
 * The digits that say how far along its chain each value is shown. The checksum's digits fall
 * as the message's rise, so that a forger who moves one chain forward would have to move another
 * back, which means inverting the hash.
 *
 * Letters (RFC 8554 §3.1.3, §4.4): Q digest, w bits of a digit, u digits of the digest, p digits
 * in all, ls shift of the checksum.
 * @module
 */
import type { LmsParameters } from './parameters.ts';

/** The highest digit, 2^w − 1, and so the number of steps of a whole chain. */
export function digitMax({ digitBits }: LmsParameters): number {
  return 2 ** digitBits - 1;
}

/** coef(S, i, w): the i-th group of w bits (RFC 8554 §3.1.3). */
function digitAt(bytes: Uint8Array, i: number, bits: number): number {
  const perByte = 8 / bits;
  const shift = 8 - bits * (1 + (i % perByte));
  return (bytes[Math.floor(i / perByte)]! >> shift) & (2 ** bits - 1);
}

/** The p digits of Q ‖ Cksm(Q) (RFC 8554 §4.4, Algorithm 2; §4.5, Algorithm 3, step 5). */
export function digitsOf(parameters: LmsParameters, digest: Uint8Array): Uint8Array {
  const { digitBits, chains, checksumShift, hashBytes } = parameters;
  const digits = new Uint8Array(chains);
  const ofMessage = (8 * hashBytes) / digitBits;
  const most = digitMax(parameters);
  let sum = 0;
  for (let i = 0; i < ofMessage; i++) {
    const digit = digitAt(digest, i, digitBits);
    digits[i] = digit;
    sum += most - digit;
  }
  const shifted = sum << checksumShift;
  const checksum = Uint8Array.of(shifted >> 8, shifted);
  for (let i = ofMessage; i < chains; i++) {
    digits[i] = digitAt(checksum, i - ofMessage, digitBits);
  }
  return digits;
}
