/**
 * The stock: pieces that are the operator's own, what the mint was asked for, and what was given
 * back to it. A stock piece is known with the nonce and number its secret derives from.
 *
 * Spec: 06 §6.
 * @module
 */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '@specie/core/base/assert';
import type { Database } from '@specie/stores/database';
import type { CoinShelf, KnownCoin } from './coins.ts';
import {
  amountIn,
  bytesIn,
  numberIn,
  optionalBytesIn,
  rowOf,
  rowsOf,
  textIn,
  type Row,
} from './column.ts';

export interface StockPiece {
  readonly coin: KnownCoin;
  readonly from: number;
  readonly to: number;
  readonly nonce: Uint8Array;
  readonly index: number;
}

export interface Issue {
  readonly id: number;
  /** Counts up; its locks derive from it. */
  readonly number: number;
  readonly reference: Uint8Array;
  readonly currency: number;
  readonly units: number;
  readonly coins: number;
  readonly time: number;
}

/** `code` is the number of the refusal, 0 without one. */
export interface IssueEnd {
  readonly state: 'written' | 'done' | 'refused';
  readonly code: number;
}

export interface Retirement {
  readonly id: number;
  readonly reference: Uint8Array | undefined;
  readonly currency: number;
  readonly amount: bigint;
  readonly retired: bigint;
  /** `coin:from`, comma between them. */
  readonly pieces: string | undefined;
  readonly time: number;
  readonly state: 'asked' | 'written' | 'done' | 'refused';
  readonly code: number;
}

export interface StockBook {
  pieces(): readonly StockPiece[];
  /** Inside a transaction. */
  put(piece: StockPiece): void;
  /** Inside a transaction; whether there was one. */
  take(coin: number, from: number): boolean;
  /** Inside a transaction: the next number of a kind, counted up. */
  count(kind: 'issue' | 'batch'): number;
  /** How far a kind was counted; `batch-lost`: how far batches were when the book was restored. */
  counted(kind: 'issue' | 'batch' | 'batch-lost'): number;
  /** Inside a transaction. */
  set(kind: 'batch' | 'batch-lost', value: number): void;
  /** Inside a transaction. */
  addIssue(issue: Omit<Issue, 'id'>): number;
  openIssues(): readonly Issue[];
  /** What became of an issue. */
  issue(id: number): Issue & IssueEnd;
  /** Inside a transaction. */
  endIssue(id: number, code: number): void;
  /** Inside a transaction. */
  askRetirement(currency: number, amount: bigint, time: number): number;
  openRetirements(): readonly Retirement[];
  retirement(id: number): Retirement;
  /** Inside a transaction. */
  moveRetirement(
    id: number,
    change: Pick<Retirement, 'reference' | 'retired' | 'pieces' | 'time' | 'state' | 'code'>,
  ): void;
}

/** The stock of a book. */
export function openStockBook({ sql }: Database, coins: CoinShelf): StockBook {
  const {
    selectPieces,
    insertPiece,
    deletePiece,
    selectCount,
    updateCount,
    insertIssue,
    selectIssues,
    selectIssue,
    updateIssue,
    insertRetirement,
    selectRetirements,
    selectRetirement,
    updateRetirement,
  } = statementsOf(sql);
  const counted = (kind: string): number => {
    const row = rowOf(selectCount, kind);
    return row === undefined ? 0 : numberIn(row, 'value');
  };

  return {
    pieces: () =>
      rowsOf(selectPieces).map((row) => ({
        coin: coins.byId(numberIn(row, 'coin')),
        from: numberIn(row, 'low'),
        to: numberIn(row, 'high'),
        nonce: bytesIn(row, 'nonce'),
        index: numberIn(row, 'idx'),
      })),
    put: ({ coin, from, to, nonce, index }) =>
      void insertPiece.run(coin.id, from, to, nonce, index),
    take: (coin, from) => deletePiece.run(coin, from).changes === 1,
    count(kind) {
      const next = counted(kind) + 1;
      updateCount.run(kind, next);
      return next;
    },
    counted,
    set: (kind, value) => void updateCount.run(kind, value),
    addIssue({ number, reference, currency, units, coins: count, time }) {
      const { lastInsertRowid } = insertIssue.run(number, reference, currency, units, count, time);
      return Number(lastInsertRowid);
    },
    openIssues: () => rowsOf(selectIssues).map(issueOf),
    issue(id) {
      const row = rowOf(selectIssue, id);
      assert(row !== undefined, 'an issue that was asked for is there');
      const state = textIn(row, 'state') as IssueEnd['state'];
      return { ...issueOf(row), state, code: numberIn(row, 'code') };
    },
    endIssue: (id, code) => void updateIssue.run(code === 0 ? 'done' : 'refused', code, id),
    askRetirement: (currency, amount, time) =>
      Number(insertRetirement.run(currency, amount, time).lastInsertRowid),
    openRetirements: () => rowsOf(selectRetirements).map(retirementOf),
    retirement(id) {
      const row = rowOf(selectRetirement, id);
      assert(row !== undefined, 'a retirement that was asked for is there');
      return retirementOf(row);
    },
    moveRetirement(id, { reference, retired, pieces, time, state, code }) {
      updateRetirement.run(reference ?? null, retired, pieces ?? null, time, state, code, id);
    },
  };
}

/** Every statement, prepared once. */
function statementsOf(sql: DatabaseSync) {
  const selectPieces = sql.prepare('SELECT * FROM stock_piece');
  const insertPiece = sql.prepare(
    'INSERT INTO stock_piece (coin, low, high, nonce, idx) VALUES (?, ?, ?, ?, ?)',
  );
  const deletePiece = sql.prepare('DELETE FROM stock_piece WHERE coin = ? AND low = ?');
  const selectCount = sql.prepare('SELECT value FROM meta WHERE name = ?');
  const updateCount = sql.prepare(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const insertIssue = sql.prepare(
    `INSERT INTO issue (number, reference, currency, units, coins, time, state, code)
     VALUES (?, ?, ?, ?, ?, ?, 'written', 0)`,
  );
  const selectIssues = sql.prepare("SELECT * FROM issue WHERE state = 'written' ORDER BY id");
  const selectIssue = sql.prepare('SELECT * FROM issue WHERE id = ?');
  const updateIssue = sql.prepare('UPDATE issue SET state = ?, code = ? WHERE id = ?');
  const insertRetirement = sql.prepare(
    `INSERT INTO retirement (currency, amount, retired, time, state, code)
     VALUES (?, ?, 0, ?, 'asked', 0)`,
  );
  const selectRetirements = sql.prepare(
    "SELECT * FROM retirement WHERE state IN ('asked', 'written') ORDER BY id",
  );
  const selectRetirement = sql.prepare('SELECT * FROM retirement WHERE id = ?');
  const updateRetirement = sql.prepare(
    `UPDATE retirement SET reference = ?, retired = ?, pieces = ?, time = ?, state = ?, code = ?
     WHERE id = ?`,
  );
  for (const each of [selectRetirements, selectRetirement]) each.setReadBigInts(true);
  return {
    selectPieces,
    insertPiece,
    deletePiece,
    selectCount,
    updateCount,
    insertIssue,
    selectIssues,
    selectIssue,
    updateIssue,
    insertRetirement,
    selectRetirements,
    selectRetirement,
    updateRetirement,
  };
}

function issueOf(row: Row): Issue {
  return {
    id: numberIn(row, 'id'),
    number: numberIn(row, 'number'),
    reference: bytesIn(row, 'reference'),
    currency: numberIn(row, 'currency'),
    units: numberIn(row, 'units'),
    coins: numberIn(row, 'coins'),
    time: numberIn(row, 'time'),
  };
}

function retirementOf(row: Row): Retirement {
  return {
    id: numberIn(row, 'id'),
    reference: optionalBytesIn(row, 'reference'),
    currency: numberIn(row, 'currency'),
    amount: amountIn(row, 'amount'),
    retired: amountIn(row, 'retired'),
    pieces: row['pieces'] === null ? undefined : textIn(row, 'pieces'),
    time: numberIn(row, 'time'),
    state: textIn(row, 'state') as Retirement['state'],
    code: numberIn(row, 'code'),
  };
}
