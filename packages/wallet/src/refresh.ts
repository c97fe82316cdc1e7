/**
 * Joins and moves the wallet's own pieces: after a refusal to fresh locks, because a secret once
 * shown guards nothing any more; and to tidy up, because neighbours joined are one piece again.
 * Invariant: an exposed piece stays marked as exposed until an order that moved it is paid.
 *
 * Spec: 05 §10, §11.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import { accept, type Result } from '@specie/core/base/result';
import { worthOf } from '@specie/core/coin/basket';
import { NONCE_BYTES, PARTS_MAX } from '@specie/core/payment/order';
import type { OwnPiece } from './book.ts';
import { expiryOf } from './choice.ts';
import { type Context, keysIn, nowOf, openIdentity, passed } from './context.ts';
import { sync } from './events.ts';
import { neighbours } from './neighbours.ts';
import { buildMerge } from './order-building.ts';
import type { OwnOrder } from './records.ts';
import { carryOut } from './settlement.ts';
import { signOrder } from './signing.ts';
import { freePieces } from './standing.ts';
import { commit, type VaultChange } from './vault.ts';

/** Refused orders whose money is moved in one contact; more of them wait for the next. */
const REFRESHES_MAX = 16;

/**
 * Moves what one refused order exposed to fresh locks. Gives the order that does, or undefined when
 * nothing is exposed that can move.
 */
export async function refreshExposed(context: Context): Promise<Result<OwnOrder | undefined>> {
  const held = new Map(
    [...context.book.pieces.values()].map((piece) => [hexOf(piece.hash), piece]),
  );
  for (const own of context.vault.orders.values()) {
    if (own.state.is !== 'exposed') continue;
    const pieces = own.locks.flatMap((lock) => held.get(hexOf(lock)) ?? []);
    if (pieces.length === 0) await commit(context.vault, [closed(own)]);
    // An expired piece can only be given back; see cashing out.
    const movable = pieces.filter(({ coin }) => expiryOf(coin) > nowOf(context));
    if (movable.length === 0) continue;
    const by = await merge(context, neighbours(movable, 1), 'refresh', (made) => [
      refreshing(own, made),
    ]);
    if (!by.ok) return by;
    passed(context, 'refresh.signed');
    return carryOut(context, by.value.hash);
  }
  return accept(undefined);
}

/** Moves exposed money until none is left or one order does not go through. Says whether any moved. */
export async function refreshAll(context: Context): Promise<Result<boolean>> {
  for (let i = 0; i < REFRESHES_MAX; i++) {
    const by = await refreshExposed(context);
    if (!by.ok) return by;
    if (by.value === undefined) return accept(i > 0);
    if (by.value.state.is !== 'paid') return accept(true);
    const synced = await sync(context);
    if (!synced.ok) return synced;
  }
  return accept(true);
}

/** Joins free neighbours of one coin. The order that does, or undefined when there are none. */
export async function tidy(context: Context): Promise<Result<OwnOrder | undefined>> {
  const free = freePieces(context.book, context.vault.orders.values()).filter(
    ({ coin }) => expiryOf(coin) > nowOf(context),
  );
  const groups = neighbours(free, 2).slice(0, PARTS_MAX);
  if (groups.length === 0) return accept(undefined);
  const own = await merge(context, groups, 'tidy', () => []);
  return own.ok ? carryOut(context, own.value.hash) : own;
}

const whyOf = ({ state }: OwnOrder): number => ('why' in state ? state.why : 0);

const closed = (own: OwnOrder): VaultChange => ({
  is: 'order',
  value: { ...own, state: { is: 'refused', why: whyOf(own) } },
});

const refreshing = (own: OwnOrder, by: OwnOrder): VaultChange => ({
  is: 'order',
  value: { ...own, state: { is: 'refreshing', why: whyOf(own), by: by.hash } },
});

async function merge(
  context: Context,
  groups: readonly (readonly OwnPiece[])[],
  purpose: 'refresh' | 'tidy',
  besides: (own: OwnOrder) => readonly VaultChange[],
): Promise<Result<OwnOrder>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const { authority, operator, card } = identity.value;
  const order = buildMerge(
    {
      authority,
      operator,
      holder: card.tag,
      nonce: context.ports.random(NONCE_BYTES),
      now: nowOf(context),
      secretOf: keysIn(context).secretOf,
    },
    groups,
  );
  const { coin } = groups[0]![0]!;
  const currency = coin.basket[0]!.currency;
  const amount = groups.flat().reduce((sum, piece) => sum + worthIn(piece, currency), 0n);
  const meaning = { purpose, payee: undefined, note: '', currency, amount };
  return accept(await signOrder(context, order, meaning, besides));
}

function worthIn({ coin, from, to }: OwnPiece, currency: number): bigint {
  return worthOf(coin.basket, to - from).find((leg) => leg.currency === currency)?.amount ?? 0n;
}
