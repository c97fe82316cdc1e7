/**
 * Reserves behind an issue or a retirement: a reference is accepted once, and supply changes by
 * exactly what was minted or retired and what reserves moved.
 *
 * Spec: 07 §4.3.
 * @module
 */
import { hexOf } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { currencyOfNumber } from '../money/currency.ts';
import type { SupplyChange } from './change.ts';
import type { Reserve } from './command.ts';
import type { LedgerState } from './state.ts';

/** The key of a reserve reference that was never used before, or a refusal. */
export function checkReserve(state: LedgerState, reserve: Reserve): Result<string> {
  const key = hexOf(reserve.reference);
  if (state.references.has(key)) return refuse('reserve_reference_used', '.body.reserve.reference');
  for (const [i, { currency }] of reserve.sums.entries()) {
    if (!currencyOfNumber(currency).ok)
      return refuse('currency_unknown', `.body.reserve.sums[${i}]`);
    if (i > 0 && reserve.sums[i - 1]!.currency === currency)
      return refuse('reserve_invalid', `.body.reserve.sums[${i}]`);
  }
  return accept(key);
}

/** Supply changes of an issue (`sign` 1) or a retirement (−1), one for each currency concerned. */
export function supplyChanges(
  operator: number,
  worth: ReadonlyMap<number, bigint>,
  reserve: Reserve,
  sign: 1n | -1n,
): readonly SupplyChange[] {
  const reserves = new Map(reserve.sums.map(({ currency, amount }) => [currency, amount]));
  const concerned = [...new Set([...worth.keys(), ...reserves.keys()])].sort((a, b) => a - b);
  return concerned.map((currency) => ({
    currency,
    operator,
    minted: sign === 1n ? (worth.get(currency) ?? 0n) : 0n,
    retired: sign === 1n ? 0n : (worth.get(currency) ?? 0n),
    reserves: sign * (reserves.get(currency) ?? 0n),
  }));
}
