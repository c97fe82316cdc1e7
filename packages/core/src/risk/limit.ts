/**
 * Limits of wallet tiers, as dated data: what a wallet may hold, pay at once, pay in a day and in a
 * year. They change by publishing a new row with a later date, never by changing code.
 *
 * Spec: 08 §2. The figures of the lowest tier are those published for e-CNY wallets opened with a
 * phone number alone.
 * @module
 */
import { DAY, MINUTE, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';

/** Strength of identification, strongest first: IV is opened with a phone number or an e-mail alone. */
export type Tier = 'I' | 'II' | 'III' | 'IV';

export interface LimitRow {
  readonly tier: Tier;
  readonly currency: number;
  /** In force from this instant until a later row of the same tier and currency. */
  readonly from: number;
  readonly balance: bigint;
  readonly payment: bigint;
  readonly day: bigint;
  readonly year: bigint;
}

export interface LimitTable {
  /** Minutes after midnight UTC at which a day begins; negative offsets are written modulo a day. */
  readonly dayStartsAt: number;
  readonly rows: readonly LimitRow[];
}

const CNY = 156;
const EUR = 978;

/** The sample set: China's days, and the published figures in minor units. */
export const SAMPLE_LIMITS: LimitTable = {
  dayStartsAt: 16 * 60,
  rows: [
    {
      tier: 'IV',
      currency: CNY,
      from: 0,
      balance: 1_000_000n,
      payment: 200_000n,
      day: 500_000n,
      year: 5_000_000n,
    },
    {
      tier: 'IV',
      currency: EUR,
      from: 0,
      balance: 130_000n,
      payment: 25_000n,
      day: 65_000n,
      year: 650_000n,
    },
  ],
};

/** What a wallet has paid already. */
export interface Spent {
  readonly day: bigint;
  readonly year: bigint;
}

/** The row in force for a tier and currency at an instant. */
export function limitsAt(
  table: LimitTable,
  tier: Tier,
  currency: number,
  now: Instant,
): Result<LimitRow> {
  let found: LimitRow | undefined;
  for (const row of table.rows) {
    if (row.tier !== tier || row.currency !== currency || row.from > now) continue;
    if (found === undefined || row.from > found.from) found = row;
  }
  return found === undefined ? refuse('limit_missing') : accept(found);
}

/** Number of the day an instant falls in, by the table's midnight. */
export function dayOf(table: LimitTable, now: Instant): number {
  return Math.floor((now - table.dayStartsAt * MINUTE) / DAY) + 1;
}

/** Days that count towards the yearly limit: the last 365 with today. */
export const YEAR_DAYS = 365;

/** Whether a payment of `amount` is allowed after what was spent. */
export function checkPayment(row: LimitRow, amount: bigint, spent: Spent): Result<true> {
  if (amount > row.payment) return refuse('limit_payment');
  if (spent.day + amount > row.day) return refuse('limit_day');
  if (spent.year + amount > row.year) return refuse('limit_year');
  return accept(true);
}

/** Whether a wallet that holds or awaits `held` may receive `amount`. */
export function checkBalance(row: LimitRow, held: bigint, amount: bigint): Result<true> {
  return held + amount > row.balance ? refuse('limit_balance') : accept(true);
}
