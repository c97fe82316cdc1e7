/**
 * How a wallet's money stands: which pieces are free, which are bound by a payment, which wait.
 * Invariant: balance = available + in payment + waiting, in every currency and at every moment, and
 * it equals the sum of what came, less what went.
 *
 * Spec: 05 §9.
 * @module
 */
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { worthOf, type Basket } from '@specie/core/coin/basket';
import { coinKey } from '@specie/core/coin/coin';
import { outputRanges, type Order } from '@specie/core/payment/order';
import { type Book, type OwnPiece } from './book.ts';
import type { OwnOrder } from './records.ts';

/** Amounts in minor units by currency number. Signed where a difference is meant. */
export type Sums = ReadonlyMap<number, bigint>;

/** What binds a piece. */
export type Binding = 'free' | 'ordered' | 'spent' | 'exposed';

export interface Standing {
  readonly currency: number;
  /** May be paid with now. */
  readonly available: bigint;
  /** Bound by orders that are signed and not yet answered: what they would pay. */
  readonly inPayment: bigint;
  /** Ours and on its way: change, and money being moved to fresh locks. */
  readonly waiting: bigint;
}

/** The whole of a standing. */
export function totalOf({ available, inPayment, waiting }: Standing): bigint {
  return available + inPayment + waiting;
}

/** Adds the worth of some units to sums under construction. */
export function addWorth(
  sums: Map<number, bigint>,
  basket: Basket,
  units: number,
  sign = 1n,
): void {
  for (const { currency, amount } of worthOf(basket, units))
    sums.set(currency, (sums.get(currency) ?? 0n) + sign * amount);
}

/** What binds each held piece, by the hash of its lock. */
export function bindings(book: Book, orders: Iterable<OwnOrder>): ReadonlyMap<string, Binding> {
  const bound = new Map<string, Binding>(
    [...book.pieces.values()].map(({ hash }) => [hexOf(hash), 'free']),
  );
  const rank: Readonly<Record<Binding, number>> = { free: 0, exposed: 1, ordered: 2, spent: 3 };
  for (const { locks, state } of orders) {
    const binding = bindingOf(state.is);
    for (const key of locks.map(hexOf)) {
      const before = bound.get(key);
      if (before !== undefined && rank[binding] > rank[before]) bound.set(key, binding);
    }
  }
  return bound;
}

/** Whether every piece an order consumes is still held or went by this very order. */
export function isCarried({ hash, locks }: OwnOrder, book: Book): boolean {
  return locks.every((lock) => {
    const key = hexOf(lock);
    const by = book.went.get(key);
    return by === undefined ? book.came.has(key) : equalBytes(by, hash);
  });
}

function bindingOf(state: OwnOrder['state']['is']): Binding {
  switch (state) {
    case 'signed':
      return 'ordered';
    case 'paid':
      return 'spent';
    case 'exposed':
    case 'refreshing':
      return 'exposed';
    case 'refused':
      return 'free';
  }
}

/** Pieces that may be used for a payment now. */
export function freePieces(book: Book, orders: Iterable<OwnOrder>): readonly OwnPiece[] {
  const bound = bindings(book, orders);
  return [...book.pieces.values()].filter(({ hash }) => bound.get(hexOf(hash)) === 'free');
}

/** What an order gives to others, by the coins that are known here. */
export function givenBy(order: Order, book: Book): Sums {
  return outputsOf(order, book, (tag) => !equalBytes(tag, order.holder));
}

/** What an order gives back to its holder and has not come yet. */
function awaitedBy(order: Order, book: Book): Sums {
  return outputsOf(
    order,
    book,
    (tag, hash) => equalBytes(tag, order.holder) && !book.came.has(hexOf(hash)),
  );
}

function outputsOf(
  order: Order,
  book: Book,
  isMeant: (tag: Uint8Array, hash: Uint8Array) => boolean,
): Sums {
  const sums = new Map<number, bigint>();
  for (const part of order.parts) {
    const coin = book.coins.get(coinKey(part.coin));
    if (coin === undefined) continue;
    for (const { from, to, output } of outputRanges(part))
      if (isMeant(output.tag, output.lock.hash)) addWorth(sums, coin.basket, to - from);
  }
  return sums;
}

/** How the money of each currency stands, in ascending order of currency numbers. */
export function standings(book: Book, orders: readonly OwnOrder[]): readonly Standing[] {
  const available = new Map<number, bigint>();
  const inPayment = new Map<number, bigint>();
  const waiting = new Map<number, bigint>();
  const into = { free: available, ordered: inPayment, exposed: waiting, spent: undefined };
  const bound = bindings(book, orders);
  for (const piece of book.pieces.values()) {
    const sums = into[bound.get(hexOf(piece.hash)) ?? 'free'];
    if (sums !== undefined) addWorth(sums, piece.coin.basket, piece.to - piece.from);
  }
  for (const own of orders) {
    const isOpen = own.state.is === 'signed';
    if ((!isOpen && own.state.is !== 'paid') || !isCarried(own, book)) continue;
    // Change of a signed order is bound with the rest, but it comes back whatever happens.
    for (const [currency, amount] of awaitedBy(own.order, book)) {
      waiting.set(currency, (waiting.get(currency) ?? 0n) + amount);
      if (isOpen) inPayment.set(currency, (inPayment.get(currency) ?? 0n) - amount);
    }
  }
  const currencies = new Set([...available.keys(), ...inPayment.keys(), ...waiting.keys()]);
  return [...currencies]
    .sort((a, b) => a - b)
    .map((currency) => ({
      currency,
      available: available.get(currency) ?? 0n,
      inPayment: inPayment.get(currency) ?? 0n,
      waiting: waiting.get(currency) ?? 0n,
    }));
}
