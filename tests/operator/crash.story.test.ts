/**
 * An operator is killed at every point where it could have lost something, started again, and must
 * end with each thing done exactly once: money moved once, a bank asked once, a lock offered once.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { OPERATOR_ROUTES as ROUTES } from '@specie/protocol/route';
import { walletClient } from '@specie/protocol/wallet-client';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { walletIdOf } from '@specie/core/payment/address';
import {
  balance,
  draw,
  good,
  learn,
  newPerson,
  openPerson,
  orderOf,
  type Person,
} from './person.ts';
import { startWorks, type Running, type Works } from './processes.ts';
import { drawn } from './town.ts';

let works: Works;
let running: Running;
let ann: Person;
let ben: Person;
/** Everybody who has to come to the counter anew when it was moved. */
const people: Person[] = [];

beforeAll(async () => {
  works = await startWorks();
});
afterAll(() => works.close());

/** The same person at the counter where the operator is now. */
function at(person: Person): Person {
  const counter = works.counter(running);
  return Object.assign(person, {
    counter,
    client: walletClient({
      transport: counter.transport,
      operatorUrl: counter.url,
      authority: counter.authorityId,
      operator: 1,
      wallet: person.address.wallet,
      sign: (message) => mlDsaNative.sign(person.seed, message),
      clock: counter.clock,
      random: drawn,
    }),
  });
}

async function stop(): Promise<void> {
  running.child.kill('SIGKILL');
  await running.ended;
}

/** Runs the operator armed at a point, does something that passes it, and starts the operator again. */
async function killedAt(point: string, something: () => Promise<unknown>): Promise<void> {
  await stop();
  running = await works.startOperator(point);
  await readyOrDead();
  people.forEach(at);
  const done = something().catch((cause: unknown) => cause);
  expect(await running.ended, running.told()).toBe('SIGKILL');
  await done;
  running = await works.startOperator();
  people.forEach(at);
}

async function readyOrDead(): Promise<void> {
  for (let i = 0; i < 400 && running.child.exitCode === null; i++) {
    if (running.child.signalCode !== null) return;
    const answer = await fetch(`${running.url}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function status(): Promise<{
  stock: { currency: string; amount: string }[];
  wallets: number;
  ledgerPosition: number;
}> {
  return (await (await fetch(`${running.url}/v1/status`)).json()) as never;
}

async function eventually<T>(look: () => Promise<T>, is: (value: T) => boolean): Promise<T> {
  let value = await look();
  for (let i = 0; i < 400 && !is(value); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    value = await look();
  }
  expect(
    is(value),
    JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)),
  ).toBe(true);
  return value;
}

test('the mint is asked once, wherever the first issue was cut off', async () => {
  for (const point of ['operator.issue.written', 'operator.issue.answered']) {
    running = await works.startOperator(point);
    expect(await running.ended, running.told()).toBe('SIGKILL');
  }
  running = await works.startOperator();
  const { stock } = await eventually(status, (now) =>
    now.stock.every(({ amount }) => amount === '100000000'),
  );
  expect(stock).toHaveLength(2);
});

test.each(['operator.open.confirmed', 'operator.open.kept'])(
  'a wallet is open once, killed at %s',
  async (point) => {
    const person = newPerson(
      works.counter(running),
      `+86139${point.length.toString().padStart(8, '0')}`,
    );
    people.push(person);
    const opening = good(
      await person.client.ask(ROUTES.open, {
        publicKey: person.publicKey,
        alias: person.alias,
        language: 'zh',
      }),
    );
    const code = await person.counter.code(person.alias);
    await killedAt(point, () =>
      at(person).client.ask(ROUTES.confirm, { ticket: opening.ticket, code }),
    );
    const card = good(
      await at(person).client.ask(ROUTES.confirm, { ticket: opening.ticket, code }),
    );
    const again = good(await person.client.ask(ROUTES.card, {}));
    expect(hexOf(again.tag)).toBe(hexOf(card.tag));
  },
);

test('two people open wallets', async () => {
  ann = await openPerson(works.counter(running), '+8613800138000', 256);
  ben = await openPerson(works.counter(running), 'ben@example.org', 256);
  people.push(ann, ben);
});

const TOP_UPS = [
  'operator.topup.asked',
  'operator.topup.debited',
  'operator.topup.funded',
  'operator.order.written',
  'operator.commands.sent',
  'operator.commands.answered',
  'operator.feed.before-commit',
  'operator.feed.after-commit',
  'operator.topup.moved',
];

test.each(TOP_UPS)('a top-up is carried on by itself after a kill at %s', async (point) => {
  await learn(at(ann));
  const before = balance(ann);
  const debits = works.services.movements.length;
  const reference = drawn(16);
  const request = { reference, currency: 156, amount: 10_000n, account: 'TB-0001' };
  await killedAt(point, () => ann.client.ask(ROUTES.topUp, request));
  const funding = await eventually(
    () => ann.client.ask(ROUTES.funding, { reference }),
    (now) => now.ok && now.value.state === 'done',
  );
  expect(good(funding)).toMatchObject({ kind: 'topUp', amount: 10_000n, code: 0 });
  expect(good(await ann.client.ask(ROUTES.topUp, request)).state).toBe('done');
  await learn(ann);
  expect(balance(ann)).toBe(before + 10_000n);
  expect(works.services.movements.length).toBe(debits + 1);
});

const PAYMENTS = [
  'operator.order.checked',
  'operator.order.written',
  'operator.commands.sent',
  'operator.commands.answered',
  'operator.feed.before-commit',
  'operator.feed.after-commit',
];

test.each(PAYMENTS)('a payment happens once, killed at %s', async (point) => {
  await learn(at(ann));
  await learn(at(ben));
  const before = [balance(ann), balance(ben)] as const;
  const { offers } = good(await draw(ann, ben.address, 100n));
  const request = orderOf(ann, { to: offers, amount: 100n });
  await killedAt(point, () => ann.client.pay(request));
  const answer = await eventually(
    () => ann.client.pay(request),
    (now) => now.ok && now.value.outcome.is !== 'pending',
  );
  expect(good(answer).outcome.is).toBe('paid');
  await eventually(
    async () => (await learn(ben), balance(ben)),
    (now) => now === before[1] + 100n,
  );
  await learn(ann);
  expect(balance(ann)).toBe(before[0] - 100n);
});

test('a lock that was marked when the operator died is never offered again', async () => {
  const first = good(await draw(at(ann), ben.address, 1n)).offers[0]!;
  await killedAt('operator.draw.marked', () => draw(ann, ben.address, 1n));
  const next = good(await draw(ann, ben.address, 1n)).offers[0]!;
  expect(next.index).toBe(first.index + 2);
});

test('an order the ledger refused stays refused after a kill, and its limit is given back', async () => {
  await learn(at(ann));
  const [piece] = ann.pieces;
  const { offers } = good(await draw(ann, ben.address, 10n));
  const spent = orderOf(ann, {
    to: offers,
    amount: 10n,
    pieces: [{ ...piece!, secret: new Uint8Array(32) }],
  });
  await killedAt('operator.refusal.written', () => ann.client.pay(spent));
  const answer = good(await ann.client.pay(spent));
  expect(answer.outcome).toMatchObject({ is: 'refused', notice: { code: 2024 } });
});

test.each(['operator.cashout.redeemed', 'operator.cashout.credited'])(
  'a cash-out is credited once, killed at %s',
  async (point) => {
    await learn(at(ann));
    const before = balance(ann);
    const { offers } = good(await draw(ann, stockAddress(), 500n));
    const payment = orderOf(ann, { to: offers, amount: 500n, verb: 'redeem' });
    const request = { reference: drawn(16), account: 'TB-0002', payment };
    const credits = works.services.movements.filter(({ kind }) => kind === 'credit').length;
    await killedAt(point, () => ann.client.ask(ROUTES.cashOut, request));
    await eventually(
      () => ann.client.ask(ROUTES.funding, { reference: request.reference }),
      (now) => now.ok && now.value.state === 'done',
    );
    expect(good(await ann.client.ask(ROUTES.cashOut, request)).state).toBe('done');
    await learn(ann);
    expect(balance(ann)).toBe(before - 500n);
    expect(works.services.movements.filter(({ kind }) => kind === 'credit')).toHaveLength(
      credits + 1,
    );
  },
);

test.each(['operator.retire.written', 'operator.retire.answered'])(
  'stock goes back to the mint once, killed at %s',
  async (point) => {
    const stockNow = async (): Promise<bigint> => BigInt((await status()).stock[0]!.amount);
    await stop();
    const before = await (async () => ((running = await works.startOperator()), stockNow()))();
    await stop();
    const data = `${works.folder}/operator`;
    const wish = ['--data', data, '--currency', 'CNY', '--amount', '10000.00'];
    spawn(process.execPath, ['apps/operator/src/main.ts', 'retire', ...wish]);
    running = await works.startOperator(point);
    expect(await running.ended, running.told()).toBe('SIGKILL');
    running = await works.startOperator();
    await eventually(stockNow, (now) => now === before - 1_000_000n);
  },
);

function stockAddress(): Person['address'] {
  const file = `${works.folder}/operator/card.json`;
  const card = JSON.parse(fs.readFileSync(file, 'utf8')) as { statementKey: string };
  return {
    operator: 1,
    wallet: walletIdOf(Uint8Array.from(Buffer.from(card.statementKey, 'hex'))),
  };
}
