/**
 * The digits of π in base 2, computed: a million samples whose estimates NIST published, without a
 * file of them.
 * @module
 */

/** Chudnovsky's series, split in halves: P, Q and T of terms `from` up to `to`. */
type Terms = { readonly p: bigint; readonly q: bigint; readonly t: bigint };

const BITS_PER_TERM = 47;

/** The first `count` binary digits of π, beginning with the 11 before the point, one per byte. */
export function binaryDigitsOfPi(count: number): Uint8Array {
  const scale = BigInt(count + 64);
  const { q, t } = split(0n, scale / BigInt(BITS_PER_TERM) + 2n);
  const pi = (q * 426_880n * squareRoot(10_005n << (2n * scale))) / t;
  const digits = new Uint8Array(count);
  const text = pi.toString(2);
  for (let i = 0; i < count; i++) digits[i] = text.charCodeAt(i) & 1;
  return digits;
}

/**
 * The samples of `data.pi` as NIST's assessment tool ships them: 1,004,882 digits in lines of 25, the
 * third of 24, the white space of the text read as ones (three before each line, one after).
 */
export function piSamples(): Uint8Array {
  const digits = binaryDigitsOfPi(1_004_882);
  const samples: number[] = [];
  for (let at = 0, row = 0; at < digits.length; row++) {
    const end = at + (row === 2 ? 24 : 25);
    samples.push(1, 1, 1, ...digits.subarray(at, end), 1);
    at = end;
  }
  return Uint8Array.from(samples);
}

function split(from: bigint, to: bigint): Terms {
  if (to - from === 1n) {
    const k = from;
    const p = k === 0n ? 1n : (6n * k - 5n) * (2n * k - 1n) * (6n * k - 1n);
    const q = k === 0n ? 1n : k * k * k * 10_939_058_860_032_000n;
    const term = p * (13_591_409n + 545_140_134n * k);
    return { p, q, t: k % 2n === 0n ? term : -term };
  }
  const middle = (from + to) / 2n;
  const [low, high] = [split(from, middle), split(middle, to)];
  return { p: low.p * high.p, q: low.q * high.q, t: high.q * low.t + low.p * high.t };
}

/** ⌊√value⌋ by Newton's method, each step with twice the digits of the one before. */
function squareRoot(value: bigint): bigint {
  const bits = BigInt(value.toString(16).length * 4);
  if (bits < 64n) return BigInt(Math.floor(Math.sqrt(Number(value))));
  const shift = (bits / 4n) & ~1n;
  const guess = (squareRoot(value >> (2n * (shift / 2n))) + 1n) << (shift / 2n);
  let root = guess;
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
