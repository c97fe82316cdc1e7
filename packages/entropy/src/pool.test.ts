import fs from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { jitterSource } from './jitter-source.ts';
import { entropyMetrics } from './metrics.ts';
import { type EntropyPool, type PoolSettings, openPool } from './pool.ts';
import { parseStanding } from './report.ts';
import type { Source } from './source.ts';
import { systemSource } from './system-source.ts';
import { readWithin } from './timeout.ts';
import { type Filler, goodFiller, sequenceOf, simulatedSource } from './testing/simulated.ts';

const BYTE = { sampleBits: 8, minEntropy: 4 };
const opened: EntropyPool[] = [];

async function open(settings: PoolSettings): Promise<EntropyPool> {
  const pool = await openPool({ waitFor: 'all', openMs: 2000, silentMs: 100, ...settings });
  opened.push(pool);
  return pool;
}

afterEach(() => {
  for (const pool of opened.splice(0)) pool.close();
});

function good(id: string, seed: number): Source {
  return simulatedSource({ id, ...BYTE }, goodFiller(sequenceOf(seed), BYTE));
}

/** Good until told otherwise. */
function breakable(id: string, seed: number): { readonly source: Source; fill: Filler } {
  const part = {
    fill: goodFiller(sequenceOf(seed), BYTE),
    source: simulatedSource({ id, ...BYTE }, (samples) => part.fill(samples)),
  };
  return part;
}

function silent(id: string): Source {
  return { ...good(id, 1), read: () => new Promise(() => undefined) };
}

const stateOf = (pool: EntropyPool, id: string) =>
  pool.report().sources.find((source) => source.id === id)?.state;

/** Answers by way of the file system, so that a busy program finds the answer after its timers. */
const ioAnswer = (source: Source, count: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    fs.stat('.', () => void source.read(count).then(resolve, reject));
  });

const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo() && waited < 2000; waited += 5) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(isSo()).toBe(true);
};

describe('a draw', () => {
  test('has the length asked for, whatever it is', async () => {
    const pool = await open({ sources: [good('a', 1)] });
    for (const length of [0, 1, 31, 32, 4096, 4097, 100_000]) {
      expect(pool.draw(length).length).toBe(length);
    }
    for (const length of [-1, 1.5, Number.NaN]) expect(() => pool.draw(length)).toThrow(RangeError);
  });

  test('never comes twice', async () => {
    const pool = await open({ sources: [good('a', 1)] });
    const drawn = new Set(Array.from({ length: 5000 }, () => pool.draw(32).join()));
    expect(drawn.size).toBe(5000);
  });

  test('depends on every source, and on nothing but the sources', async () => {
    const [same, again, other] = await Promise.all([
      open({ sources: [good('a', 1), good('b', 2)] }),
      open({ sources: [good('a', 1), good('b', 2)] }),
      open({ sources: [good('a', 1), good('b', 3)] }),
    ]);
    const drawn = same.draw(4096);
    expect(again.draw(4096)).toEqual(drawn);
    const differing = other.draw(4096).filter((byte, at) => byte !== drawn[at]).length;
    expect(differing).toBeGreaterThan(4000);
  });

  test('after close is refused', async () => {
    const pool = await open({ sources: [good('a', 1)] });
    pool.close();
    expect(() => pool.draw(1)).toThrow(/closed/);
  });
});

describe('below the floor', () => {
  test('no source at all refuses draws and says so', async () => {
    const pool = await open({ sources: [] });
    expect(() => pool.draw(32)).toThrow(
      expect.objectContaining({
        code: 'entropy_below_floor',
        message: expect.stringContaining('no source') as unknown,
      }),
    );
    expect(pool.report().refused).toBe(1);
  });

  test('one source of two refuses draws and names the one that is gone', async () => {
    const stuck = simulatedSource({ id: 'stuck', ...BYTE }, (samples) => samples.fill(7));
    const pool = await open({ sources: [good('a', 1), stuck], floor: { sources: 2 } });
    expect(() => pool.draw(32)).toThrow(/stuck dropped \(repetition count test/);
  });

  test('a system source does not stand for a physical one', async () => {
    const fill = goodFiller(sequenceOf(5), { sampleBits: 8, minEntropy: 8 });
    const sources = [systemSource(fill), good('a', 1)];
    const both = await open({ sources, floor: { sources: 2, physical: 1 } });
    expect(both.draw(32).length).toBe(32);
    const alone = await open({ sources: sources.slice(0, 1), floor: { sources: 1, physical: 1 } });
    expect(() => alone.draw(32)).toThrow(/1 of them physical/);
  });

  test.each([
    ['asks for no source', { floor: { sources: 0 } }],
    ['asks for more bits than a generator holds', { floor: { bits: 257 } }],
    ['asks for more physical sources than sources', { floor: { sources: 1, physical: 2 } }],
    ['has two sources of one name', { sources: [good('a', 1), good('a', 2)] }],
    ['has a source without a proper name', { sources: [good('a b', 1)] }],
  ])('a pool that %s is refused', async (_name, settings) => {
    const opening = open({ sources: [good('a', 1)], ...settings });
    await expect(opening).rejects.toMatchObject({ code: 'settings_invalid' });
  });
});

describe('a source that fails', () => {
  test('in use is dropped, told once, counted, and stops draws below the floor', async () => {
    const part = breakable('b', 2);
    const told: string[] = [];
    const pool = await open({
      sources: [good('a', 1), part.source],
      floor: { sources: 2 },
      refreshMs: 5,
      onDrop: (id) => told.push(id),
    });
    expect(pool.draw(32).length).toBe(32);
    part.fill = (samples) => samples.fill(0);
    await until(() => stateOf(pool, 'b')?.at === 'dropped');
    expect(() => pool.draw(32)).toThrow(/b dropped/);
    expect(told).toEqual(['b']);
    expect(pool.standing()).toBe('a:256');
    const metrics = entropyMetrics(pool.report());
    expect(metrics).toContain(
      'specie_entropy_source_alarms_total{source="b",cause="repetition"} 1',
    );
    expect(metrics).toContain('specie_entropy_source_good{source="b"} 0');
    expect(metrics).toContain('specie_entropy_draw_allowed 0');
  });

  test('leaves draws alone while the floor is met without it', async () => {
    const part = breakable('b', 2);
    const pool = await open({ sources: [good('a', 1), part.source], refreshMs: 5 });
    part.fill = (samples) => samples.fill(0);
    await until(() => stateOf(pool, 'b')?.at === 'dropped');
    expect(pool.draw(32).length).toBe(32);
    expect(pool.standing()).toBe('a:256');
  });

  test.each([
    ['stuck', (samples: Uint8Array) => samples.fill(3), 'repetition'],
    [
      'periodic',
      (samples: Uint8Array) => samples.forEach((_, i) => (samples[i] = i & 0xff)),
      'echo',
    ],
  ])('at its start, being %s, is never used', async (_name, fill, cause) => {
    const bad = simulatedSource({ id: 'b', ...BYTE }, fill);
    const pool = await open({ sources: [good('a', 1), bad] });
    expect(stateOf(pool, 'b')).toMatchObject({ at: 'dropped', drop: { cause } });
  });

  test('being worth less than half its claim is dropped for its start-up estimate', async () => {
    // Three times in four a bit is the opposite of the one before: no value comes too often, no run
    // is long and nothing repeats, but less than half a bit is new each time.
    const next = sequenceOf(9);
    let last = 0;
    const chained = simulatedSource({ id: 'b', sampleBits: 1, minEntropy: 1 }, (samples) => {
      for (let i = 0; i < samples.length; i++) {
        if (next() % 4 !== 0) last ^= 1;
        samples[i] = last;
      }
    });
    const pool = await open({ sources: [good('a', 1), chained] });
    expect(stateOf(pool, 'b')).toMatchObject({ at: 'dropped', drop: { cause: 'estimate' } });
  });

  test('saying what another says is dropped: the later in order of trust', async () => {
    for (const sources of [
      [good('a', 1), good('b', 1)],
      [good('b', 1), good('a', 1)],
    ]) {
      const [first, second] = sources.map(({ claim }) => claim.id);
      const pool = await open({ sources });
      expect(stateOf(pool, first ?? '')?.at).toBe('good');
      expect(stateOf(pool, second ?? '')).toMatchObject({
        at: 'dropped',
        drop: {
          cause: 'copy',
          reason: expect.stringContaining(`also given by ${first ?? ''}`) as unknown,
        },
      });
    }
  });

  test('saying nothing is dropped when its time is over, and nothing hangs', async () => {
    const pool = await open({ sources: [good('a', 1), silent('b')] });
    expect(stateOf(pool, 'b')).toMatchObject({ at: 'dropped', drop: { cause: 'silent' } });
    expect(pool.draw(32).length).toBe(32);
  });

  test('ending, throwing or being too wide is dropped with its cause', async () => {
    const wide = simulatedSource({ id: 'wide', sampleBits: 4, minEntropy: 2 }, (samples) =>
      samples.fill(99),
    );
    const ended: Source = { ...good('ended', 2), read: () => Promise.resolve(new Uint8Array(0)) };
    const broken: Source = { ...good('broken', 3), read: () => Promise.reject(new Error('gone')) };
    const thrown: Source = {
      ...good('thrown', 4),
      read: () => {
        throw new Error('at once');
      },
    };
    const pool = await open({ sources: [good('a', 1), wide, ended, broken, thrown] });
    const causes = pool
      .report()
      .sources.map(({ state }) => state.at === 'dropped' && state.drop.cause);
    expect(causes).toEqual([false, 'width', 'ended', 'unreadable', 'unreadable']);
  });

  test('comes back only when it is readmitted and passes its start-up anew', async () => {
    const part = breakable('b', 2);
    const pool = await open({ sources: [good('a', 1), part.source], refreshMs: 5 });
    part.fill = (samples) => samples.fill(0);
    await until(() => stateOf(pool, 'b')?.at === 'dropped');
    expect(await pool.readmit('b')).toBe(false);
    part.fill = goodFiller(sequenceOf(77), BYTE);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(stateOf(pool, 'b')?.at).toBe('dropped');
    expect(await pool.readmit('b')).toBe(true);
    expect(pool.standing()).toBe('a:256 b:256');
    expect(await pool.readmit('nobody')).toBe(false);
  });

  test('of the operating system, in the middle of a draw, stops that draw', async () => {
    let isDead = false;
    const fill = goodFiller(sequenceOf(5), { sampleBits: 8, minEntropy: 8 });
    const system = systemSource((bytes) => {
      if (!isDead) fill(bytes);
    });
    const pool = await open({ sources: [system] });
    pool.draw(32);
    isDead = true;
    expect(() => pool.draw(100_000)).toThrow(/os dropped \(repetition count test/);
  });
});

test('an answer that lay waiting while the program was busy is no silence', async () => {
  const source = good('a', 1);
  const answer = readWithin({ ...source, read: (count) => ioAnswer(source, count) }, 8, 20);
  const busyUntil = performance.now() + 60;
  while (performance.now() < busyUntil);
  expect((await answer).length).toBe(8);
});

test('a source that gives a sample at a time is waited for and used', async () => {
  const slow = good('a', 1);
  const source: Source = { ...slow, read: () => slow.read(1) };
  const pool = await open({ sources: [source] });
  expect(pool.draw(32).length).toBe(32);
});

test('opens on its floor, while a slower source is still being tested', async () => {
  const slow = good('slow', 2);
  const late: Source = {
    ...slow,
    read: async (count) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return slow.read(count);
    },
  };
  const pool = await open({ sources: [good('a', 1), late], waitFor: 'floor' });
  expect(pool.standing()).toBe('a:256');
  await until(() => pool.standing() === 'a:256 slow:256');
});

test('what stands behind a batch is written in a few words that can be read back', async () => {
  const pool = await open({ sources: [good('a', 1), good('b', 2)] });
  expect(pool.standing()).toBe('a:256 b:256');
  expect(parseStanding(pool.standing())).toEqual(pool.report().standing);
  expect(parseStanding('')).toEqual([]);
  for (const text of ['a', 'a:1x', 'a:1  b:2', 'A:1', 'a:1000', 'a:01']) {
    expect(parseStanding(text)).toBeUndefined();
  }
});

test('a report holds no samples, and the tap gives them only where it was asked for', async () => {
  const untapped = await open({ sources: [good('a', 1)] });
  expect(untapped.tap('a').length).toBe(0);
  const tapped = await open({ sources: [good('a', 1)], tapSamples: 512 });
  expect(tapped.tap('a').length).toBe(512);
  expect(tapped.tap('nobody').length).toBe(0);
  expect(JSON.stringify(tapped.report())).not.toContain('"tap"');
});

test('what is shown is never used: the same pool without a tap draws the same', async () => {
  // Read one after the other, so that both pools use the same samples unless shown ones are used.
  const numbered = (): Source => {
    const next = sequenceOf(1);
    return simulatedSource({ id: 'a', ...BYTE }, (samples) => {
      for (let i = 0; i < samples.length; i++) samples[i] = next() & 0xff;
    });
  };
  const [plain, tapped] = await Promise.all([
    open({ sources: [numbered()] }),
    open({ sources: [numbered()], tapSamples: 4096 }),
  ]);
  expect(tapped.tap('a').length).toBe(4096);
  expect(tapped.draw(64)).toEqual(plain.draw(64));
});

test('a clock too coarse to show jitter does not pass for a source', async () => {
  let reading = 0;
  const pool = await open({ sources: [good('a', 1), jitterSource(() => (reading += 100))] });
  expect(stateOf(pool, 'jitter')?.at).toBe('dropped');
});
