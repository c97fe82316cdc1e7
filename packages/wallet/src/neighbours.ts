/**
 * Neighbours: pieces of one coin that lie side by side. They can be consumed together and become one
 * piece again, so both paying and tidying look for them.
 *
 * Spec: 05 §7.
 * @module
 */
import { compareBytes, equalBytes } from '@specie/core/base/bytes';
import { PART_PIECES_MAX } from '@specie/core/payment/order';
import type { OwnPiece } from './book.ts';

/** Groups of at least `min` neighbours, each within what one part of an order may hold. */
export function neighbours(
  pieces: readonly OwnPiece[],
  min: number,
): readonly (readonly OwnPiece[])[] {
  const sorted = [...pieces].sort(
    (a, b) => compareBytes(a.coin.identity, b.coin.identity) || a.from - b.from,
  );
  const groups: OwnPiece[][] = [];
  for (const piece of sorted) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const isNext = last?.to === piece.from && equalBytes(last.coin.identity, piece.coin.identity);
    if (group !== undefined && isNext && group.length < PART_PIECES_MAX) group.push(piece);
    else groups.push([piece]);
  }
  return groups.filter(({ length }) => length >= min);
}
