/**
 * The invariants that an auditor, the simulator and the tests ask of a whole state, written apart
 * from the rules that keep them, so that a mistake there does not hide here.
 *
 * Spec: 07 §5.
 * @module
 */
import { worthOf } from '../coin/basket.ts';
import { tiles } from '../coin/coin.ts';
import { lockKey } from '../coin/lock.ts';
import { isCovered } from './change.ts';
import { outstandingOf, type LedgerState } from './state.ts';

/** Sentences saying what is broken; empty when all is well. */
export function brokenInvariants(state: LedgerState): readonly string[] {
  const broken: string[] = [];
  const present = new Map<number, bigint>();
  const locks = new Set<string>();
  for (const [key, { coin, pieces }] of state.coins) {
    if (!tiles(pieces, 0, coin.units)) broken.push(`the pieces of coin ${key} do not tile it`);
    for (const piece of pieces) {
      if (piece.state === 'retired') continue;
      const lock = lockKey(piece.lock);
      if (locks.has(lock)) broken.push(`a lock guards two pieces, one of coin ${key}`);
      locks.add(lock);
      for (const { currency, amount } of worthOf(coin.basket, Math.max(0, piece.to - piece.from))) {
        present.set(currency, (present.get(currency) ?? 0n) + amount);
      }
    }
  }
  for (const [currency, supply] of state.supply) {
    if (outstandingOf(supply) !== (present.get(currency) ?? 0n)) {
      broken.push(`minted − retired differs from what is there in currency ${currency}`);
    }
    if (!isCovered(state, currency, supply))
      broken.push(`currency ${currency} is not covered by reserves`);
    let through = 0n;
    for (const operator of state.operators.values())
      through += operator.outstanding.get(currency) ?? 0n;
    if (through !== outstandingOf(supply))
      broken.push(`operators' outstanding differs in currency ${currency}`);
  }
  for (const currency of present.keys()) {
    if (!state.supply.has(currency))
      broken.push(`currency ${currency} exists and was never minted`);
  }
  return broken;
}
