/**
 * The book: which pieces a wallet holds, worked out from the events its operator told and from the
 * wallet's own orders. Invariant: nothing is counted unless its secret, derived here, opens the lock
 * that is told, and nothing leaves silently: what went without an own order is kept as a finding
 * with its evidence.
 *
 * Spec: 05 §9.
 * @module
 */
import { assert, unreachable } from '@specie/core/base/assert';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { checkBasket } from '@specie/core/coin/basket';
import { coinKey, coinMessage, type Coin, type Range } from '@specie/core/coin/coin';
import { sha256 } from '@specie/core/crypto/hash';
import type { WalletEvent } from '@specie/protocol/messages/wallet';
import type { Origin } from './keys.ts';

/** A piece of this wallet: a range of a coin and where its secret comes from. */
export interface OwnPiece extends Range {
  readonly coin: Coin;
  readonly hash: Uint8Array;
  readonly origin: Origin;
}

/** What is wrong about an event. */
export type Finding = {
  readonly event: WalletEvent;
  readonly is:
    | 'secret_does_not_open'
    | 'range_invalid'
    | 'coin_contradicted'
    | 'overlaps_own_piece'
    | 'left_without_order'
    | 'left_after_refusal'
    | 'left_twice';
};

/** How an event was booked. */
export interface Booking {
  readonly event: WalletEvent;
  /** The piece that came or went; undefined when the event was not counted. */
  readonly piece: OwnPiece | undefined;
}

export interface Book {
  readonly pieces: Map<string, OwnPiece>;
  readonly bookings: Booking[];
  readonly findings: Finding[];
  /** Hashes of locks whose pieces came and were counted. */
  readonly came: Set<string>;
  /** By lock of a piece that went: the order it went by. */
  readonly went: Map<string, Uint8Array>;
  readonly coins: Map<string, Coin>;
}

/** What the book asks about this wallet's own orders. */
export interface OwnOrders {
  secretOf(origin: Origin): Uint8Array;
  /** The own order of a hash: the locks it opens and whether it was refused for good; or undefined. */
  find(
    hash: Uint8Array,
  ): { readonly locks: readonly Uint8Array[]; readonly isRefused: boolean } | undefined;
  /** Whether an event lies in the time before recovery, of which no orders are left. */
  isPast(number: number): boolean;
}

/** A book in which nothing happened yet. */
export function emptyBook(): Book {
  return {
    pieces: new Map(),
    bookings: [],
    findings: [],
    came: new Set(),
    went: new Map(),
    coins: new Map(),
  };
}

/** Key of a piece: its coin and range. */
export function pieceKey(coin: Uint8Array, range: Range): string {
  return `${coinKey(coin)}:${range.from}-${range.to}`;
}

/** Whether the secret of a piece that came is where the event says; true of every other event. */
export function isOpened({ what }: WalletEvent, own: Pick<OwnOrders, 'secretOf'>): boolean {
  return what.is !== 'came' || equalBytes(sha256(own.secretOf(what.origin)), what.hash);
}

/** Books one event. The same events and orders always give the same book. */
export function bookEvent(book: Book, event: WalletEvent, own: OwnOrders): void {
  const { what } = event;
  switch (what.is) {
    case 'came':
      bookCame(book, event, what, own);
      return;
    case 'went':
      bookWent(book, event, what, own);
      return;
    default:
      unreachable(what);
  }
}

type WhatOf<Is extends WalletEvent['what']['is']> = Extract<
  WalletEvent['what'],
  { readonly is: Is }
>;

function bookCame(book: Book, event: WalletEvent, what: WhatOf<'came'>, own: OwnOrders): void {
  const doubt = doubtAbout(book, what, own);
  if (doubt !== undefined) {
    book.findings.push({ event, is: doubt });
    book.bookings.push({ event, piece: undefined });
    return;
  }
  const piece: OwnPiece = {
    coin: what.coin,
    from: what.from,
    to: what.to,
    hash: what.hash,
    origin: what.origin,
  };
  book.coins.set(coinKey(what.coin.identity), what.coin);
  book.pieces.set(pieceKey(what.coin.identity, what), piece);
  book.came.add(hexOf(what.hash));
  book.bookings.push({ event, piece });
}

function doubtAbout(book: Book, what: WhatOf<'came'>, own: OwnOrders): Finding['is'] | undefined {
  const { coin, from, to } = what;
  if (from >= to || to > coin.units || !checkBasket(coin.basket).ok) return 'range_invalid';
  const known = book.coins.get(coinKey(coin.identity));
  if (known !== undefined && !equalBytes(coinMessage.encode(known), coinMessage.encode(coin)))
    return 'coin_contradicted';
  if (!equalBytes(sha256(own.secretOf(what.origin)), what.hash)) return 'secret_does_not_open';
  // A lock that guarded a piece before was shown; what it guards now is anybody's.
  if (book.came.has(hexOf(what.hash))) return 'secret_does_not_open';
  for (const piece of book.pieces.values()) {
    const isSameCoin = equalBytes(piece.coin.identity, coin.identity);
    if (isSameCoin && piece.from < to && from < piece.to) return 'overlaps_own_piece';
  }
  return undefined;
}

function bookWent(book: Book, event: WalletEvent, what: WhatOf<'went'>, own: OwnOrders): void {
  const key = pieceKey(what.coin, what);
  const piece = book.pieces.get(key);
  if (piece === undefined) book.findings.push({ event, is: 'left_twice' });
  else {
    const doubt = own.isPast(event.number) ? undefined : doubtAboutOrder(what.order, piece, own);
    if (doubt !== undefined) book.findings.push({ event, is: doubt });
    book.went.set(hexOf(piece.hash), what.order);
    assert(book.pieces.delete(key), 'a piece that was held is held no more');
  }
  book.bookings.push({ event, piece });
}

function doubtAboutOrder(
  order: Uint8Array,
  piece: OwnPiece,
  own: OwnOrders,
): Finding['is'] | undefined {
  const found = own.find(order);
  if (found?.locks.some((hash) => equalBytes(hash, piece.hash)) !== true)
    return 'left_without_order';
  return found.isRefused ? 'left_after_refusal' : undefined;
}
