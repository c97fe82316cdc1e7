/**
 * The one place where a wallet signs an order. Invariant: when this returns, the signed order is on
 * disk with everything needed to finish it; no secret was shown before.
 *
 * Spec: 05 §8.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { orderHash, orderMessage, type Order } from '@specie/core/payment/order';
import { type Context, keysIn, nowOf, passed } from './context.ts';
import { piecesOf } from './order-building.ts';
import type { OwnOrder } from './records.ts';
import { commit, type VaultChange } from './vault.ts';

/** What a person would say about an order. */
export interface Meaning {
  readonly purpose: OwnOrder['purpose'];
  readonly payee: OwnOrder['payee'];
  readonly note: string;
  readonly currency: number;
  readonly amount: bigint;
}

/** Signs an order and keeps it, together with whatever else must become true at once. */
export async function signOrder(
  context: Context,
  order: Order,
  meaning: Meaning,
  besides: (own: OwnOrder) => readonly VaultChange[] = () => [],
): Promise<OwnOrder> {
  passed(context, 'order.built');
  const pieces = piecesOf(order, context.book.pieces);
  assert(pieces !== undefined, 'an order consumes pieces that are held');
  const own: OwnOrder = {
    hash: orderHash(order),
    order,
    signature: keysIn(context).sign(orderMessage.encode(order)),
    locks: pieces.map(({ hash }) => hash),
    ...meaning,
    signedAt: nowOf(context),
    state: { is: 'signed' },
    notice: undefined,
  };
  await commit(context.vault, [{ is: 'order', value: own }, ...besides(own)]);
  passed(context, 'order.signed');
  return own;
}
