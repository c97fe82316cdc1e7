/**
 * Orders of this operator that the feed told and the book does not have, because it was restored
 * from an older copy. Invariant: what the ledger applied is never taken for new: such an order is
 * answered as paid, moved money is not moved again, and a cash-out is recovered once.
 *
 * Spec: 06 §7.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import type { Database } from '@specie/stores/database';
import { numberIn, rowOf } from './column.ts';

export interface LostOrder {
  readonly wallet: number;
  readonly position: number;
  readonly time: Instant;
}

export interface LostOrders {
  /** Inside a transaction. */
  keep(hash: Uint8Array, nonce: Uint8Array, order: LostOrder): void;
  find(hash: Uint8Array): LostOrder | undefined;
  /** Inside a transaction: takes an order for a cash-out; false when it was taken before. */
  claim(hash: Uint8Array): boolean;
  hasNonce(nonce: Uint8Array): boolean;
}

/** The lost orders of a book. */
export function openLostOrders({ sql }: Database): LostOrders {
  const insert = sql.prepare(
    `INSERT INTO lost (hash, nonce, wallet, position, time, claimed) VALUES (?, ?, ?, ?, ?, 0)
     ON CONFLICT DO NOTHING`,
  );
  const select = sql.prepare('SELECT wallet, position, time FROM lost WHERE hash = ?');
  const selectNonce = sql.prepare('SELECT 1 FROM lost WHERE nonce = ?');
  const claim = sql.prepare('UPDATE lost SET claimed = 1 WHERE hash = ? AND claimed = 0');
  // Almost every book has lost nothing, and is not asked at every payment.
  let hasAny = rowOf(sql.prepare('SELECT 1 FROM lost LIMIT 1')) !== undefined;

  return {
    keep(hash, nonce, { wallet, position, time }) {
      insert.run(hash, nonce, wallet, position, time);
      hasAny = true;
    },
    find(hash) {
      const row = hasAny ? rowOf(select, hash) : undefined;
      if (row === undefined) return undefined;
      const time = numberIn(row, 'time') as Instant;
      return { wallet: numberIn(row, 'wallet'), position: numberIn(row, 'position'), time };
    },
    claim: (hash) => hasAny && claim.run(hash).changes === 1,
    hasNonce: (nonce) => hasAny && rowOf(selectNonce, nonce) !== undefined,
  };
}
