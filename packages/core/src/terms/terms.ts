/**
 * Terms: the conditions a coin carries, as a list of typed caveats that must all hold. Invariant:
 * a caveat that this program does not know refuses, because not understanding a condition is no
 * reason to ignore it. Unknown caveats still travel unchanged.
 *
 * Spec: 04.
 * @module
 */
import { unreachable } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import {
  blob,
  instant,
  sortedList,
  struct,
  u16,
  type Codec,
  type ValueOf,
} from '../codec/codec.ts';
import { left, Malformed, newSink, sourceOf, taken } from '../codec/stream.ts';

/** More conditions than a person could be told about at a till. */
export const CAVEATS_MAX = 16;
/** A tag, a date, a hash or a few numbers: a caveat travels with the coin in every offline code. */
export const CAVEAT_BYTES_MAX = 64;

const EXPIRES = 1;
const PAYEE = 2;
const TAG_BYTES = 16;

export const caveat = struct({ kind: u16, body: blob(CAVEAT_BYTES_MAX) });
export const terms = sortedList(caveat, 0, CAVEATS_MAX);

/** A caveat as it travels: its kind and a body whose meaning the kind gives. */
export type Caveat = ValueOf<typeof caveat>;
export type Terms = readonly Caveat[];

/** A caveat this program understands. */
export type Condition =
  | {
      readonly is: 'expires';
      /** From here on the coin is only given back, or leaves circulation. */
      readonly at: Instant;
    }
  | {
      readonly is: 'payee';
      /** The one holder the coin may be paid to. */
      readonly tag: Uint8Array;
    };

/** A movement of a piece, as far as terms can ask about it. */
export interface Movement {
  readonly now: Instant;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Whether the coin is only given back; see `isReturn` of orders. No condition stands against that. */
  readonly isReturn: boolean;
}

/** The caveat that carries a condition. */
export function caveatOf(condition: Condition): Caveat {
  switch (condition.is) {
    case 'expires': {
      const sink = newSink();
      instant.write(sink, condition.at);
      return { kind: EXPIRES, body: taken(sink) };
    }
    case 'payee':
      return { kind: PAYEE, body: condition.tag };
    default:
      return unreachable(condition);
  }
}

/** What a caveat means, or a refusal: unknown kinds and unreadable bodies refuse. */
export function conditionOf(carried: Caveat): Result<Condition> {
  switch (carried.kind) {
    case EXPIRES: {
      const at = readWhole(instant, carried.body);
      return at === undefined ? refuse('caveat_malformed') : accept({ is: 'expires', at });
    }
    case PAYEE:
      return carried.body.length === TAG_BYTES
        ? accept({ is: 'payee', tag: carried.body })
        : refuse('caveat_malformed');
    default:
      return refuse('caveat_unknown');
  }
}

function readWhole<T>(codec: Codec<T>, body: Uint8Array): T | undefined {
  const source = sourceOf(body);
  try {
    const value = codec.read(source);
    return left(source) === 0 ? value : undefined;
  } catch (cause) {
    if (cause instanceof Malformed) return undefined;
    throw cause;
  }
}

/** The conditions of a coin in the order carried; the first that cannot be understood refuses. */
export function conditionsOf(carried: Terms): Result<readonly Condition[]> {
  const conditions: Condition[] = [];
  for (const [i, each] of carried.entries()) {
    const condition = conditionOf(each);
    if (!condition.ok) return refuse(condition.refusal.code, `.terms[${i}]`);
    conditions.push(condition.value);
  }
  return accept(conditions);
}

/** Whether the terms allow a movement. Change to the same holder is judged for expiry only. */
export function checkMovement(carried: Terms, movement: Movement): Result<true> {
  const conditions = conditionsOf(carried);
  if (!conditions.ok) return conditions;
  if (movement.isReturn) return accept(true);
  for (const condition of conditions.value) {
    const verdict = holds(condition, movement);
    if (!verdict.ok) return verdict;
  }
  return accept(true);
}

function holds(condition: Condition, movement: Movement): Result<true> {
  switch (condition.is) {
    case 'expires':
      return movement.now < condition.at ? accept(true) : refuse('coin_expired');
    case 'payee':
      return equalBytes(movement.to, condition.tag) || equalBytes(movement.to, movement.from)
        ? accept(true)
        : refuse('payee_forbidden');
    default:
      return unreachable(condition);
  }
}
