/** Money through a whole town: in from a bank, between people of one operator and of two, out again, once each. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { brokenInvariants } from '@specie/core/ledger/invariants';
import { OPERATOR_ROUTES as ROUTES } from '@specie/protocol/route';
import {
  balance,
  draw,
  good,
  learn,
  openPerson,
  orderOf,
  pay,
  topUp,
  type Person,
} from './person.ts';
import { counterOf } from './counter.ts';
import { buildTown, CNY, until, type Town } from './town.ts';

let town: Town;
let ann: Person;
let ben: Person;
let cleo: Person;

beforeAll(async () => {
  town = await buildTown(2);
  await until(() => town.branches.every(({ operator }) => stockOf(operator.status()) > 0n));
  ann = await openPerson(counterOf(town, 1), '+8613800138000');
  ben = await openPerson(counterOf(town, 1), 'ben@example.org');
  cleo = await openPerson(counterOf(town, 2), '+493012345678');
}, 30_000);
afterAll(async () => {
  await town.close();
  expect(town.bugs).toEqual([]);
  expect(brokenInvariants(town.authority.state)).toEqual([]);
});

function stockOf(status: unknown): bigint {
  const { stock } = status as { stock: readonly { amount: string }[] };
  return BigInt(stock[0]!.amount);
}

describe('money', () => {
  test('comes from the bank into a wallet', async () => {
    expect(await topUp(ann, 500_000n)).toBe('done');
    await learn(ann);
    expect(balance(ann)).toBe(500_000n);
    expect(
      [...town.bank.movements.values()].map(({ kind, amount }) => `${kind} ${amount}`),
    ).toContain('debit 500000');
  });

  test('is paid to a wallet of the same operator, with its note', async () => {
    const answer = await pay(ann, ben.address, 1234n, 'for the bread');
    expect(answer.outcome.is).toBe('paid');
    await until(() => town.branches[0]!.operator.isReady);
    await settled(ann);
    await learn(ann);
    await learn(ben);
    expect([balance(ann), balance(ben)]).toEqual([498_766n, 1234n]);
    expect(ben.notes).toEqual(['for the bread']);
  });

  test('is paid to a wallet of another operator, found by its number', async () => {
    const card = good(await ann.client.ask(ROUTES.payee, { to: '+49 30 12345678' }));
    expect(hexOf(card.statement.address.wallet)).toBe(hexOf(cleo.address.wallet));
    expect(card.statement.name).toBe('+49 301 •••• 5678');
    expect((await pay(ann, card.statement.address, 5000n)).outcome.is).toBe('paid');
    await settled(ann);
    await until(() => true);
    await learn(ann);
    await eventually(async () => {
      await learn(cleo);
      return balance(cleo) === 5000n;
    });
    expect(balance(ann)).toBe(493_766n);
  });

  test('goes back to the bank', async () => {
    const stock = stockAddress(town, 1);
    const { offers } = good(await draw(ben, stock, 1000n));
    const payment = orderOf(ben, { to: offers, amount: 1000n, verb: 'redeem' });
    const funding = good(
      await ben.client.ask(ROUTES.cashOut, {
        reference: new Uint8Array(16).fill(1),
        account: 'TB-0002',
        payment,
      }),
    );
    expect(funding).toMatchObject({ kind: 'cashOut', currency: CNY, amount: 1000n, state: 'done' });
    await learn(ben);
    expect(balance(ben)).toBe(234n);
    expect(
      [...town.bank.movements.values()].map(({ kind, amount }) => `${kind} ${amount}`),
    ).toContain('credit 1000');
  });

  test('moves once when the same order comes fifty times at once', async () => {
    await learn(ann);
    const before = balance(ann);
    const { offers } = good(await draw(ann, ben.address, 100n));
    const request = orderOf(ann, { to: offers, amount: 100n });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ann.client.pay(request)));
    const positions = answers.map((answer) => {
      const { outcome } = good(answer);
      return outcome.is === 'paid' ? outcome.position : -1;
    });
    expect(new Set(positions).size).toBe(1);
    expect(positions[0]).toBeGreaterThan(0);
    await settled(ann);
    await learn(ann);
    expect(balance(ann)).toBe(before - 100n);
    const late = good(await ann.client.pay(request));
    expect(late.outcome).toMatchObject({ is: 'paid', position: positions[0] });
  });

  test('leaves no secret behind in the book', async () => {
    await settled(ann);
    const { sql } = town.branches[0]!.book;
    expect(sql.prepare('SELECT count(*) AS n FROM pending').get()).toEqual({ n: 0 });
  });

  test('is still there after a restart, and answers stay what they were', async () => {
    await town.branches[0]!.restart();
    const before = balance(ann);
    ann.events = 0;
    ann.pieces = [];
    await learn(ann);
    expect(balance(ann)).toBe(before);
    expect((await pay(ann, ben.address, 7n)).outcome.is).toBe('paid');
  });
});

function stockAddress({ branches }: Town, number: number): Person['address'] {
  const { book } = branches[number - 1]!;
  const row = book.sql.prepare('SELECT address FROM wallet WHERE id = 1').get()!;
  return { operator: number, wallet: row['address'] as Uint8Array };
}

/** Waits until the feed has told everything to a person's operator. */
async function settled({ counter }: Person): Promise<void> {
  const { book } = town.branches[counter.number - 1]!;
  const count = book.sql.prepare('SELECT count(*) AS n FROM pending');
  await until(() => count.get()!['n'] === 0);
}

async function eventually(is: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('not so in time');
}
