/**
 * The whole state as canonical bytes, and the way back. Two ledgers agree exactly when these bytes
 * do, so every collection stands in the one order its section gives.
 *
 * Spec: 07 §7.
 * @module
 */
import { assert } from '../base/assert.ts';
import { bytesOfHex, compareBytes, hexOf } from '../base/bytes.ts';
import {
  bytes,
  choice,
  currencyNumber,
  instant,
  list,
  optional,
  sortedList,
  struct,
  u32,
  u48,
  u64,
  type Codec,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { coin, coinKey, type Piece } from '../coin/coin.ts';
import { holderTag } from '../coin/holder.ts';
import { lock, lockKey, type Lock } from '../coin/lock.ts';
import { HASH_BYTES, hashOf } from '../crypto/hash.ts';
import { SESSION_BYTES, sum, type Sum } from './command.ts';
import { sessionKey } from './decide.ts';
import type { LedgerState } from './state.ts';

const MANY = 0xffff;
/** Currency numbers end at 999. */
const CURRENCIES_MAX = 999;

/** Lists hold 65,535 entries at most; longer ones are written as lists of full lists and a rest. */
const many = <T>(of: Codec<T>): Codec<readonly (readonly T[])[]> =>
  list(list(of, 1, MANY), 0, MANY);

const piece = struct({
  state: choice({ live: 1, held: 2, frozen: 3, retired: 4 }),
  from: u32,
  to: u32,
  /** Nothing for a retired piece, and for no other. */
  guard: optional(struct({ lock, tag: holderTag })),
});

/** What is outstanding through an operator: it may retire more than it issued, hence two columns. */
const outstanding = struct({ currency: currencyNumber, above: u64, below: u64 });

export const snapshot = struct({
  authority: bytes(HASH_BYTES),
  position: u48,
  time: instant,
  coins: many(struct({ coin, pieces: many(piece) })),
  policies: sortedList(
    struct({ currency: currencyNumber, numerator: u32, denominator: u32 }),
    0,
    CURRENCIES_MAX,
  ),
  supply: sortedList(
    struct({ currency: currencyNumber, minted: u64, retired: u64, reserves: u64 }),
    0,
    CURRENCIES_MAX,
  ),
  operators: many(
    struct({
      operator: u32,
      quotas: sortedList(sum, 0, CURRENCIES_MAX),
      outstanding: sortedList(outstanding, 0, CURRENCIES_MAX),
    }),
  ),
  references: many(bytes(32)),
  locks: struct({ generation: u48, current: many(lock), previous: many(lock) }),
  sessions: many(struct({ operator: u32, session: bytes(SESSION_BYTES), sequence: u48 })),
});
export type Snapshot = ValueOf<typeof snapshot>;

export const snapshotMessage = message('Snapshot', 0x23, 1, 2 ** 31, snapshot);

function chunked<T>(values: readonly T[]): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let i = 0; i < values.length; i += MANY) chunks.push(values.slice(i, i + MANY));
  return chunks;
}

function byNumber<T>(map: ReadonlyMap<number, T>): readonly (readonly [number, T])[] {
  return [...map].sort(([a], [b]) => a - b);
}

const sumsOf = (amounts: ReadonlyMap<number, bigint>): readonly Sum[] =>
  byNumber(amounts).map(([currency, amount]) => ({ currency, amount }));

const guarded = (each: Piece): ValueOf<typeof piece> =>
  each.state === 'retired'
    ? { state: each.state, from: each.from, to: each.to, guard: undefined }
    : {
        state: each.state,
        from: each.from,
        to: each.to,
        guard: { lock: each.lock, tag: each.tag },
      };

/** The lock a key of `lockKey` stands for. */
function lockOfKey(key: string): Lock {
  return { kind: key.startsWith('s') ? 'secret' : 'purse', hash: bytesOf(key.slice(1)) };
}

function bytesOf(hex: string): Uint8Array {
  const found = bytesOfHex(hex);
  assert(found !== undefined, 'keys of the state are hexadecimal');
  return found;
}

/** Secret locks before purse locks, as their encoding has it, each kind by its hash. */
function locksOf(keys: ReadonlySet<string>): readonly (readonly Lock[])[] {
  const byKind = (prefix: string): string[] =>
    [...keys].filter((key) => key.startsWith(prefix)).sort();
  return chunked([...byKind('s'), ...byKind('p')].map(lockOfKey));
}

/** The state as a snapshot value, every collection in canonical order. */
export function snapshotOf(state: LedgerState): Snapshot {
  const coins = [...state.coins.values()].sort((a, b) =>
    compareBytes(a.coin.identity, b.coin.identity),
  );
  const sessions = [...state.sessions].map(([key, sequence]) => {
    const [operator, session] = key.split(':', 2);
    return { operator: Number(operator), session: bytesOf(session ?? ''), sequence };
  });
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
      byNumber(state.operators).map(([operator, record]) => ({
        operator,
        quotas: sumsOf(record.quotas),
        outstanding: byNumber(record.outstanding).map(([currency, through]) => ({
          currency,
          above: through > 0n ? through : 0n,
          below: through < 0n ? -through : 0n,
        })),
      })),
    ),
    references: chunked([...state.references].sort().map(bytesOf)),
    locks: {
      generation: state.locks.generation,
      current: locksOf(state.locks.current),
      previous: locksOf(state.locks.previous),
    },
    sessions: chunked(
      sessions.sort((a, b) => a.operator - b.operator || compareBytes(a.session, b.session)),
    ),
  };
}

/** SHA-256 of the state's canonical bytes: equal exactly when the states are. */
export function stateHash(state: LedgerState): Uint8Array {
  return hashOf(snapshotMessage, snapshotOf(state));
}

function pieceOf({ state, from, to, guard }: ValueOf<typeof piece>): Piece {
  if (state === 'retired') {
    assert(guard === undefined, 'a retired piece has neither lock nor holder');
    return { state, from, to };
  }
  assert(guard !== undefined, 'a piece that is not retired has a lock and a holder');
  return { state, from, to, lock: guard.lock, tag: guard.tag };
}

/** The state of a snapshot this program wrote. Whoever kept it outside compares `stateHash` first. */
export function stateOf(from: Snapshot): LedgerState {
  const locksIn = (chunks: Snapshot['locks']['current']): Set<string> =>
    new Set(chunks.flat().map(lockKey));
  const coins = from.coins.flat().map(({ coin: of, pieces }) => {
    return [coinKey(of.identity), { coin: of, pieces: pieces.flat().map(pieceOf) }] as const;
  });
  const guarding = coins.flatMap(([, { pieces }]) =>
    pieces.flatMap((each) => (each.state === 'retired' ? [] : [lockKey(each.lock)])),
  );
  return {
    authority: from.authority,
    position: from.position,
    time: from.time,
    coins: new Map(coins),
    policies: new Map(from.policies.map(({ currency, ...policy }) => [currency, policy] as const)),
    supply: new Map(from.supply.map(({ currency, ...supply }) => [currency, supply] as const)),
    operators: new Map(
      from.operators.flat().map((each) => [
        each.operator,
        {
          quotas: new Map(each.quotas.map(({ currency, amount }) => [currency, amount] as const)),
          outstanding: new Map(
            each.outstanding.map(
              ({ currency, above, below }) => [currency, above - below] as const,
            ),
          ),
        },
      ]),
    ),
    references: new Set(from.references.flat().map(hexOf)),
    locks: {
      generation: from.locks.generation,
      current: locksIn(from.locks.current),
      previous: locksIn(from.locks.previous),
    },
    guarding: new Set(guarding),
    sessions: new Map(
      from.sessions.flat().map((each) => [sessionKey(each), each.sequence] as const),
    ),
  };
}
