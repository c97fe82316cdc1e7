/**
 * Whose pieces are where, told by the ledger's feed and by nothing else. Invariant: everything a
 * notice means (pieces, events, outcomes, draws, fundings) is written in the transaction that moves
 * the feed's position past it, so each entry counts exactly once.
 *
 * Spec: 06 §7.
 * @module
 */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '@specie/core/base/assert';
import type { Instant } from '@specie/core/base/instant';
import { worthOf } from '@specie/core/coin/basket';
import { outputRanges } from '@specie/core/payment/order';
import type { ContentOf } from '@specie/core/codec/message';
import type { walletStateMessage } from '@specie/protocol/messages/wallet';
import type { Database } from '@specie/stores/database';
import type { CoinShelf, KnownCoin } from './coins.ts';
import {
  bytesIn,
  keyOf,
  numberIn,
  optionalBytesIn,
  optionalNumberIn,
  rowOf,
  rowsOf,
  soleRowOf,
  textIn,
  type Row,
} from './column.ts';
import type { LockBook } from './locks.ts';
import type { PaymentBook } from './payments.ts';
import type { Wallet } from './wallets.ts';

export type WalletEvent = ContentOf<typeof walletStateMessage>['events'][number];

interface Place {
  readonly position: number;
  readonly time: Instant;
}

/** Where the secret of a piece that came is found. */
export type Found =
  | { readonly by: 'batch'; readonly batch: number; readonly index: number; readonly note: string }
  | { readonly by: 'own'; readonly payment: number; readonly index: number }
  | {
      readonly by: 'words';
      readonly nonce: Uint8Array;
      readonly hash: Uint8Array;
      readonly index: number;
      readonly isChange: boolean;
    };

export interface CustodyBook {
  /** Inside a transaction. `order` is the hash of the order when it is not one of this book's. */
  came(
    wallet: Wallet,
    piece: { readonly coin: KnownCoin; readonly from: number; readonly to: number },
    what: {
      readonly at: Place;
      readonly found: Found;
      readonly payment: number | undefined;
      readonly order: Uint8Array | undefined;
    },
  ): void;
  /** Inside a transaction. */
  went(
    wallet: Wallet,
    piece: { readonly coin: KnownCoin; readonly from: number; readonly to: number },
    what: {
      readonly at: Place;
      readonly payment: number | undefined;
      readonly order: Uint8Array | undefined;
    },
  ): void;
  /**
   * Inside a transaction: finds pieces that came on locks nobody knew among a batch that has just
   * been kept; how many.
   */
  attribute(wallet: Wallet, batch: number, hashes: readonly Uint8Array[]): number;
  held(wallet: Wallet, currency: number): bigint;
  events(
    wallet: Wallet,
    after: number,
    max: number,
  ): { readonly events: readonly WalletEvent[]; readonly hasMore: boolean };
  /** The position from which the feed has not been told yet. */
  position(): number;
  /** Inside a transaction. */
  move(position: number): void;
}

/** Events of one page: what fits the message. */
const PAGE_MAX = 512;
const NOTHING = new Uint8Array(32);

/** The custody of a book. */
export function openCustody(
  { sql }: Database,
  {
    coins,
    locks,
    payments,
  }: { readonly coins: CoinShelf; readonly locks: LockBook; readonly payments: PaymentBook },
): CustodyBook {
  const statements = statementsOf(sql);
  const {
    insertPiece,
    deletePiece,
    selectPieces,
    lastEvent,
    insertEvent,
    selectEvents,
    selectPosition,
    updatePosition,
  } = statements;

  const nextEvent = (wallet: Wallet): number => {
    wallet.events ??= numberIn(soleRowOf(lastEvent, wallet.id), 'n');
    wallet.events += 1;
    return wallet.events;
  };
  const weigh = (wallet: Wallet, { coin }: KnownCoin, units: number, sign: 1n | -1n): void => {
    if (wallet.held === undefined) return;
    for (const { currency, amount } of worthOf(coin.basket, units))
      wallet.held.set(currency, (wallet.held.get(currency) ?? 0n) + sign * amount);
  };
  const context = { coins, locks, payments };

  return {
    came(wallet, { coin, from, to }, what) {
      const { at } = what;
      insertPiece.run(wallet.id, coin.id, from, to);
      weigh(wallet, coin, to - from, 1n);
      const place = [wallet.id, nextEvent(wallet), at.position, at.time] as const;
      insertEvent.run(...place, coin.id, from, to, 0, ...foundColumns(what));
    },
    went(wallet, { coin, from, to }, { at, payment, order }) {
      deletePiece.run(wallet.id, coin.id, from);
      weigh(wallet, coin, to - from, -1n);
      const place = [wallet.id, nextEvent(wallet), at.position, at.time] as const;
      const hash = payment === undefined ? (order ?? null) : null;
      const whose = [payment ?? null, null, null, hash, null, null, null] as const;
      insertEvent.run(...place, coin.id, from, to, 1, ...whose);
    },
    attribute: (wallet, batch, hashes) => attribute(statements, wallet, { batch, hashes }),
    held(wallet, currency) {
      if (wallet.held === undefined) {
        wallet.held = new Map();
        for (const row of rowsOf(selectPieces, wallet.id))
          weigh(wallet, coins.byId(numberIn(row, 'coin')), numberIn(row, 'units'), 1n);
      }
      return wallet.held.get(currency) ?? 0n;
    },
    events(wallet, after, max) {
      const count = Math.min(Math.max(max, 1), PAGE_MAX);
      const rows = rowsOf(selectEvents, wallet.id, after, count + 1);
      return {
        events: rows.slice(0, count).map((row) => eventOf(row, context)),
        hasMore: rows.length > count,
      };
    },
    position() {
      const row = rowOf(selectPosition);
      return row === undefined ? 0 : numberIn(row, 'value');
    },
    move: (position) => void updatePosition.run(position),
  };
}

/** Finds pieces whose lock nobody knew among the locks of a batch; how many. */
function attribute(
  { selectUnknown, updateFound }: Pick<Statements, 'selectUnknown' | 'updateFound'>,
  wallet: Wallet,
  { batch, hashes }: { readonly batch: number; readonly hashes: readonly Uint8Array[] },
): number {
  const unknown = rowsOf(selectUnknown, wallet.id);
  if (unknown.length === 0) return 0;
  const indexes = new Map(hashes.map((hash, index) => [keyOf(hash), index]));
  let found = 0;
  for (const row of unknown) {
    const index = indexes.get(keyOf(bytesIn(row, 'hash')));
    if (index === undefined) continue;
    updateFound.run(batch, index, wallet.id, numberIn(row, 'number'));
    found += 1;
  }
  return found;
}

type Statements = ReturnType<typeof statementsOf>;

/** Every statement, prepared once. */
function statementsOf(sql: DatabaseSync) {
  const insertPiece = sql.prepare(
    'INSERT INTO piece (wallet, coin, low, high) VALUES (?, ?, ?, ?)',
  );
  const deletePiece = sql.prepare('DELETE FROM piece WHERE wallet = ? AND coin = ? AND low = ?');
  const selectPieces = sql.prepare(
    'SELECT coin, sum(high - low) AS units FROM piece WHERE wallet = ? GROUP BY coin',
  );
  const lastEvent = sql.prepare('SELECT coalesce(max(number), 0) AS n FROM event WHERE wallet = ?');
  const insertEvent = sql.prepare(
    `INSERT INTO event (wallet, number, position, time, coin, low, high, went, payment, batch, idx,
       order_hash, nonce, hash, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectEvents = sql.prepare(
    'SELECT * FROM event WHERE wallet = ? AND number > ? ORDER BY number LIMIT ?',
  );
  const selectUnknown = sql.prepare(
    `SELECT number, hash FROM event
     WHERE wallet = ? AND batch IS NULL AND hash IS NOT NULL AND idx < 0`,
  );
  const updateFound = sql.prepare(
    'UPDATE event SET batch = ?, idx = ?, nonce = NULL, hash = NULL WHERE wallet = ? AND number = ?',
  );
  const selectPosition = sql.prepare("SELECT value FROM meta WHERE name = 'feed'");
  const updatePosition = sql.prepare(
    "INSERT INTO meta (name, value) VALUES ('feed', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  return {
    insertPiece,
    deletePiece,
    selectPieces,
    lastEvent,
    insertEvent,
    selectEvents,
    selectUnknown,
    updateFound,
    selectPosition,
    updatePosition,
  };
}

type Column = number | string | Uint8Array | null;

/** The columns that tell where a secret is found. An index of words that is no change is kept below zero. */
function foundColumns({
  found,
  payment,
  order,
}: {
  readonly found: Found;
  readonly payment: number | undefined;
  readonly order: Uint8Array | undefined;
}): readonly [Column, Column, Column, Column, Column, Column, Column] {
  const hash = payment === undefined ? (order ?? null) : null;
  switch (found.by) {
    case 'batch':
      return [
        payment ?? null,
        found.batch,
        found.index,
        hash,
        null,
        null,
        found.note === '' ? null : found.note,
      ];
    case 'own':
      return [found.payment, null, found.index, null, null, null, null];
    case 'words': {
      const index = found.isChange ? found.index : -1 - found.index;
      return [payment ?? null, null, index, hash, found.nonce, found.hash, null];
    }
  }
}

function eventOf(
  row: Row,
  {
    coins,
    locks,
    payments,
  }: { readonly coins: CoinShelf; readonly locks: LockBook; readonly payments: PaymentBook },
): WalletEvent {
  const { coin } = coins.byId(numberIn(row, 'coin'));
  const payment = optionalNumberIn(row, 'payment');
  const own = payment === undefined ? undefined : payments.orderOf(payment);
  const order = own?.hash ?? optionalBytesIn(row, 'order_hash');
  const [from, to] = [numberIn(row, 'low'), numberIn(row, 'high')];
  const head = {
    number: numberIn(row, 'number'),
    position: numberIn(row, 'position'),
    time: numberIn(row, 'time') as Instant,
  };
  if (numberIn(row, 'went') === 1)
    return {
      ...head,
      what: { is: 'went', coin: coin.identity, from, to, order: order ?? NOTHING },
    };
  const index = numberIn(row, 'idx');
  const batch = optionalNumberIn(row, 'batch');
  const note = row['note'] === null ? '' : textIn(row, 'note');
  const came = { is: 'came', coin, from, to, order, note } as const;
  if (batch !== undefined) {
    const { nonce, hash } = locks.origin(batch, index);
    return { ...head, what: { ...came, hash, origin: { nonce, index }, isChange: false } };
  }
  const nonce = optionalBytesIn(row, 'nonce');
  if (nonce !== undefined) {
    const isChange = index >= 0;
    const origin = { nonce, index: isChange ? index : -1 - index };
    return { ...head, what: { ...came, hash: bytesIn(row, 'hash'), origin, isChange } };
  }
  assert(own !== undefined, 'change that is opened by an order has it');
  const made = own.order.parts.flatMap(outputRanges)[index]!;
  const origin = { nonce: own.order.nonce, index };
  return { ...head, what: { ...came, hash: made.output.lock.hash, origin, isChange: true } };
}
