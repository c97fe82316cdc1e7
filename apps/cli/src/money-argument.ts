/**
 * Amounts and their currency as a person types them: `12.50 CNY`.
 *
 * Spec: 01 §4.
 * @module
 */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { parseAmount } from '@specie/core/money/amount';
import { parseCurrency } from '@specie/core/money/currency';

export interface MoneyArgument {
  readonly currency: number;
  /** Minor units, above zero. */
  readonly amount: bigint;
}

/** The amount of two words. */
export function moneyArgument(amountText = '', code = ''): Result<MoneyArgument> {
  const currency = parseCurrency(code.toUpperCase());
  if (!currency.ok) return refuse('currency_unknown', code);
  const amount = parseAmount(amountText, currency.value);
  if (!amount.ok) return refuse(amount.refusal.code, amountText);
  return amount.value === 0n
    ? refuse('amount_out_of_range', amountText)
    : accept({ currency: currency.value.number, amount: amount.value });
}
