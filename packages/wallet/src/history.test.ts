import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { lockKey } from '@specie/core/coin/lock';
import { killed, newHolder, openedWallet, walletOf } from './node/testing/holder.ts';
import { type Country, newCountry } from './node/testing/model-country.ts';
import { CNY } from './node/testing/model-people.ts';
import { lineText } from './texts.ts';
import { totalOf } from './standing.ts';
import type { Wallet } from './wallet.ts';

type Act =
  | { readonly is: 'pay'; readonly who: number; readonly to: number; readonly amount: number }
  | { readonly is: 'topUp' | 'cashOut'; readonly who: number; readonly amount: number }
  | { readonly is: 'contact' | 'tidy' | 'restart'; readonly who: number }
  | { readonly is: 'refuse' | 'steal'; readonly who: number }
  | { readonly is: 'deaf'; readonly heard: number; readonly lost: number; readonly who: number };

const who = fc.nat(2);
const amount = fc.integer({ min: 1, max: 1_500 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ is: fc.constant('pay' as const), who, to: who, amount }) },
  fc.record({ is: fc.constantFrom('topUp' as const, 'cashOut' as const), who, amount }),
  fc.record({ is: fc.constantFrom('contact' as const, 'tidy' as const, 'restart' as const), who }),
  fc.record({ is: fc.constantFrom('refuse' as const, 'steal' as const), who }),
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('deaf' as const),
      heard: fc.integer({ min: 1, max: 3 }),
      lost: fc.integer({ min: 3, max: 8 }),
      who,
    }),
  },
);

const NAMES = ['ann', 'ben', 'cho'] as const;

/** Balance, its three parts and its explanation agree, whatever happened. */
function isExplained(wallet: Wallet): void {
  const standing = wallet.balance().find(({ currency }) => currency === CNY);
  const lines = wallet.explain(CNY);
  const sum = lines.reduce((total, line) => total + line.amount, 0n);
  expect(sum).toBe(standing === undefined ? 0n : totalOf(standing));
  for (const each of wallet.balance()) {
    expect(each.available >= 0n && each.inPayment >= 0n && each.waiting >= 0n).toBe(true);
  }
  for (const line of wallet.history()) {
    for (const language of ['en', 'zh'] as const)
      expect(lineText(line, language).title).not.toBe('');
  }
}

/** No lock stands in two orders or two batches of anybody. */
function locksAreFresh(there: Country, wallets: readonly Wallet[]): void {
  const batches = there.operators.flatMap(({ wallets: all }) =>
    [...all.values()].flatMap((each) =>
      each.batches.flatMap(({ whole }) => whole.hashes.map(hexOf)),
    ),
  );
  expect(new Set(batches).size).toBe(batches.length);
  const outputs = wallets.flatMap((wallet) =>
    wallet
      .orders()
      .flatMap(({ order }) =>
        order.parts.flatMap((part) => part.outputs.map(({ lock }) => lockKey(lock))),
      ),
  );
  expect(new Set(outputs).size).toBe(outputs.length);
}

async function play(there: Country, acts: readonly Act[]): Promise<void> {
  const holders = NAMES.map((name, i) => newHolder(there, name, 1 + (i % 2)));
  const wallets: Wallet[] = [];
  for (const holder of holders) wallets.push(await openedWallet(holder, 1_000));
  for (const each of acts) {
    await perform(there, holders, wallets, each);
    wallets.forEach(isExplained);
  }
  there.mischief.refusePayments = undefined;
  there.mischief.after = undefined;
  for (const wallet of wallets) expect(await wallet.contact()).toEqual({ ok: true, value: true });
  wallets.forEach(isExplained);
  locksAreFresh(there, wallets);
}

async function perform(
  there: Country,
  holders: readonly ReturnType<typeof newHolder>[],
  wallets: Wallet[],
  each: Act,
): Promise<void> {
  const wallet = wallets[each.who]!;
  switch (each.is) {
    case 'pay': {
      const payee = await wallet.findPayee(NAMES[each.to]!);
      if (payee.ok)
        await wallet.pay({
          payee: payee.value,
          currency: CNY,
          amount: BigInt(each.amount),
          note: '',
        });
      return;
    }
    case 'topUp':
    case 'cashOut':
      await wallet[each.is]({ currency: CNY, amount: BigInt(each.amount), account: 'TB-0001' });
      return;
    case 'contact':
      await wallet.contact();
      return;
    case 'tidy':
      await wallet.tidy();
      return;
    case 'restart':
      killed(holders[each.who]!);
      wallets[each.who] = await walletOf(holders[each.who]!);
      return;
    case 'refuse':
      there.mischief.refusePayments = there.mischief.refusePayments ? undefined : 'limit_day';
      return;
    case 'deaf': {
      let answers = 0;
      there.mischief.after = () => {
        answers += 1;
        if (answers > each.heard && answers <= each.heard + each.lost)
          throw new TypeError('the network is gone');
      };
      return;
    }
    case 'steal':
      steal(there, NAMES[each.who]!);
  }
}

/** The operator says that a piece left by an order nobody gave. */
function steal(there: Country, alias: string): void {
  const model = there.walletOf(alias);
  const came = model.events.findLast(({ what }) => what.is === 'came')?.what;
  if (came?.is !== 'came') return;
  const { coin, from, to } = came;
  const what = { is: 'went', coin: coin.identity, from, to, order: new Uint8Array(32) } as const;
  model.events.push({ number: model.events.length + 1, position: 0, time: there.now, what });
}

describe('why my balance is this', () => {
  it('is told by lines that add up exactly, after any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
        const there = newCountry();
        there.mint(1, 1_000_000);
        there.mint(2, 1_000_000);
        await play(there, acts);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});
