/**
 * Currencies by code and by number. Only ISO 4217 currencies that have a minor unit can be money.
 *
 * Spec: 01 §2.
 * @module
 */
import type { Brand } from '../base/brand.ts';
import { assert } from '../base/assert.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { ISO_4217 } from './iso-4217.ts';

/** Three-letter code of a currency that can be money. */
export type CurrencyCode = Brand<string, 'CurrencyCode'>;

export interface Currency {
  readonly code: CurrencyCode;
  /** ISO 4217 number, which stands for the currency on the wire. */
  readonly number: number;
  /** Digits after the point: 2 for cents, 0 for yen, 3 for fils. */
  readonly minorDigits: number;
  readonly name: string;
}

const byCode = new Map<string, Currency>();
const byNumber = new Map<number, Currency>();
for (const [code, number, minorDigits, name] of ISO_4217) {
  if (minorDigits === undefined) continue;
  const currency: Currency = { code: code as CurrencyCode, number, minorDigits, name };
  byCode.set(code, currency);
  byNumber.set(number, currency);
}

/** Every currency that can be money, by code. */
export function currencies(): readonly Currency[] {
  return [...byCode.values()];
}

/** The currency of a code that came from outside; case matters. */
export function parseCurrency(code: string): Result<Currency> {
  const currency = byCode.get(code);
  return currency === undefined ? refuse('currency_unknown') : accept(currency);
}

/** The currency of a number that came over the wire. */
export function currencyOfNumber(number: number): Result<Currency> {
  const currency = byNumber.get(number);
  return currency === undefined ? refuse('currency_unknown') : accept(currency);
}

/** The currency of a code this program wrote itself; an unknown one is our bug. */
export function currency(code: string): Currency {
  const found = byCode.get(code);
  assert(found !== undefined, 'the currency exists');
  return found;
}
