/**
 * Receiving locks left by wallets, and those offered to payers. Invariant: a lock is offered once,
 * ever: a batch's counter moves past it in the transaction that keeps the draw, before anybody is
 * shown the lock, and never moves back.
 *
 * Spec: 05 §4, 06 §4.
 * @module
 */
import type { DatabaseSync } from 'node:sqlite';
import { DAY, MINUTE, type Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { HASH_BYTES } from '@specie/core/crypto/hash';
import type { LockBatch, LockOffer } from '@specie/core/payment/lock-batch';
import type { Database } from '@specie/stores/database';
import {
  lockIndex,
  lockTree,
  treeLock,
  treePath,
  treeRoot,
  type LockTree,
} from '../rule/lock-tree.ts';
import { sumsOfText, sumsText, type Sums } from '../rule/order-check.ts';
import { bytesIn, keyOf, numberIn, rowOf, rowsOf, soleRowOf, textIn, type Row } from './column.ts';
import type { Wallet, WalletShelf } from './wallets.ts';

/** Batches a wallet may have open at once: the one in use, the next, and some from other devices. */
export const BATCHES_MAX = 8;
/** Batches left again that a wallet may have: those that ended longer ago than the span do not count. */
const SPENT_MAX = 2048;
const SPENT_SPAN = 90 * DAY;
/** An offer is of no use when its batch ends before the payer could show it. */
const OFFER_LIFE_MIN = 2 * MINUTE;
/** Trees kept in memory; others are read again, about 32 kilobytes each. */
const TREES_MAX = 2048;

interface Batch {
  readonly id: number;
  readonly nonce: Uint8Array;
  readonly count: number;
  readonly ends: Instant;
  next: number;
}

/** A lock that was offered and not yet paid to. */
export interface DrawnLock {
  readonly draw: Draw;
  readonly batch: number;
  readonly index: number;
}

/** Locks offered together for one payment. */
export interface Draw {
  readonly id: number;
  readonly wallet: Wallet;
  sums: Sums;
  readonly note: string;
  readonly until: Instant;
  readonly open: Map<string, { readonly batch: number; readonly index: number }>;
}

/** Locks taken from batches in memory whose draw is still to be kept. */
export interface TakenLocks {
  readonly wallet: Wallet;
  readonly locks: readonly { readonly batch: Batch; readonly index: number }[];
  readonly sums: Sums;
  readonly note: string;
  readonly until: Instant;
}

/** A batch that was kept. */
export interface KeptBatch {
  /** Locks that can be drawn. */
  readonly left: number;
  /** Its row, when it was not known before. */
  readonly batch: number | undefined;
}

export interface LockBook {
  /**
   * Inside a transaction: keeps a batch whose head and signature were checked. One that is known
   * stays as it is. Of a `spent` one no lock is ever offered: the wallet left it before, and this
   * book does not know what was offered of it.
   */
  keep(wallet: Wallet, batch: LockBatch, now: Instant, how?: 'spent'): Result<KeptBatch>;
  knows(wallet: Wallet, nonce: Uint8Array): boolean;
  left(wallet: Wallet, now: Instant): number;
  /** Takes locks out of a wallet's batches; in memory at once, on disk by `mark`. */
  take(
    wallet: Wallet,
    want: { readonly count: number; readonly sums: Sums; readonly note: string },
    at: { readonly now: Instant; readonly until: Instant },
  ): Result<TakenLocks>;
  /** Inside a transaction: makes a draw durable. Only then may its offers be shown. */
  mark(taken: TakenLocks): Draw;
  /** The offers of locks that were marked. `owner` is the wallet's address. */
  offers(
    taken: TakenLocks,
    head: { readonly authority: Uint8Array; readonly operator: number },
  ): readonly LockOffer[];
  /** The open draw a lock belongs to. */
  drawn(hash: Uint8Array): DrawnLock | undefined;
  /** Inside a transaction: a drawn lock was paid to. */
  paid(hash: Uint8Array, lock: DrawnLock): void;
  /** Which lock of a wallet's batches this is, however long ago it was offered. */
  search(
    wallet: Wallet,
    hash: Uint8Array,
  ): { readonly batch: number; readonly index: number } | undefined;
  origin(batch: number, index: number): { readonly nonce: Uint8Array; readonly hash: Uint8Array };
  /** Inside a transaction: forgets draws that nobody can pay to any more; how many. */
  expire(now: Instant): number;
}

/** A book's locks as they stand in memory, with the statements that keep them. */
interface Shelf {
  readonly sql: ReturnType<typeof statementsOf>;
  readonly wallets: WalletShelf;
  readonly open: Map<number, Batch[]>;
  readonly trees: Map<number, StoredTree>;
  readonly draws: Map<number, Draw>;
  readonly drawn: Map<string, DrawnLock>;
}

interface StoredTree {
  readonly signature: Uint8Array;
  readonly tree: LockTree;
}

/** The locks of a book; open draws are read into memory. */
export function openLocks({ sql }: Database, wallets: WalletShelf): LockBook {
  const shelf: Shelf = {
    sql: statementsOf(sql),
    wallets,
    open: new Map(),
    trees: new Map(),
    draws: new Map(),
    drawn: new Map(),
  };
  for (const row of rowsOf(shelf.sql.selectDraws)) {
    const draw = drawOf(shelf, row);
    add(shelf, draw);
    count(draw.wallet, draw.sums, 1n);
  }
  return {
    keep: (wallet, batch, now, how) =>
      keep(shelf, wallet, batch, { now, isSpent: how === 'spent' }),
    knows: (wallet, nonce) => rowOf(shelf.sql.selectNonce, wallet.id, nonce) !== undefined,
    left: (wallet, now) => freeIn(usable(shelf, wallet, now)),
    take: (wallet, want, at) => take(shelf, wallet, want, at),
    mark: (taken) => mark(shelf, taken),
    offers: (taken, head) => offers(shelf, taken, head),
    drawn: (hash) => shelf.drawn.get(keyOf(hash)),
    paid: (hash, { draw }) => {
      paid(shelf, keyOf(hash), draw);
    },
    search(wallet, hash) {
      for (const row of rowsOf(shelf.sql.selectAll, wallet.id)) {
        const batch = numberIn(row, 'id');
        const index = lockIndex(treeOf(shelf, batch).tree, numberIn(row, 'count'), hash);
        if (index !== undefined) return { batch, index };
      }
      return undefined;
    },
    origin(batch, index) {
      const row = soleRowOf(shelf.sql.selectLock, batch, index);
      return { nonce: bytesIn(row, 'nonce'), hash: bytesIn(row, 'hash') };
    },
    expire(now) {
      const ended = [...shelf.draws.values()].filter((draw) => draw.until <= now);
      for (const draw of ended) drop(shelf, draw);
      return ended.length;
    },
  };
}

/** Every statement, prepared once. */
function statementsOf(sql: DatabaseSync) {
  return {
    insertBatch: sql.prepare(
      'INSERT INTO batch (wallet, nonce, count, ends, next) VALUES (?, ?, ?, ?, ?)',
    ),
    insertTree: sql.prepare('INSERT INTO batch_tree (batch, signature, tree) VALUES (?, ?, ?)'),
    selectNonce: sql.prepare('SELECT id, ends, count FROM batch WHERE wallet = ? AND nonce = ?'),
    countBatches: sql.prepare('SELECT count(*) AS n FROM batch WHERE wallet = ? AND ends > ?'),
    selectOpen: sql.prepare(
      `SELECT id, nonce, count, ends, next FROM batch
       WHERE wallet = ? AND next < count ORDER BY ends`,
    ),
    selectAll: sql.prepare('SELECT id, count FROM batch WHERE wallet = ? ORDER BY id DESC'),
    selectTree: sql.prepare('SELECT signature, tree FROM batch_tree WHERE batch = ?'),
    selectLock: sql.prepare(
      `SELECT b.nonce AS nonce, substr(t.tree, ?2 * 32 + 1, 32) AS hash
       FROM batch b JOIN batch_tree t ON t.batch = b.id WHERE b.id = ?1`,
    ),
    advance: sql.prepare('UPDATE batch SET next = ? WHERE id = ? AND next <= ?'),
    selectDraws: sql.prepare('SELECT * FROM draw'),
    insertDraw: sql.prepare(
      'INSERT INTO draw (wallet, sums, note, until, locks) VALUES (?, ?, ?, ?, ?)',
    ),
    updateDraw: sql.prepare("UPDATE draw SET sums = '', locks = ? WHERE id = ?"),
    deleteDraw: sql.prepare('DELETE FROM draw WHERE id = ?'),
  };
}

function batchesOf({ sql, open }: Shelf, wallet: Wallet): Batch[] {
  let batches = open.get(wallet.id);
  if (batches === undefined) {
    batches = rowsOf(sql.selectOpen, wallet.id).map(batchOf);
    open.set(wallet.id, batches);
  }
  return batches;
}

function treeOf({ sql, trees }: Shelf, batch: number): StoredTree {
  let found = trees.get(batch);
  if (found === undefined) {
    const row = soleRowOf(sql.selectTree, batch);
    found = { signature: bytesIn(row, 'signature'), tree: bytesIn(row, 'tree') };
    if (trees.size >= TREES_MAX) trees.clear();
    trees.set(batch, found);
  }
  return found;
}

function usable(shelf: Shelf, wallet: Wallet, now: Instant): readonly Batch[] {
  return batchesOf(shelf, wallet).filter(
    (each) => each.next < each.count && each.ends > now + OFFER_LIFE_MIN,
  );
}

function freeIn(batches: readonly Batch[]): number {
  return batches.reduce((sum, each) => sum + each.count - each.next, 0);
}

/** Counts what a wallet waits for, or what it waits for no longer. */
function count(wallet: Wallet, sums: Sums, sign: 1n | -1n): void {
  for (const [currency, amount] of sums)
    wallet.awaited.set(currency, (wallet.awaited.get(currency) ?? 0n) + sign * amount);
}

function keep(
  shelf: Shelf,
  wallet: Wallet,
  { head, signature, hashes }: LockBatch,
  { now, isSpent }: { readonly now: Instant; readonly isSpent: boolean },
): Result<KeptBatch> {
  const { sql, open, trees } = shelf;
  const left = (batch: number | undefined): Result<KeptBatch> =>
    accept({ left: freeIn(usable(shelf, wallet, now)), batch });
  if (head.count !== hashes.length) return refuse('batch_root_wrong', '.head.count');
  const tree = lockTree(hashes);
  if (keyOf(treeRoot(tree)) !== keyOf(head.root)) return refuse('batch_root_wrong', '.head.root');
  const known = rowOf(sql.selectNonce, wallet.id, head.nonce);
  if (known !== undefined)
    return isSame(shelf, known, head, tree)
      ? left(undefined)
      : refuse('batch_nonce_used', '.head.nonce');
  const batches = batchesOf(shelf, wallet).filter(
    (each) => each.ends > now && each.next < each.count,
  );
  const isFull = isSpent
    ? numberIn(soleRowOf(sql.countBatches, wallet.id, now - SPENT_SPAN), 'n') >= SPENT_MAX
    : batches.length >= BATCHES_MAX;
  if (isFull) return refuse('rate_limited');
  const next = isSpent ? head.count : 0;
  const columns = [wallet.id, head.nonce, head.count, head.ends, next] as const;
  const id = Number(sql.insertBatch.run(...columns).lastInsertRowid);
  // Of a spent batch nothing is offered, so nobody needs a path: the hashes alone find an index.
  const kept = isSpent ? tree.slice(0, head.count * HASH_BYTES) : tree;
  sql.insertTree.run(id, signature, kept);
  if (isSpent) return left(id);
  if (trees.size < TREES_MAX) trees.set(id, { signature, tree });
  batches.push({ id, nonce: head.nonce, count: head.count, ends: head.ends, next: 0 });
  batches.sort((a, b) => a.ends - b.ends);
  open.set(wallet.id, batches);
  return left(id);
}

/** Whether a batch that is known under a nonce is this very one. */
function isSame(shelf: Shelf, row: Row, head: LockBatch['head'], tree: LockTree): boolean {
  const known = treeOf(shelf, numberIn(row, 'id')).tree;
  const hashes = head.count * HASH_BYTES;
  return (
    numberIn(row, 'ends') === head.ends &&
    numberIn(row, 'count') === head.count &&
    keyOf(known.subarray(0, hashes)) === keyOf(tree.subarray(0, hashes))
  );
}

function take(
  shelf: Shelf,
  wallet: Wallet,
  want: { readonly count: number; readonly sums: Sums; readonly note: string },
  { now, until }: { readonly now: Instant; readonly until: Instant },
): Result<TakenLocks> {
  const batches = usable(shelf, wallet, now);
  if (freeIn(batches) < want.count) return refuse('locks_exhausted');
  const locks: { batch: Batch; index: number }[] = [];
  for (const batch of batches) {
    while (locks.length < want.count && batch.next < batch.count) {
      locks.push({ batch, index: batch.next });
      batch.next += 1;
    }
  }
  count(wallet, want.sums, 1n);
  return accept({ wallet, locks, sums: want.sums, note: want.note, until });
}

function mark(shelf: Shelf, { wallet, locks, sums, note, until }: TakenLocks): Draw {
  const { sql } = shelf;
  const open = new Map<string, { batch: number; index: number }>();
  for (const { batch, index } of locks) {
    sql.advance.run(index + 1, batch.id, index);
    const hash = treeLock(treeOf(shelf, batch.id).tree, index);
    open.set(keyOf(hash), { batch: batch.id, index });
  }
  const text = locksText(open.values());
  const { lastInsertRowid } = sql.insertDraw.run(wallet.id, sumsText(sums), note, until, text);
  const draw: Draw = { id: Number(lastInsertRowid), wallet, sums, note, until, open };
  add(shelf, draw);
  return draw;
}

function locksText(locks: Iterable<{ readonly batch: number; readonly index: number }>): string {
  return [...locks].map(({ batch, index }) => `${batch}:${index}`).join(',');
}

function add({ draws, drawn }: Shelf, draw: Draw): void {
  draws.set(draw.id, draw);
  for (const [key, { batch, index }] of draw.open) drawn.set(key, { draw, batch, index });
}

function drop({ sql, draws, drawn }: Shelf, draw: Draw): void {
  draws.delete(draw.id);
  for (const key of draw.open.keys()) drawn.delete(key);
  count(draw.wallet, draw.sums, -1n);
  sql.deleteDraw.run(draw.id);
}

function paid(shelf: Shelf, key: string, draw: Draw): void {
  shelf.drawn.delete(key);
  draw.open.delete(key);
  if (draw.open.size === 0) {
    drop(shelf, draw);
    return;
  }
  // One payment has come; what the others wait for cannot be told apart any more.
  count(draw.wallet, draw.sums, -1n);
  draw.sums = new Map();
  shelf.sql.updateDraw.run(locksText(draw.open.values()), draw.id);
}

function offers(
  shelf: Shelf,
  { wallet, locks }: TakenLocks,
  { authority, operator }: { readonly authority: Uint8Array; readonly operator: number },
): readonly LockOffer[] {
  return locks.map(({ batch, index }) => {
    const { signature, tree } = treeOf(shelf, batch.id);
    const owner = { operator, wallet: wallet.address };
    const { nonce, count: total, ends } = batch;
    return {
      head: { authority, owner, nonce, count: total, root: treeRoot(tree), ends },
      signature,
      publicKey: wallet.publicKey,
      index,
      hash: treeLock(tree, index),
      path: treePath(tree, total, index),
      tag: wallet.tag,
    };
  });
}

function drawOf({ sql, wallets }: Shelf, row: Row): Draw {
  const locks = textIn(row, 'locks')
    .split(',')
    .map((each) => {
      const [batch, index] = each.split(':').map(Number);
      return { batch: batch ?? 0, index: index ?? 0 };
    });
  const open = locks.map((each): [string, { batch: number; index: number }] => [
    keyOf(bytesIn(soleRowOf(sql.selectLock, each.batch, each.index), 'hash')),
    each,
  ]);
  return {
    id: numberIn(row, 'id'),
    wallet: wallets.byId(numberIn(row, 'wallet')),
    sums: sumsOfText(textIn(row, 'sums')),
    note: textIn(row, 'note'),
    until: numberIn(row, 'until') as Instant,
    open: new Map(open),
  };
}

function batchOf(row: Row): Batch {
  return {
    id: numberIn(row, 'id'),
    nonce: bytesIn(row, 'nonce'),
    count: numberIn(row, 'count'),
    ends: numberIn(row, 'ends') as Instant,
    next: numberIn(row, 'next'),
  };
}
