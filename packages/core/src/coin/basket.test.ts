import { expect, it } from 'vitest';
import { AMOUNT_MAX } from '../money/amount.ts';
import { basket, checkBasket, LEG_MINOR_MAX, LEGS_MAX, plainBasket, worthOf } from './basket.ts';
import { UNITS_MAX } from './coin.ts';

const HALF_AND_HALF = [
  { currency: 156, minorPerUnit: 350 },
  { currency: 840, minorPerUnit: 50 },
];

it('a unit of a plain coin is one minor unit', () => {
  expect(worthOf(plainBasket(156), 1234)).toEqual([{ currency: 156, amount: 1234n }]);
});

it('a composite coin is worth so much in each leg, and is cut in proportion', () => {
  const whole = worthOf(HALF_AND_HALF, 10);
  expect(whole).toEqual([
    { currency: 156, amount: 3500n },
    { currency: 840, amount: 500n },
  ]);
  const cut = [worthOf(HALF_AND_HALF, 3), worthOf(HALF_AND_HALF, 7)];
  whole.forEach((leg, i) => {
    expect(cut.reduce((sum, piece) => sum + (piece[i]?.amount ?? 0n), 0n)).toBe(leg.amount);
  });
});

it('the largest coin of the dearest unit is still an amount', () => {
  const dearest = [{ currency: 156, minorPerUnit: LEG_MINOR_MAX }];
  expect(worthOf(dearest, UNITS_MAX)[0]?.amount).toBeLessThanOrEqual(AMOUNT_MAX);
});

it.each([
  ['of an unknown currency', [{ currency: 0, minorPerUnit: 1 }], 'currency_unknown', '.basket[0]'],
  [
    'of gold',
    [...plainBasket(156), { currency: 959, minorPerUnit: 1 }],
    'currency_unknown',
    '.basket[1]',
  ],
  ['with a worthless leg', [{ currency: 156, minorPerUnit: 0 }], 'basket_invalid', '.basket[0]'],
  [
    'with a currency twice',
    [...HALF_AND_HALF, { currency: 840, minorPerUnit: 51 }],
    'basket_invalid',
    '.basket[2]',
  ],
])('a basket %s is refused', (_, legs, code, at) => {
  expect(checkBasket(legs)).toEqual({ ok: false, refusal: { code, at } });
});

it('a good basket is accepted as it is', () => {
  expect(checkBasket(HALF_AND_HALF)).toEqual({ ok: true, value: HALF_AND_HALF });
  expect(basket.shape).toMatchObject({ kind: 'list', min: 1, max: LEGS_MAX, sorted: true });
});
