import { chanceOf } from '@specie/core/base/chance.fixture';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldTables, LOG_ZERO, ORDER } from './field.ts';
import { bytesOfWords, PART_COUNT, type Part, partsThrough, wordsOf } from './part-code.ts';

/** The product by the definition: polynomials over {0, 1}, reduced bit by bit. */
function product(a: number, b: number): number {
  let sum = 0;
  for (let bit = 15; bit >= 0; bit--) {
    sum <<= 1;
    if (sum > 0xffff) sum ^= 0x1100b;
    if ((b >> bit) & 1) sum ^= a;
  }
  return sum;
}

const element = fc.nat(0xffff);

it('x generates every element but zero', () => {
  const { powerOf, logOf } = fieldTables();
  expect(new Set(powerOf.subarray(0, ORDER)).size).toBe(ORDER);
  expect(powerOf.subarray(0, ORDER).includes(0)).toBe(false);
  expect(logOf[0]).toBe(LOG_ZERO);
});

it('the sum of logarithms is that of the product, zero included', () => {
  const { powerOf, logOf } = fieldTables();
  fc.assert(
    fc.property(element, fc.integer({ min: 1, max: 0xffff }), (a, b) => {
      expect(powerOf[logOf[a]! + logOf[b]!]).toBe(product(a, b));
    }),
  );
});

/** The polynomial through (0, a), (1, b), (2, c) worked out by hand, by divided differences. */
it('a part is the value of the polynomial through the blocks', () => {
  const inverse = (a: number): number => {
    let power = 1;
    for (let i = 0; i < ORDER - 1; i++) power = product(power, a);
    return power;
  };
  const [a, b, c] = [0x1234, 0xabcd, 0x0f0f];
  const first = a ^ b;
  const second = product(product(c ^ b, inverse(1 ^ 2)) ^ first, inverse(2));
  const at = (x: number): number => a ^ product(first, x) ^ product(second, product(x, x ^ 1));
  const partOf = partsThrough(
    [a, b, c].map((word, number) => ({ number, block: Uint16Array.of(word) })),
  );
  for (const x of [0, 1, 2, 3, 4, 255, 256, 40_000, 65_535]) expect(partOf(x)[0]).toBe(at(x));
});

function parts(needed: number, words: number, seed: number): Part[] {
  const chance = chanceOf(seed);
  return Array.from({ length: needed }, (_, number) => ({
    number,
    block: wordsOf(chance.bytes(2 * words), words),
  }));
}

it('any parts, as many as there are blocks, give all the others', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.uniqueArray(fc.nat(PART_COUNT - 1), { minLength: 40, maxLength: 40 }),
      (needed, numbers) => {
        const blocks = parts(needed, 3, needed);
        const partOf = partsThrough(blocks);
        const some = numbers.slice(0, needed).map((number) => ({ number, block: partOf(number) }));
        const back = partsThrough(some);
        for (const { number, block } of blocks) expect(back(number)).toEqual(block);
      },
    ),
    { numRuns: 60 },
  );
});

it('one part fewer leaves every value of a block possible', () => {
  const blocks = parts(4, 1, 9);
  const partOf = partsThrough(blocks);
  const three = [7, 8, 9].map((number) => ({ number, block: partOf(number) }));
  const candidates = [0, 1, 0xffff].map(
    (guess) => partsThrough([...three, { number: 0, block: Uint16Array.of(guess) }])(1)[0],
  );
  expect(new Set(candidates).size).toBe(3);
});

it('words are bytes, the more significant first, filled up with zero', () => {
  expect(wordsOf(Uint8Array.of(1, 2, 3), 3)).toEqual(Uint16Array.of(0x0102, 0x0300, 0));
  expect(bytesOfWords(Uint16Array.of(0x0102, 0xff00))).toEqual(Uint8Array.of(1, 2, 0xff, 0));
});
