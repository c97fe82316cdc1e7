/**
 * An operator that lost its disk goes on from a backup: what the ledger knows comes back with the
 * feed, and nothing that may have been promised after the backup is promised a second time.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_ROUTES as ROUTES } from '@specie/protocol/route';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { walletIdOf } from '@specie/core/payment/address';
import { walletClient } from '@specie/protocol/wallet-client';
import {
  balance,
  batchOf,
  codeOf,
  draw,
  good,
  learn,
  openPerson,
  orderOf,
  topUp,
  type Person,
} from './person.ts';
import { startWorks, type Running, type Works } from './processes.ts';
import { drawn } from './town.ts';

let works: Works;
let running: Running;
let ann: Person;
let ben: Person;

beforeAll(async () => {
  works = await startWorks();
  running = await works.startOperator();
  const counter = works.counter(running);
  ann = await openPerson(counter, '+8613800138000');
  ben = await openPerson(counter, 'ben@example.org');
  for (let i = 0; i < 100 && (await topUp(ann, 10_000n).catch(() => '')) !== 'done'; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(() => works.close());

function moveTo(person: Person): void {
  const counter = works.counter(running);
  const client = walletClient({
    transport: counter.transport,
    operatorUrl: counter.url,
    authority: counter.authorityId,
    operator: 1,
    wallet: person.address.wallet,
    sign: (message) => mlDsaNative.sign(person.seed, message),
    clock: counter.clock,
    random: drawn,
  });
  Object.assign(person, { counter, client, events: 0, pieces: [] });
}

test('a copy made while it serves brings everybody’s money back, paid before or after it', async () => {
  await learn(ann);
  const { offers } = good(await draw(ann, ben.address, 100n));
  expect(good(await ann.client.pay(orderOf(ann, { to: offers, amount: 100n }))).outcome.is).toBe(
    'paid',
  );
  const data = path.join(works.folder, 'operator');
  const copy = path.join(works.folder, 'copy');
  works.run('operator', 'backup', '--data', data, '--to', copy);
  await eventually(async () => (await learn(ann), balance(ann)), 9900n);
  const after = good(await draw(ann, ben.address, 50n));
  const late = orderOf(ann, { to: after.offers, amount: 50n });
  expect(good(await ann.client.pay(late)).outcome.is).toBe('paid');
  const reference = drawn(16);
  const wish = { reference, currency: 156, amount: 300n, account: 'TB-0001' };
  expect(good(await ann.client.ask(ROUTES.topUp, wish)).state).toBe('done');
  const home = good(await draw(ann, stockAddress(data), 20n));
  await learn(ann);
  const redeem = orderOf(ann, { to: home.offers, amount: 20n, verb: 'redeem' });
  const cashOut = { reference: drawn(16), account: 'TB-0001', payment: redeem };
  expect(good(await ann.client.ask(ROUTES.cashOut, cashOut)).state).toBe('done');
  const movements = works.services.movements.length;
  const unpaid = good(await draw(ann, ben.address, 7n)).offers[0]!;

  running.child.kill('SIGKILL');
  await running.ended;
  fs.rmSync(data, { recursive: true });
  works.run('operator', 'restore', '--from', copy, '--data', data);
  running = await works.startOperator();
  moveTo(ann);
  moveTo(ben);
  await eventually(async () => (await learn(ann), balance(ann)), 10_130n);
  await eventually(async () => (await learn(ben), balance(ben)), 150n);
  // What was done after the copy is not done again, however often it is asked for.
  expect(good(await ann.client.pay(late)).outcome.is).toBe('paid');
  expect(codeOf(await draw(ann, ben.address, 1n))).toBe('locks_exhausted');
  good(await ann.client.ask(ROUTES.locks, batchOf(ann, 8)));
  expect(good(await ann.client.ask(ROUTES.topUp, wish)).state).toBe('done');
  expect(good(await ann.client.ask(ROUTES.cashOut, cashOut)).state).toBe('done');
  const twice = { ...cashOut, reference: drawn(16) };
  expect(codeOf(await ann.client.ask(ROUTES.cashOut, twice))).toBe('ask_repeated');
  expect(works.services.movements).toHaveLength(movements);
  await learn(ann);
  expect(balance(ann)).toBe(10_130n);
  good(await ben.client.ask(ROUTES.locks, batchOf(ben, 4)));
  const [fresh] = good(await draw(ann, ben.address, 1n)).offers;
  expect(Buffer.compare(fresh!.hash, unpaid.hash)).not.toBe(0);
  expect(good(await ann.client.pay(orderOf(ann, { to: [fresh!], amount: 1n }))).outcome.is).toBe(
    'paid',
  );
});

test('a copy of which a byte was changed is not restored', () => {
  const copy = path.join(works.folder, 'copy');
  const file = path.join(copy, 'book.sqlite');
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  fs.writeFileSync(file, bytes);
  const data = path.join(works.folder, 'elsewhere');
  expect(() => works.run('operator', 'restore', '--from', copy, '--data', data)).toThrow(
    'not what the manifest says',
  );
});

test('keys that others can read are not used', () => {
  const key = path.join(works.folder, 'operator/keys/stock.key');
  fs.chmodSync(key, 0o644);
  expect(() =>
    works.run('operator', 'serve', '--data', path.join(works.folder, 'operator')),
  ).toThrow('open to others');
});

function stockAddress(data: string): Person['address'] {
  const card = JSON.parse(fs.readFileSync(path.join(data, 'card.json'), 'utf8')) as {
    statementKey: string;
  };
  return { operator: 1, wallet: walletIdOf(Buffer.from(card.statementKey, 'hex')) };
}

async function eventually(look: () => Promise<bigint>, value: bigint): Promise<void> {
  for (let i = 0; i < 200 && (await look()) !== value; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await look()).toBe(value);
}
