/**
 * The whole state as canonical bytes: two ledgers agree exactly when these bytes do.
 *
 * Spec: 07 §7.
 * @module
 */
import { compareBytes } from '../base/bytes.ts';
import {
  bytes,
  choice,
  currencyNumber,
  instant,
  list,
  optional,
  sortedList,
  struct,
  text,
  u32,
  u48,
  u64,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { coin } from '../coin/coin.ts';
import { holderTag } from '../coin/holder.ts';
import { lock } from '../coin/lock.ts';
import { hashOf } from '../crypto/hash.ts';
import { sum, type Sum } from './command.ts';
import type { LedgerState } from './state.ts';
import type { Piece } from '../coin/coin.ts';

const piece = struct({
  state: choice({ live: 1, held: 2, frozen: 3, retired: 4 }),
  from: u32,
  to: u32,
  guard: optional(struct({ lock, tag: holderTag })),
});

const MANY = 0xffff;
/** Lists hold 65,535 entries at most; a state is written as lists of such lists. */
const many = <T>(of: Parameters<typeof list<T>>[0]): ReturnType<typeof list<readonly T[]>> =>
  list(list(of, 1, MANY), 0, MANY);

const snapshot = struct({
  authority: bytes(32),
  position: u48,
  time: instant,
  coins: many(struct({ coin, pieces: many(piece) })),
  policies: sortedList(
    struct({ currency: currencyNumber, numerator: u32, denominator: u32 }),
    0,
    999,
  ),
  supply: sortedList(
    struct({ currency: currencyNumber, minted: u64, retired: u64, reserves: u64 }),
    0,
    999,
  ),
  operators: many(
    struct({
      operator: u32,
      quotas: sortedList(sum, 0, 999),
      outstanding: sortedList(sum, 0, 999),
    }),
  ),
  references: many(text(64)),
  locks: struct({ generation: u48, current: many(text(65)), previous: many(text(65)) }),
  sessions: many(struct({ session: text(64), sequence: u48 })),
});

export const snapshotMessage = message('Snapshot', 0x23, 1, 2 ** 31, snapshot);
type Snapshot = ValueOf<typeof snapshot>;

function chunked<T>(values: readonly T[]): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let i = 0; i < values.length; i += MANY) chunks.push(values.slice(i, i + MANY));
  return chunks;
}

const sumsOf = (amounts: ReadonlyMap<number, bigint>): readonly Sum[] =>
  [...amounts].sort(([a], [b]) => a - b).map(([currency, amount]) => ({ currency, amount }));

const guarded = (each: Piece): ValueOf<typeof piece> =>
  each.state === 'retired'
    ? { state: each.state, from: each.from, to: each.to, guard: undefined }
    : {
        state: each.state,
        from: each.from,
        to: each.to,
        guard: { lock: each.lock, tag: each.tag },
      };

/** The state as a snapshot value, every collection in canonical order. */
export function snapshotOf(state: LedgerState): Snapshot {
  const coins = [...state.coins.values()].sort((a, b) =>
    compareBytes(a.coin.identity, b.coin.identity),
  );
  const byNumber = <T>(map: ReadonlyMap<number, T>): [number, T][] =>
    [...map].sort(([a], [b]) => a - b);
  return {
    authority: state.authority,
    position: state.position,
    time: state.time,
    coins: chunked(
      coins.map(({ coin: of, pieces }) => ({ coin: of, pieces: chunked(pieces.map(guarded)) })),
    ),
    policies: byNumber(state.policies).map(([currency, policy]) => ({ currency, ...policy })),
    supply: byNumber(state.supply).map(([currency, supply]) => ({ currency, ...supply })),
    operators: chunked(
      byNumber(state.operators).map(([operator, { quotas, outstanding }]) => ({
        operator,
        quotas: sumsOf(quotas),
        outstanding: sumsOf(outstanding),
      })),
    ),
    references: chunked([...state.references].sort()),
    locks: {
      generation: state.locks.generation,
      current: chunked([...state.locks.current].sort()),
      previous: chunked([...state.locks.previous].sort()),
    },
    sessions: chunked(
      [...state.sessions]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([session, sequence]) => ({ session, sequence })),
    ),
  };
}

/** SHA-256 of the state's canonical bytes: equal exactly when the states are. */
export function stateHash(state: LedgerState): Uint8Array {
  return hashOf(snapshotMessage, snapshotOf(state));
}
