/** What a wallet does when its operator was restored from a copy and has lost its newest batches, or the wallet. */
import { expect, it } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import {
  balanceOf,
  killed,
  must,
  newHolder,
  openedWallet,
  walletOf,
} from './node/testing/holder.ts';
import { newCountry, type Country } from './node/testing/model-country.ts';
import { AUTHORITY, CNY, CODE, type ModelWallet } from './node/testing/model-people.ts';
import { LOCKS_KEPT } from './receiving.ts';
import type { Wallet } from './wallet.ts';

async function pay(from: Wallet, to: string, amount: bigint): Promise<void> {
  const payee = must(await from.findPayee(to));
  const own = must(await from.pay({ payee, currency: CNY, amount, note: '' }));
  expect(own.state.is).toBe('paid');
}

function country(): Country {
  const made = newCountry();
  made.mint(1, 1_000_000);
  return made;
}

/** The operator forgets a wallet's batches, and where the secrets of what came on them are. */
function loseBatches(wallet: ModelWallet): void {
  wallet.batches.length = 0;
  wallet.events.forEach((event, i) => {
    const { what } = event;
    if (what.is !== 'came' || what.isChange) return;
    const origin = { nonce: new Uint8Array(16), index: 0 };
    wallet.events[i] = { ...event, what: { ...what, origin } };
  });
}

it('leaves batches again that the operator has lost, as spent, and has what came on them', async () => {
  const there = country();
  const alice = await openedWallet(newHolder(there, 'alice'), 10_000);
  const bob = await openedWallet(newHolder(there, 'bob'));
  await pay(alice, 'bob', 700n);
  const kept = there.walletOf('bob');
  const before = new Set(kept.batches.map(({ whole }) => hexOf(whole.head.nonce)));
  loseBatches(kept);
  must(await bob.contact());
  expect(balanceOf(bob)).toBe(700n);
  expect(bob.findings()).toEqual([]);
  for (const { whole, next } of kept.batches)
    if (before.has(hexOf(whole.head.nonce))) expect(next).toBe(whole.head.count);
  const open = kept.batches.filter(({ next, whole }) => next < whole.head.count);
  expect(open.map(({ next }) => next)).toEqual([0]);
  expect(open[0]!.whole.head.count).toBeGreaterThanOrEqual(LOCKS_KEPT);
  await pay(alice, 'bob', 1n);
});

it('sends a batch of which no answer came again as spent, so that it is not offered twice', async () => {
  const there = country();
  const holder = newHolder(there, 'bob');
  there.mischief.after = (route) => {
    if (route.endsWith('/wallet/locks')) throw new TypeError('the answer is lost');
  };
  const bob = await walletOf(holder);
  must(await bob.open({ authority: AUTHORITY, operatorUrl: holder.operatorUrl }, 'bob', 'en'));
  must(await bob.confirm(CODE));
  await bob.contact().catch(() => undefined);
  const kept = there.walletOf('bob');
  const lost = kept.batches[0]!.whole.head.nonce;
  kept.batches.length = 0;
  there.mischief.after = undefined;
  must(await bob.contact());
  const again = kept.batches.find(({ whole }) => hexOf(whole.head.nonce) === hexOf(lost))!;
  expect(again.next).toBe(again.whole.head.count);
});

it('learns an origin later, when another device has left its batch again', async () => {
  const there = country();
  const alice = await openedWallet(newHolder(there, 'alice'), 10_000);
  const holder = newHolder(there, 'bob');
  const bob = await openedWallet(holder);
  const words = must(bob.words()).join(' ');
  await pay(alice, 'bob', 700n);
  loseBatches(there.walletOf('bob'));
  const { operatorUrl } = holder;
  const second = await walletOf({
    ...newHolder(there, 'bob'),
    random: newHolder(there, 'second').random,
  });
  must(await second.recover({ authority: AUTHORITY, operatorUrl }, words));
  must(await second.contact());
  expect(balanceOf(second)).toBe(0n);
  expect(second.findings()).toMatchObject([{ is: 'secret_does_not_open' }]);
  must(await bob.contact());
  expect(balanceOf(bob)).toBe(700n);
  must(await second.contact());
  expect(balanceOf(second)).toBe(700n);
  expect(second.findings()).toEqual([]);
  await second.close();
});

it('is opened again with its key when the operator has lost it, from its file and from its words', async () => {
  const there = country();
  const holder = newHolder(there, 'bob');
  const { operatorUrl } = holder;
  const invitation = { authority: AUTHORITY, operatorUrl };
  const bob = await openedWallet(holder, 300);
  const address = must(bob.address());
  const words = must(bob.words()).join(' ');
  expect(await bob.open(invitation, 'bob', 'en')).toMatchObject({
    refusal: { code: 'wallet_present' },
  });
  const { wallets, opening } = there.operators[0]!;
  const [[key, kept]] = [...wallets] as [[string, ModelWallet]];
  const forget = (): void => {
    wallets.delete(key);
    opening.delete(key);
  };
  forget();
  expect(await bob.contact()).toMatchObject({ refusal: { code: 'wallet_unknown' } });
  must(await bob.open(invitation, 'bob', 'en'));
  must(await bob.confirm(CODE));
  // The ledger told the operator what happened under the tag.
  there.walletOf('bob').events.push(...kept.events);
  must(await bob.contact());
  expect(balanceOf(bob)).toBe(300n);
  await bob.close();
  killed(holder);

  forget();
  const again = await walletOf({
    ...newHolder(there, 'bob'),
    random: newHolder(there, 'second').random,
  });
  expect(await again.recover(invitation, words)).toMatchObject({
    refusal: { code: 'wallet_unknown' },
  });
  must(await again.open(invitation, 'bob', 'en', words));
  must(await again.confirm(CODE));
  expect(must(again.address())).toBe(address);
});
