/**
 * `issue`: writes what is to be minted into the book, where the serving process finds it, and waits
 * until it is done. Invariant: each part has its reserve reference on the disk before anybody asks
 * the mint, so it is minted once, whoever stops in between.
 *
 * Spec: 06 §6.
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { refusalOfNumber } from '@specie/core/base/refusals';
import { ISSUE_COINS_MAX } from '@specie/core/ledger/command';
import { parseAmount } from '@specie/core/money/amount';
import { parseCurrency } from '@specie/core/money/currency';
import { Fault } from '@specie/protocol/fault';
import { openCoins } from '../book/coins.ts';
import { openStockBook, type IssueEnd } from '../book/stock.ts';
import { DEFAULT_STOCK } from '../settings.ts';
import { openDataFolder, openDatabases } from './data-folder.ts';

const LOOK_MS = 200;
/** More than this at once is more likely a mistake at the keyboard than a wish. */
const PARTS_MAX = 64;

export interface IssueWish {
  readonly currency: string;
  readonly amount: string;
  readonly time: number;
}

/** What became of a wish. `issued` is in minor units, `code` the refusal's name. */
export interface Issued {
  readonly state: IssueEnd['state'];
  readonly issued: bigint;
  readonly code: string;
}

/** How an amount is minted: coins of the usual size, and one of what is left over. */
export function partsOf(
  amount: bigint,
  unitsPerCoin: number,
): readonly { readonly units: number; readonly coins: number }[] {
  const size = BigInt(unitsPerCoin);
  const parts: { units: number; coins: number }[] = [];
  for (let left = amount / size; left > 0n; left -= BigInt(ISSUE_COINS_MAX))
    parts.push({ units: unitsPerCoin, coins: Math.min(Number(left), ISSUE_COINS_MAX) });
  const rest = Number(amount % size);
  return rest === 0 ? parts : [...parts, { units: rest, coins: 1 }];
}

/** Has an amount minted into the stock; what became of it within the time given. */
export async function issue(
  directory: string,
  wish: IssueWish,
  random: (length: number) => Uint8Array,
  waitMs: number,
): Promise<Issued> {
  const folder = openDataFolder(directory);
  const { currency, parts } = readWish(wish, folder.settings.stock);
  const { book, vault } = openDatabases(folder);
  try {
    const stock = openStockBook(book, openCoins(book));
    const ids = book.transaction(() =>
      parts.map((part) => {
        const number = stock.count('issue');
        return stock.addIssue({
          ...{ ...part, number, currency, reference: random(32), time: wish.time },
        });
      }),
    );
    const isOver = (): boolean => ids.every((id) => stock.issue(id).state !== 'written');
    for (let left = waitMs; left > 0 && !isOver(); left -= LOOK_MS) await pause(LOOK_MS);
    const ends = ids.map((id) => stock.issue(id));
    const refused = ends.find(({ state }) => state === 'refused');
    const open = ends.find(({ state }) => state === 'written');
    const issued = ends
      .filter(({ state }) => state === 'done')
      .reduce((sum, { units, coins }) => sum + BigInt(units) * BigInt(coins), 0n);
    const code = refused === undefined ? '' : (refusalOfNumber(refused.code) ?? '');
    return { state: (open ?? refused)?.state ?? 'done', issued, code };
  } finally {
    book.close();
    vault.close();
  }
}

function readWish(
  wish: IssueWish,
  targets: typeof DEFAULT_STOCK,
): { readonly currency: number; readonly parts: ReturnType<typeof partsOf> } {
  const currency = parseCurrency(wish.currency);
  if (!currency.ok) throw new Fault('currency_unknown', 'never', `there is no ${wish.currency}`);
  const amount = parseAmount(wish.amount, currency.value);
  if (!amount.ok) throw new Fault(amount.refusal.code, 'never', `${wish.amount} is no amount`);
  const { number } = currency.value;
  const target = targets.find((each) => each.currency === number) ?? DEFAULT_STOCK[0];
  const parts = partsOf(amount.value, target?.unitsPerCoin ?? 1);
  if (parts.length === 0 || parts.length > PARTS_MAX)
    throw new Fault('amount_out_of_range', 'never', `${wish.amount} cannot be minted at once`);
  return { currency: number, parts };
}
