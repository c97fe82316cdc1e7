/**
 * `retire`: leaves the wish to give stock back in the book, where the serving process finds it, and
 * waits until it is done.
 *
 * Spec: 06 §6.
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseAmount } from '@specie/core/money/amount';
import { parseCurrency } from '@specie/core/money/currency';
import { Fault } from '@specie/protocol/fault';
import { openCoins } from '../book/coins.ts';
import { openStockBook, type Retirement } from '../book/stock.ts';
import { openDataFolder, openDatabases } from './data-folder.ts';

const LOOK_MS = 200;

/** Asks for a retirement of at most an amount; what became of it within the time given. */
export async function retire(
  directory: string,
  wish: { readonly currency: string; readonly amount: string; readonly time: number },
  waitMs: number,
): Promise<Retirement> {
  const currency = parseCurrency(wish.currency);
  if (!currency.ok) throw new Fault('currency_unknown', 'never', `there is no ${wish.currency}`);
  const amount = parseAmount(wish.amount, currency.value);
  if (!amount.ok) throw new Fault(amount.refusal.code, 'never', `${wish.amount} is no amount`);
  const { book, vault } = openDatabases(openDataFolder(directory));
  try {
    const stock = openStockBook(book, openCoins(book));
    const id = book.transaction(() =>
      stock.askRetirement(currency.value.number, amount.value, wish.time),
    );
    for (let left = waitMs; left > 0; left -= LOOK_MS) {
      const { state } = stock.retirement(id);
      if (state === 'done' || state === 'refused') break;
      await pause(LOOK_MS);
    }
    return stock.retirement(id);
  } finally {
    book.close();
    vault.close();
  }
}
