/**
 * Chance that repeats itself: the same seed draws the same things on every machine, so a test that
 * failed fails again. For tests alone; nothing secret may ever come from here.
 * @module
 */

export interface Chance {
  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  bytes(length: number): Uint8Array;
  /** One of a list that is not empty. */
  pick<T>(from: readonly T[]): T;
}

/** Four words of state stirred by additions, shifts and a counter (the generator known as sfc32). */
export function chanceOf(seed: number): Chance {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 1];
  const word = (): number => {
    const drawn = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
  for (let i = 0; i < 12; i++) word();
  const below = (bound: number): number =>
    bound <= 2 ** 32
      ? Math.floor((word() / 2 ** 32) * bound)
      : Math.floor(((word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53) * bound);
  return {
    below,
    once: (times) => below(times) === 0,
    bytes(length) {
      const drawn = new Uint8Array(length);
      for (let i = 0; i < length; i++) drawn[i] = word();
      return drawn;
    },
    pick(from) {
      const found = from[below(from.length)];
      if (found === undefined && from.length === 0) throw new Error('nothing to pick from');
      return found as (typeof from)[number];
    },
  };
}
