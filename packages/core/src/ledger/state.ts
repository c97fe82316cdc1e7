/**
 * The ledger's state, derived from the journal alone. Only `apply` changes it, and only by changes
 * that `decide` made.
 *
 * Spec: 07 §3.
 * @module
 */
import { instantOf, type Instant } from '../base/instant.ts';
import type { Coin, Piece } from '../coin/coin.ts';
import { LOCK_MEMORY } from '../payment/lock-batch.ts';

/** A coin and the pieces that tile it, in ascending order. */
export interface CoinRecord {
  readonly coin: Coin;
  readonly pieces: Piece[];
}

/** Money of one currency: what was ever minted, what was retired, what reserves stand behind it. */
export interface Supply {
  minted: bigint;
  retired: bigint;
  reserves: bigint;
}

export interface ReservePolicy {
  readonly numerator: number;
  readonly denominator: number;
}

/** An admitted operator: its quotas and what is outstanding through it, by currency. */
export interface OperatorRecord {
  readonly quotas: Map<number, bigint>;
  readonly outstanding: Map<number, bigint>;
}

/**
 * Locks seen, in two generations that change every LOCK_MEMORY of ledger time, so that each is
 * remembered for at least that long and nothing is remembered for ever.
 */
export interface LockMemory {
  generation: number;
  current: Set<string>;
  previous: Set<string>;
}

export interface LedgerState {
  readonly authority: Uint8Array;
  /** Entries applied so far; the next one gets this position. */
  position: number;
  time: Instant;
  readonly coins: Map<string, CoinRecord>;
  readonly policies: Map<number, ReservePolicy>;
  readonly supply: Map<number, Supply>;
  readonly operators: Map<number, OperatorRecord>;
  /** References of reserve movements that were used. */
  readonly references: Set<string>;
  readonly locks: LockMemory;
  /** Locks of the pieces there are. It follows from `coins` and is kept only to be asked quickly. */
  readonly guarding: Set<string>;
  /** High-water mark of each session, by operator and session. */
  readonly sessions: Map<string, number>;
}

/** The state before the first entry of an authority's journal. */
export function emptyState(authority: Uint8Array): LedgerState {
  return {
    authority,
    position: 0,
    time: instantOf(0),
    coins: new Map(),
    policies: new Map(),
    supply: new Map(),
    operators: new Map(),
    references: new Set(),
    locks: { generation: 0, current: new Set(), previous: new Set() },
    guarding: new Set(),
    sessions: new Map(),
  };
}

/** Whether a lock may guard nothing new: it guards a piece at present or was seen within memory. */
export function isLockUsed(state: LedgerState, key: string, now: Instant): boolean {
  return state.guarding.has(key) || wasSeen(state.locks, key, now);
}

/** Whether a lock was seen within the ledger's memory. */
export function wasSeen(locks: LockMemory, key: string, now: Instant): boolean {
  const generation = generationAt(now);
  if (generation > locks.generation + 1) return false;
  if (locks.current.has(key)) return true;
  return generation === locks.generation && locks.previous.has(key);
}

/** The generation of the lock memory at an instant. */
export function generationAt(now: Instant): number {
  return Math.floor(now / LOCK_MEMORY);
}

/** Units of a currency's money in circulation or in stocks. */
export function outstandingOf(supply: Supply): bigint {
  return supply.minted - supply.retired;
}

/** Index of the piece that holds the unit `from`, or of the last piece when it lies behind them all. */
export function pieceIndex(pieces: readonly Piece[], from: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (pieces[middle]!.from <= from) low = middle;
    else high = middle - 1;
  }
  return low;
}
