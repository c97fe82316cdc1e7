import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { assess, widthOf } from './assess.ts';

// A checkout of usnistgov/SP800-90B_EntropyAssessment, named by whoever runs this: its samples in
// `bin` and the results its tool published for them in `cpp/selftest/refdata`.
const checkout = process.env['SP800_90B_REFERENCE'];
const NAMES = {
  mostCommonValue: 'Most Common Value',
  collision: 'Collision',
  markov: 'Markov',
  compression: 'Compression',
  tTuple: 't-Tuple',
  lrs: 'LRS',
  multiMcw: 'MultiMCW Prediction',
  lag: 'Lag Prediction',
  multiMmc: 'MultiMMC Prediction',
  lz78y: 'LZ78Y Prediction',
} as const;

describe.skipIf(checkout === undefined)('the published results of every file', () => {
  const bin = path.join(checkout ?? '', 'bin');
  const files = checkout === undefined ? ['none'] : fs.readdirSync(bin);

  test.each(files)('%s', (file) => {
    const samples = new Uint8Array(fs.readFileSync(path.join(bin, file)));
    const result = file.replace('.bin', '.res');
    const refdata = path.join(checkout ?? '', 'cpp/selftest/refdata', result);
    const published = fs.readFileSync(refdata, 'utf8');
    const width = widthOf(samples);
    const assessment = assess(samples, width);
    for (const [key, name] of Object.entries(NAMES)) {
      const form = width === 1 ? 'Literal' : 'Bitstring';
      const row = new RegExp(`^${form} ${name} Estimate: min entropy = (\\S+)$`, 'm').exec(
        published,
      );
      expect(assessment[key as keyof typeof NAMES], name).toBeCloseTo(Number(row?.[1]), 6);
    }
  });
});
