/**
 * SHA-256's constants from their definition, so that no table has to be trusted.
 *
 * Source: FIPS 180-4 §4.2.2 (cube roots) and §5.3.3 (square roots).
 * @module
 */

/** Largest r with r^power ≤ value. */
function integerRoot(value: bigint, power: bigint): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= value) low = middle;
    else high = middle;
  }
  return low;
}

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** The first 32 bits of the fractional part of each prime's root. */
function fractions(count: number, power: bigint): readonly number[] {
  return primes(count).map((prime) =>
    Number(BigInt.asUintN(32, integerRoot(BigInt(prime) << (32n * power), power))),
  );
}

/** K[0] … K[63]. */
export const ROUND_CONSTANTS = fractions(64, 3n);

/** H(0), the state before the first block. */
export const INITIAL_STATE = fractions(8, 2n);
