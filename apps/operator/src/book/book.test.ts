/** The book's promises, on a database in memory: offered once, erased, given back, counted once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import type { Coin } from '@specie/core/coin/coin';
import { tagOf } from '@specie/core/coin/holder';
import { sha256 } from '@specie/core/crypto/hash';
import { batchRoot, type LockBatch } from '@specie/core/payment/lock-batch';
import { orderMessage } from '@specie/core/payment/order';
import { SAMPLE_LIMITS } from '@specie/core/risk/limit';
import type { Notice } from '@specie/protocol/messages/ledger';
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

const hashesOf = (count: number, nonce: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(nonce, i)));

function batchOf(count: number, nonce: number, hashes = hashesOf(count, nonce)): LockBatch {
  const head = {
    authority: new Uint8Array(32),
    owner: { operator: 1, wallet: wallet.address },
    nonce: new Uint8Array(16).fill(nonce),
    count,
    root: batchRoot(hashes),
    ends: instantOf(LATER + nonce),
  };
  return { head, signature: new Uint8Array(2420), hashes };
}

async function keep(batch: LockBatch, how?: 'spent'): Promise<number | string> {
  const kept = await book.write(() => book.locks.keep(wallet, batch, NOW, how));
  return kept.ok ? kept.value.left : kept.refusal.code;
}

async function leave(count: number, nonce: number): Promise<readonly Uint8Array[]> {
  const batch = batchOf(count, nonce);
  expect(await keep(batch)).toBeTypeOf('number');
  return batch.hashes;
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

test('takes the same batch again without a change, and another one under its nonce not at all', async () => {
  expect(await keep(batchOf(4, 2))).toBe(4);
  await drawOne(book, wallet);
  expect(await keep(batchOf(4, 2))).toBe(3);
  expect(await keep(batchOf(4, 2), 'spent')).toBe(3);
  expect(await keep(batchOf(4, 2, hashesOf(4, 3)))).toBe('batch_nonce_used');
  expect(await keep(batchOf(3, 2))).toBe('batch_nonce_used');
  expect(await drawOne(book, wallet)).toBe(1);
});

test('knows a batch that is left again as spent and never offers a lock of it, also after a restart', async () => {
  const batch = batchOf(5, 2);
  expect(await keep(batch, 'spent')).toBe(0);
  expect(book.locks.knows(wallet, batch.head.nonce)).toBe(true);
  expect(await keep(batch)).toBe(0);
  expect(await drawOne(book, wallet)).toBe('locks_exhausted');
  const again = open();
  expect(await drawOne(again, again.wallets.byId(wallet.id))).toBe('locks_exhausted');
  const index = again.locks.search(wallet, batch.hashes[3]!)?.index;
  expect(index).toBe(3);
  expect(again.locks.origin(1, 3)).toEqual({ nonce: batch.head.nonce, hash: batch.hashes[3] });
});

const coin: Coin = {
  identity: new Uint8Array(32).fill(5),
  basket: [{ currency: 156, minorPerUnit: 1 }],
  units: 100,
  terms: [],
  mintedAt: NOW,
};

test('finds where a piece comes from when its batch is left after it', async () => {
  const batch = batchOf(4, 2);
  const hash = batch.hashes[2]!;
  const nonce = new Uint8Array(16);
  const found = { by: 'words', nonce, hash, index: 0, isChange: false } as const;
  await book.write(() => {
    const piece = { coin: book.coins.keep(coin), from: 0, to: 7 };
    const at = { position: 3, time: NOW };
    book.custody.came(wallet, piece, { at, found, payment: undefined, order: undefined });
  });
  const origin = () => book.custody.events(wallet, 0, 10).events[0]?.what;
  expect(origin()).toMatchObject({ is: 'came', hash, origin: { nonce, index: 0 } });
  const count = await book.write(() => {
    const kept = book.locks.keep(wallet, batch, NOW, 'spent');
    if (!kept.ok || kept.value.batch === undefined) throw new Error('it was not known');
    return book.custody.attribute(wallet, kept.value.batch, batch.hashes);
  });
  expect(count).toBe(1);
  expect(origin()).toMatchObject({ hash, origin: { nonce: batch.head.nonce, index: 2 } });
  expect(await book.write(() => book.custody.attribute(wallet, 1, batch.hashes))).toBe(0);
});

test('gives what was told of a tag without a wallet once, in the order of the ledger', async () => {
  const tag = tagOf(1, new Uint8Array(12).fill(8));
  const notice = (position: number): Notice => ({
    position,
    time: NOW,
    verb: 'transfer',
    order: new Uint8Array(32).fill(position),
    nonce: undefined,
    holder: undefined,
    consumed: [],
    made: [{ coin, from: 0, to: 7, lock: { kind: 'secret', hash: sha256(tag) }, tag, output: 0 }],
  });
  const kept = [notice(4), notice(200), notice(70_000)];
  await book.write(() => {
    for (const each of kept) book.unclaimed.keep(tag, each);
    book.unclaimed.keep(tagOf(1, new Uint8Array(12).fill(9)), notice(5));
  });
  const again = open();
  expect(again.unclaimed.count()).toBe(2);
  expect(await again.write(() => again.unclaimed.take(tag))).toEqual(kept);
  expect(await again.write(() => again.unclaimed.take(tag))).toEqual([]);
  expect(again.unclaimed.count()).toBe(1);
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
