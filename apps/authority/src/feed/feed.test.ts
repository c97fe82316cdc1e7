import { expect, test } from 'vitest';
import { lockOfSecret } from '@specie/core/coin/lock';
import { orderHash } from '@specie/core/payment/order';
import type { Notice } from '@specie/protocol/messages/ledger';
import { openMemoryJournal } from '@specie/stores/memory';
import {
  commandOf,
  given,
  holderFor,
  ledgerBench,
  moveBody,
  payBody,
  prepare,
  secretFor,
  sessionFor,
  type LedgerBench,
} from '../testing/ledger-bench.ts';
import { createFeed, type Feed } from './feed.ts';

function never(): never {
  throw new Error('the test sends a move');
}

async function ready(recentMax = 100): Promise<{ bench: LedgerBench; feed: Feed }> {
  const journal = openMemoryJournal();
  const told: { feed?: Feed } = {};
  const bench: LedgerBench = ledgerBench(journal, {
    onDurable: (entries, encoded) => told.feed?.tell(entries, encoded),
  });
  const feed = createFeed({ state: bench.state, journal, recentMax });
  told.feed = feed;
  await prepare(bench, [
    { operator: 1, first: 1, count: 50 },
    { operator: 2, first: 1001, count: 2 },
  ]);
  return { bench, feed };
}

const move = async (bench: LedgerBench, sequence: number, coin: number): Promise<unknown> =>
  bench.engine.submit(1, sessionFor(1), [
    given(commandOf(1, sessionFor(1), sequence, payBody(1, coin))),
  ]);

async function collect(
  feed: Feed,
  operator: number,
  max: number,
  from = 0,
): Promise<readonly Notice[]> {
  const all: Notice[] = [];
  for (let at = from, last = -1; at !== last;) {
    last = at;
    const page = await feed.read(operator, { from: at, waitMs: 0, max });
    all.push(...page.notices);
    at = page.next;
  }
  return all;
}

test('tells each operator its own pieces, with coin, lock and tag, and none of the others', async () => {
  const { bench, feed } = await ready();
  const outputs = [
    { to: 300, lock: lockOfSecret(secretFor(5001)), tag: holderFor(2, 7) },
    { to: 1000, lock: lockOfSecret(secretFor(5002)), tag: holderFor(1, 8) },
  ];
  const command = commandOf(1, sessionFor(1), 1, moveBody(1, 3, outputs));
  await bench.engine.submit(1, sessionFor(1), [given(command)]);
  const [mine] = (await feed.read(1, { from: 5, waitMs: 0, max: 10 })).notices;
  const [theirs] = (await feed.read(2, { from: 5, waitMs: 0, max: 10 })).notices;
  expect(mine).toMatchObject({ position: 5, verb: 'transfer', consumed: [{ from: 0, to: 1000 }] });
  expect(mine?.made.map(({ from, to, output, tag }) => ({ from, to, output, tag }))).toEqual([
    { from: 300, to: 1000, output: 1, tag: holderFor(1, 8) },
  ]);
  expect(mine?.nonce).toBeDefined();
  expect(theirs).toMatchObject({ position: 5, nonce: undefined, holder: undefined, consumed: [] });
  expect(
    theirs?.made.map(({ from, to, output, coin }) => ({ from, to, output, units: coin.units })),
  ).toEqual([{ from: 0, to: 300, output: 0, units: 1000 }]);
  expect(theirs?.order).toEqual(mine?.order);
  expect(mine?.order).toEqual(orderHash(command.body.is === 'move' ? command.body.order : never()));
  // From the journal the notice is the same as from memory, to the byte.
  const again = createFeed({ state: bench.state, journal: bench.journal });
  expect((await again.read(1, { from: 5, waitMs: 0, max: 10 })).notices).toEqual([mine]);
});

test('tells every notice once and in order, from memory and from the journal alike', async () => {
  const { bench, feed } = await ready(4);
  for (let i = 1; i <= 40; i++) await move(bench, i, i);
  for (const max of [1, 3, 1000]) {
    const positions = (await collect(feed, 1, max)).map(({ position }) => position);
    expect(positions).toEqual([3, ...Array.from({ length: 40 }, (_, i) => 5 + i)]);
  }
  expect((await collect(feed, 2, 10)).map(({ position }) => position)).toEqual([4]);
  // A feed begun after a restart knows nothing by heart and tells the same.
  const again = createFeed({ state: bench.state, journal: bench.journal });
  expect((await collect(again, 1, 7)).length).toBe(41);
});

test('waits while there is nothing, and answers as soon as there is', async () => {
  const { bench, feed } = await ready();
  let answered = false;
  const waiting = feed
    .read(1, { from: 5, waitMs: 20_000, max: 10 })
    .finally(() => (answered = true));
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  await move(bench, 1, 1);
  expect((await waiting).notices.map(({ position }) => position)).toEqual([5]);
});

test('an operator whose pieces are not concerned goes on waiting, then is told how far it got', async () => {
  const { bench, feed } = await ready();
  const waiting = feed.read(2, { from: 5, waitMs: 50, max: 10 });
  await move(bench, 1, 1);
  expect(await waiting).toEqual({ notices: [], next: 6 });
});

test('lets everyone go when it closes', async () => {
  const { feed } = await ready();
  const waiting = feed.read(1, { from: 5, waitMs: 20_000, max: 10 });
  feed.close();
  expect(await waiting).toEqual({ notices: [], next: 5 });
});
