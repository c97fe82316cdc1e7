import { describe, expect, it } from 'vitest';
import { instantOf } from '../base/instant.ts';
import {
  checkBalance,
  checkPayment,
  dayOf,
  limitsAt,
  SAMPLE_LIMITS,
  type LimitRow,
  type LimitTable,
} from './limit.ts';

const row = (from: number, payment: bigint): LimitRow => ({
  tier: 'IV',
  currency: 156,
  from,
  balance: 1000n,
  payment,
  day: 300n,
  year: 900n,
});
const TABLE: LimitTable = {
  dayStartsAt: 16 * 60,
  rows: [row(2000, 20n), row(0, 10n), row(1000, 15n)],
};
const codeOf = (result: {
  readonly ok: boolean;
  readonly refusal?: { readonly code: string };
}): string => (result.ok ? 'allowed' : (result.refusal?.code ?? ''));

describe('limits', () => {
  it('are those of the latest row in force, wherever it stands in the table', () => {
    const paymentAt = (now: number): unknown => {
      const found = limitsAt(TABLE, 'IV', 156, instantOf(now));
      return found.ok ? found.value.payment : found.refusal.code;
    };
    expect([0, 999, 1000, 1999, 2000, 9999].map(paymentAt)).toEqual([10n, 10n, 15n, 15n, 20n, 20n]);
  });

  it('that are missing refuse', () => {
    expect(limitsAt(TABLE, 'IV', 840, instantOf(0))).toMatchObject({
      refusal: { code: 'limit_missing' },
    });
    expect(limitsAt(TABLE, 'I', 156, instantOf(0))).toMatchObject({
      refusal: { code: 'limit_missing' },
    });
    const later = { ...TABLE, rows: [row(5, 1n)] };
    expect(limitsAt(later, 'IV', 156, instantOf(4))).toMatchObject({
      refusal: { code: 'limit_missing' },
    });
  });

  it('of the sample are those published for wallets opened with a phone number', () => {
    expect(limitsAt(SAMPLE_LIMITS, 'IV', 156, instantOf(0))).toMatchObject({
      value: { balance: 1_000_000n, payment: 200_000n, day: 500_000n, year: 5_000_000n },
    });
  });
});

describe('a payment', () => {
  it.each([
    [20n, 0n, 0n, 'allowed'],
    [21n, 0n, 0n, 'limit_payment'],
    [20n, 280n, 0n, 'allowed'],
    [20n, 281n, 0n, 'limit_day'],
    [20n, 280n, 880n, 'allowed'],
    [20n, 280n, 881n, 'limit_year'],
    [20n, 281n, 881n, 'limit_day'],
    [21n, 281n, 881n, 'limit_payment'],
  ])('of %i after %i today and %i this year: %s', (amount, day, year, expected) => {
    expect(codeOf(checkPayment(row(0, 20n), amount, { day, year }))).toBe(expected);
  });
});

describe('a balance', () => {
  it('may reach its limit and not pass it', () => {
    expect(codeOf(checkBalance(row(0, 1n), 990n, 10n))).toBe('allowed');
    expect(codeOf(checkBalance(row(0, 1n), 990n, 11n))).toBe('limit_balance');
  });
});

describe('a day', () => {
  it('begins at midnight in China, which is 16:00 UTC', () => {
    const at = (text: string): number => dayOf(SAMPLE_LIMITS, instantOf(Date.parse(text)));
    expect(at('2026-05-01T15:59:59.999Z')).toBe(at('2026-04-30T16:00:00Z'));
    expect(at('2026-05-01T16:00:00Z')).toBe(at('2026-05-01T15:59:59.999Z') + 1);
    expect(dayOf(SAMPLE_LIMITS, instantOf(0))).toBe(0);
  });

  it('begins at midnight UTC when the table says so', () => {
    const utc = { ...TABLE, dayStartsAt: 0 };
    expect(dayOf(utc, instantOf(86_399_999)) + 1).toBe(dayOf(utc, instantOf(86_400_000)));
  });
});
