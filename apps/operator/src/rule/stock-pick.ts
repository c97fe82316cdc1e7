/**
 * Which pieces of the stock make up an amount. One piece that suffices is best, the smallest such,
 * so that large ones stay whole; otherwise the largest first, until the sum is there.
 *
 * Spec: 06 §6.
 * @module
 */
import { PARTS_MAX } from '@specie/core/payment/order';

/** A piece of stock whose unit is one minor unit. */
export interface StockPiece {
  readonly from: number;
  readonly to: number;
}

export interface Pick<P extends StockPiece> {
  readonly piece: P;
  /** Units given away, from the front of the piece; the rest is change. */
  readonly units: number;
}

/** Pieces for an amount, or undefined when the free stock does not suffice within one order. */
export function pickStock<P extends StockPiece>(
  free: Iterable<P>,
  amount: bigint,
): readonly Pick<P>[] | undefined {
  const pieces = [...free];
  const sizeOf = (piece: P): bigint => BigInt(piece.to - piece.from);
  let single: P | undefined;
  for (const piece of pieces) {
    if (sizeOf(piece) < amount) continue;
    if (single === undefined || sizeOf(piece) < sizeOf(single)) single = piece;
  }
  if (single !== undefined) return [{ piece: single, units: Number(amount) }];
  pieces.sort((a, b) => b.to - b.from - (a.to - a.from));
  const picks: Pick<P>[] = [];
  let left = amount;
  for (const piece of pieces.slice(0, PARTS_MAX)) {
    const units = sizeOf(piece) < left ? sizeOf(piece) : left;
    picks.push({ piece, units: Number(units) });
    left -= units;
    if (left === 0n) return picks;
  }
  return undefined;
}

/** Whole pieces worth at most an amount, largest first: what a retirement takes. */
export function pickWhole<P extends StockPiece>(
  free: Iterable<P>,
  amount: bigint,
  countMax: number,
): readonly P[] {
  const picked: P[] = [];
  let left = amount;
  for (const piece of [...free].sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const size = BigInt(piece.to - piece.from);
    if (size > left || picked.length === countMax) continue;
    picked.push(piece);
    left -= size;
  }
  return picked;
}
