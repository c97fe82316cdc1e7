/**
 * Receiving locks left by wallets, and those offered to payers. Invariant: a lock is offered once,
 * ever: a batch's counter moves past it in the transaction that keeps the draw, before anybody is
 * shown the lock, and never moves back.
 *
 * Spec: 05 §4, 06 §4.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { MINUTE, type Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
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
import { bytesIn, keyOf, numberIn, rowOf, rowsOf, textIn, type Row } from './column.ts';
import type { Wallet, WalletShelf } from './wallets.ts';

/** Batches a wallet may have open at once: the one in use, the next, and some from other devices. */
export const BATCHES_MAX = 8;
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

export interface LockBook {
  /** Inside a transaction: keeps a batch whose head and signature were checked. */
  keep(wallet: Wallet, batch: LockBatch, now: Instant): Result<number>;
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

/** The locks of a book; open draws are read into memory. */
export function openLocks(database: Database, wallets: WalletShelf): LockBook {
  const { sql } = database;
  const insertBatch = sql.prepare(
    'INSERT INTO batch (wallet, nonce, count, ends, next) VALUES (?, ?, ?, ?, 0)',
  );
  const insertTree = sql.prepare(
    'INSERT INTO batch_tree (batch, signature, tree) VALUES (?, ?, ?)',
  );
  const selectNonce = sql.prepare('SELECT id FROM batch WHERE wallet = ? AND nonce = ?');
  const selectOpen = sql.prepare(
    'SELECT id, nonce, count, ends, next FROM batch WHERE wallet = ? AND next < count ORDER BY ends',
  );
  const selectBatch = sql.prepare('SELECT nonce, count FROM batch WHERE id = ?');
  const selectAll = sql.prepare('SELECT id, count FROM batch WHERE wallet = ? ORDER BY id DESC');
  const selectTree = sql.prepare('SELECT signature, tree FROM batch_tree WHERE batch = ?');
  const selectLock = sql.prepare(
    `SELECT b.nonce AS nonce, substr(t.tree, ?2 * 32 + 1, 32) AS hash
     FROM batch b JOIN batch_tree t ON t.batch = b.id WHERE b.id = ?1`,
  );
  const advance = sql.prepare('UPDATE batch SET next = ? WHERE id = ? AND next <= ?');
  const insertDraw = sql.prepare(
    'INSERT INTO draw (wallet, sums, note, until, locks) VALUES (?, ?, ?, ?, ?)',
  );
  const updateDraw = sql.prepare("UPDATE draw SET sums = '', locks = ? WHERE id = ?");
  const deleteDraw = sql.prepare('DELETE FROM draw WHERE id = ?');

  const open = new Map<number, Batch[]>();
  const trees = new Map<number, { readonly signature: Uint8Array; readonly tree: LockTree }>();
  const draws = new Map<number, Draw>();
  const drawn = new Map<string, DrawnLock>();

  const batchesOf = (wallet: Wallet): Batch[] => {
    let batches = open.get(wallet.id);
    if (batches === undefined) {
      batches = rowsOf(selectOpen, wallet.id).map(batchOf);
      open.set(wallet.id, batches);
    }
    return batches;
  };
  const treeOf = (batch: number): { readonly signature: Uint8Array; readonly tree: LockTree } => {
    let found = trees.get(batch);
    if (found === undefined) {
      const row = rowOf(selectTree, batch);
      assert(row !== undefined, 'a batch has its tree');
      found = { signature: bytesIn(row, 'signature'), tree: bytesIn(row, 'tree') };
      if (trees.size >= TREES_MAX) trees.clear();
      trees.set(batch, found);
    }
    return found;
  };
  const usable = (wallet: Wallet, now: Instant): Batch[] =>
    batchesOf(wallet).filter((each) => each.next < each.count && each.ends > now + OFFER_LIFE_MIN);
  const await_ = (wallet: Wallet, sums: Sums, sign: 1n | -1n): void => {
    for (const [currency, amount] of sums)
      wallet.awaited.set(currency, (wallet.awaited.get(currency) ?? 0n) + sign * amount);
  };
  const add = (draw: Draw): void => {
    draws.set(draw.id, draw);
    for (const [key, { batch, index }] of draw.open) drawn.set(key, { draw, batch, index });
  };
  const drop = (draw: Draw): void => {
    draws.delete(draw.id);
    for (const key of draw.open.keys()) drawn.delete(key);
    await_(draw.wallet, draw.sums, -1n);
    deleteDraw.run(draw.id);
  };

  for (const row of rowsOf(sql.prepare('SELECT * FROM draw'))) {
    const wallet = wallets.byId(numberIn(row, 'wallet'));
    const locks = textIn(row, 'locks')
      .split(',')
      .map((each) => {
        const [batch, index] = each.split(':').map(Number);
        return { batch: batch!, index: index! };
      });
    const draw: Draw = {
      id: numberIn(row, 'id'),
      wallet,
      sums: sumsOfText(textIn(row, 'sums')),
      note: textIn(row, 'note'),
      until: numberIn(row, 'until') as Instant,
      open: new Map(
        locks.map((each) => [
          keyOf(bytesIn(rowOf(selectLock, each.batch, each.index)!, 'hash')),
          each,
        ]),
      ),
    };
    add(draw);
    await_(wallet, draw.sums, 1n);
  }

  return {
    keep(wallet, { head, signature, hashes }, now) {
      const tree = lockTree(hashes);
      if (head.count !== hashes.length) return refuse('batch_root_wrong', '.head.count');
      if (keyOf(treeRoot(tree)) !== keyOf(head.root))
        return refuse('batch_root_wrong', '.head.root');
      if (rowOf(selectNonce, wallet.id, head.nonce) !== undefined)
        return refuse('batch_nonce_used', '.head.nonce');
      const batches = batchesOf(wallet).filter((each) => each.ends > now && each.next < each.count);
      if (batches.length >= BATCHES_MAX) return refuse('rate_limited');
      const { lastInsertRowid } = insertBatch.run(wallet.id, head.nonce, head.count, head.ends);
      const id = Number(lastInsertRowid);
      insertTree.run(id, signature, tree);
      batches.push({ id, nonce: head.nonce, count: head.count, ends: head.ends, next: 0 });
      batches.sort((a, b) => a.ends - b.ends);
      open.set(wallet.id, batches);
      return accept(usable(wallet, now).reduce((sum, each) => sum + each.count - each.next, 0));
    },
    left: (wallet, now) =>
      usable(wallet, now).reduce((sum, each) => sum + each.count - each.next, 0),
    take(wallet, { count, sums, note }, { now, until }) {
      const batches = usable(wallet, now);
      const free = batches.reduce((sum, each) => sum + each.count - each.next, 0);
      if (free < count) return refuse('locks_exhausted');
      const locks: { batch: Batch; index: number }[] = [];
      for (const batch of batches) {
        while (locks.length < count && batch.next < batch.count)
          locks.push({ batch, index: batch.next++ });
      }
      await_(wallet, sums, 1n);
      return accept({ wallet, locks, sums, note, until });
    },
    mark({ wallet, locks, sums, note, until }) {
      const text: string[] = [];
      const waiting = new Map<string, { batch: number; index: number }>();
      for (const { batch, index } of locks) {
        advance.run(index + 1, batch.id, index);
        text.push(`${batch.id}:${index}`);
        const hash = treeLock(treeOf(batch.id).tree, index);
        waiting.set(keyOf(hash), { batch: batch.id, index });
      }
      const { lastInsertRowid } = insertDraw.run(
        wallet.id,
        sumsText(sums),
        note,
        until,
        text.join(','),
      );
      const draw: Draw = { id: Number(lastInsertRowid), wallet, sums, note, until, open: waiting };
      add(draw);
      return draw;
    },
    offers: ({ wallet, locks }, { authority, operator }) =>
      locks.map(({ batch, index }) => {
        const { signature, tree } = treeOf(batch.id);
        const owner = { operator, wallet: wallet.address };
        const { nonce, count, ends } = batch;
        return {
          head: { authority, owner, nonce, count, root: treeRoot(tree), ends },
          signature,
          publicKey: wallet.publicKey,
          index,
          hash: treeLock(tree, index),
          path: treePath(tree, count, index),
          tag: wallet.tag,
        };
      }),
    drawn: (hash) => drawn.get(keyOf(hash)),
    paid(hash, { draw }) {
      const key = keyOf(hash);
      drawn.delete(key);
      draw.open.delete(key);
      if (draw.open.size === 0) {
        drop(draw);
        return;
      }
      // One payment has come; what the others wait for cannot be told apart any more.
      await_(draw.wallet, draw.sums, -1n);
      draw.sums = new Map();
      const locks = [...draw.open.values()].map(({ batch, index }) => `${batch}:${index}`);
      updateDraw.run(locks.join(','), draw.id);
    },
    search(wallet, hash) {
      for (const row of rowsOf(selectAll, wallet.id)) {
        const batch = numberIn(row, 'id');
        const index = lockIndex(treeOf(batch).tree, numberIn(row, 'count'), hash);
        if (index !== undefined) return { batch, index };
      }
      return undefined;
    },
    origin(batch, index) {
      const row = rowOf(selectLock, batch, index);
      assert(
        row !== undefined && rowOf(selectBatch, batch) !== undefined,
        'an event names a lock that exists',
      );
      return { nonce: bytesIn(row, 'nonce'), hash: bytesIn(row, 'hash') };
    },
    expire(now) {
      const ended = [...draws.values()].filter((draw) => draw.until <= now);
      ended.forEach(drop);
      return ended.length;
    },
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
