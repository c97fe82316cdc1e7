/**
 * Sources of a known quality, computed from a seed, so that a test of a health test can be repeated
 * exactly. Nothing here is random and nothing outside tests and measurements uses it.
 * @module
 */
import type { Source } from '../source.ts';

/** The next number of a sequence, 0 to 2^32 − 1. */
export type Sequence = () => number;

/** The sequence of a seed: xoshiro128** by Blackman and Vigna, its state spread by a Weyl sequence. */
export function sequenceOf(seed: number): Sequence {
  let spread = seed >>> 0;
  const next = (): number => {
    spread = (spread + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(spread ^ (spread >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const turned = Math.imul(b, 5);
    const result = Math.imul((turned << 7) | (turned >>> 25), 9) >>> 0;
    const kept = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= kept;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

/** Fills an array with samples. */
export type Filler = (samples: Uint8Array) => void;

/**
 * Independent samples whose min-entropy is exactly `minEntropy`: even where that is their width, and
 * otherwise one value that comes with probability 2^−minEntropy among even others, which is the
 * hardest case for tests that count one value.
 */
export function goodFiller(
  next: Sequence,
  claim: { readonly sampleBits: number; readonly minEntropy: number },
): Filler {
  const { sampleBits, minEntropy } = claim;
  const mask = (1 << sampleBits) - 1;
  if (minEntropy === sampleBits) return evenFiller(next, sampleBits);
  const often = 2 ** (32 - minEntropy);
  return (samples) => {
    for (let i = 0; i < samples.length; i++) {
      // The usual value is 0; the others share the rest evenly.
      samples[i] = next() < often ? 0 : 1 + (next() % mask);
    }
  };
}

/** Even samples, several from each number. */
function evenFiller(next: Sequence, sampleBits: number): Filler {
  const mask = (1 << sampleBits) - 1;
  const perNumber = Math.floor(32 / sampleBits);
  return (samples) => {
    let held = 0;
    let left = 0;
    for (let i = 0; i < samples.length; i++) {
      if (left === 0) {
        held = next();
        left = perNumber;
      }
      samples[i] = held & mask;
      held >>>= sampleBits;
      left--;
    }
  };
}

/** A source that fills its samples in this way. */
export function simulatedSource(
  claim: {
    readonly id: string;
    readonly sampleBits: number;
    readonly minEntropy: number;
    readonly kind?: 'system' | 'physical';
  },
  fill: Filler,
): Source {
  const readNow = (count: number): Uint8Array => {
    const samples = new Uint8Array(count);
    fill(samples);
    return samples;
  };
  return {
    claim: { kind: 'physical', about: `simulated ${claim.id}`, ...claim },
    read: (count) => Promise.resolve(readNow(count)),
    readNow,
    close: () => undefined,
  };
}
