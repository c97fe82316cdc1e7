import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { piSamples } from '../testing/pi.ts';
import { assess } from './assess.ts';

// The published results of NIST's tool for its file data.pi.bin, whose hash is below. The other
// files of that tool cannot be computed; reference.slow.test.ts reads them where they are at hand.
const PUBLISHED = {
  mostCommonValue: 0.81114057970407438,
  collision: 0.56953759345777466,
  markov: 0.72318078199004532,
  compression: 0.60155919063219654,
  tTuple: 0.70186099415040004,
  lrs: 0.90880365648334804,
  multiMcw: 0.81233323259173817,
  lag: 0.81143461261488992,
  multiMmc: 0.81118369680348135,
  lz78y: 0.81115864436468677,
  min: 0.56953759345777466,
} as const;

test('the ten estimates of a million digits of π are the published ones', () => {
  const samples = piSamples();
  expect(createHash('sha256').update(samples).digest('hex')).toBe(
    'd9a7de4e1f170f363bcb2a85570e4b6ed2320d5500abc5795bc4bfadcb93b928',
  );
  const assessment = assess(samples, 1);
  expect(Object.keys(assessment)).toEqual(Object.keys(PUBLISHED));
  for (const [name, value] of Object.entries(PUBLISHED)) {
    const found = assessment[name as keyof typeof PUBLISHED];
    expect(found, name).toBeCloseTo(value, 8);
  }
});
