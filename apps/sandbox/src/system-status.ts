/**
 * The one JSON text behind the status page: what the services tell everyone, the letters of the
 * outbox and the balances of the test bank. A service that does not answer is shown as not ready.
 *
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import { currencyOfNumber, parseCurrency } from '@specie/core/money/currency';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import type { Outbox } from './outbox.ts';
import { AUTHORITY_NAME, OPERATOR_NAMES, type System } from './system.ts';
import type { TestBank } from './test-bank.ts';

const PATIENCE_MS = 1500;

interface Sum {
  readonly currency: number | string;
  readonly amount: string;
}

interface AuthorityStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly currencies: readonly {
    readonly code: string;
    readonly minted: string;
    readonly retired: string;
    readonly outstanding: string;
    readonly reserves: string;
    readonly policy?: { readonly numerator: number; readonly denominator: number };
  }[];
  readonly recent: readonly {
    readonly position: number;
    readonly time: number;
    readonly verb: string;
    readonly handle?: string;
    readonly amounts: readonly Sum[];
  }[];
}

interface OperatorStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly wallets: number;
  readonly payments: { readonly today: number };
  readonly stock: readonly Sum[];
}

async function fetchStatus<T>(url: string | undefined): Promise<T | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(`${url}/v1/status`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

function shown(sum: Sum): {
  readonly code: string;
  readonly minorDigits: number;
  readonly amount: string;
} {
  const known =
    typeof sum.currency === 'number' ? currencyOfNumber(sum.currency) : parseCurrency(sum.currency);
  return known.ok
    ? { code: known.value.code, minorDigits: known.value.minorDigits, amount: sum.amount }
    : { code: String(sum.currency), minorDigits: 0, amount: sum.amount };
}

function isSound(supply: AuthorityStatus['currencies'][number]): boolean {
  const outstanding = BigInt(supply.minted) - BigInt(supply.retired);
  const { numerator, denominator } = supply.policy ?? { numerator: 1, denominator: 1 };
  return (
    outstanding === BigInt(supply.outstanding) &&
    outstanding * BigInt(denominator) <= BigInt(supply.reserves) * BigInt(numerator)
  );
}

/** What the page shows of a system that may still be starting. */
export async function systemStatus(
  system: System | undefined,
  parts: { readonly bank: TestBank; readonly outbox: Outbox },
): Promise<unknown> {
  const [authority, ...operators] = await Promise.all([
    fetchStatus<AuthorityStatus>(system?.authorityUrl),
    ...OPERATOR_NAMES.map((_, i) => fetchStatus<OperatorStatus>(system?.operatorUrls[i])),
  ]);
  const fingerprint = system?.fingerprint ?? '';
  const identity = parseAuthority(fingerprint);
  return {
    authority: {
      name: authority?.name ?? AUTHORITY_NAME,
      fingerprint,
      identity: identity.ok ? hexOf(identity.value) : '',
      isReady: authority?.ready ?? false,
    },
    currencies: (authority?.currencies ?? []).map((each) => ({
      ...each,
      minorDigits: shown({ currency: each.code, amount: '0' }).minorDigits,
      isSound: isSound(each),
    })),
    operators: OPERATOR_NAMES.map((name, i) => ({
      number: i + 1,
      name: operators[i]?.name ?? name,
      isReady: operators[i]?.ready ?? false,
      wallets: operators[i]?.wallets ?? 0,
      paymentsToday: operators[i]?.payments.today ?? 0,
      stock: (operators[i]?.stock ?? []).map(shown),
    })),
    movements: (authority?.recent ?? []).map((each) => ({
      ...each,
      handle: each.handle ?? '',
      amounts: each.amounts.map(shown),
    })),
    letters: parts.outbox
      .newest(8)
      .map(({ time, operator, to, code }) => ({ time, operator, to, code })),
    accounts: parts.bank.accounts().map(({ account, currency, balance }) => ({
      account,
      ...shown({ currency, amount: balance }),
      code: currency,
      balance,
    })),
    commands: [
      'npm run demo',
      'npx specie open --phone +8613800138000',
      'npx specie top-up 100.00 CNY --account TB-0001',
    ],
  };
}
