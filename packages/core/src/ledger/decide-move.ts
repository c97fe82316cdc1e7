/**
 * The rules for moving pieces: transfer, merge and redeem. Rule for secrets: a command that reveals
 * a secret consumes the whole piece, and every output, the holder's own change included, gets a lock
 * never used before.
 *
 * Spec: 07 §4.4.
 * @module
 */
import { assert, unreachable } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { DAY, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { coinKey, tiles, type Piece, type Range } from '../coin/coin.ts';
import { operatorOf, stockTag, type HolderTag } from '../coin/holder.ts';
import { lockKey, opens } from '../coin/lock.ts';
import {
  inputCount,
  isReturn,
  outputRanges,
  type Order,
  type Output,
  type Part,
} from '../payment/order.ts';
import { checkMovement } from '../terms/terms.ts';
import { NO_CHANGE, type Change, type Splice } from './change.ts';
import type { BodyOf } from './command.ts';
import { isLockUsed, pieceIndex, type CoinRecord, type LedgerState } from './state.ts';

/** An order may wait for a sleeping network for a day and no longer. */
export const ORDER_SPAN_MAX = DAY;

/** Decides a move sent in the session of `operator`. */
export function decideMove(
  state: LedgerState,
  operator: number,
  body: BodyOf<'move'>,
  now: Instant,
): Result<Change> {
  const { order } = body;
  if (!equalBytes(order.authority, state.authority)) {
    return refuse('authority_mismatch', '.body.order.authority');
  }
  if (order.operator !== operator) return refuse('operator_mismatch', '.body.order.operator');
  if (operatorOf(order.holder) !== operator) {
    return refuse('operator_mismatch', '.body.order.holder');
  }
  if (order.end <= now) return refuse('order_ended', '.body.order.end');
  if (order.end > now + ORDER_SPAN_MAX) return refuse('order_end_too_far', '.body.order.end');
  if (body.secrets.length !== inputCount(order)) {
    return refuse('secrets_miscounted', '.body.secrets');
  }

  const splices: Splice[] = [];
  const locks = new Set<string>();
  let shown = 0;
  for (const [i, part] of order.parts.entries()) {
    const at = `.body.order.parts[${i}]`;
    if (!isBehind(splices.at(-1), part)) return refuse('parts_disordered', at);
    const secrets = body.secrets.slice(shown, shown + part.inputs.length);
    shown += part.inputs.length;
    const splice = decidePart(state, order, part, secrets, locks, now);
    if (!splice.ok) return refuse(splice.refusal.code, at + splice.refusal.at);
    splices.push(splice.value);
  }
  return accept({ ...NO_CHANGE, splices, locks: [...locks] });
}

/** Whether a part stands behind the one before: a later coin, or a later range of the same coin. */
function isBehind(before: Splice | undefined, part: Part): boolean {
  if (before === undefined) return true;
  const coin = coinKey(part.coin);
  return before.coin < coin || (before.coin === coin && before.to <= rangeOf(part).from);
}

/** From the beginning of a part's first input to the end of its last. */
function rangeOf({ inputs }: Part): Range {
  const last = inputs.at(-1);
  assert(last !== undefined, 'a part has at least one input');
  return { from: inputs[0]!.from, to: last.to };
}

function decidePart(
  state: LedgerState,
  order: Order,
  part: Part,
  secrets: readonly Uint8Array[],
  locks: Set<string>,
  now: Instant,
): Result<Splice> {
  const record = state.coins.get(coinKey(part.coin));
  if (record === undefined) return refuse('coin_unknown', '.coin');
  const consumed = checkInputs(record, order, part, secrets);
  if (!consumed.ok) return consumed;
  const { from, to } = rangeOf(part);
  const made = outputRanges(part);
  if (!tiles(made, from, to)) return refuse('outputs_not_tiling', '.outputs');
  const verb = checkVerb(order, part);
  if (!verb.ok) return verb;
  const pieces: Piece[] = [];
  for (const [i, { output, ...range }] of made.entries()) {
    const allowed = checkOutput(state, order, record, output, now);
    if (!allowed.ok) return refuse(allowed.refusal.code, `.outputs[${i}]${allowed.refusal.at}`);
    const key = lockKey(output.lock);
    if (locks.has(key) || isLockUsed(state, key, now)) {
      return refuse('lock_seen', `.outputs[${i}].lock`);
    }
    locks.add(key);
    pieces.push({ state: 'live', ...range, lock: output.lock, tag: output.tag });
  }
  return accept({ coin: coinKey(part.coin), from, to, pieces });
}

function checkInputs(
  record: CoinRecord,
  order: Order,
  part: Part,
  secrets: readonly Uint8Array[],
): Result<true> {
  for (const [i, input] of part.inputs.entries()) {
    const at = `.inputs[${i}]`;
    if (input.from >= input.to || input.to > record.coin.units) return refuse('range_invalid', at);
    if (i > 0 && part.inputs[i - 1]!.to !== input.from) return refuse('inputs_not_adjacent', at);
    const opened = openPiece(record, input, order.holder, secrets[i]!);
    if (!opened.ok) return refuse(opened.refusal.code, at);
  }
  return accept(true);
}

/** Whether a piece of this coin may go to the holder an output names. */
function checkOutput(
  state: LedgerState,
  order: Order,
  record: CoinRecord,
  output: Output,
  now: Instant,
): Result<true> {
  if (!state.operators.has(operatorOf(output.tag))) return refuse('operator_unknown', '.tag');
  const allowed = checkMovement(record.coin.terms, {
    now,
    from: order.holder,
    to: output.tag,
    isReturn: isReturn(order, output.tag),
  });
  return allowed.ok ? allowed : refuse(allowed.refusal.code, '.tag');
}

/** Whether the piece `[from, to)` exists, is live, belongs to the holder and opens with the secret. */
export function openPiece(
  record: CoinRecord,
  input: Range,
  holder: HolderTag,
  secret: Uint8Array,
): Result<true> {
  const piece = record.pieces[pieceIndex(record.pieces, input.from)]!;
  if (piece.state === 'retired') {
    const isInside = piece.from <= input.from && input.to <= piece.to;
    return refuse(isInside ? 'piece_retired' : 'piece_unknown');
  }
  if (piece.from !== input.from || piece.to !== input.to) return refuse('piece_unknown');
  if (piece.state === 'frozen') return refuse('piece_frozen');
  if (piece.state === 'held') return refuse('piece_held');
  if (!equalBytes(piece.tag, holder)) return refuse('holder_mismatch');
  return opens(secret, piece.lock) ? accept(true) : refuse('secret_wrong');
}

/** What a transfer, a merge and a redemption may do beyond moving pieces. */
function checkVerb(order: Order, { outputs }: Part): Result<true> {
  switch (order.verb) {
    case 'transfer':
      return accept(true);
    case 'merge':
      return outputs.length === 1 && equalBytes(outputs[0]!.tag, order.holder)
        ? accept(true)
        : refuse('merge_invalid', '.outputs');
    case 'redeem': {
      const stock = stockTag(order.operator);
      const stray = outputs.findIndex(
        ({ tag }) => !equalBytes(tag, stock) && !equalBytes(tag, order.holder),
      );
      if (stray !== -1) return refuse('redeem_not_to_stock', `.outputs[${stray}].tag`);
      // Or an expired coin could be given new locks for ever in the name of redemption.
      const gives = outputs.some(({ tag }) => equalBytes(tag, stock));
      return gives ? accept(true) : refuse('redeem_not_to_stock', '.outputs');
    }
    default:
      return unreachable(order.verb);
  }
}
