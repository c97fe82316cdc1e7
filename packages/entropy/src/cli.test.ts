import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDevice, runEntropy } from './cli.ts';
import { goodFiller, sequenceOf } from './testing/simulated.ts';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-entropy-'));
  const samples = new Uint8Array(20_000);
  goodFiller(sequenceOf(1), { sampleBits: 4, minEntropy: 4 })(samples);
  fs.writeFileSync(at('samples'), samples);
  fs.writeFileSync(at('empty'), '');
  fs.writeFileSync(at('short'), samples.subarray(0, 100));
  fs.writeFileSync(at('stuck'), new Uint8Array(10_000));
  fs.closeSync(fs.openSync(at('huge'), 'w'));
  fs.truncateSync(at('huge'), 1e10);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);

async function run(...args: readonly string[]) {
  let out = '';
  let error = '';
  const code = await runEntropy(args, {
    write: (text) => (out += text),
    complain: (text) => (error += text),
  });
  return { code, out, error };
}

describe('specie entropy', () => {
  test('shows each source with its state, claim, estimate and rate', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toMatch(/^Draws are given\. Behind them: os:256 jitter:256/);
    expect(out).toMatch(
      /jitter {2}timing jitter.*\n {2}state {5}good\n {2}claim .*\n {2}estimate {2}[0-9.]+ bits/,
    );
  });

  test('says the same as JSON, and names a device that cannot be used', async () => {
    const { code, out } = await run('--json', '--device', `q:${at('missing')}:8:1`);
    expect(code).toBe(0);
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({
      standing: expect.arrayContaining([{ id: 'os', bits: 256 }]) as unknown,
    });
    expect(out).toContain('"cause":"unreadable"');
  });
});

describe('specie entropy assess', () => {
  test('prints ten estimates and their minimum', async () => {
    const { code, out } = await run('assess', at('samples'), '--bits', '4');
    expect(code).toBe(0);
    expect(out.match(/^ {2}.* 0\.[0-9]{6}$/gm)?.length).toBe(11);
    expect(out).toContain('20000 samples of 4 bits');
  });

  test('prints one object as JSON with exactly these names', async () => {
    const { out } = await run('assess', at('samples'), '--bits', '4', '--json');
    const found = JSON.parse(out) as Record<string, number>;
    expect(Object.keys(found)).toEqual(
      'mostCommonValue collision markov compression tTuple lrs multiMcw lag multiMmc lz78y min'.split(
        ' ',
      ),
    );
    const { min, ...rest } = found;
    expect(min).toBe(Math.min(...Object.values(rest)));
  });

  test('takes the first samples of a file, and the width from the samples where none is given', async () => {
    const { out } = await run('assess', at('samples'), '--samples', '10000');
    expect(out).toContain('10000 samples of 4 bits');
  });

  test.each([
    [['assess', 'empty'], 1, 'there are no samples'],
    [['assess', 'short', '--bits', '4'], 1, 'too few'],
    [['assess', 'stuck', '--bits', '1'], 1, 'no entropy'],
    [['assess', 'huge', '--bits', '8'], 1, 'at most 8388608 are assessed'],
    [['assess', 'missing', '--bits', '8'], 1, 'no such file'],
    [['assess', '', '--bits', '8'], 1, 'is a folder'],
    [['assess', 'samples', '--bits', '2'], 1, 'wider than 2 bits'],
    [['assess', 'samples', '--bits', '9'], 2, '1 to 8 bits'],
    [['assess', 'samples', '--bits', 'x'], 2, 'whole number'],
    [['assess', 'samples', '--samples', '99999'], 1, 'has 20000 samples and not 99999'],
    [['assess', 'samples', '--wrong'], 2, 'Unknown option'],
    [['assess'], 2, 'specie entropy assess FILE'],
    [['bogus', 'samples'], 2, 'specie entropy assess FILE'],
  ])('%j ends with %d and says why', async (args, code, says) => {
    const found = await run(
      ...args.map((arg, i) => (i === 1 && args[0] === 'assess' ? at(arg) : arg)),
    );
    expect(found.code).toBe(code);
    expect(found.error).toContain(says);
    expect(found.out).toBe('');
  });
});

describe('specie entropy record', () => {
  test('writes raw samples of a physical source, never over a file', async () => {
    const asked = ['record', 'jitter', at('jitter'), '--samples', '5000'];
    expect(await run(...asked)).toMatchObject({ code: 0 });
    expect(fs.statSync(at('jitter')).size).toBe(5000);
    expect(await run(...asked)).toMatchObject({
      code: 2,
      error: expect.stringContaining('EEXIST') as unknown,
    });
  });

  test('has nothing to write of the operating system', async () => {
    const { code, error } = await run('record', 'os', at('os'));
    expect(code).toBe(2);
    expect(error).toContain('shows no raw samples');
  });
});

test.each(['q', 'q:/dev/q:8', 'q:/dev/q:8:x', 'q:/dev/q:8:1:1', ':/dev/q:8:1', 'q:/dev/q:eight:1'])(
  'refuses the device %j',
  (text) => {
    expect(() => parseDevice(text)).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
  },
);
