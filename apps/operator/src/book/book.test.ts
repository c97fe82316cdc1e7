/** The book's promises, on a database in memory: offered once, erased, given back, counted once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { tagOf } from '@specie/core/coin/holder';
import { sha256 } from '@specie/core/crypto/hash';
import { batchRoot } from '@specie/core/payment/lock-batch';
import { orderMessage } from '@specie/core/payment/order';
import { SAMPLE_LIMITS } from '@specie/core/risk/limit';
import { openDatabase, type Database } from '@specie/stores/database';
import { openBook, type Book } from './book.ts';
import { BOOK_KIND, BOOK_MIGRATIONS } from './schema.ts';
import type { Wallet } from './wallets.ts';

const NOW = instantOf(1_800_000_000_000);
const LATER = instantOf(NOW + 1_000_000);
const AT = { now: NOW, until: LATER };
let database: Database;
let book: Book;
let wallet: Wallet;

const open = (): Book =>
  openBook(database, SAMPLE_LIMITS, (cause) => {
    throw cause;
  });

beforeEach(async () => {
  database = openDatabase({ path: ':memory:', kind: BOOK_KIND, migrations: BOOK_MIGRATIONS });
  book = open();
  wallet = await book.write(() =>
    book.wallets.add({
      address: new Uint8Array(20).fill(1),
      publicKey: new Uint8Array(1312),
      tag: tagOf(1, new Uint8Array(12).fill(1)),
      tier: 'IV',
      shown: 'a•••@example.org',
      openedAt: NOW,
    }),
  );
});
afterEach(() => {
  database.close();
});

async function leave(count: number, nonce: number): Promise<readonly Uint8Array[]> {
  const hashes = Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(nonce, i)));
  const head = {
    authority: new Uint8Array(32),
    owner: { operator: 1, wallet: wallet.address },
    nonce: new Uint8Array(16).fill(nonce),
    count,
    root: batchRoot(hashes),
    ends: instantOf(LATER + nonce),
  };
  const signature = new Uint8Array(2420);
  const kept = await book.write(() => book.locks.keep(wallet, { head, signature, hashes }, NOW));
  expect(kept.ok).toBe(true);
  return hashes;
}

async function drawOne(from: Book, owner: Wallet): Promise<number | string> {
  const sums = new Map([[156, 10n]]);
  const taken = from.locks.take(owner, { count: 1, sums, note: 'n' }, AT);
  if (!taken.ok) return taken.refusal.code;
  await from.write(() => from.locks.mark(taken.value));
  return taken.value.locks[0]!.index;
}

test('offers each lock once, the batch that ends first before the others, also after a restart', async () => {
  await leave(1, 9);
  await leave(3, 2);
  expect([await drawOne(book, wallet), await drawOne(book, wallet)]).toEqual([0, 1]);
  const again = open();
  const same = again.wallets.byId(wallet.id);
  expect(same.awaited).toEqual(new Map([[156, 20n]]));
  const rest = [await drawOne(again, same), await drawOne(again, same), await drawOne(again, same)];
  expect(rest).toEqual([2, 0, 'locks_exhausted']);
});

test('marks what several draws took at once in whatever order they are kept', async () => {
  await leave(4, 2);
  const take = () => book.locks.take(wallet, { count: 1, sums: new Map(), note: '' }, AT);
  const [first, second] = [take(), take()];
  if (!first.ok || !second.ok) throw new Error('there are locks');
  await book.write(() => book.locks.mark(second.value));
  await book.write(() => book.locks.mark(first.value));
  const again = open();
  expect(await drawOne(again, again.wallets.byId(wallet.id))).toBe(2);
});

test('waits for what was drawn until it is paid, and until it cannot be paid any more', async () => {
  const hashes = await leave(4, 2);
  await drawOne(book, wallet);
  await drawOne(book, wallet);
  expect(wallet.awaited.get(156)).toBe(20n);
  await book.write(() => {
    const drawn = book.locks.drawn(hashes[0]!);
    if (drawn === undefined) throw new Error('it was drawn');
    book.locks.paid(hashes[0]!, drawn);
  });
  expect(book.locks.drawn(hashes[0]!)).toBeUndefined();
  expect(wallet.awaited.get(156)).toBe(10n);
  expect(await book.write(() => book.locks.expire(LATER))).toBe(1);
  expect(wallet.awaited.get(156)).toBe(0n);
  expect(book.locks.search(wallet, hashes[0]!)).toEqual({ batch: 1, index: 0 });
});

const body = orderMessage.encode({
  authority: new Uint8Array(32),
  operator: 1,
  holder: tagOf(1, new Uint8Array(12).fill(1)),
  verb: 'transfer',
  end: NOW,
  nonce: new Uint8Array(16),
  parts: [
    {
      coin: new Uint8Array(32),
      inputs: [{ from: 0, to: 1 }],
      outputs: [
        { to: 1, lock: { kind: 'secret', hash: new Uint8Array(32) }, tag: new Uint8Array(16) },
      ],
    },
  ],
});

async function sent(sums: ReadonlyMap<number, bigint>, day: number): Promise<number> {
  return book.write(() => {
    const signature = new Uint8Array(2420);
    const hash = sha256(Uint8Array.of(day));
    const row = book.payments.add({ hash, wallet: wallet.id, day, sums, body, signature });
    book.spending.store(wallet, sums, day);
    book.payments.send(row, new Uint8Array(16).fill(6), 1, [new Uint8Array(32).fill(0xab)]);
    return row;
  });
}

test('erases secrets when an order is settled, from the file itself', async () => {
  const row = await sent(new Map(), 1);
  expect(book.payments.pending()).toHaveLength(1);
  await book.write(() => {
    book.payments.settle(row, { is: 'paid', position: 1, time: NOW });
  });
  expect(book.payments.pending()).toEqual([]);
  const whole = Buffer.from(database.sql.serialize());
  expect(whole.includes(Buffer.alloc(32, 0xab))).toBe(false);
  expect(book.payments.find(sha256(Uint8Array.of(1)))?.outcome).toMatchObject({ is: 'paid' });
});

test('counts what is paid towards day and year, and gives it back', async () => {
  const sums = new Map([[156, 200_000n]]);
  const day = book.spending.dayOf(NOW);
  const check = (): string => {
    const verdict = book.spending.check(wallet, sums, NOW);
    return verdict.ok ? 'accepted' : verdict.refusal.code;
  };
  for (let i = 0; i < 2; i++) {
    expect(check()).toBe('accepted');
    book.spending.reserve(wallet, sums, day);
    await book.write(() => {
      book.spending.store(wallet, sums, day);
    });
  }
  expect(check()).toBe('limit_day');
  const again = open();
  expect(again.spending.check(again.wallets.byId(wallet.id), sums, NOW).ok).toBe(false);
  await book.write(() => {
    book.spending.release(wallet, sums, day);
  });
  expect(check()).toBe('accepted');
});
