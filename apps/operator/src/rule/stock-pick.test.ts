/** Picking stock: exactly the amount, one piece where one suffices. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pickStock, pickWhole } from './stock-pick.ts';

const sized = (...sizes: number[]): { from: number; to: number }[] =>
  sizes.map((to) => ({ from: 0, to }));

test('takes the smallest piece that suffices, otherwise the largest first', () => {
  expect(pickStock(sized(10, 50, 30), 25n)).toEqual([{ piece: { from: 0, to: 30 }, units: 25 }]);
  expect(pickStock(sized(10, 50, 30), 85n)?.map(({ units }) => units)).toEqual([50, 30, 5]);
  expect(pickStock(sized(10, 50, 30), 91n)).toBeUndefined();
  expect(pickStock([], 1n)).toBeUndefined();
});

test('gives exactly the amount, or nothing where the stock is smaller', () => {
  const stock = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 60 });
  fc.assert(
    fc.property(stock, fc.bigInt({ min: 1n, max: 30_000n }), (sizes, amount) => {
      const picks = pickStock(sized(...sizes), amount);
      const total = BigInt(sizes.reduce((sum, size) => sum + size, 0));
      expect(picks === undefined).toBe(total < amount);
      if (picks === undefined) return;
      expect(picks.reduce((sum, { units }) => sum + BigInt(units), 0n)).toBe(amount);
      expect(picks.every(({ piece, units }) => units > 0 && units <= piece.to)).toBe(true);
    }),
  );
});

test('gives back whole pieces alone, and never more than asked', () => {
  expect(pickWhole(sized(10, 50, 30), 45n, 9).map(({ to }) => to)).toEqual([30, 10]);
  expect(pickWhole(sized(10, 50, 30), 90n, 2).map(({ to }) => to)).toEqual([50, 30]);
});
