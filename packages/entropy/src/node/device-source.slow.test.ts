import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareWithin, readWithin } from '../timeout.ts';
import { goodFiller, sequenceOf } from '../testing/simulated.ts';
import { deviceSource } from './device-source.ts';
import { openServerPool } from './server-pool.ts';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-entropy-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);

const settings = (file: string) => ({ id: 'device', path: file, sampleBits: 8, minEntropy: 4 });

function samplesOf(count: number): Uint8Array {
  const samples = new Uint8Array(count);
  goodFiller(sequenceOf(3), { sampleBits: 8, minEntropy: 8 })(samples);
  return samples;
}

/** Opens a pool on one device beside the machine's own sources and tells what became of it. */
async function stateWith(file: string, sampleBits = 8) {
  const devices = [{ ...settings(file), sampleBits, minEntropy: sampleBits / 2 }];
  const pool = await openServerPool({
    devices,
    waitFor: 'all',
    silentMs: 500,
    floor: { sources: 1 },
  });
  const state = pool.report().sources.find(({ id }) => id === 'device')?.state;
  expect(pool.draw(32).length).toBe(32);
  pool.close();
  return state;
}

describe('a file of samples', () => {
  test('is read in order and then has ended', async () => {
    const samples = samplesOf(1000);
    fs.writeFileSync(at('short'), samples);
    const source = deviceSource(settings(at('short')));
    expect(await source.read(600)).toEqual(samples.subarray(0, 600));
    expect(await source.read(600)).toEqual(samples.subarray(600));
    await expect(source.read(1)).rejects.toMatchObject({ code: 'source_ended' });
    source.close();
  });

  test('that is good is used, and one too short for the start-up test is not', async () => {
    fs.writeFileSync(at('long'), samplesOf(100_000));
    expect(await stateWith(at('long'))).toEqual({ at: 'good' });
    fs.writeFileSync(at('shorter'), samplesOf(1000));
    expect(await stateWith(at('shorter'))).toMatchObject({ drop: { cause: 'ended' } });
  });

  test('that is empty, missing, a folder, or wider than stated is dropped with its cause', async () => {
    fs.writeFileSync(at('empty'), '');
    expect(await stateWith(at('empty'))).toMatchObject({ drop: { cause: 'ended' } });
    expect(await stateWith(at('missing'))).toMatchObject({ drop: { cause: 'unreadable' } });
    expect(await stateWith(folder)).toMatchObject({ drop: { cause: 'unreadable' } });
    expect(await stateWith(at('long'), 4)).toMatchObject({ drop: { cause: 'width' } });
  });
});

describe.skipIf(process.platform === 'win32')('a device or pipe', () => {
  test('that gives zeros for ever is stuck', async () => {
    expect(await stateWith('/dev/zero')).toMatchObject({ drop: { cause: 'repetition' } });
  });

  test('that nobody writes to is dropped when its time is over', async () => {
    execFileSync('mkfifo', [at('quiet')]);
    expect(await stateWith(at('quiet'))).toMatchObject({ drop: { cause: 'silent' } });
  });

  test('whose writer holds it open and says nothing is dropped as well', async () => {
    execFileSync('mkfifo', [at('held')]);
    const writer = spawn('sh', ['-c', `exec 3>"${at('held')}"; sleep 30`]);
    expect(await stateWith(at('held'))).toMatchObject({ drop: { cause: 'silent' } });
    writer.kill('SIGKILL');
  });

  test('gives what its writer writes, and has ended when the writer is gone', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const samples = samplesOf(5000);
    fs.writeFileSync(at('content'), samples);
    spawn('sh', ['-c', `cat "${at('content')}" > "${at('pipe')}"`]);
    const source = deviceSource(settings(at('pipe')));
    const got: number[] = [];
    await prepareWithin(source);
    await expect(async () => {
      for (;;) got.push(...(await readWithin(source, 700, 5000)));
    }).rejects.toMatchObject({ code: 'source_ended' });
    expect(Uint8Array.from(got)).toEqual(samples);
    source.close();
  });

  test('that never blocks is read in this process, and silence is still silence', async () => {
    execFileSync('mkfifo', [at('polled')]);
    const samples = samplesOf(300);
    const writer = fs.openSync(at('polled'), 'r+');
    const source = deviceSource({ ...settings(at('polled')), neverBlocks: true });
    await expect(readWithin(source, 300, 100)).rejects.toMatchObject({ code: 'source_silent' });
    fs.writeSync(writer, samples);
    // The read that was given up on is still there and takes them, as a late answer nobody wants.
    await new Promise((resolve) => setTimeout(resolve, 50));
    fs.writeSync(writer, samples);
    expect(await readWithin(source, 300, 5000)).toEqual(samples);
    source.close();
    fs.closeSync(writer);
  });

  test('can be opened again after it was closed', async () => {
    const source = deviceSource(settings('/dev/zero'));
    await prepareWithin(source);
    expect((await readWithin(source, 10, 5000)).length).toBe(10);
    source.close();
    expect((await readWithin(source, 10, 5000)).length).toBe(10);
    source.close();
  });

  test('that hangs cannot keep a program from ending', () => {
    execFileSync('mkfifo', [at('hung')]);
    const pool = new URL('./server-pool.ts', import.meta.url).href;
    const program = `const { openServerPool } = await import('${pool}');
      const devices = [{ id: 'hung', path: '${at('hung')}', sampleBits: 8, minEntropy: 1 }];
      const pool = await openServerPool({ devices, waitFor: 'floor' });
      process.stdout.write(pool.standing());`;
    const args = ['--input-type=module', '-e', program];
    const said = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 15_000 });
    expect(said).toContain('os:256 jitter:256');
  });
});
