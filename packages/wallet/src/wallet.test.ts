import { describe, expect, it } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import {
  balanceOf,
  must,
  newHolder,
  openedWallet,
  walletOf,
  killed,
} from './node/testing/holder.ts';
import { newCountry, type Country } from './node/testing/model-country.ts';
import { AUTHORITY, CNY } from './node/testing/model-people.ts';
import type { Wallet } from './wallet.ts';

async function paid(from: Wallet, to: string, amount: bigint, note = ''): Promise<string> {
  const payee = must(await from.findPayee(to));
  const own = must(await from.pay({ payee, currency: CNY, amount, note }));
  expect(own.state.is).toBe('paid');
  return hexOf(own.hash);
}

function country(): Country {
  const made = newCountry();
  made.mint(1, 1_000_000);
  made.mint(2, 1_000_000);
  return made;
}

describe('a wallet', () => {
  it('opens, tops up, pays across operators and gives the change back', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 10_000);
    const bob = await openedWallet(newHolder(there, 'bob', 2));
    await paid(alice, 'bob', 2_550n, 'lunch');
    must(await bob.contact());
    expect(balanceOf(alice)).toBe(7_450n);
    expect(balanceOf(bob)).toBe(2_550n);
    await paid(bob, 'alice', 50n);
    must(await alice.contact());
    expect(balanceOf(alice)).toBe(7_500n);
    expect(alice.findings()).toEqual([]);
    expect(bob.history()).toMatchObject([
      { is: 'received', note: 'lunch' },
      { is: 'order', own: { purpose: 'pay' } },
    ]);
  });

  it('has money again that came back in the very range it was paid in', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 500);
    const bob = await openedWallet(newHolder(there, 'bob', 2));
    await paid(alice, 'bob', 500n);
    must(await bob.contact());
    await paid(bob, 'alice', 500n);
    must(await alice.contact());
    expect(alice.balance()).toEqual([
      { currency: CNY, available: 500n, inPayment: 0n, waiting: 0n },
    ]);
    await paid(alice, 'bob', 500n);
  });

  it('cashes out and tidies', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 1_000);
    const bob = await openedWallet(newHolder(there, 'bob', 2));
    await paid(alice, 'bob', 300n);
    must(await bob.contact());
    await paid(bob, 'alice', 300n);
    must(await alice.contact());
    const own = must(await alice.tidy());
    expect(own?.state.is).toBe('paid');
    expect(must(await alice.tidy())).toBe(undefined);
    expect(balanceOf(alice)).toBe(1_000n);
    const cashed = must(await alice.cashOut({ currency: CNY, amount: 400n, account: 'TB-0001' }));
    expect(cashed.state).toBe('done');
    expect(balanceOf(alice)).toBe(600n);
    expect(alice.explain(CNY).reduce((sum, { amount }) => sum + amount, 0n)).toBe(600n);
  });

  it('is brought back from its words with the same money and the same explanation', async () => {
    const there = country();
    const holder = newHolder(there, 'alice', 1);
    const alice = await openedWallet(holder, 5_000);
    const bob = await openedWallet(newHolder(there, 'bob', 2));
    await paid(alice, 'bob', 1_234n);
    must(await bob.contact());
    await paid(bob, 'alice', 34n, 'back');
    must(await alice.contact());
    const words = must(alice.words()).join(' ');
    const again = await walletOf({ ...newHolder(there, 'somewhere else', 1) });
    must(await again.recover({ authority: AUTHORITY, operatorUrl: holder.operatorUrl }, words));
    must(await again.contact());
    expect(again.balance()).toEqual(alice.balance());
    expect(again.findings()).toEqual([]);
    expect(again.explain(CNY).reduce((sum, { amount }) => sum + amount, 0n)).toBe(3_800n);
    await paid(again, 'bob', 100n);
    killed(holder);
  });

  it('refuses in words when the money does not suffice, is forbidden or is above a limit', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 100);
    await openedWallet(newHolder(there, 'bob', 2));
    const payee = must(await alice.findPayee('bob'));
    const wish = { payee, currency: CNY, note: '' };
    expect(await alice.pay({ ...wish, amount: 101n })).toMatchObject({
      refusal: { code: 'funds_insufficient' },
    });
    expect(await alice.pay({ ...wish, amount: 0n })).toMatchObject({
      refusal: { code: 'amount_out_of_range' },
    });
    expect(await alice.pay({ ...wish, amount: 200_001n })).toMatchObject({
      refusal: { code: 'limit_payment' },
    });
    expect(await alice.findPayee('nobody')).toMatchObject({ refusal: { code: 'payee_unknown' } });
  });

  it('moves its money to fresh locks after a refusal, and no shown secret opens it any more', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 1_000);
    await openedWallet(newHolder(there, 'bob', 2));
    const payee = must(await alice.findPayee('bob'));
    there.mischief.refusePayments = 'limit_day';
    const wish = { payee, currency: CNY, amount: 10n, note: '' };
    expect(await alice.pay(wish)).toMatchObject({ refusal: { code: 'limit_day' } });
    there.mischief.refusePayments = undefined;
    expect(alice.balance()).toEqual([
      { currency: CNY, available: 1_000n, inPayment: 0n, waiting: 0n },
    ]);
    expect(alice.orders().map(({ purpose, state }) => [purpose, state.is])).toEqual([
      ['pay', 'refused'],
      ['refresh', 'paid'],
    ]);
    await paid(alice, 'bob', 10n);
    // The refused order and the one that made its money safe show the same secret; the next another.
    expect(there.shown.size).toBe(2);
  });

  it('keeps locks at its operator, and leaves more when they run low', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 10_000);
    const bob = await openedWallet(newHolder(there, 'bob', 2));
    for (let i = 0; i < 17; i++) await paid(alice, 'bob', 1n);
    const model = there.walletOf('bob');
    expect(model.batches.length).toBe(1);
    must(await bob.contact());
    expect(model.batches.length).toBe(2);
    const hashes = model.batches.flatMap(({ whole }) => whole.hashes.map(hexOf));
    expect(new Set(hashes).size).toBe(128);
  });

  it('shows money that left without its order, with the evidence', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 1_000);
    const model = there.walletOf('alice');
    const came = model.events[0]!.what;
    if (came.is !== 'came') throw new Error('the first event is the top-up');
    const { coin, from, to } = came;
    const order = new Uint8Array(32).fill(9);
    const what = { is: 'went', coin: coin.identity, from, to, order } as const;
    model.events.push({ number: 2, position: 99, time: there.now, what });
    must(await alice.contact());
    expect(alice.findings()).toMatchObject([{ is: 'left_without_order', event: { number: 2 } }]);
    expect(balanceOf(alice)).toBe(0n);
    expect(alice.explain(CNY)).toMatchObject([
      { amount: 1_000n },
      { is: 'finding', amount: -1_000n },
    ]);
  });

  it('does not count money whose lock its words do not open', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 1_000);
    const model = there.walletOf('alice');
    const event = model.events[0]!;
    if (event.what.is !== 'came') throw new Error('the first event is the top-up');
    const what = { ...event.what, from: 5_000, to: 6_000, hash: new Uint8Array(32) };
    model.events.push({ ...event, number: 2, what });
    must(await alice.contact());
    expect(alice.findings()).toMatchObject([{ is: 'secret_does_not_open' }]);
    expect(balanceOf(alice)).toBe(1_000n);
  });

  it('refuses an account with a gap and books nothing of it', async () => {
    const there = country();
    const alice = await openedWallet(newHolder(there, 'alice', 1), 1_000);
    const model = there.walletOf('alice');
    model.events.push({ ...model.events[0]!, number: 7 });
    expect(await alice.contact()).toMatchObject({ refusal: { code: 'account_contradicted' } });
    expect(balanceOf(alice)).toBe(1_000n);
  });

  it('trusts only the authority it was told', async () => {
    const there = country();
    const holder = newHolder(there, 'alice', 1);
    const wallet = await walletOf(holder);
    const stranger = { authority: new Uint8Array(32), operatorUrl: holder.operatorUrl };
    expect(await wallet.open(stranger, 'alice', 'en')).toMatchObject({
      refusal: { code: 'root_unknown' },
    });
    expect(must(await wallet.claimedAuthority(holder.operatorUrl)).name).toBe('Model Mint');
  });
});
