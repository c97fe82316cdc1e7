/**
 * What wallets have paid, by day, so that limits hold across restarts. Invariant: an amount is
 * counted before its order is sent and given back when, and only when, the order is refused.
 *
 * Spec: 08 §2.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { checkPayment, dayOf, limitsAt, YEAR_DAYS, type LimitTable } from '@specie/core/risk/limit';
import type { Database } from '@specie/stores/database';
import type { Sums } from '../rule/order-check.ts';
import { amountIn, rowOf } from './column.ts';
import type { SpentRecord, Wallet } from './wallets.ts';

export interface SpendingBook {
  dayOf(now: Instant): number;
  /** Whether the limits allow these payments now. */
  check(wallet: Wallet, sums: Sums, now: Instant): Result<true>;
  /** Counts amounts in memory; `store` has to follow within the transaction that keeps the order. */
  reserve(wallet: Wallet, sums: Sums, day: number): void;
  /** Inside a transaction: keeps what was reserved. */
  store(wallet: Wallet, sums: Sums, day: number): void;
  /** Inside a transaction: gives amounts back that were kept for a day. */
  release(wallet: Wallet, sums: Sums, day: number): void;
}

/** The spending of a book under a table of limits. */
export function openSpending({ sql }: Database, limits: LimitTable): SpendingBook {
  const selectToday = sql.prepare(
    'SELECT amount FROM spent WHERE wallet = ? AND currency = ? AND day = ?',
  );
  const selectBefore = sql.prepare(
    `SELECT coalesce(sum(amount), 0) AS amount FROM spent
     WHERE wallet = ? AND currency = ? AND day > ? AND day < ?`,
  );
  for (const each of [selectToday, selectBefore]) each.setReadBigInts(true);
  const add = sql.prepare(
    `INSERT INTO spent (wallet, currency, day, amount) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET amount = amount + excluded.amount`,
  );

  const recordOf = (wallet: Wallet, currency: number, day: number): SpentRecord => {
    const known = wallet.spent.get(currency);
    if (known?.day === day) return known;
    const today = rowOf(selectToday, wallet.id, currency, day);
    const before = rowOf(selectBefore, wallet.id, currency, day - YEAR_DAYS, day);
    const record = {
      day,
      today: today === undefined ? 0n : amountIn(today, 'amount'),
      before: before === undefined ? 0n : amountIn(before, 'amount'),
    };
    wallet.spent.set(currency, record);
    return record;
  };
  const count = (wallet: Wallet, currency: number, day: number, amount: bigint): void => {
    const record = wallet.spent.get(currency);
    if (record === undefined) return;
    if (record.day === day) record.today += amount;
    // The clock passed midnight between counting and giving back.
    else if (day < record.day && day > record.day - YEAR_DAYS) record.before += amount;
  };

  return {
    dayOf: (now) => dayOf(limits, now),
    check(wallet, sums, now) {
      const day = dayOf(limits, now);
      for (const [currency, amount] of sums) {
        const row = limitsAt(limits, wallet.tier, currency, now);
        if (!row.ok) return refuse(row.refusal.code, '.order');
        const { today, before } = recordOf(wallet, currency, day);
        const spent = { day: today, year: today + before };
        const verdict = checkPayment(row.value, amount, spent);
        if (!verdict.ok) return refuse(verdict.refusal.code, '.order');
      }
      return accept(true);
    },
    reserve(wallet, sums, day) {
      for (const [currency, amount] of sums) count(wallet, currency, day, amount);
    },
    store(wallet, sums, day) {
      for (const [currency, amount] of sums) add.run(wallet.id, currency, day, amount);
    },
    release(wallet, sums, day) {
      for (const [currency, amount] of sums) {
        add.run(wallet.id, currency, day, -amount);
        count(wallet, currency, day, -amount);
      }
    },
  };
}
