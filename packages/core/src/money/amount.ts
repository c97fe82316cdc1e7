/**
 * Money is a whole number of minor units in one currency. Every amount passes through `amountOf`
 * or `parseAmount`; arithmetic on two amounts yields a bare bigint, so a sum that skipped the range
 * check does not compile as an amount. No floating point number ever stands for money.
 *
 * Spec: 01 §3 (range), §4 (text form).
 * @module
 */
import { assert } from '../base/assert.ts';
import type { Brand } from '../base/brand.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import type { Currency } from './currency.ts';

/** Minor units, 0 to AMOUNT_MAX. The currency is kept beside it. */
export type Amount = Brand<bigint, 'Amount'>;

/** The sum of two amounts still fits a signed 64-bit column of a database. */
export const AMOUNT_MAX = 2n ** 62n - 1n;

/** Longest text worth parsing: nineteen digits, a point and a minor unit. Longer is refused unread. */
const TEXT_MAX = 32;

/** Money of one currency. */
export interface Money {
  readonly currency: Currency;
  readonly amount: Amount;
}

/** An amount this program computed; out of range is our bug. */
export function amountOf(minorUnits: bigint): Amount {
  assert(minorUnits >= 0n && minorUnits <= AMOUNT_MAX, 'an amount is between 0 and 2^62 − 1');
  return minorUnits as Amount;
}

export const ZERO = amountOf(0n);

/** An amount of minor units that came from outside. */
export function checkAmount(minorUnits: bigint): Result<Amount> {
  return minorUnits >= 0n && minorUnits <= AMOUNT_MAX
    ? accept(minorUnits as Amount)
    : refuse('amount_out_of_range');
}

/**
 * The amount of a decimal text in major units, such as `12.50`: digits, then at most as many after
 * a point as the currency has. No sign, no grouping, no exponent.
 */
export function parseAmount(text: string, currency: Currency): Result<Amount> {
  if (text.length > TEXT_MAX) return refuse('amount_malformed');
  const parts = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(text);
  if (parts === null) return refuse('amount_malformed');
  const fraction = parts[2] ?? '';
  if (fraction.length > currency.minorDigits) return refuse('amount_too_fine');
  return checkAmount(BigInt(parts[1]! + fraction.padEnd(currency.minorDigits, '0')));
}

/** Decimal text in major units with every digit of the minor unit: `12.50`. */
export function formatAmount(amount: Amount, currency: Currency): string {
  const digits = amount.toString().padStart(currency.minorDigits + 1, '0');
  if (currency.minorDigits === 0) return digits;
  const point = digits.length - currency.minorDigits;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Amount with its currency, for people and logs: `12.50 CNY`. Never a bare number. */
export function formatMoney(money: Money): string {
  return `${formatAmount(money.amount, money.currency)} ${money.currency.code}`;
}
