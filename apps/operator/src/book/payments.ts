/**
 * Orders and what became of them. An order is kept for good with its holder's signature, as the
 * evidence that it was asked for; its secrets are kept only while its outcome is unknown.
 *
 * Spec: 06 §3.
 * @module
 */
import type { DatabaseSync } from 'node:sqlite';
import { assert } from '@specie/core/base/assert';
import type { Instant } from '@specie/core/base/instant';
import { refusalOfNumber, REFUSALS } from '@specie/core/base/refusals';
import type { Refusal } from '@specie/core/base/result';
import { orderMessage, type Order } from '@specie/core/payment/order';
import type { Database } from '@specie/stores/database';
import type { LostOrder, LostOrders } from './lost-orders.ts';
import { sumsOfText, sumsText, type Sums } from '../rule/order-check.ts';
import {
  bytesIn,
  numberIn,
  optionalBytesIn,
  optionalNumberIn,
  rowOf,
  rowsOf,
  soleRowOf,
  textIn,
  type Row,
} from './column.ts';

/** What became of an order, when it is known. */
export type Outcome =
  | { readonly is: 'paid'; readonly position: number; readonly time: Instant }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly time: Instant };

export interface NewPayment {
  readonly hash: Uint8Array;
  /** Row of the wallet that ordered it. */
  readonly wallet: number;
  readonly day: number;
  readonly sums: Sums;
  /** The encoded Order message. */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** An order that was written ahead and whose outcome is unknown. */
export interface PendingPayment extends NewPayment {
  readonly id: number;
  readonly order: Order;
  readonly secrets: readonly Uint8Array[];
  readonly session: Uint8Array;
  readonly sequence: number;
}

export interface RecentPayment {
  readonly time: number;
  readonly order: Order;
  readonly sums: Sums;
  readonly state: 'paid' | 'refused';
}

export interface PaymentBook {
  /** Inside a transaction: keeps an order; its row. */
  add(payment: NewPayment): number;
  /** Inside a transaction: says under which session and sequence an order goes to the ledger. */
  send(
    payment: number,
    session: Uint8Array,
    sequence: number,
    secrets: readonly Uint8Array[],
  ): void;
  /** Inside a transaction: keeps the outcome and erases the secrets. */
  settle(payment: number, outcome: Outcome): void;
  find(hash: Uint8Array):
    | {
        /** Undefined for an order that was lost. */
        readonly id: number | undefined;
        readonly wallet: number;
        readonly outcome: Outcome | undefined;
      }
    | undefined;
  /** The order of a row and where its hash is. */
  orderOf(payment: number): { readonly order: Order; readonly hash: Uint8Array };
  pending(): readonly PendingPayment[];
  recent(count: number): readonly RecentPayment[];
  counted(day: number): { readonly today: number; readonly total: number };
  /** Inside a transaction: counts payments of a day for the public figures. */
  count(day: number, payments: number): void;
}

const SECRET_BYTES = 32;

/** The orders of a book. */
export function openPayments({ sql }: Database, lost: LostOrders): PaymentBook {
  const {
    insert,
    insertPending,
    deletePending,
    insertOutcome,
    selectByHash,
    selectBody,
    selectPending,
    selectRecent,
    insertSession,
    addTally,
    selectToday,
    selectTotal,
  } = statementsOf(sql);
  const sessions = new WeakMap<Uint8Array, number>();

  const rowOfSession = (session: Uint8Array): number => {
    let id = sessions.get(session);
    if (id === undefined) {
      id = Number(insertSession.run(session).lastInsertRowid);
      sessions.set(session, id);
    }
    return id;
  };

  return {
    add({ hash, wallet, day, sums, body, signature }) {
      return Number(insert.run(hash, wallet, day, sumsText(sums), body, signature).lastInsertRowid);
    },
    send(payment, session, sequence, secrets) {
      insertPending.run(payment, rowOfSession(session), sequence, Buffer.concat(secrets));
    },
    settle(payment, outcome) {
      deletePending.run(payment);
      insertOutcome.run(payment, ...outcomeColumns(outcome));
    },
    find(hash) {
      const row = rowOf(selectByHash, hash);
      if (row === undefined) return lostOf(lost.find(hash));
      return { id: numberIn(row, 'id'), wallet: numberIn(row, 'wallet'), outcome: outcomeOf(row) };
    },
    orderOf(payment) {
      const row = rowOf(selectBody, payment);
      assert(row !== undefined, 'an event names an order that exists');
      return { order: orderIn(row), hash: bytesIn(row, 'hash') };
    },
    pending: () => rowsOf(selectPending).map(pendingOf),
    recent: (count) =>
      rowsOf(selectRecent, count).map((row) => ({
        time: numberIn(row, 'time'),
        order: orderIn(row),
        sums: sumsOfText(textIn(row, 'sums')),
        state: row['position'] === null ? 'refused' : 'paid',
      })),
    counted(day) {
      const today = rowOf(selectToday, day);
      return {
        today: today === undefined ? 0 : numberIn(today, 'payments'),
        total: numberIn(soleRowOf(selectTotal), 'payments'),
      };
    },
    count(day, payments) {
      if (payments > 0) addTally.run(day, payments);
    },
  };
}

/** Every statement, prepared once. */
function statementsOf(sql: DatabaseSync) {
  const insert = sql.prepare(
    'INSERT INTO payment (hash, wallet, day, sums, body, signature) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertPending = sql.prepare(
    `INSERT INTO pending (payment, session, sequence, secrets) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET session = excluded.session, sequence = excluded.sequence`,
  );
  const deletePending = sql.prepare('DELETE FROM pending WHERE payment = ?');
  const insertOutcome = sql.prepare(
    'INSERT INTO outcome (payment, time, position, code, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const selectByHash = sql.prepare(
    `SELECT p.id, p.wallet, o.time, o.position, o.code, o.at
     FROM payment p LEFT JOIN outcome o ON o.payment = p.id WHERE p.hash = ?`,
  );
  const selectBody = sql.prepare('SELECT body, hash FROM payment WHERE id = ?');
  const selectPending = sql.prepare(
    `SELECT p.*, q.sequence, q.secrets, s.name AS session FROM pending q
     JOIN payment p ON p.id = q.payment JOIN session s ON s.id = q.session ORDER BY q.payment`,
  );
  const selectRecent = sql.prepare(
    `SELECT o.time, o.position, p.sums, p.body FROM outcome o JOIN payment p ON p.id = o.payment
     ORDER BY o.payment DESC LIMIT ?`,
  );
  const insertSession = sql.prepare('INSERT INTO session (name) VALUES (?)');
  const addTally = sql.prepare(
    'INSERT INTO tally (day, payments) VALUES (?, ?) ON CONFLICT DO UPDATE SET payments = payments + excluded.payments',
  );
  const selectToday = sql.prepare('SELECT payments FROM tally WHERE day = ?');
  const selectTotal = sql.prepare('SELECT coalesce(sum(payments), 0) AS payments FROM tally');
  return {
    insert,
    insertPending,
    deletePending,
    insertOutcome,
    selectByHash,
    selectBody,
    selectPending,
    selectRecent,
    insertSession,
    addTally,
    selectToday,
    selectTotal,
  };
}

function lostOf(order: LostOrder | undefined): ReturnType<PaymentBook['find']> {
  if (order === undefined) return undefined;
  const { wallet, position, time } = order;
  return { id: undefined, wallet, outcome: { is: 'paid', position, time } };
}

function outcomeColumns(outcome: Outcome): [number, number | null, number | null, string | null] {
  const { time } = outcome;
  if (outcome.is === 'paid') return [time, outcome.position, null, null];
  const { code, at } = outcome.refusal;
  return [time, null, REFUSALS[code].number, at];
}

function orderIn(row: Row): Order {
  const order = orderMessage.decode(bytesIn(row, 'body'));
  assert(order.ok, 'an order that was kept can be read');
  return order.value;
}

function pendingOf(row: Row): PendingPayment {
  const shown = optionalBytesIn(row, 'secrets') ?? new Uint8Array(0);
  const secrets: Uint8Array[] = [];
  for (let at = 0; at < shown.length; at += SECRET_BYTES)
    secrets.push(shown.slice(at, at + SECRET_BYTES));
  return {
    id: numberIn(row, 'id'),
    hash: bytesIn(row, 'hash'),
    wallet: numberIn(row, 'wallet'),
    day: numberIn(row, 'day'),
    sums: sumsOfText(textIn(row, 'sums')),
    body: bytesIn(row, 'body'),
    signature: bytesIn(row, 'signature'),
    order: orderIn(row),
    secrets,
    session: bytesIn(row, 'session'),
    sequence: numberIn(row, 'sequence'),
  };
}

function outcomeOf(row: Row): Outcome | undefined {
  if (row['time'] === null) return undefined;
  const time = numberIn(row, 'time') as Instant;
  const position = optionalNumberIn(row, 'position');
  if (position !== undefined) return { is: 'paid', position, time };
  const code = refusalOfNumber(numberIn(row, 'code'));
  assert(code !== undefined, 'a refusal that was kept is in the registry');
  return { is: 'refused', refusal: { code, at: textIn(row, 'at') }, time };
}
