import { describe, expect, test } from 'vitest';
import { assess, bitString } from './assess/assess.ts';
import { type Part, mix } from './mix.ts';
import { goodFiller, sequenceOf } from './testing/simulated.ts';

const SEEDS = 256;
const fill = goodFiller(sequenceOf(1), { sampleBits: 8, minEntropy: 8 });

function goodBlock(): Uint8Array {
  const block = new Uint8Array(32);
  fill(block);
  return block;
}

/** What the bad sources give, who may even know what the good one gave. */
const BAD: Readonly<Record<string, (good: Uint8Array, index: number) => Uint8Array>> = {
  constant: () => new Uint8Array(32),
  'equal to the good one': (good) => good,
  'the complement of the good one': (good) => good.map((byte) => 0xff ^ byte),
  'a counter': (_good, index) => new Uint8Array(32).fill(index & 0xff),
  empty: () => new Uint8Array(0),
};

function partsOf(good: Uint8Array, bad: string, place: number, index: number): readonly Part[] {
  return [0, 1, 2].map((at) => ({
    source: `source-${at}`,
    bytes: at === place ? good : (BAD[bad]?.(good, index) ?? good),
  }));
}

describe.each(Object.keys(BAD))('with every other source %s', (bad) => {
  test.each([0, 1, 2])('one good source, at place %d, is enough', (place) => {
    const mixed = new Uint8Array(SEEDS * 32);
    for (let i = 0; i < SEEDS; i++) mixed.set(mix(partsOf(goodBlock(), bad, place, i)), i * 32);
    expect(assess(mixed, 8).min).toBeGreaterThan(0.5);
  });

  test('every bit of the good source moves about half of the seed', () => {
    const good = goodBlock();
    const before = mix(partsOf(good, bad, 1, 0));
    let moved = 0;
    for (let bit = 0; bit < 256; bit++) {
      const other = good.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      const after = mix(partsOf(other, bad, 1, 0));
      const changed = bitString(
        before.map((byte, i) => byte ^ after[i]!),
        8,
      );
      moved += changed.reduce((sum, value) => sum + value, 0);
    }
    expect(moved / 256).toBeGreaterThan(124);
    expect(moved / 256).toBeLessThan(132);
  });
});

test('an exclusive or would not do: a source that repeats the good one cancels it', () => {
  const mixed = new Uint8Array(SEEDS * 32);
  for (let i = 0; i < SEEDS; i++) {
    const good = goodBlock();
    mixed.set(
      good.map((byte, at) => byte ^ good[at]!),
      i * 32,
    );
  }
  expect(() => assess(mixed, 8)).toThrow(expect.objectContaining({ code: 'samples_constant' }));
});

test('where one part ends and the next begins makes a difference', () => {
  const parts = (a: string, b: string) => [
    { source: 'x', bytes: new TextEncoder().encode(a) },
    { source: 'x', bytes: new TextEncoder().encode(b) },
  ];
  expect(mix(parts('ab', 'c'))).not.toEqual(mix(parts('a', 'bc')));
  expect(mix(parts('ab', ''))).not.toEqual(mix(parts('', 'ab')));
});
