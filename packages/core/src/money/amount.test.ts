import { describe, expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import {
  AMOUNT_MAX,
  amountOf,
  checkAmount,
  formatAmount,
  formatMoney,
  parseAmount,
  ZERO,
  type Amount,
} from './amount.ts';
import { currencies, currency } from './currency.ts';

const [CNY, JPY, BHD] = [currency('CNY'), currency('JPY'), currency('BHD')];
const parsed = (text: string, of = CNY): unknown => {
  const result = parseAmount(text, of);
  return result.ok ? result.value : result.refusal.code;
};

describe('an amount', () => {
  it('lies between nothing and 2^62 − 1, so that two fit a signed 64-bit column', () => {
    expect(AMOUNT_MAX).toBe(4_611_686_018_427_387_903n);
    expect(AMOUNT_MAX + AMOUNT_MAX).toBeLessThan(2n ** 63n);
    expect(amountOf(AMOUNT_MAX)).toBe(AMOUNT_MAX);
    expect(ZERO).toBe(0n);
  });

  it('out of range is our bug when we computed it and a refusal when it came from outside', () => {
    for (const wrong of [-1n, AMOUNT_MAX + 1n]) {
      expect(() => amountOf(wrong)).toThrow(Bug);
      expect(checkAmount(wrong)).toMatchObject({ refusal: { code: 'amount_out_of_range' } });
    }
    expect(checkAmount(0n)).toEqual({ ok: true, value: 0n });
  });

  it('does not come out of a sum that skipped its check', () => {
    const a = amountOf(1n);
    // @ts-expect-error -- a sum of amounts is a bare bigint until it was checked.
    const sum: Amount = a + a;
    expect(sum).toBe(2n);
  });
});

describe('the text of an amount', () => {
  it.each([
    ['0', 0n],
    ['12', 1200n],
    ['12.5', 1250n],
    ['12.50', 1250n],
    ['0.01', 1n],
    ['46116860184273879.03', AMOUNT_MAX],
  ])('%s is so many fen', (text, fen) => {
    expect(parsed(text)).toBe(fen);
  });

  it('has as many decimals as the currency and no more', () => {
    expect(parsed('12.345')).toBe('amount_too_fine');
    expect(parsed('12.345', BHD)).toBe(12345n);
    expect(parsed('12', JPY)).toBe(12n);
    expect(parsed('12.0', JPY)).toBe('amount_too_fine');
  });

  it.each([
    '',
    '.5',
    '5.',
    '-1',
    '+1',
    '01',
    '1e3',
    '1,000',
    '1 000',
    '１２',
    ' 1',
    '1\n',
    '0x1',
    'NaN',
  ])('%j is malformed', (text) => {
    expect(parsed(text)).toBe('amount_malformed');
  });

  it('too large is refused, and too long is refused unread', () => {
    expect(parsed('46116860184273879.04')).toBe('amount_out_of_range');
    expect(parsed('9'.repeat(32))).toBe('amount_out_of_range');
    expect(parsed('9'.repeat(33))).toBe('amount_malformed');
    expect(parsed('1'.repeat(1_000_000))).toBe('amount_malformed');
  });

  it('comes back from every amount in every currency', () => {
    const chance = chanceOf(4);
    for (const of of currencies()) {
      for (const amount of [0n, 1n, 99n, 100n, AMOUNT_MAX, BigInt(chance.below(2 ** 48))]) {
        const text = formatAmount(amountOf(amount), of);
        expect(parsed(text, of)).toBe(amount);
        expect(text.split('.')[1]?.length ?? 0).toBe(of.minorDigits);
      }
    }
  });

  it('shows every digit of the minor unit, and the currency beside it', () => {
    expect(formatMoney({ currency: CNY, amount: amountOf(5n) })).toBe('0.05 CNY');
    expect(formatMoney({ currency: JPY, amount: amountOf(5n) })).toBe('5 JPY');
    expect(formatMoney({ currency: BHD, amount: amountOf(12_345n) })).toBe('12.345 BHD');
  });
});
