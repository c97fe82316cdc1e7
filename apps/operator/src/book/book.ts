/**
 * The operator's book: every table behind one writer. What may be asked of it is in the parts; this
 * only puts them together in the order in which they need each other.
 *
 * Spec: 06 §7.
 * @module
 */
import type { LimitTable } from '@specie/core/risk/limit';
import type { Database } from '@specie/stores/database';
import { openCoins, type CoinShelf } from './coins.ts';
import { openCustody, type CustodyBook } from './custody.ts';
import { openFundings, type FundingBook } from './fundings.ts';
import { openLocks, type LockBook } from './locks.ts';
import { openLostOrders, type LostOrders } from './lost-orders.ts';
import { openPayments, type PaymentBook } from './payments.ts';
import { openSpending, type SpendingBook } from './spending.ts';
import { openStockBook, type StockBook } from './stock.ts';
import { openUnclaimed, type Unclaimed } from './unclaimed.ts';
import { openWallets, type WalletShelf } from './wallets.ts';
import { createWriter, type Writer } from './writer.ts';

export interface Book extends Writer {
  readonly wallets: WalletShelf;
  readonly coins: CoinShelf;
  readonly locks: LockBook;
  readonly payments: PaymentBook;
  readonly lost: LostOrders;
  readonly unclaimed: Unclaimed;
  readonly spending: SpendingBook;
  readonly custody: CustodyBook;
  readonly stock: StockBook;
  readonly fundings: FundingBook;
}

/** The book over its database. `onBroken` hears of a commit that failed, after which nothing may go on. */
export function openBook(
  database: Database,
  limits: LimitTable,
  onBroken: (cause: unknown) => void,
): Book {
  // Cells of settled secrets are overwritten, not only forgotten.
  database.sql.exec('PRAGMA secure_delete = ON');
  const wallets = openWallets(database);
  const coins = openCoins(database);
  const locks = openLocks(database, wallets);
  const lost = openLostOrders(database);
  const payments = openPayments(database, lost);
  return {
    ...createWriter(database, onBroken),
    wallets,
    coins,
    locks,
    payments,
    lost,
    unclaimed: openUnclaimed(database),
    spending: openSpending(database, limits),
    custody: openCustody(database, { coins, locks, payments }),
    stock: openStockBook(database, coins),
    fundings: openFundings(database, wallets),
  };
}
