/**
 * The same country with somebody pulling plugs: the authority and the wallets are killed at every
 * named point in the middle of what they do. Afterwards each act has happened once or not at all,
 * and every unit is accounted for between wallets, stocks, ledger, reserves and bank. (Operators are
 * killed in the stories of their own folder.)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_POINTS as WALLET_POINTS } from '@specie/wallet/crash-points';
import { CRASH_POINTS as AUTHORITY_POINTS } from '@specie/authority/crash-points';
import {
  everyUnitIsAccountedFor,
  openCountry,
  openWallet,
  totalOf,
  well,
  type Country,
  type Ended,
} from './country.fixture.ts';

const ALL = ['ming', 'lena'] as const;
/** Points a person cannot bring about from outside; the unit tests of the wallet kill it there. */
const ELSEWHERE: readonly string[] = ['refresh.signed'];
const reached = new Set<string>(ELSEWHERE);

interface OwnOrderJson {
  readonly state: string;
}

describe('killed in the middle', () => {
  let country: Country;

  beforeAll(async () => {
    country = await openCountry();
    await everyUnitIsAccountedFor(country, []);
    await openWallet(country, 'ming', 1, '+8613800138000');
    await openWallet(country, 'lena', 2, 'lena@example.org');
    for (const wallet of ALL)
      well(await country.specie(wallet, 'top-up', '500.00', 'CNY', '--account', 'TB-0001'));
  });
  afterAll(async () => {
    await country.close();
  });

  /** Does something while the authority is armed to die at a point, and waits until it is back. */
  async function withAuthorityKilled(
    point: string,
    something: () => Promise<unknown>,
  ): Promise<void> {
    const { authority } = country.system;
    await authority.restartWith({ SPECIE_CRASH_AT: point });
    const before = authority.restarts;
    await something();
    await authority.revived(before);
    reached.add(point);
  }

  /** Runs something again until it ends well. */
  async function eventually(something: () => Promise<Ended>): Promise<void> {
    for (let i = 0; i < 30; i++) if ((await something()).code === 0) return;
    well(await something());
  }

  /** No order of a wallet is left between paid and not paid. */
  async function nothingIsOpen(wallet: string): Promise<void> {
    const { orders } = well(await country.specie(wallet, 'history')).json as {
      readonly orders?: readonly OwnOrderJson[];
    };
    for (const order of orders ?? []) expect(['paid', 'refused']).toContain(order.state);
  }

  async function settled(): Promise<void> {
    await everyUnitIsAccountedFor(country, ALL, 30_000);
    for (const wallet of ALL) await nothingIsOpen(wallet);
  }

  it.each([
    'authority.command.decided',
    'authority.batch.before-append',
    'authority.batch.after-append',
    'authority.answer.before-send',
  ])('a payment happens once or not at all when the authority dies at %s', async (point) => {
    const before = await totalOf(country, 'ming');
    await withAuthorityKilled(point, () =>
      country.specie('ming', 'pay', 'lena@example.org', '1.00', 'CNY', '--yes'),
    );
    await settled();
    expect([before, before - 100n]).toContain(await totalOf(country, 'ming'));
  });

  it.each([
    'authority.command.decided',
    'authority.batch.after-append',
    'authority.answer.before-send',
  ])('a top-up and a cash-out end well when the authority dies at %s', async (point) => {
    await withAuthorityKilled(point, () =>
      country.specie('ming', 'top-up', '2.00', 'CNY', '--account', 'TB-0001'),
    );
    await settled();
    await withAuthorityKilled(point, () =>
      country.specie('lena', 'cash-out', '1.00', 'CNY', '--account', 'TB-0001'),
    );
    await settled();
  });

  it('a name leads to its wallet although the authority died before it published it', async () => {
    const url = country.system.operatorUrls[1]!;
    const where = [
      '--operator',
      url,
      '--authority',
      country.system.fingerprint,
      '--mail',
      'wei@example.org',
    ];
    well(await country.specie('wei', 'open', ...where));
    await withAuthorityKilled('authority.directory.before-publish', () =>
      country.specie('wei', 'open', ...where, '--code', country.codes.get('wei@example.org') ?? ''),
    );
    // The wallet is open; its name is published as soon as the authority is back.
    well(await country.specie('wei', 'address'));
    await eventually(() =>
      country.specie('ming', 'pay', 'wei@example.org', '0.50', 'CNY', '--yes'),
    );
    expect(await totalOf(country, 'wei')).toBe(50n);
    well(await country.specie('wei', 'cash-out', '0.50', 'CNY', '--account', 'TB-0001'));
    await settled();
  });

  it('stock is retired once when the authority dies before the receipt', async () => {
    await withAuthorityKilled('authority.retire.before-receipt', () =>
      country.operator(1, 'retire', '--currency', 'CNY', '--amount', '10000.00'),
    );
    await settled();
  });

  it.each(['authority.issue.decided', 'authority.issue.before-receipt'])(
    'coins are minted once when the authority dies at %s',
    async (point) => {
      const before = (await country.supply()).find((each) => each.code === 'CNY')!;
      await withAuthorityKilled(point, () =>
        country.operator(1, 'issue', '--currency', 'CNY', '--amount', '10000.00'),
      );
      await settled();
      const cny = (await country.supply()).find((each) => each.code === 'CNY')!;
      expect(BigInt(cny.minted) - BigInt(before.minted)).toBe(1_000_000n);
    },
  );

  it('a new key set is written whole or not at all', async () => {
    const card = join(country.folder, 'authority', 'operators', '1.json');
    const known = JSON.parse(readFileSync(card, 'utf8')) as Readonly<Record<string, unknown>>;
    writeFileSync(card, JSON.stringify({ ...known, name: 'Aurora Bank' }));
    const { authority } = country.system;
    const before = authority.restarts;
    await authority.restartWith({ SPECIE_CRASH_AT: 'authority.key-set.before-write' });
    expect(authority.restarts).toBeGreaterThan(before);
    reached.add('authority.key-set.before-write');
    await settled();
    well(await country.specie('ming', 'trust'));
  });

  /** Runs an act of a wallet that dies at a point. */
  async function dies(
    wallet: string,
    point: string,
    act: string,
    ...args: readonly string[]
  ): Promise<void> {
    const ended = await country.act(wallet, point, act, ...args);
    expect(ended.signal, `${point}: ${ended.stdout}${ended.stderr}`).toBe('SIGKILL');
    reached.add(point);
  }

  it.each([
    'order.drawn',
    'order.built',
    'order.signed',
    'order.shown',
    'order.answered',
    'order.settled',
  ])('a payment happens once or not at all when the wallet dies at %s', async (point) => {
    const before = await totalOf(country, 'ming');
    await dies('ming', point, 'pay', 'lena@example.org', '100');
    await settled();
    expect([before, before - 100n]).toContain(await totalOf(country, 'ming'));
  });

  it.each(['funding.kept', 'funding.asked'])(
    'a top-up happens once or not at all when the wallet dies at %s',
    async (point) => {
      await dies('ming', point, 'top-up', '300');
      await settled();
    },
  );

  it.each(['events.read', 'events.booked'])(
    'what came is booked once when the wallet dies at %s',
    async (point) => {
      well(await country.specie('ming', 'pay', 'lena@example.org', '0.10', 'CNY', '--yes'));
      await dies('lena', point, 'contact');
      await settled();
    },
  );

  it.each(['open.kept', 'open.asked', 'batch.kept', 'batch.left'])(
    'a wallet is opened when it dies at %s and is asked again',
    async (point) => {
      const wallet = point.replace('.', '-');
      const name = `${wallet}@example.org`;
      const where = [country.system.fingerprint, country.system.operatorUrls[0]!];
      if (point.startsWith('open')) await dies(wallet, point, 'open', name, ...where);
      well(await country.act(wallet, '', 'open', name, ...where));
      const code = country.codes.get(name) ?? '';
      const confirmed = await country.act(wallet, '', 'confirm', code);
      if (point.startsWith('batch')) await dies(wallet, point, 'contact');
      expect(await totalOf(country, wallet), confirmed.stdout).toBe(0n);
      well(await country.specie('ming', 'pay', name, '0.20', 'CNY', '--yes'));
      expect(await totalOf(country, wallet)).toBe(20n);
      well(await country.specie(wallet, 'cash-out', '0.20', 'CNY', '--account', 'TB-0001'));
      await settled();
    },
  );

  it('left no named point of authority and wallet out', () => {
    expect([...WALLET_POINTS, ...AUTHORITY_POINTS].filter((point) => !reached.has(point))).toEqual(
      [],
    );
  });
});
