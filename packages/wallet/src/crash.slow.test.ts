import { describe, expect, it } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { after } from '@specie/core/base/instant';
import { brokenInvariants } from '@specie/core/ledger/invariants';
import { sha256 } from '@specie/core/crypto/hash';
import { payRequestMessage } from '@specie/protocol/messages/wallet';
import { CRASH_POINTS } from './crash-points.ts';
import { ORDER_LIFE } from './order-building.ts';
import { ownOrderMessage } from './records.ts';
import type { Storage } from './storage/storage.ts';
import {
  balanceOf,
  type Holder,
  killed,
  must,
  newHolder,
  openedWallet,
  walletOf,
} from './node/testing/holder.ts';
import { type Country, newCountry } from './node/testing/model-country.ts';
import { AUTHORITY, CNY, CODE } from './node/testing/model-people.ts';
import type { Wallet } from './wallet.ts';
import type { WalletPorts } from './context.ts';

class Killed extends Error {}

/** A process that can be killed: from then on nothing it does has any effect. */
interface Mortal {
  isDead: boolean;
}

function die(mortal: Mortal): never {
  mortal.isDead = true;
  throw new Killed();
}

/** Storage of a process that dies before or after its n-th write. */
function dyingStorage(
  storage: Storage,
  mortal: Mortal,
  n: number,
  when: 'before' | 'after',
): Storage {
  let writes = 0;
  return {
    ...storage,
    async write(changes) {
      if (mortal.isDead) throw new Killed();
      writes += 1;
      if (writes === n && when === 'before') die(mortal);
      await storage.write(changes);
      if (writes === n) die(mortal);
    },
  };
}

/** Ports of a process: a dead one reaches nobody, and an answer does not reach a dead one. */
function mortalPorts(there: Country, mortal: Mortal): Partial<WalletPorts> {
  return {
    transport: async (request) => {
      if (mortal.isDead) throw new Killed();
      const answer = await there.transport(request);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may die meanwhile.
      if (mortal.isDead) throw new Killed();
      return answer;
    },
  };
}

/** What the ledger says this wallet has. */
function ledgerSum(there: Country, alias: string): bigint {
  const tag = hexOf(there.walletOf(alias).tag);
  let sum = 0n;
  for (const { pieces } of there.state.coins.values())
    for (const piece of pieces)
      if (piece.state === 'live' && hexOf(piece.tag) === tag) sum += BigInt(piece.to - piece.from);
  return sum;
}

/** After a restart nothing is open, the wallet agrees with the ledger, and its money can be used. */
async function restarted(holder: Holder): Promise<Wallet> {
  killed(holder);
  const wallet = await walletOf(holder);
  must(await wallet.contact());
  const { country, alias } = holder;
  const states = wallet.orders().map(({ state }) => state.is);
  expect(states.filter((is) => is !== 'paid' && is !== 'refused')).toEqual([]);
  const sum = ledgerSum(country, alias);
  const nothing: unknown[] = [];
  expect(wallet.balance()).toEqual(
    sum === 0n ? nothing : [{ currency: CNY, available: sum, inPayment: 0n, waiting: 0n }],
  );
  expect(wallet.findings()).toEqual([]);
  expect(wallet.explain(CNY).reduce((total, { amount }) => total + amount, 0n)).toBe(sum);
  expect(brokenInvariants(country.state)).toEqual([]);
  return wallet;
}

interface Scene {
  readonly there: Country;
  readonly alice: Holder;
}

async function scene(): Promise<Scene> {
  const there = newCountry();
  there.mint(1, 1_000_000);
  const alice = newHolder(there, 'alice', 1);
  await (await openedWallet(alice, 1_000)).close();
  await openedWallet(newHolder(there, 'bob', 2));
  return { there, alice };
}

const ACTS: Readonly<Record<string, (wallet: Wallet, there: Country) => Promise<unknown>>> = {
  async 'a payment'(wallet) {
    const payee = must(await wallet.findPayee('bob'));
    return wallet.pay({ payee, currency: CNY, amount: 250n, note: '' });
  },
  async 'a refused payment'(wallet, there) {
    const payee = must(await wallet.findPayee('bob'));
    there.mischief.refusePayments = 'limit_day';
    return wallet.pay({ payee, currency: CNY, amount: 250n, note: '' });
  },
  async 'a top-up'(wallet) {
    return wallet.topUp({ currency: CNY, amount: 300n, account: 'TB-0001' });
  },
  async 'a cash-out'(wallet) {
    return wallet.cashOut({ currency: CNY, amount: 300n, account: 'TB-0001' });
  },
};

/** Runs an act in a process that may die; says whether it did. */
async function actMortally(
  act: (wallet: Wallet, there: Country) => Promise<unknown>,
  { there, alice }: Scene,
  mortal: Mortal,
  over: Partial<WalletPorts>,
  between?: (storage: Storage) => Storage,
): Promise<boolean> {
  try {
    const wallet = await walletOf(alice, { ...mortalPorts(there, mortal), ...over }, between);
    must(await wallet.contact());
    await act(wallet, there);
  } catch (cause) {
    if (!(cause instanceof Killed)) throw cause;
  }
  return mortal.isDead;
}

describe.each(Object.entries(ACTS))('%s that is cut off', (_name, act) => {
  it.each(['before', 'after'] as const)('ends well when killed %s any write', async (when) => {
    for (let n = 1; ; n++) {
      const here = await scene();
      const mortal = { isDead: false };
      const isKilled = await actMortally(act, here, mortal, {}, (storage) =>
        dyingStorage(storage, mortal, n, when),
      );
      await restarted(here.alice);
      if (!isKilled) {
        expect(n).toBeGreaterThan(2);
        break;
      }
    }
  });

  it('ends well when killed at any crash point it passes', async () => {
    let killedAt = 0;
    for (const name of CRASH_POINTS) {
      const here = await scene();
      const mortal = { isDead: false };
      const at = (point: string): void => {
        if (point === name) die(mortal);
      };
      if (await actMortally(act, here, mortal, { at })) killedAt += 1;
      await restarted(here.alice);
    }
    expect(killedAt).toBeGreaterThan(3);
  });

  it('ends well when any request or any answer is lost', async () => {
    for (const side of ['before', 'after'] as const) {
      for (let n = 1; ; n++) {
        const here = await scene();
        let count = 0;
        here.there.mischief[side] = () => {
          count += 1;
          if (count === n) throw new TypeError('the network is gone');
        };
        const wallet = await walletOf(here.alice);
        await wallet.contact();
        try {
          await act(wallet, here.there);
        } catch (cause) {
          // The act could not even begin: the payee was not found.
          if (!(cause instanceof Error && /operator_unreachable/.test(cause.message))) throw cause;
        }
        here.there.mischief[side] = undefined;
        await wallet.close();
        await restarted(here.alice);
        if (count < n) break;
      }
    }
  });

  it('ends in not paid, and safe, when its order ended before anybody came back', async () => {
    const here = await scene();
    const mortal = { isDead: false };
    const at = (point: string): void => {
      if (point === 'order.signed' || point === 'funding.kept') die(mortal);
    };
    await actMortally(act, here, mortal, { at });
    here.there.now = after(here.there.now, ORDER_LIFE + 1);
    here.there.mischief.refusePayments = undefined;
    const wallet = await restarted(here.alice);
    const purposes = wallet.orders().map(({ purpose, state }) => `${purpose} ${state.is}`);
    if (purposes.length > 0) expect(purposes.slice(0, 2).sort()[1]).toBe('refresh paid');
  });
});

describe('an order that its operator does not know', () => {
  it('is refused once its end is over, without being shown again', async () => {
    const { there, alice } = await scene();
    there.mischief.before = (route) => {
      if (route.endsWith('/pay')) throw new TypeError('the network is gone');
    };
    const wallet = await walletOf(alice);
    const payee = must(await wallet.findPayee('bob'));
    const own = must(await wallet.pay({ payee, currency: CNY, amount: 250n, note: '' }));
    expect(own.state.is).toBe('signed');
    must(await wallet.contact());
    expect(wallet.orders()[0]?.state.is).toBe('signed');
    expect(wallet.balance()).toEqual([
      { currency: CNY, available: 0n, inPayment: 250n, waiting: 750n },
    ]);
    there.now = after(there.now, ORDER_LIFE);
    let payments = 0;
    there.mischief.before = (route) => {
      if (route.endsWith('/pay')) payments += 1;
    };
    must(await wallet.contact());
    expect(wallet.orders().map(({ state }) => state.is)).toEqual(['refused', 'paid']);
    // Only the order that makes the money safe was shown.
    expect(payments).toBe(1);
    expect(wallet.balance()).toEqual([
      { currency: CNY, available: 1_000n, inPayment: 0n, waiting: 0n },
    ]);
  });
});

describe('opening a wallet', () => {
  it('ends in one wallet whose words are kept, wherever it is cut off', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n++) {
        const there = newCountry();
        const alice = newHolder(there, 'alice');
        const mortal = { isDead: false };
        const invitation = { authority: AUTHORITY, operatorUrl: alice.operatorUrl };
        try {
          const wallet = await walletOf(alice, mortalPorts(there, mortal), (storage) =>
            dyingStorage(storage, mortal, n, when),
          );
          must(await wallet.open(invitation, 'alice', 'en'));
          must(await wallet.confirm(CODE));
          must(await wallet.contact());
        } catch (cause) {
          if (!(cause instanceof Killed)) throw cause;
        }
        killed(alice);
        const wallet = await walletOf(alice);
        if (wallet.state() !== 'open') {
          must(await wallet.open(invitation, 'alice', 'en'));
          if (wallet.state() !== 'open') must(await wallet.confirm(CODE));
        }
        must(await wallet.contact());
        expect(there.operators[0]?.wallets.size).toBe(1);
        if (!mortal.isDead) break;
      }
    }
  });
});

describe('secrets', () => {
  it('are shown only when the order that shows them is on disk', async () => {
    const there = newCountry();
    there.mint(1, 1_000_000);
    const alice = newHolder(there, 'alice', 1);
    await (await openedWallet(alice, 1_000)).close();
    await openedWallet(newHolder(there, 'bob', 2));
    const durable = new Set<string>();
    let shown = 0;
    const wallet = await walletOf(
      alice,
      {
        transport: async (request) => {
          const body = new Uint8Array(await request.clone().arrayBuffer());
          const payment = payRequestMessage.decode(body);
          if (payment.ok) {
            shown += payment.value.secrets.length;
            expect(durable.has(hexOf(sha256(payment.value.signature)))).toBe(true);
          }
          return there.transport(request);
        },
      },
      (storage) => ({
        ...storage,
        async write(changes) {
          // A disk is slower than whatever else could run meanwhile.
          await new Promise((resolve) => setTimeout(resolve, 20));
          await storage.write(changes);
          for (const change of changes) {
            if (change.is !== 'put' || change.kind !== 'order') continue;
            durable.add(hexOf(sha256(must(ownOrderMessage.decode(change.value)).signature)));
          }
        },
      }),
    );
    const payee = must(await wallet.findPayee('bob'));
    must(await wallet.pay({ payee, currency: CNY, amount: 250n, note: '' }));
    there.mischief.refusePayments = 'limit_year';
    await wallet.pay({ payee, currency: CNY, amount: 250n, note: '' });
    expect(shown).toBe(3);
    expect(balanceOf(wallet)).toBe(750n);
  });
});
