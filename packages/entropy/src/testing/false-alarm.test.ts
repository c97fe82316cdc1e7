import { expect, test } from 'vitest';
import { alarmsMax, countFalseAlarms, MEASURED_CLAIMS } from './false-alarm.ts';

test.each(MEASURED_CLAIMS)(
  'alarms about $sampleBits good bits claiming $minEntropy no more often than 2^-$alphaBits',
  (claim) => {
    const { allowed, ...found } = countFalseAlarms(claim, 4_000_000, 7);
    expect(found.repetition).toBeLessThanOrEqual(alarmsMax(allowed.repetition));
    expect(found.proportion).toBeLessThanOrEqual(alarmsMax(allowed.proportion));
    expect(found.echo).toBeLessThanOrEqual(alarmsMax(allowed.echo));
  },
);

test('counts alarms at all: samples below their claim raise more than the rate allows', () => {
  const wrong = { sampleBits: 1, minEntropy: 1, alphaBits: 20 };
  const found = countFalseAlarms(wrong, 1_000_000, 7, { sampleBits: 1, minEntropy: 0.6 });
  expect(found.repetition).toBeGreaterThan(alarmsMax(found.allowed.repetition));
  expect(found.proportion).toBeGreaterThan(alarmsMax(found.allowed.proportion));
});

test('a mean explains about as many alarms as five deviations above it', () => {
  expect(alarmsMax(0)).toBe(0);
  expect(alarmsMax(1)).toBe(9);
  expect(alarmsMax(1000)).toBeGreaterThan(1000 + 4 * Math.sqrt(1000));
  expect(alarmsMax(1000)).toBeLessThan(1000 + 6 * Math.sqrt(1000));
});
