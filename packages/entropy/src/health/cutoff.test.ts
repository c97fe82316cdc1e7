import { describe, expect, test } from 'vitest';
import {
  checkClaim,
  criticalBinomial,
  proportionCutoff,
  proportionWindow,
  repetitionCutoff,
} from './cutoff.ts';

// Spec: 20 §3. The first five are published with other implementations of SP 800-90B.
test.each([
  { minEntropy: 8, alphaBits: 20, repetition: 4, window: 512, proportion: 13 },
  { minEntropy: 0.5, alphaBits: 20, repetition: 41, window: 512, proportion: 410 },
  { minEntropy: 1, alphaBits: 20, repetition: 21, window: 1024, proportion: 589 },
  { minEntropy: 8, alphaBits: 30, repetition: 5, window: 512, proportion: 16 },
  { minEntropy: 1, alphaBits: 30, repetition: 31, window: 1024, proportion: 609 },
  { minEntropy: 8, alphaBits: 40, repetition: 6, window: 512, proportion: 19 },
  { minEntropy: 1, alphaBits: 40, repetition: 41, window: 1024, proportion: 625 },
  { minEntropy: 0.33, alphaBits: 20, repetition: 62, window: 512, proportion: 449 },
  { minEntropy: 0.33, alphaBits: 40, repetition: 123, window: 512, proportion: 467 },
])('H = $minEntropy and α = 2^-$alphaBits give $repetition and $proportion', (row) => {
  expect(repetitionCutoff(row.minEntropy, row.alphaBits)).toBe(row.repetition);
  expect(proportionCutoff(row.minEntropy, row.window, row.alphaBits)).toBe(row.proportion);
});

test('windows are 1,024 samples for bits and 512 for everything wider', () => {
  expect([1, 2, 8].map(proportionWindow)).toEqual([1024, 512, 512]);
});

/** P(X > k), added up the plain way where a double can hold every term. */
function tail(trials: number, success: number, k: number): number {
  let term = (1 - success) ** trials;
  let above = 0;
  for (let x = 0; x <= trials; x++) {
    if (x > k) above += term;
    term *= ((trials - x) / (x + 1)) * (success / (1 - success));
  }
  return above;
}

describe('the critical value of a binomial', () => {
  test.each([
    [64, 0.5, 10],
    [200, 0.25, 20],
    [512, 2 ** -8, 30],
    [100, 0.9, 12],
  ])('of %d trials at %d is the smallest whose tail is at most 2^-%d', (trials, success, bits) => {
    const k = criticalBinomial(trials, success, bits);
    expect(tail(trials, success, k)).toBeLessThanOrEqual(2 ** -bits);
    expect(tail(trials, success, k - 1)).toBeGreaterThan(2 ** -bits);
  });
});

test.each([
  ['no entropy', { sampleBits: 8, minEntropy: 0, alphaBits: 40 }],
  ['more entropy than bits', { sampleBits: 1, minEntropy: 1.5, alphaBits: 40 }],
  ['no number', { sampleBits: 8, minEntropy: Number.NaN, alphaBits: 40 }],
  ['samples of nine bits', { sampleBits: 9, minEntropy: 1, alphaBits: 40 }],
  ['a false-alarm rate nobody can live with', { sampleBits: 8, minEntropy: 1, alphaBits: 5 }],
  ['so little that no test could alarm', { sampleBits: 8, minEntropy: 0.05, alphaBits: 40 }],
])('refuses a claim of %s', (_name, claim) => {
  expect(() => checkClaim(claim)).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
});
