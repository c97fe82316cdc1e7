/**
 * The invariants that an auditor, the simulator and the tests ask of a whole state. They are written
 * apart from the rules that keep them and share none of their arithmetic, so that a mistake there
 * does not hide here.
 *
 * Spec: 07 §5.
 * @module
 */
import { operatorOf } from '../coin/holder.ts';
import { lockKey } from '../coin/lock.ts';
import type { CoinRecord, LedgerState } from './state.ts';

/** Sentences saying what is broken; empty when all is well. */
export function brokenInvariants(state: LedgerState): readonly string[] {
  const broken: string[] = [];
  const present = new Map<number, bigint>();
  const locks = new Set<string>();
  for (const [key, record] of state.coins) {
    checkPieces(state, key, record, locks, broken);
    const units = record.pieces
      .filter((piece) => piece.state !== 'retired')
      .reduce((sum, piece) => sum + (piece.to - piece.from), 0);
    for (const { currency, minorPerUnit } of record.coin.basket) {
      const worth = BigInt(minorPerUnit) * BigInt(units);
      present.set(currency, (present.get(currency) ?? 0n) + worth);
    }
  }
  for (const lock of state.guarding) {
    if (!locks.has(lock)) broken.push(`a lock is held to guard a piece and guards none`);
  }
  checkSupply(state, present, broken);
  return broken;
}

/** 1: the pieces of every coin tile it; one lock guards one piece; tags are of admitted operators. */
function checkPieces(
  state: LedgerState,
  key: string,
  { coin, pieces }: CoinRecord,
  locks: Set<string>,
  broken: string[],
): void {
  let position = 0;
  for (const piece of pieces) {
    if (piece.from !== position || piece.to <= piece.from) {
      broken.push(`the pieces of coin ${key} do not tile it at ${position}`);
    }
    position = piece.to;
    if (piece.state === 'retired') continue;
    const lock = lockKey(piece.lock);
    if (locks.has(lock)) broken.push(`a lock guards two pieces, one of coin ${key}`);
    locks.add(lock);
    if (!state.guarding.has(lock)) broken.push(`a lock of coin ${key} is not held to guard it`);
    if (!state.operators.has(operatorOf(piece.tag))) {
      broken.push(`a piece of coin ${key} belongs to a holder of no admitted operator`);
    }
  }
  if (position !== coin.units) broken.push(`the pieces of coin ${key} do not tile it to its end`);
}

/** 2: minted − retired is what is there, through operators and in pieces, and reserves cover it. */
function checkSupply(
  state: LedgerState,
  present: ReadonlyMap<number, bigint>,
  broken: string[],
): void {
  const currencies = new Set([...state.supply.keys(), ...present.keys()]);
  for (const { outstanding } of state.operators.values()) {
    for (const currency of outstanding.keys()) currencies.add(currency);
  }
  for (const currency of currencies) {
    const supply = state.supply.get(currency) ?? { minted: 0n, retired: 0n, reserves: 0n };
    const outstanding = supply.minted - supply.retired;
    if (outstanding !== (present.get(currency) ?? 0n)) {
      broken.push(`minted − retired differs from what is there in currency ${currency}`);
    }
    if (supply.minted < 0n || supply.retired < 0n || supply.reserves < 0n) {
      broken.push(`the supply of currency ${currency} is below zero`);
    }
    const policy = state.policies.get(currency);
    const asked = outstanding * BigInt(policy?.denominator ?? 1);
    if (asked > supply.reserves * BigInt(policy?.numerator ?? 0)) {
      broken.push(`currency ${currency} is not covered by reserves`);
    }
    const through = [...state.operators.values()].reduce(
      (sum, operator) => sum + (operator.outstanding.get(currency) ?? 0n),
      0n,
    );
    if (through !== outstanding) {
      broken.push(`operators' outstanding differs in currency ${currency}`);
    }
  }
}
