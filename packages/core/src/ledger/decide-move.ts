/**
 * The rules for moving pieces: transfer, merge and redeem. Rule for secrets: a command that reveals
 * a secret consumes the whole piece, and every output, the holder's own change included, gets a lock
 * never used before.
 *
 * Spec: 07 §4.4.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { DAY } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { coinKey, tiles, type Piece } from '../coin/coin.ts';
import { isStock, operatorOf, stockTag } from '../coin/holder.ts';
import { lockKey, opens } from '../coin/lock.ts';
import { inputCount, outputRanges, type Order, type Part } from '../payment/order.ts';
import { checkMovement } from '../terms/terms.ts';
import { NO_CHANGE, type Change, type Splice } from './change.ts';
import type { BodyOf } from './command.ts';
import { pieceIndex, wasSeen, type CoinRecord, type LedgerState } from './state.ts';

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
  if (!equalBytes(order.authority, state.authority))
    return refuse('authority_mismatch', '.body.order.authority');
  if (order.operator !== operator) return refuse('operator_mismatch', '.body.order.operator');
  if (operatorOf(order.holder) !== operator)
    return refuse('operator_mismatch', '.body.order.holder');
  if (order.end <= now) return refuse('order_ended', '.body.order.end');
  if (order.end > now + ORDER_SPAN_MAX) return refuse('order_end_too_far', '.body.order.end');
  if (body.secrets.length !== inputCount(order))
    return refuse('secrets_miscounted', '.body.secrets');

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
  return before.coin < coin || (before.coin === coin && before.to <= part.inputs[0]!.from);
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
  const made = outputRanges(part);
  if (!tiles(made, part.inputs[0]!.from, part.inputs.at(-1)!.to))
    return refuse('outputs_not_tiling', '.outputs');
  const verb = checkVerb(order, part);
  if (!verb.ok) return verb;
  const pieces: Piece[] = [];
  for (const [i, { from, to, output }] of made.entries()) {
    const at = `.outputs[${i}]`;
    if (!state.operators.has(operatorOf(output.tag)))
      return refuse('operator_unknown', `${at}.tag`);
    const allowed = checkMovement(record.coin.terms, {
      now,
      from: order.holder,
      to: output.tag,
      isToStock: isStock(output.tag),
    });
    if (!allowed.ok) return refuse(allowed.refusal.code, at);
    const key = lockKey(output.lock);
    if (locks.has(key) || wasSeen(state.locks, key, now)) return refuse('lock_seen', `${at}.lock`);
    locks.add(key);
    pieces.push({ state: 'live', from, to, lock: output.lock, tag: output.tag });
  }
  return accept({
    coin: coinKey(part.coin),
    from: part.inputs[0]!.from,
    to: part.inputs.at(-1)!.to,
    pieces,
  });
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

/** Whether the piece `[from, to)` exists, is live, belongs to the holder and opens with the secret. */
export function openPiece(
  record: CoinRecord,
  input: { readonly from: number; readonly to: number },
  holder: Uint8Array,
  secret: Uint8Array,
): Result<true> {
  const piece = record.pieces[pieceIndex(record.pieces, input.from)]!;
  if (piece.state === 'retired' && piece.from <= input.from && input.to <= piece.to)
    return refuse('piece_retired');
  if (piece.from !== input.from || piece.to !== input.to) return refuse('piece_unknown');
  if (piece.state === 'retired') return refuse('piece_retired');
  if (piece.state === 'frozen') return refuse('piece_frozen');
  if (piece.state === 'held') return refuse('piece_held');
  if (!equalBytes(piece.tag, holder)) return refuse('holder_mismatch');
  return opens(secret, piece.lock) ? accept(true) : refuse('secret_wrong');
}

/** What a transfer, a merge and a redemption may do beyond moving pieces. */
function checkVerb(order: Order, part: Part): Result<true> {
  switch (order.verb) {
    case 'transfer':
      return accept(true);
    case 'merge':
      return part.outputs.length === 1 && equalBytes(part.outputs[0]!.tag, order.holder)
        ? accept(true)
        : refuse('merge_invalid', '.outputs');
    case 'redeem': {
      const stock = stockTag(order.operator);
      const stray = part.outputs.findIndex(
        (each) => !equalBytes(each.tag, stock) && !equalBytes(each.tag, order.holder),
      );
      return stray === -1 ? accept(true) : refuse('redeem_not_to_stock', `.outputs[${stray}]`);
    }
  }
}
