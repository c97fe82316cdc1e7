/**
 * An operator that lost its disk goes on from a backup: what the ledger knows comes back with the
 * feed, and nothing that may have been promised after the backup is promised a second time.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
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

test('a wallet opened after the copy opens again with its key and has its money, to the cent', async () => {
  const data = path.join(works.folder, 'operator');
  const copy = path.join(works.folder, 'second-copy');
  const [before, bensBefore] = [10_129n, 151n];
  await eventually(async () => (await learn(ann), balance(ann)), before);
  await eventually(async () => (await learn(ben), balance(ben)), bensBefore);
  works.run('operator', 'backup', '--data', data, '--to', copy);
  // Everything from here on the operator will not remember.
  const eve = await openPerson(works.counter(running), 'eve@example.org', 0);
  const batches = [batchOf(eve, 64), batchOf(eve, 8)];
  for (const batch of batches) good(await eve.client.ask(ROUTES.locks, batch));
  expect(await topUp(eve, 5_000n)).toBe('done');
  const { offers } = good(await draw(ann, eve.address, 250n));
  expect(good(await ann.client.pay(orderOf(ann, { to: offers, amount: 250n }))).outcome.is).toBe(
    'paid',
  );
  await eventually(async () => (await learn(eve), balance(eve)), 5_250n);
  const toBen = good(await draw(eve, ben.address, 40n, 1)).offers;
  const late = orderOf(eve, { to: toBen, amount: 40n });
  expect(good(await eve.client.pay(late)).outcome.is).toBe('paid');
  const home = good(await draw(eve, stockAddress(data), 10n)).offers;
  await eventually(async () => (await learn(eve), balance(eve)), 5_210n);
  const redeem = orderOf(eve, { to: home, amount: 10n, verb: 'redeem' });
  const cashOut = { reference: drawn(16), account: 'TB-0002', payment: redeem };
  expect(good(await eve.client.ask(ROUTES.cashOut, cashOut)).state).toBe('done');
  await eventually(async () => (await learn(eve), balance(eve)), 5_200n);
  const offered = new Set<string>();
  const note = (given: readonly { readonly hash: Uint8Array }[]): void => {
    for (const { hash } of given) {
      expect(offered.has(hexOf(hash))).toBe(false);
      offered.add(hexOf(hash));
    }
  };
  note([...offers, ...toBen, ...home]);
  note(good(await draw(ann, eve.address, 5n, 3)).offers);
  note(good(await draw(ann, ben.address, 5n, 2)).offers);
  // So many of the stock's that it leaves another batch, whose number the backup does not know.
  for (let i = 0; i < 9; i++) note(await stockLocks(data, 64));
  const unpaid = good(await draw(ann, eve.address, 6n)).offers;
  note(unpaid);
  const movements = works.services.movements.length;

  running.child.kill('SIGKILL');
  await running.ended;
  fs.rmSync(data, { recursive: true });
  works.run('operator', 'restore', '--from', copy, '--data', data);
  running = await works.startOperator();
  for (const person of [ann, ben, eve]) moveTo(person);
  await eventually(async () => (await learn(ann), balance(ann)), before - 250n);
  await eventually(async () => (await learn(ben), balance(ben)), bensBefore + 40n);
  expect(codeOf(await eve.client.ask(ROUTES.card, {}))).toBe('wallet_unknown');
  expect(codeOf(await draw(ann, eve.address, 1n))).toBe('payee_unknown');

  // Opened again with the same key: the same tag, and what the ledger told of it meanwhile.
  const { publicKey } = eve;
  works.services.codes.clear();
  const wish = { publicKey, alias: eve.alias, language: 'en' } as const;
  const { ticket } = good(await eve.client.ask(ROUTES.open, wish));
  const code = await eve.counter.code(eve.alias);
  const card = good(await eve.client.ask(ROUTES.confirm, { ticket, code }));
  expect(hexOf(card.tag)).toBe(hexOf(eve.card.tag));
  expect(codeOf(await draw(ann, eve.address, 1n))).toBe('locks_exhausted');
  const nonces = batches.map(({ head }) => head.nonce);
  expect(good(await eve.client.ask(ROUTES.batches, { nonces })).nonces).toHaveLength(2);
  for (const batch of batches)
    expect(good(await eve.client.ask(ROUTES.locksAgain, batch)).left).toBe(0);
  expect(good(await eve.client.ask(ROUTES.batches, { nonces })).nonces).toEqual([]);
  expect(codeOf(await draw(ann, eve.address, 1n))).toBe('locks_exhausted');
  // It learns its pieces by their origins, each of which has to open.
  await eventually(async () => (await learn(eve), balance(eve)), 5_200n);
  expect(eve.events).toBeGreaterThan(0);

  good(await eve.client.ask(ROUTES.locks, batchOf(eve, 16)));
  good(await ben.client.ask(ROUTES.locks, batchOf(ben, 16)));
  note(good(await draw(ann, eve.address, 2n, 8)).offers);
  const next = good(await draw(eve, ben.address, 30n)).offers;
  note(next);
  note(await stockLocks(data, 64));
  expect(good(await eve.client.pay(orderOf(eve, { to: next, amount: 30n }))).outcome.is).toBe(
    'paid',
  );
  // What was done before is answered and not done again, and an old draw can still be paid to.
  expect(good(await eve.client.pay(late)).outcome.is).toBe('paid');
  expect(good(await eve.client.ask(ROUTES.cashOut, cashOut)).state).toBe('done');
  expect(works.services.movements).toHaveLength(movements);
  const old = orderOf(ann, { to: unpaid, amount: 6n });
  expect(good(await ann.client.pay(old)).outcome.is).toBe('paid');
  await eventually(async () => (await learn(eve), balance(eve)), 5_176n);
  await eventually(async () => (await learn(ben), balance(ben)), bensBefore + 70n);
  await eventually(async () => (await learn(ann), balance(ann)), before - 256n);
  // From its words alone it has the same, since the operator knows every origin again.
  Object.assign(eve, { events: 0, pieces: [] });
  await learn(eve);
  expect(balance(eve)).toBe(5_176n);
  const everybody = [ann, ben, eve];
  for (const person of everybody) await learn(person);
  await eventually(() => heldBy(everybody), await supplyOf(works));
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

/** What the ledger says is outstanding, and what wallets and stock hold of it, in minor units. */
async function supplyOf({ folder }: Works): Promise<bigint> {
  const file = path.join(folder, 'operator/settings.json');
  const { authorityUrl } = JSON.parse(fs.readFileSync(file, 'utf8')) as { authorityUrl: string };
  const status = (await (await fetch(`${authorityUrl}/v1/status`)).json()) as {
    currencies: { code: string; outstanding: string }[];
  };
  return BigInt(status.currencies.find(({ code }) => code === 'CNY')!.outstanding);
}

async function heldBy(people: readonly Person[]): Promise<bigint> {
  const status = (await (await fetch(`${running.url}/v1/status`)).json()) as {
    stock: { currency: string; amount: string }[];
  };
  const stock = BigInt(status.stock.find(({ currency }) => currency === 'CNY')!.amount);
  return people.reduce((sum, person) => sum + balance(person), stock);
}

/** Locks of the stock, once it has left enough. */
async function stockLocks(
  data: string,
  count: number,
): Promise<readonly { readonly hash: Uint8Array }[]> {
  for (;;) {
    const given = await draw(ann, stockAddress(data), 5n, count);
    if (given.ok) return given.value.offers;
    expect(codeOf(given)).toBe('locks_exhausted');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function eventually(look: () => Promise<bigint>, value: bigint): Promise<void> {
  for (let i = 0; i < 200 && (await look()) !== value; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await look()).toBe(value);
}
