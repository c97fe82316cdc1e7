import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodFiller, sequenceOf } from '../testing/simulated.ts';
import { ASSESS_BITS_MAX, ASSESS_BITS_MIN, assess, bitString, widthOf } from './assess.ts';
import { commonPrefixes, suffixArray } from './suffix-array.ts';
import { countTuples } from './tuple-count.ts';

function good(count: number, sampleBits: number, minEntropy = sampleBits): Uint8Array {
  const samples = new Uint8Array(count);
  goodFiller(sequenceOf(count), { sampleBits, minEntropy })(samples);
  return samples;
}

const texts = fc
  .integer({ min: 1, max: 4 })
  .chain((max) => fc.uint8Array({ max, minLength: 1, maxLength: 120 }));

describe('the suffix array', () => {
  test('is what sorting all suffixes gives', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const suffix = (at: number): string => String.fromCharCode(...text.subarray(at));
        const sorted = [...text.keys()].sort((a, b) => (suffix(a) < suffix(b) ? -1 : 1));
        expect([...suffixArray(text, 256)]).toEqual(sorted);
      }),
      { numRuns: 500 },
    );
  });

  test('comes with the letters that neighbours share', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const order = suffixArray(text, 256);
        const prefixes = commonPrefixes(text, order);
        for (let i = 1; i < order.length; i++) {
          let shared = 0;
          const [a, b] = [order[i - 1]!, order[i]!];
          while (Math.max(a, b) + shared < text.length && text[a + shared] === text[b + shared])
            shared++;
          expect(prefixes[i]).toBe(shared);
        }
      }),
    );
  });

  test('takes no longer for a text that repeats itself', () => {
    expect(suffixArray(new Uint8Array(200_000), 256)[0]).toBe(199_999);
    const periodic = Uint8Array.from({ length: 200_000 }, (_, i) => i % 7);
    expect(countTuples(periodic).longest).toBe(199_993);
  });
});

test('tuples are counted as counting each length by itself would', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const counts = countTuples(text);
      for (let length = 1; length <= text.length; length++) {
        const seen = new Map<string, number>();
        for (let at = 0; at + length <= text.length; at++) {
          const tuple = text.subarray(at, at + length).join();
          seen.set(tuple, (seen.get(tuple) ?? 0) + 1);
        }
        const most = Math.max(...seen.values());
        const pairs = [...seen.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
        if (most < 2) {
          expect(counts.longest).toBe(length - 1);
          return;
        }
        expect(counts.mostFrequent[length]).toBe(most);
        expect(counts.pairs[length]).toBe(pairs);
      }
    }),
    { numRuns: 300 },
  );
});

describe('an assessment', () => {
  test('lies near one bit per bit for even samples and well below for others', () => {
    expect(assess(good(100_000, 1), 1).min).toBeGreaterThan(0.7);
    expect(assess(good(100_000, 1, 0.3), 1).min).toBeLessThan(0.31);
    expect(assess(good(20_000, 8, 1), 8).min * 8).toBeLessThan(1.1);
  });

  test('never claims more than the source it was made of', () => {
    for (const minEntropy of [0.2, 0.5, 0.9]) {
      expect(assess(good(200_000, 1, minEntropy), 1).min).toBeLessThanOrEqual(minEntropy + 0.01);
    }
  });

  test('finds a period with the predictors', () => {
    const period = good(100, 1);
    const samples = Uint8Array.from({ length: 50_000 }, (_, i) => period[i % 100]!);
    expect(assess(samples, 1).lag).toBeLessThan(0.01);
  });

  test('reads wide samples as bits, most significant first', () => {
    expect([...bitString(Uint8Array.of(0b101, 0b010), 3)]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(9, 2)].map(widthOf)).toEqual([
      1, 1, 4,
    ]);
  });

  test.each([
    ['no samples', new Uint8Array(0), 1, 'samples_empty'],
    ['too few', good(ASSESS_BITS_MIN - 1, 1), 1, 'samples_too_few'],
    ['too many', new Uint8Array(ASSESS_BITS_MAX / 8 + 1), 8, 'samples_too_many'],
    ['a sample that is too wide', good(10_000, 4), 2, 'samples_wrong_width'],
    ['samples all the same', new Uint8Array(10_000).fill(1), 1, 'samples_constant'],
    ['no width', good(10_000, 1), 0, 'settings_invalid'],
    ['half a width', good(10_000, 1), 1.5, 'settings_invalid'],
  ])('refuses %s', (_name, samples, bits, code) => {
    expect(() => assess(samples, bits)).toThrow(expect.objectContaining({ code }));
  });

  test('judges the fewest samples it takes', () => {
    const { compression, ...rest } = assess(good(ASSESS_BITS_MIN, 1), 1);
    // Two blocks are beyond the dictionary: a number, though one that says nothing.
    expect(compression).toBeGreaterThanOrEqual(0);
    expect(Math.min(...Object.values({ ...rest, min: 1 }).map(Number))).toBeGreaterThan(0.5);
  });
});
