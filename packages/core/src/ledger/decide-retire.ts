/**
 * Retirement: whole pieces of an operator's stock leave circulation and their reserves go back.
 *
 * Spec: 07 §4.5.
 * @module
 */
import { accept, refuse, type Result } from '../base/result.ts';
import { worthOf } from '../coin/basket.ts';
import { coinKey } from '../coin/coin.ts';
import { stockTag } from '../coin/holder.ts';
import { isCovered, NO_CHANGE, type Change, type Splice } from './change.ts';
import type { BodyOf } from './command.ts';
import { openPiece } from './decide-move.ts';
import { checkReserve, isOwnReserve, supplyAfter, supplyChanges } from './reserve.ts';
import type { LedgerState } from './state.ts';

/** Decides a retirement sent in the session of `operator`. */
export function decideRetire(
  state: LedgerState,
  operator: number,
  body: BodyOf<'retire'>,
): Result<Change> {
  if (body.operator !== operator) return refuse('operator_mismatch', '.body.operator');
  const reference = checkReserve(state, body.reserve);
  if (!reference.ok) return reference;
  if (body.secrets.length !== body.pieces.length) {
    return refuse('secrets_miscounted', '.body.secrets');
  }
  const splices: Splice[] = [];
  const worth = new Map<number, bigint>();
  for (const [i, { coin, from, to }] of body.pieces.entries()) {
    const at = `.body.pieces[${i}]`;
    const record = state.coins.get(coinKey(coin));
    if (record === undefined) return refuse('coin_unknown', at);
    if (from >= to || to > record.coin.units) return refuse('range_invalid', at);
    const opened = openPiece(record, { from, to }, stockTag(operator), body.secrets[i]!);
    if (!opened.ok) return refuse(opened.refusal.code, at);
    for (const { currency, amount } of worthOf(record.coin.basket, to - from)) {
      worth.set(currency, (worth.get(currency) ?? 0n) + amount);
    }
    splices.push({ coin: coinKey(coin), from, to, pieces: [{ state: 'retired', from, to }] });
  }
  const supply = supplyChanges(operator, worth, body.reserve, -1n);
  for (const each of supply) {
    const after = supplyAfter(state, each);
    if (!isOwnReserve(state, each)) return refuse('reserve_invalid', '.body.reserve.sums');
    if (after.reserves < 0n || !isCovered(state, each.currency, after)) {
      return refuse('reserves_insufficient', '.body.reserve.sums');
    }
  }
  return accept({ ...NO_CHANGE, splices, supply, reference: reference.value });
}
