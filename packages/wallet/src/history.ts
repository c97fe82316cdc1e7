/**
 * What happened to a wallet, as lines with the difference each made. Invariant: the lines of a
 * currency add up exactly to its balance, so "why is my balance this" has one plain answer.
 *
 * Spec: 05 §9.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import { MINUTE } from '@specie/core/base/instant';
import type { WalletEvent } from '@specie/protocol/messages/wallet';
import type { Book, Booking, Finding } from './book.ts';
import type { OwnFunding, OwnOrder } from './records.ts';
import { addWorth, givenBy, isCarried, type Sums } from './standing.ts';

/** One line of a wallet's history. `sums` is the difference it made: zero while nothing moved. */
export type HistoryLine = {
  readonly time: number;
  readonly sums: Sums;
} & (
  | { readonly is: 'order'; readonly own: OwnOrder }
  | { readonly is: 'received'; readonly note: string; readonly position: number }
  | { readonly is: 'toppedUp'; readonly account: string; readonly position: number }
  | {
      /** Something went out before this wallet was brought back from its words. */
      readonly is: 'past';
      readonly order: Uint8Array;
    }
  | {
      /** The operator's account says something that this wallet did not order or cannot open. */
      readonly is: 'finding';
      readonly finding: Finding;
    }
  | { readonly is: 'funding'; readonly funding: OwnFunding }
);

/** What a line is worked out from. */
export interface Account {
  readonly book: Book;
  readonly orders: readonly OwnOrder[];
  readonly fundings: readonly OwnFunding[];
}

/** The history, newest last. */
export function historyOf(account: Account): readonly HistoryLine[] {
  const { book, orders, fundings } = account;
  const carried = new Map(
    orders
      .filter((own) => own.state.is === 'paid' && isCarried(own, book))
      .map((own) => [hexOf(own.hash), own]),
  );
  const lines = [
    ...orders.map((own): HistoryLine => {
      const sums = carried.has(hexOf(own.hash)) ? negated(givenBy(own.order, book)) : new Map();
      return { is: 'order', time: timeOf(own), sums, own };
    }),
    ...withTopUps(eventLines(account, carried), fundings),
  ];
  return lines.sort((a, b) => a.time - b.time || placeOf(a) - placeOf(b));
}

/** When an order moved money, by the ledger; until then, when it was signed. */
const timeOf = ({ state, signedAt }: OwnOrder): number =>
  state.is === 'paid' ? state.time : signedAt;

/** Where in the ledger a line stands; what is not there yet comes last. */
function placeOf(line: HistoryLine): number {
  if (line.is === 'order') return line.own.state.is === 'paid' ? line.own.state.position : Infinity;
  if (line.is === 'received' || line.is === 'toppedUp') return line.position;
  return line.is === 'finding' ? line.finding.event.position : Infinity;
}

/**
 * Tells bought money from received money: the first line of the same amount and without a note that
 * came after a top-up was asked for is that top-up. Nothing but the word depends on it.
 */
function withTopUps(
  lines: readonly HistoryLine[],
  fundings: readonly OwnFunding[],
): readonly HistoryLine[] {
  const told = [...lines];
  const topUps = fundings.filter(({ kind }) => kind === 'topUp');
  for (const funding of topUps.sort((a, b) => a.askedAt - b.askedAt)) {
    const { currency, amount, account, askedAt, state } = funding;
    const place = told.findIndex(
      (line) =>
        line.is === 'received' &&
        line.note === '' &&
        line.time >= askedAt - 5 * MINUTE &&
        line.sums.size === 1 &&
        line.sums.get(currency) === amount,
    );
    const found = told[place];
    if (found?.is === 'received' && state !== 'refused')
      told[place] = {
        is: 'toppedUp',
        time: found.time,
        sums: found.sums,
        account,
        position: found.position,
      };
    else if (state !== 'done')
      told.push({ is: 'funding', time: askedAt, sums: new Map(), funding });
  }
  return told;
}

function eventLines(
  { book }: Account,
  carried: ReadonlyMap<string, OwnOrder>,
): readonly HistoryLine[] {
  const findings = new Map(book.findings.map((finding) => [finding.event.number, finding]));
  const lines = new Map<string, HistoryLine>();
  const nonces = new Set([...carried.values()].map(({ order }) => hexOf(order.nonce)));
  for (const booking of book.bookings) {
    const { event, piece } = booking;
    const finding = findings.get(event.number);
    const isNetted = finding === undefined && isPartOf(booking, carried, nonces);
    if (isNetted) continue;
    const sums = new Map<number, bigint>();
    if (piece !== undefined)
      addWorth(sums, piece.coin.basket, piece.to - piece.from, event.what.is === 'came' ? 1n : -1n);
    const line = lineOf(event, finding, sums);
    const key = finding === undefined ? keyOf(event, line) : `finding ${event.number}`;
    const before = lines.get(key);
    lines.set(key, before === undefined ? line : { ...before, sums: added(before.sums, sums) });
  }
  return [...lines.values()];
}

/** Whether an event belongs to an own paid order, whose line already tells the difference it made. */
function isPartOf(
  { event, piece }: Booking,
  carried: ReadonlyMap<string, OwnOrder>,
  nonces: ReadonlySet<string>,
): boolean {
  if (piece === undefined) return false;
  const { what } = event;
  if (what.is === 'went') return carried.has(hexOf(what.order));
  return nonces.has(hexOf(what.origin.nonce));
}

function lineOf(event: WalletEvent, finding: Finding | undefined, sums: Sums): HistoryLine {
  const { what, time, position } = event;
  if (finding !== undefined) return { is: 'finding', time, sums, finding };
  if (what.is === 'went') return { is: 'past', time, sums, order: what.order };
  if (what.isChange && what.order !== undefined)
    return { is: 'past', time, sums, order: what.order };
  return { is: 'received', time, sums, note: what.note, position };
}

/** Events that one line tells: one payment received, one order of the past. */
function keyOf(event: WalletEvent, line: HistoryLine): string {
  if (line.is === 'past') return `past ${hexOf(line.order)}`;
  return `${line.is} ${event.position}`;
}

export function added(a: Sums, b: Sums): Sums {
  const sums = new Map(a);
  for (const [currency, amount] of b) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return sums;
}

function negated(sums: Sums): Sums {
  return new Map([...sums].map(([currency, amount]) => [currency, -amount]));
}

/** One line of the answer to "why is my balance this". */
export interface WhyLine {
  readonly is: HistoryLine['is'] | 'paid' | 'cashedOut';
  readonly count: number;
  readonly amount: bigint;
}

/** Lines that add up to the balance of a currency: each kind of movement once. */
export function explain(history: readonly HistoryLine[], currency: number): readonly WhyLine[] {
  const lines = new Map<WhyLine['is'], WhyLine>();
  for (const line of history) {
    const amount = line.sums.get(currency) ?? 0n;
    if (amount === 0n) continue;
    const is = kindOf(line);
    const before = lines.get(is) ?? { is, count: 0, amount: 0n };
    lines.set(is, { is, count: before.count + 1, amount: before.amount + amount });
  }
  return [...lines.values()];
}

function kindOf(line: HistoryLine): WhyLine['is'] {
  if (line.is !== 'order') return line.is;
  return line.own.purpose === 'cashOut' ? 'cashedOut' : 'paid';
}
