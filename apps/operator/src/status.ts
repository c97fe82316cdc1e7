/**
 * What an operator may tell everybody: figures, and nothing that leads to a person.
 *
 * Spec: 06 §8.
 * @module
 */
import { currencyOfNumber } from '@specie/core/money/currency';
import type { Office } from './desk/office.ts';

const RECENT = 20;

/** The public figures as JSON: amounts in minor units as decimal text. */
export function statusOf(
  { settings, book, clock }: Office,
  now: {
    readonly isReady: boolean;
    readonly amounts: readonly { readonly currency: number; readonly amount: bigint }[];
  },
): unknown {
  const { number, name, url, authority } = settings;
  return {
    number,
    name,
    url,
    authority,
    ready: now.isReady,
    ledgerPosition: book.custody.position(),
    // The stock is kept like a wallet and is none.
    wallets: book.wallets.count() - 1,
    payments: book.payments.counted(book.spending.dayOf(clock())),
    stock: now.amounts.map(amountJson),
    recent: book.payments.recent(RECENT).map(({ time, order, sums, state }) => ({
      time,
      verb: order.verb,
      amounts: [...sums].map(([currency, amount]) => amountJson({ currency, amount })),
      state,
    })),
  };
}

function amountJson({ currency, amount }: { readonly currency: number; readonly amount: bigint }): {
  readonly currency: string;
  readonly amount: string;
} {
  const known = currencyOfNumber(currency);
  return { currency: known.ok ? known.value.code : `${currency}`, amount: amount.toString() };
}
