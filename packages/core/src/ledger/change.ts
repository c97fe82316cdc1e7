/**
 * Changes: what an accepted command does to the state, as data. `apply` is the only place where the
 * state changes, and it asserts the invariants of what it touches: pieces taken out and pieces put
 * in cover the same range, supply adds up, no lock is used twice.
 *
 * Spec: 07 §3, §5.
 * @module
 */
import { assert } from '../base/assert.ts';
import type { Instant } from '../base/instant.ts';
import { coinKey, tiles, type Coin, type Piece } from '../coin/coin.ts';
import { lockKey } from '../coin/lock.ts';
import {
  generationAt,
  outstandingOf,
  pieceIndex,
  type LedgerState,
  type LockMemory,
  type ReservePolicy,
  type Supply,
} from './state.ts';

/** Pieces of one coin that replace the pieces covering the same range. */
export interface Splice {
  readonly coin: string;
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly Piece[];
}

/** A difference of supply in one currency, and through which operator. */
export interface SupplyChange {
  readonly currency: number;
  readonly operator: number;
  readonly minted: bigint;
  readonly retired: bigint;
  /** Signed. */
  readonly reserves: bigint;
}

export interface Change {
  readonly coins: readonly { readonly coin: Coin; readonly piece: Piece }[];
  readonly splices: readonly Splice[];
  readonly locks: readonly string[];
  readonly supply: readonly SupplyChange[];
  readonly reference: string | undefined;
  readonly policy: { readonly currency: number; readonly policy: ReservePolicy } | undefined;
  readonly operator:
    { readonly operator: number; readonly quotas: ReadonlyMap<number, bigint> } | undefined;
}

export const NO_CHANGE: Change = {
  coins: [],
  splices: [],
  locks: [],
  supply: [],
  reference: undefined,
  policy: undefined,
  operator: undefined,
};

/** Applies a change that `decide` made for the present state. */
export function apply(state: LedgerState, change: Change, now: Instant): void {
  for (const { coin, piece } of change.coins) {
    const key = coinKey(coin.identity);
    assert(!state.coins.has(key), 'an identity is minted once');
    assert(tiles([piece], 0, coin.units), 'the first piece of a coin is the whole coin');
    state.coins.set(key, { coin, pieces: [piece] });
    guard(state, piece);
  }
  for (const splice of change.splices) replace(state, splice);
  remember(state.locks, change.locks, now);
  for (const each of change.supply) addSupply(state, each);
  if (change.reference !== undefined) {
    assert(!state.references.has(change.reference), 'a reserve reference is used once');
    state.references.add(change.reference);
  }
  if (change.policy !== undefined) state.policies.set(change.policy.currency, change.policy.policy);
  if (change.operator !== undefined) {
    const present = state.operators.get(change.operator.operator);
    state.operators.set(change.operator.operator, {
      quotas: new Map(change.operator.quotas),
      outstanding: present?.outstanding ?? new Map<number, bigint>(),
    });
  }
}

function replace(state: LedgerState, splice: Splice): void {
  const record = state.coins.get(splice.coin);
  assert(record !== undefined, 'a splice names a coin that exists');
  const start = pieceIndex(record.pieces, splice.from);
  let end = start;
  while (end < record.pieces.length && record.pieces[end]!.to < splice.to) end += 1;
  assert(
    record.pieces[start]?.from === splice.from && record.pieces[end]?.to === splice.to,
    'a splice takes out whole pieces',
  );
  assert(
    tiles(splice.pieces, splice.from, splice.to),
    'the pieces of a coin tile it after every command',
  );
  const consumed = record.pieces.splice(start, end - start + 1, ...splice.pieces);
  for (const piece of consumed) {
    if (piece.state !== 'retired') state.guarding.delete(lockKey(piece.lock));
  }
  for (const piece of splice.pieces) guard(state, piece);
}

function guard(state: LedgerState, piece: Piece): void {
  if (piece.state === 'retired') return;
  const key = lockKey(piece.lock);
  assert(!state.guarding.has(key), 'a lock guards one piece');
  state.guarding.add(key);
}

function remember(locks: LockMemory, seen: readonly string[], now: Instant): void {
  const generation = generationAt(now);
  if (generation !== locks.generation) {
    locks.previous = generation === locks.generation + 1 ? locks.current : new Set();
    locks.current = new Set();
    locks.generation = generation;
  }
  for (const key of seen) {
    assert(!locks.current.has(key), 'no lock is used twice');
    locks.current.add(key);
  }
}

/** The supply of a currency, zero where nothing was ever minted. */
export function supplyOf(state: LedgerState, currency: number): Supply {
  return state.supply.get(currency) ?? { minted: 0n, retired: 0n, reserves: 0n };
}

function addSupply(state: LedgerState, change: SupplyChange): void {
  const before = supplyOf(state, change.currency);
  const after: Supply = {
    minted: before.minted + change.minted,
    retired: before.retired + change.retired,
    reserves: before.reserves + change.reserves,
  };
  assert(
    after.retired <= after.minted && after.reserves >= 0n && isCountable(after),
    'minted − retired = outstanding ≥ 0, all of it within 64 bits',
  );
  assert(isCovered(state, change.currency, after), 'outstanding money is covered by reserves');
  state.supply.set(change.currency, after);
  const operator = state.operators.get(change.operator);
  assert(operator !== undefined, 'money is issued through an admitted operator');
  const through =
    (operator.outstanding.get(change.currency) ?? 0n) + change.minted - change.retired;
  operator.outstanding.set(change.currency, through);
}

/** Sums of supply are written in 64 bits, and so is all that an operator ever moved. */
const SUPPLY_MAX = 2n ** 64n - 1n;

/** Whether supply can still be written down. */
export function isCountable(supply: Supply): boolean {
  return supply.minted <= SUPPLY_MAX && supply.reserves <= SUPPLY_MAX;
}

/** Whether outstanding money of a currency stays within its reserves under the policy in force. */
export function isCovered(state: LedgerState, currency: number, supply: Supply): boolean {
  const policy = state.policies.get(currency);
  if (policy === undefined) return outstandingOf(supply) === 0n;
  return (
    outstandingOf(supply) * BigInt(policy.denominator) <= supply.reserves * BigInt(policy.numerator)
  );
}
