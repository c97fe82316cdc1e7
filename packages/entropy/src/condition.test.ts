import { describe, expect, test } from 'vitest';
import { BLOCK_BITS, condition, outputEntropy, samplesPerBlock } from './condition.ts';

/** SP 800-90B §3.1.5.1.2 word for word, for widths a double can hold. */
function plain(inputBits: number, outputBits: number, narrowest: number, entropy: number): number {
  const high = 2 ** -entropy;
  const low = (1 - high) / (2 ** inputBits - 1);
  const n = Math.min(outputBits, narrowest);
  const psi = 2 ** (inputBits - n) * low + high;
  const upper = 2 ** (inputBits - n) + Math.sqrt(2 * n * 2 ** (inputBits - n) * Math.log(2));
  return -Math.log2(Math.max(psi, upper * low));
}

describe('the entropy of what leaves a vetted function', () => {
  test.each([
    [16, 8, 8, 8],
    [16, 8, 8, 4],
    [32, 16, 24, 12],
    [40, 32, 16, 20],
    [64, 32, 32, 33],
  ])(
    'of %d bits into %d through %d with %d bits of entropy',
    (inputBits, outputBits, narrowestBits, inputEntropy) => {
      const expected = plain(inputBits, outputBits, narrowestBits, inputEntropy);
      expect(outputEntropy({ inputBits, outputBits, narrowestBits, inputEntropy })).toBeCloseTo(
        expected,
        9,
      );
    },
  );

  test('loses a bit where as much enters as can leave', () => {
    const of = { inputBits: 512, outputBits: 256, narrowestBits: 256, inputEntropy: 256 };
    expect(outputEntropy(of)).toBeCloseTo(255, 9);
  });

  test('is whole where 64 bits more enter, and never more than enters or leaves', () => {
    const of = { inputBits: 8000, outputBits: 256, narrowestBits: 256 };
    expect(outputEntropy({ ...of, inputEntropy: 320 })).toBe(256);
    expect(outputEntropy({ ...of, inputEntropy: 100 })).toBeCloseTo(100, 9);
    expect(outputEntropy({ ...of, inputEntropy: 0 })).toBe(0);
    expect(outputEntropy({ ...of, inputEntropy: 8000 })).toBe(256);
  });
});

test('a block of as many samples as the claim asks for is credited in full', () => {
  for (const minEntropy of [0.1, 0.33, 1, 5, 8]) {
    const claim = { sampleBits: 8, minEntropy };
    const samples = new Uint8Array(samplesPerBlock(claim));
    expect(condition('a', samples, claim).credit).toBe(BLOCK_BITS);
  }
});

test('one sample fewer in entropy is credited less', () => {
  const claim = { sampleBits: 8, minEntropy: 1 };
  expect(condition('a', new Uint8Array(255), claim).credit).toBeLessThan(BLOCK_BITS - 0.5);
});

test('equal samples of two sources make two blocks', () => {
  const claim = { sampleBits: 8, minEntropy: 1 };
  const [a, b] = ['a', 'b'].map((id) => condition(id, new Uint8Array(400), claim).bytes);
  expect(a).not.toEqual(b);
});
