/**
 * Top-ups and cash-outs, each a row that says how far it is. Invariant: a step is taken only when
 * the row says that the one before is done, and the row is on the disk before the next begins.
 *
 * Spec: 06 §6.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import type { Database } from '@specie/stores/database';
import {
  amountIn,
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
import type { Wallet, WalletShelf } from './wallets.ts';

export type FundingState = 'asked' | 'funded' | 'redeemed' | 'done' | 'refused' | 'returned';

export interface Funding {
  readonly id: number;
  readonly wallet: Wallet;
  readonly reference: Uint8Array;
  readonly kind: 'topUp' | 'cashOut';
  readonly currency: number;
  readonly amount: bigint;
  readonly account: string;
  readonly state: FundingState;
  /** Number of the refusal behind `refused`, or behind a return under way or done; 0 for none. */
  readonly code: number;
  /** Orders that were tried for it. */
  readonly tries: number;
  /** Hash of the redeeming order of a cash-out. */
  readonly redeemedBy: Uint8Array | undefined;
  /** Row of its newest order. */
  readonly payment: number | undefined;
}

export interface FundingBook {
  /** Inside a transaction. */
  add(
    given: Pick<Funding, 'wallet' | 'reference' | 'kind' | 'currency' | 'amount' | 'account'> &
      Partial<Pick<Funding, 'redeemedBy'>>,
  ): number;
  find(wallet: Wallet, reference: Uint8Array): Funding | undefined;
  byId(id: number): Funding;
  byPayment(payment: number): Funding | undefined;
  open(): readonly Funding[];
  /** Money of top-ups that have not reached the wallet yet. */
  awaited(wallet: Wallet, currency: number): bigint;
  /** Inside a transaction. */
  move(id: number, state: FundingState, code?: number): void;
  /** Inside a transaction: the order that is tried now. */
  order(id: number, payment: number): void;
}

/** The fundings of a book. */
export function openFundings({ sql }: Database, wallets: WalletShelf): FundingBook {
  const insert = sql.prepare(
    `INSERT INTO funding (wallet, reference, kind, currency, amount, account, redeemed_by, state,
       code, tries) VALUES (?, ?, ?, ?, ?, ?, ?, 'asked', 0, 0)`,
  );
  const selectByReference = sql.prepare('SELECT * FROM funding WHERE wallet = ? AND reference = ?');
  const selectById = sql.prepare('SELECT * FROM funding WHERE id = ?');
  const selectByPayment = sql.prepare('SELECT * FROM funding WHERE payment = ?');
  const selectOpen = sql.prepare(
    "SELECT * FROM funding WHERE state IN ('asked', 'funded', 'redeemed') ORDER BY id",
  );
  const selectAwaited = sql.prepare(
    `SELECT coalesce(sum(amount), 0) AS amount FROM funding
     WHERE wallet = ? AND kind = 'topUp' AND currency = ?
       AND (state = 'asked' OR (state = 'funded' AND payment IS NULL))`,
  );
  for (const each of [selectByReference, selectById, selectByPayment, selectOpen, selectAwaited])
    each.setReadBigInts(true);
  const update = sql.prepare('UPDATE funding SET state = ?, code = ? WHERE id = ?');
  const updateOrder = sql.prepare('UPDATE funding SET payment = ?, tries = tries + 1 WHERE id = ?');

  const fundingOf = (row: Row): Funding => ({
    id: numberIn(row, 'id'),
    wallet: wallets.byId(numberIn(row, 'wallet')),
    reference: bytesIn(row, 'reference'),
    kind: textIn(row, 'kind') as Funding['kind'],
    currency: numberIn(row, 'currency'),
    amount: amountIn(row, 'amount'),
    account: textIn(row, 'account'),
    state: textIn(row, 'state') as FundingState,
    code: numberIn(row, 'code'),
    tries: numberIn(row, 'tries'),
    redeemedBy: optionalBytesIn(row, 'redeemed_by'),
    payment: optionalNumberIn(row, 'payment'),
  });
  const found = (row: Row | undefined): Funding | undefined =>
    row === undefined ? undefined : fundingOf(row);

  return {
    add({ wallet, reference, kind, currency, amount, account, redeemedBy }) {
      const what = [kind, currency, amount, account, redeemedBy ?? null] as const;
      return Number(insert.run(wallet.id, reference, ...what).lastInsertRowid);
    },
    find: (wallet, reference) => found(rowOf(selectByReference, wallet.id, reference)),
    byId(id) {
      const funding = found(rowOf(selectById, id));
      assert(funding !== undefined, 'a funding that was kept is there');
      return funding;
    },
    byPayment: (payment) => found(rowOf(selectByPayment, payment)),
    open: () => rowsOf(selectOpen).map(fundingOf),
    awaited: (wallet, currency) =>
      amountIn(soleRowOf(selectAwaited, wallet.id, currency), 'amount'),
    move: (id, state, code = 0) => void update.run(state, code, id),
    order: (id, payment) => void updateOrder.run(payment, id),
  };
}
