/**
 * The test bank makes no money and loses none: what is debited here is what operators moved.
 */
import { openDatabase } from '@specie/stores/database';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BANK_MIGRATIONS, TestBank, type BankRequest } from './test-bank.ts';

const request = (over: Partial<BankRequest> = {}): BankRequest => ({
  reference: 'aabbccdd00',
  account: 'TB-0001',
  currency: 'CNY',
  amount: '1250',
  operator: 1,
  ...over,
});
const bank = (): TestBank =>
  new TestBank(openDatabase({ path: ':memory:', kind: 'SPbk', migrations: BANK_MIGRATIONS }));
const balanceOf = (of: TestBank, account: string, currency: string): string | undefined =>
  of.accounts().find((each) => each.account === account && each.currency === currency)?.balance;

describe('the test bank', () => {
  it('opens an account with 100,000.00 of each currency and takes from it', () => {
    const made = bank();
    expect(made.move('debit', request())).toEqual({ state: 'done' });
    expect(balanceOf(made, 'TB-0001', 'CNY')).toBe('9998750');
    expect(balanceOf(made, 'TB-0001', 'EUR')).toBe('10000000');
  });

  it('answers a repeat as the first time and moves money once', () => {
    const made = bank();
    for (let i = 0; i < 5; i++) expect(made.move('debit', request())).toEqual({ state: 'done' });
    expect(balanceOf(made, 'TB-0001', 'CNY')).toBe('9998750');
  });

  it.each([{ amount: '1251' }, { account: 'TB-0002' }, { currency: 'EUR' }, { operator: 2 }])(
    'refuses another request under the same reference: %o',
    (over) => {
      const made = bank();
      made.move('debit', request());
      expect(made.move('debit', request(over))).toEqual({
        state: 'refused',
        reason: 'reference_reused',
      });
      expect(made.move('credit', request())).toEqual({
        state: 'refused',
        reason: 'reference_reused',
      });
    },
  );

  it.each([
    [{ account: 'CH93 0076' }, 'account_unknown'],
    [{ currency: 'XXX' }, 'currency_unknown'],
    [{ amount: '0' }, 'amount_invalid'],
    [{ amount: '-5' }, 'amount_invalid'],
    [{ amount: '1e3' }, 'amount_invalid'],
    [{ amount: '10000001' }, 'funds_insufficient'],
  ] as const)('refuses %o as %s', (over, reason) => {
    expect(bank().move('debit', request(over))).toEqual({ state: 'refused', reason });
  });

  it('keeps the sum of all accounts equal to what was opened, less debits, plus credits', () => {
    const step = fc.record({
      kind: fc.constantFrom('debit' as const, 'credit' as const),
      account: fc.constantFrom('TB-0001', 'TB-0002'),
      amount: fc.bigInt({ min: 0n, max: 20_000_000n }),
      reference: fc.integer({ min: 0, max: 9 }).map((n) => `0000000${n}`),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const made = bank();
        let net = 0n;
        const done = new Set<string>();
        for (const { kind, account, amount, reference } of steps) {
          const answer = made.move(
            kind,
            request({ account, amount: amount.toString(), reference }),
          );
          if (answer.state !== 'done' || done.has(reference)) continue;
          done.add(reference);
          net += kind === 'debit' ? -amount : amount;
        }
        const rows = made.accounts().filter((each) => each.currency === 'CNY');
        const sum = rows.reduce((total, each) => total + BigInt(each.balance), 0n);
        expect(sum).toBe(10_000_000n * BigInt(rows.length) + net);
        expect(rows.every((each) => BigInt(each.balance) >= 0n)).toBe(true);
      }),
    );
  });
});
