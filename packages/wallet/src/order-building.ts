/**
 * Builds orders out of selected pieces. Invariant: every output gets a lock that was never used
 * before — the payee's from its own signed batch, change from this order's fresh nonce — and each
 * part's outputs tile exactly what its inputs cover.
 *
 * Spec: 05 §2, §8.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { compareBytes } from '@specie/core/base/bytes';
import { after, type Instant, MINUTE } from '@specie/core/base/instant';
import { lockOfSecret, type Lock } from '@specie/core/coin/lock';
import { type Order, type Output, type Part } from '@specie/core/payment/order';
import { pieceKey, type OwnPiece } from './book.ts';
import type { SelectedPart } from './choice.ts';
import type { Origin } from './keys.ts';

/** How long an order may wait for the ledger. Short, because until then an unanswered payment stays open. */
export const ORDER_LIFE = 5 * MINUTE;

export interface OrderFrame {
  readonly authority: Uint8Array;
  readonly operator: number;
  readonly holder: Uint8Array;
  readonly nonce: Uint8Array;
  readonly now: Instant;
  secretOf(origin: Origin): Uint8Array;
}

/** Where the money goes: one lock for each part. */
export interface Target {
  readonly tag: Uint8Array;
  readonly locks: readonly Lock[];
}

/** Numbers outputs over all parts, which is how change is found again from the recovery words. */
function outputNumbers(): () => number {
  let next = 0;
  return () => next++;
}

/** An order that gives the selected units to the target and the rest back to the holder. */
export function buildPayment(
  frame: OrderFrame,
  verb: 'transfer' | 'redeem',
  selected: readonly SelectedPart[],
  target: Target,
): Order {
  assert(target.locks.length === selected.length, 'there is one lock for each part');
  const number = outputNumbers();
  const parts = sorted(selected).map((part, i): Part => {
    const from = part.pieces[0]!.from;
    const to = endOf(part);
    assert(part.units > 0 && from + part.units <= to, 'a part pays within what it consumes');
    number();
    const outputs: Output[] = [{ to: from + part.units, lock: target.locks[i]!, tag: target.tag }];
    if (from + part.units < to) outputs.push(changeOf(frame, to, number()));
    return { coin: part.coin.identity, inputs: part.pieces.map(rangeOf), outputs };
  });
  return orderOf(frame, verb, parts);
}

/** An order that joins each group of neighbours into one piece under a fresh lock of the holder. */
export function buildMerge(frame: OrderFrame, groups: readonly (readonly OwnPiece[])[]): Order {
  const number = outputNumbers();
  const selected = groups.map((pieces) => ({ coin: pieces[0]!.coin, pieces, units: 0 }));
  const parts = sorted(selected).map((part): Part => ({
    coin: part.coin.identity,
    inputs: part.pieces.map(rangeOf),
    outputs: [changeOf(frame, endOf(part), number())],
  }));
  return orderOf(frame, 'merge', parts);
}

/** The pieces an order consumes, in the order of its inputs; undefined when one is not held. */
export function piecesOf(
  order: Order,
  pieces: ReadonlyMap<string, OwnPiece>,
): readonly OwnPiece[] | undefined {
  const found: OwnPiece[] = [];
  for (const part of order.parts) {
    for (const input of part.inputs) {
      const piece = pieces.get(pieceKey(part.coin, input));
      if (piece === undefined) return undefined;
      found.push(piece);
    }
  }
  return found;
}

function changeOf(frame: OrderFrame, to: number, index: number): Output {
  const secret = frame.secretOf({ nonce: frame.nonce, index });
  return { to, lock: lockOfSecret(secret), tag: frame.holder };
}

function orderOf(frame: OrderFrame, verb: Order['verb'], parts: readonly Part[]): Order {
  return {
    authority: frame.authority,
    operator: frame.operator,
    holder: frame.holder,
    verb,
    end: after(frame.now, ORDER_LIFE),
    nonce: frame.nonce,
    parts,
  };
}

const endOf = ({ pieces }: SelectedPart): number => pieces[pieces.length - 1]!.to;

const rangeOf = ({ from, to }: OwnPiece): { readonly from: number; readonly to: number } => ({
  from,
  to,
});

function sorted(parts: readonly SelectedPart[]): readonly SelectedPart[] {
  return [...parts].sort(
    (a, b) =>
      compareBytes(a.coin.identity, b.coin.identity) || a.pieces[0]!.from - b.pieces[0]!.from,
  );
}
