/**
 * A basket says what one unit of a coin is worth: one leg in the plain case, several in a composite
 * coin. Cutting a coin cuts every leg in proportion, because a piece is a number of units.
 *
 * Spec: 03 §2.
 * @module
 */
import { amountOf, type Amount } from '../money/amount.ts';
import { currencyOfNumber } from '../money/currency.ts';
import { currencyNumber, sortedList, struct, upTo, type ValueOf } from '../codec/codec.ts';
import { accept, refuse, type Result } from '../base/result.ts';

/** More currencies than any basket in use (the widest, the SDR's, has five). */
export const LEGS_MAX = 8;

/** A unit is never worth more than this in one leg, so that a coin's worth stays within an amount. */
export const LEG_MINOR_MAX = 2 ** 30 - 1;

export const leg = struct({ currency: currencyNumber, minorPerUnit: upTo(32, LEG_MINOR_MAX) });

/** Legs in ascending order of their encoding, so by currency number. */
export const basket = sortedList(leg, 1, LEGS_MAX);

export type Leg = ValueOf<typeof leg>;
export type Basket = readonly Leg[];

/** The basket of a plain coin whose unit is one minor unit of one currency. */
export function plainBasket(currency: number): Basket {
  return [{ currency, minorPerUnit: 1 }];
}

/** Refuses a basket of unknown currencies, of a currency named twice, or of worthless legs. */
export function checkBasket(legs: Basket): Result<Basket> {
  for (const [i, each] of legs.entries()) {
    if (!currencyOfNumber(each.currency).ok) return refuse('currency_unknown', `.basket[${i}]`);
    if (each.minorPerUnit === 0) return refuse('basket_invalid', `.basket[${i}]`);
    if (i > 0 && legs[i - 1]!.currency === each.currency)
      return refuse('basket_invalid', `.basket[${i}]`);
  }
  return accept(legs);
}

/** What `units` of the basket are worth, leg by leg. */
export function worthOf(
  legs: Basket,
  units: number,
): readonly { readonly currency: number; readonly amount: Amount }[] {
  return legs.map((each) => ({
    currency: each.currency,
    amount: amountOf(BigInt(each.minorPerUnit) * BigInt(units)),
  }));
}
