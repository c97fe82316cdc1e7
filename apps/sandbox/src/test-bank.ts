/**
 * The test bank: accounts with money that exists nowhere, so that top-ups and cash-outs have
 * another side. Debits and credits are durable before they are answered and idempotent by
 * reference: a repeat gets the old answer, and a repeat that asks for something else is refused.
 *
 * Spec: 11 §3.
 * @module
 */
import type { Database, Migration } from '@specie/stores/database';
import type { DatabaseSync } from 'node:sqlite';

/** Opening balance of every account, in minor units of each currency. */
const OPENING = 10_000_000n;
const CURRENCIES = ['CNY', 'EUR'] as const;
const ACCOUNT = /^TB-[0-9]{4}$/;

export interface BankRequest {
  readonly reference: string;
  readonly account: string;
  readonly currency: string;
  readonly amount: string;
  readonly operator: number;
}

export type BankAnswer =
  | { readonly state: 'done' }
  | {
      readonly state: 'refused';
      readonly reason:
        | 'account_unknown'
        | 'currency_unknown'
        | 'amount_invalid'
        | 'funds_insufficient'
        | 'reference_reused';
    };

export interface BankAccount {
  readonly account: string;
  readonly currency: string;
  readonly balance: string;
}

/** Tables of the bank. */
export const BANK_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE account (
        name TEXT, currency TEXT, balance INTEGER NOT NULL, PRIMARY KEY (name, currency)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE movement (
        reference TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, currency TEXT NOT NULL,
        amount INTEGER NOT NULL, operator INTEGER NOT NULL, answer TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** The bank over an open database. */
export class TestBank {
  private readonly store: Database;
  private readonly database: DatabaseSync;

  constructor(store: Database) {
    this.store = store;
    this.database = store.sql;
  }

  /** Takes money from an account (`debit`) or gives it (`credit`). */
  move(kind: 'debit' | 'credit', request: BankRequest): BankAnswer {
    return this.store.transaction(() => this.decide(kind, request));
  }

  accounts(): readonly BankAccount[] {
    const rows = this.database.prepare(
      'SELECT name, currency, balance FROM account ORDER BY name, currency',
    );
    rows.setReadBigInts(true);
    return rows.all().map((row) => ({
      account: String(row['name']),
      currency: String(row['currency']),
      balance: String(row['balance']),
    }));
  }

  private decide(kind: 'debit' | 'credit', request: BankRequest): BankAnswer {
    const { reference, account, currency, operator } = request;
    if (!/^[0-9]{1,15}$/.test(request.amount))
      return { state: 'refused', reason: 'amount_invalid' };
    const amount = BigInt(request.amount);
    const before = this.database
      .prepare(
        'SELECT kind, account, currency, CAST(amount AS TEXT) AS amount, operator, answer FROM movement WHERE reference = ?',
      )
      .get(reference);
    if (before !== undefined) {
      const isSame =
        before['kind'] === kind &&
        before['account'] === account &&
        before['currency'] === currency &&
        before['amount'] === amount.toString() &&
        before['operator'] === operator;
      return isSame
        ? (JSON.parse(String(before['answer'])) as BankAnswer)
        : { state: 'refused', reason: 'reference_reused' };
    }
    const answer = this.post(kind, account, currency, amount);
    this.database
      .prepare(
        'INSERT INTO movement (reference, kind, account, currency, amount, operator, answer) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(reference, kind, account, currency, amount, operator, JSON.stringify(answer));
    return answer;
  }

  private post(
    kind: 'debit' | 'credit',
    account: string,
    currency: string,
    amount: bigint,
  ): BankAnswer {
    if (!ACCOUNT.test(account)) return { state: 'refused', reason: 'account_unknown' };
    if (!CURRENCIES.some((known) => known === currency))
      return { state: 'refused', reason: 'currency_unknown' };
    if (amount === 0n) return { state: 'refused', reason: 'amount_invalid' };
    for (const each of CURRENCIES) {
      this.database
        .prepare(
          'INSERT INTO account (name, currency, balance) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(account, each, OPENING);
    }
    const signed = kind === 'debit' ? -amount : amount;
    const changed = this.database
      .prepare(
        'UPDATE account SET balance = balance + ?1 WHERE name = ?2 AND currency = ?3 AND balance + ?1 >= 0',
      )
      .run(signed, account, currency);
    return changed.changes === 1
      ? { state: 'done' }
      : { state: 'refused', reason: 'funds_insufficient' };
  }
}
