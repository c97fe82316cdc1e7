/**
 * Turns what the ledger tells into custody: pieces and events of wallets, pieces of the stock,
 * outcomes of orders, draws that were paid, fundings that moved on. One page, one transaction.
 *
 * Spec: 06 §7.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { isStock, operatorOf } from '@specie/core/coin/holder';
import type { Notice } from '@specie/protocol/messages/ledger';
import type { CoinShelf } from '../book/coins.ts';
import { keyOf } from '../book/column.ts';
import type { Found } from '../book/custody.ts';
import type { Funding } from '../book/fundings.ts';
import type { Wallet } from '../book/wallets.ts';
import type { FeedPage } from '../ledger/feed-reader.ts';
import { land, type Flight } from '../ledger/flight.ts';
import type { Office } from './office.ts';
import type { PaymentDesk } from './payment-desk.ts';
import type { StockKeeper } from './stock-keeper.ts';

export interface Custodian {
  /** Keeps a page; durable when it resolves. */
  apply(page: FeedPage): Promise<void>;
  /**
   * Inside the transaction that adds a wallet: gives it what the feed told of its tag before it was
   * here. Later pages follow in later transactions, so events keep the order of the ledger.
   */
  adopt(wallet: Wallet): void;
}

interface Told {
  /** Orders whose outcome is on the disk from now on. */
  readonly settled: Flight[];
  /** Fundings that can go on. */
  readonly moved: Set<number>;
  readonly paidOn: Map<number, number>;
}

interface Rooms {
  readonly office: Office;
  readonly desk: PaymentDesk;
  readonly keeper: StockKeeper;
}

type Made = Notice['made'][number];

/** A custodian. `onFunding` hears of fundings to be carried on. */
export function createCustodian(rooms: Rooms, onFunding: (id: number) => void): Custodian {
  const { office, desk, keeper } = rooms;
  return {
    async apply(page) {
      const told: Told = { settled: [], moved: new Set(), paidOn: new Map() };
      await office.book.writeAlong(() => {
        let position = office.book.custody.position() - 1;
        for (const notice of page.notices) {
          assert(notice.position > position, 'the feed tells each entry once, in order');
          position = notice.position;
          tell(rooms, notice, told);
        }
        for (const [day, payments] of told.paidOn) office.book.payments.count(day, payments);
        office.book.custody.move(page.next);
        office.at('operator.feed.before-commit');
      });
      office.at('operator.feed.after-commit');
      keeper.committed();
      for (const flight of told.settled) desk.forget(flight);
      for (const id of told.moved) onFunding(id);
    },
    adopt(wallet) {
      for (const notice of office.book.unclaimed.take(wallet.tag)) {
        const holder = notice.holder === undefined ? undefined : wallet;
        const by = { holder, payment: undefined };
        consume(rooms, notice, by);
        for (const made of notice.made) make(rooms, notice, made, by);
        if (holder !== undefined) lose(office, notice, holder);
      }
    },
  };
}

function tell(rooms: Rooms, notice: Notice, told: Told): void {
  const { office, desk } = rooms;
  const { book } = office;
  const holder = notice.holder === undefined ? undefined : ownerOf(office, notice.holder);
  const flight = notice.order === undefined ? undefined : desk.flights.get(keyOf(notice.order));
  const payment =
    flight?.payment ??
    (notice.order === undefined || holder === undefined
      ? undefined
      : book.payments.find(notice.order)?.id);
  keepUnclaimed(office, notice);
  consume(rooms, notice, { holder, payment });
  for (const made of notice.made) make(rooms, notice, made, { holder, payment });
  if (holder === undefined) return;
  if (payment === undefined) {
    lose(office, notice, holder);
    return;
  }
  settle(office, notice, payment, told);
  if (holder !== office.stock) {
    const day = book.spending.dayOf(notice.time);
    told.paidOn.set(day, (told.paidOn.get(day) ?? 0) + 1);
  }
  if (flight === undefined) return;
  told.settled.push(flight);
  // The feed may be faster than the answer, and after a restart it is the answer.
  if (flight.outcome === undefined)
    land(flight, { is: 'paid', position: notice.position, time: notice.time });
}

function ownerOf(office: Office, tag: Uint8Array): Wallet | undefined {
  if (operatorOf(tag) !== office.operator) return undefined;
  return isStock(tag) ? office.stock : office.book.wallets.byTag(tag);
}

/** Whether a tag is ours and leads to no wallet: it was opened after the copy this book comes from. */
function isUnclaimed(office: Office, tag: Uint8Array): boolean {
  return operatorOf(tag) === office.operator && ownerOf(office, tag) === undefined;
}

/** Keeps what a notice means for each tag of ours that leads to no wallet yet, and nothing else of it. */
function keepUnclaimed(office: Office, notice: Notice): void {
  const tags = new Map<string, Uint8Array>();
  const look = (tag: Uint8Array): void => {
    if (isUnclaimed(office, tag)) tags.set(keyOf(tag), tag);
  };
  if (notice.holder !== undefined) look(notice.holder);
  for (const { tag } of notice.made) look(tag);
  for (const [key, tag] of tags) {
    const isHolder = notice.holder !== undefined && keyOf(notice.holder) === key;
    const made = notice.made.filter((each) => keyOf(each.tag) === key);
    const own = isHolder
      ? notice
      : { ...notice, holder: undefined, nonce: undefined, consumed: [] };
    office.book.unclaimed.keep(tag, { ...own, made });
  }
}

/** An order of ours that this book does not have: it is known from now on, and counts towards limits. */
function lose(office: Office, notice: Notice, holder: Wallet): void {
  const { order, nonce, position, time } = notice;
  if (order !== undefined && nonce !== undefined)
    office.book.lost.keep(order, nonce, { wallet: holder.id, position, time });
  if (holder !== office.stock) recount(office, notice, holder);
}

function consume({ office, keeper }: Rooms, notice: Notice, { holder, payment }: By): void {
  const { book } = office;
  if (notice.holder !== undefined && isUnclaimed(office, notice.holder)) return;
  for (const { coin: identity, from, to } of notice.consumed) {
    const coin = book.coins.find(identity);
    assert(coin !== undefined, 'a piece that went was told when it came');
    if (holder === undefined || holder === office.stock) keeper.went(coin.id, from);
    else {
      const what = { at: notice, payment, order: notice.order };
      book.custody.went(holder, { coin, from, to }, what);
    }
  }
}

interface By {
  readonly holder: Wallet | undefined;
  readonly payment: number | undefined;
}

function make({ office, keeper }: Rooms, notice: Notice, made: Made, by: By): void {
  const { book } = office;
  const owner = ownerOf(office, made.tag);
  // A tag of ours that leads to no wallet: kept for when its wallet is opened here again.
  if (owner === undefined) return;
  const coin = book.coins.keep(made.coin);
  const isChange = owner === by.holder;
  const found = originOf(office, notice, made, owner, isChange ? by.payment : undefined, isChange);
  if (owner === office.stock) {
    keeper.came({ coin, from: made.from, to: made.to }, made.lock.hash, found);
    return;
  }
  const piece = { coin, from: made.from, to: made.to };
  book.custody.came(owner, piece, { at: notice, found, payment: by.payment, order: notice.order });
}

/** Where the secret of a piece comes from. Spec: 05 §4, 06 §7. */
function originOf(
  { book, stock }: Office,
  notice: Notice,
  made: Made,
  owner: Wallet,
  payment: number | undefined,
  isChange: boolean,
): Found {
  const { hash } = made.lock;
  const drawn = book.locks.drawn(hash);
  if (drawn !== undefined) {
    const { batch, index, draw } = drawn;
    book.locks.paid(hash, drawn);
    return { by: 'batch', batch, index, note: draw.note };
  }
  if (payment !== undefined) return { by: 'own', payment, index: made.output };
  if (isChange && notice.nonce !== undefined)
    return { by: 'words', nonce: notice.nonce, hash, index: made.output, isChange: true };
  const searched = owner === stock ? undefined : book.locks.search(owner, hash);
  if (searched !== undefined) return { by: 'batch', ...searched, note: '' };
  return { by: 'words', nonce: new Uint8Array(16), hash, index: 0, isChange: false };
}

function settle(office: Office, notice: Notice, payment: number, told: Told): void {
  const { payments, fundings } = office.book;
  payments.settle(payment, { is: 'paid', position: notice.position, time: notice.time });
  const funding = fundings.byPayment(payment);
  if (funding === undefined) return;
  const next = nextState(funding);
  if (next === undefined) return;
  fundings.move(funding.id, next, funding.code);
  told.moved.add(funding.id);
}

/** What the ledger's yes to a funding's order means for it. */
function nextState({ kind, state }: Funding): Funding['state'] | undefined {
  if (kind === 'topUp') return state === 'funded' ? 'done' : undefined;
  if (state === 'asked') return 'redeemed';
  return state === 'redeemed' ? 'returned' : undefined;
}

/** An order that this book has lost (it was restored from an older copy) still counts towards limits. */
function recount({ book }: Office, notice: Notice, holder: Wallet): void {
  const paid = new Map<number, bigint>();
  const add = (coins: CoinShelf, identity: Uint8Array, units: number): void => {
    for (const { currency, minorPerUnit } of coins.find(identity)?.coin.basket ?? [])
      paid.set(currency, (paid.get(currency) ?? 0n) + BigInt(minorPerUnit) * BigInt(units));
  };
  for (const { coin, from, to } of notice.consumed) add(book.coins, coin, to - from);
  for (const made of notice.made)
    if (keyOf(made.tag) === keyOf(holder.tag))
      add(book.coins, made.coin.identity, made.from - made.to);
  const day = book.spending.dayOf(notice.time);
  const sums = new Map([...paid].filter(([, amount]) => amount > 0n));
  book.spending.reserve(holder, sums, day);
  book.spending.store(holder, sums, day);
}
