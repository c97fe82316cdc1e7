import { expect, test } from 'vitest';
import { alarmsMax, countFalseAlarms, MEASURED_CLAIMS } from './false-alarm.ts';

test.each(MEASURED_CLAIMS)(
  'over 10^8 samples of $sampleBits bits claiming $minEntropy, alarms stay within 2^-$alphaBits',
  (claim) => {
    const { allowed, ...found } = countFalseAlarms(claim, 1e8, 11);
    expect(found.repetition).toBeLessThanOrEqual(alarmsMax(allowed.repetition));
    expect(found.proportion).toBeLessThanOrEqual(alarmsMax(allowed.proportion));
    expect(found.echo).toBeLessThanOrEqual(alarmsMax(allowed.echo));
  },
);
