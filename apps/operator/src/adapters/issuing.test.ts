import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ISSUE_COINS_MAX } from '@specie/core/ledger/command';
import { partsOf } from './issuing.ts';

it('mints exactly what was asked for, in coins of the usual size and one of the rest', () => {
  expect(partsOf(1_000_000n, 1_000_000)).toEqual([{ units: 1_000_000, coins: 1 }]);
  expect(partsOf(2_500_001n, 1_000_000)).toEqual([
    { units: 1_000_000, coins: 2 },
    { units: 500_001, coins: 1 },
  ]);
  expect(partsOf(0n, 1_000_000)).toEqual([]);
  const sizes = fc.integer({ min: 1, max: 2 ** 32 - 1 });
  const amounts = fc.bigInt({ min: 0n, max: 10n ** 12n });
  fc.assert(
    fc.property(amounts, sizes, (amount, size) => {
      fc.pre(amount / BigInt(size) < 1_000_000n);
      const parts = partsOf(amount, size);
      const sum = parts.reduce((all, { units, coins }) => all + BigInt(units) * BigInt(coins), 0n);
      expect(sum).toBe(amount);
      for (const { units, coins } of parts) {
        expect(units > 0 && units <= size && coins > 0 && coins <= ISSUE_COINS_MAX).toBe(true);
      }
    }),
  );
});
