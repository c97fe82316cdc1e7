/**
 * What the feed told of tags of this operator that lead to no wallet here: wallets that were opened
 * after the copy this book was restored from. Invariant: it is taken once, in the transaction that
 * adds the wallet, in the order in which the ledger told it.
 *
 * Spec: 06 §7.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { feedMessage, type Notice } from '@specie/protocol/messages/ledger';
import type { Database } from '@specie/stores/database';
import { bytesIn, numberIn, rowOf, rowsOf, soleRowOf } from './column.ts';

export interface Unclaimed {
  /** Inside a transaction: keeps what a notice means for a tag. */
  keep(tag: Uint8Array, notice: Notice): void;
  /** Inside a transaction: gives what was kept for a tag, in order, and keeps it no longer. */
  take(tag: Uint8Array): readonly Notice[];
  /** Tags that wait for their wallets. */
  count(): number;
}

/** The unclaimed notices of a book. */
export function openUnclaimed({ sql }: Database): Unclaimed {
  const insert = sql.prepare(
    'INSERT INTO unclaimed (tag, position, notice) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = sql.prepare('SELECT notice FROM unclaimed WHERE tag = ? ORDER BY position');
  const remove = sql.prepare('DELETE FROM unclaimed WHERE tag = ?');
  const selectCount = sql.prepare('SELECT count(DISTINCT tag) AS n FROM unclaimed');
  // Almost every book has none, and is not asked at every opening.
  let hasAny = rowOf(sql.prepare('SELECT 1 FROM unclaimed LIMIT 1')) !== undefined;

  return {
    keep(tag, notice) {
      const { position } = notice;
      insert.run(
        tag,
        position,
        feedMessage.encode({ notices: [notice], next: position + 1 }).slice(),
      );
      hasAny = true;
    },
    take(tag) {
      if (!hasAny) return [];
      const notices = rowsOf(select, tag).map((row) => {
        const page = feedMessage.decode(bytesIn(row, 'notice'));
        assert(page.ok, 'a notice that was kept can be read');
        return page.value.notices[0]!;
      });
      remove.run(tag);
      return notices;
    },
    count: () => (hasAny ? numberIn(soleRowOf(selectCount), 'n') : 0),
  };
}
