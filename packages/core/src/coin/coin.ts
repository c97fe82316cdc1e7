/**
 * A coin is a strip of `units` units with one identity of 256 random bits; a piece is a half-open
 * range of that strip. Cutting is naming smaller ranges, so no number is ever divided and nothing
 * is ever rounded. Invariant: the pieces of a coin tile `[0, units)` without gap or overlap.
 *
 * Spec: 03 §1, §3.
 * @module
 */
import { hexOf } from '../base/bytes.ts';
import { bytes, instant, struct, u32, upTo, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { terms } from '../terms/terms.ts';
import { basket } from './basket.ts';
import type { HolderTag } from './holder.ts';
import type { Lock } from './lock.ts';

export const IDENTITY_BYTES = 32;

/** Positions inside one coin fit 32 bits: at one cent a unit, almost 43 million. */
export const UNITS_MAX = 2 ** 32 - 1;

/** Identity of a coin: 32 bytes from the entropy pool. */
export const identity = bytes(IDENTITY_BYTES);

/** What a coin is, fixed at minting. */
export const coin = struct({
  identity,
  basket,
  units: upTo(32, UNITS_MAX),
  terms,
  mintedAt: instant,
});
export type Coin = ValueOf<typeof coin>;

/** A coin described by itself, as a wallet keeps it and shows it. */
export const coinMessage = message('Coin', 0x01, 1, 8192, coin);

/** Half-open range `[from, to)` of units. */
export const range = struct({ from: u32, to: u32 });
export type Range = ValueOf<typeof range>;

/** Key of a coin in maps. */
export function coinKey(id: Uint8Array): string {
  return hexOf(id);
}

/** What may be done with a piece at present. */
export type PieceState = 'live' | 'held' | 'frozen' | 'retired';

/** A range of a coin with one lock, one holder and one state. A retired piece has neither of the two. */
export type Piece =
  | {
      readonly state: 'live' | 'held' | 'frozen';
      readonly from: number;
      readonly to: number;
      readonly lock: Lock;
      readonly tag: HolderTag;
    }
  | { readonly state: 'retired'; readonly from: number; readonly to: number };

/** Whether ranges in the order given cover `[from, to)` without gap, overlap or empty range. */
export function tiles(pieces: readonly Range[], from: number, to: number): boolean {
  let position = from;
  for (const piece of pieces) {
    if (piece.from !== position || piece.to <= piece.from) return false;
    position = piece.to;
  }
  return position === to;
}
