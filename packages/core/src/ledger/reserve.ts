/**
 * Reserves behind an issue or a retirement: a reference is accepted once, and supply changes by
 * exactly what was minted or retired and what reserves moved.
 *
 * Spec: 07 §4.3, §4.5.
 * @module
 */
import { hexOf } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { currencyOfNumber } from '../money/currency.ts';
import { supplyOf, type SupplyChange } from './change.ts';
import type { Reserve } from './command.ts';
import type { LedgerState, Supply } from './state.ts';

/** The key of a reserve reference that was never used before, or a refusal. */
export function checkReserve(state: LedgerState, reserve: Reserve): Result<string> {
  const key = hexOf(reserve.reference);
  if (state.references.has(key)) return refuse('reserve_reference_used', '.body.reserve.reference');
  for (const [i, { currency }] of reserve.sums.entries()) {
    const at = `.body.reserve.sums[${i}]`;
    if (!currencyOfNumber(currency).ok) return refuse('currency_unknown', at);
    if (i > 0 && reserve.sums[i - 1]!.currency === currency) return refuse('reserve_invalid', at);
  }
  return accept(key);
}

/** Supply changes of an issue (`sign` 1) or a retirement (−1), by ascending currency number. */
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

/** The supply of a currency as it would stand after a change. */
export function supplyAfter(state: LedgerState, change: SupplyChange): Supply {
  const before = supplyOf(state, change.currency);
  return {
    minted: before.minted + change.minted,
    retired: before.retired + change.retired,
    reserves: before.reserves + change.reserves,
  };
}

/**
 * Whether a retirement takes back no more than belongs to what it retires: its worth, or what the
 * policy asks for it where that is more. What others laid up stays.
 */
export function isOwnReserve(state: LedgerState, change: SupplyChange): boolean {
  const taken = -change.reserves;
  if (taken <= change.retired) return true;
  const policy = state.policies.get(change.currency);
  if (policy === undefined || policy.numerator === 0) return false;
  return taken * BigInt(policy.numerator) <= change.retired * BigInt(policy.denominator);
}
