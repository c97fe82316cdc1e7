/**
 * Settings of an operator, as data in one file. Invariant: what is read was checked whole, and a
 * setting that is missing has the value written here with its reason.
 *
 * Spec: 06 §5, §6; 08 §2.
 * @module
 */
import { DAY, HOUR, MINUTE } from '@specie/core/base/instant';
import { currencyOfNumber } from '@specie/core/money/currency';
import { SAMPLE_LIMITS, type LimitTable } from '@specie/core/risk/limit';
import { Fault } from '@specie/protocol/fault';
import { SEAL_DAYS } from '@specie/protocol/session/kept-seals';
import type { Rate } from './rule/rate.ts';

/** What is counted against a rate. */
export const RATE_NAMES = [
  'openPerName',
  'openPerRemote',
  'openInAll',
  'codePerWallet',
  'payeePerWallet',
  'drawPerWallet',
  'refusedPerWallet',
  'peerDrawPerPayer',
  'peerPerOperator',
] as const;
export type RateName = (typeof RATE_NAMES)[number];
export type Rates = Readonly<Record<RateName, Rate>>;

/** How much of a currency the stock should hold, in minor units. */
export interface StockTarget {
  readonly currency: number;
  /** Below this the mint is asked. */
  readonly floor: bigint;
  /** Up to this it is filled. */
  readonly target: bigint;
  readonly unitsPerCoin: number;
}

export interface Settings {
  readonly number: number;
  readonly name: string;
  readonly url: string;
  /** The authority's fingerprint, `sa1…`. */
  readonly authority: string;
  readonly authorityUrl: string;
  /** Where bank and outbox of the sandbox are; undefined outside sandbox data. */
  readonly sandboxUrl: string | undefined;
  readonly limits: LimitTable;
  readonly rates: Rates;
  readonly stock: readonly StockTarget[];
  readonly lanes: number;
  /** Days for which seals of sessions are kept after the newest of each. */
  readonly sealDays: number;
  /** How long a wallet waits for the outcome of its order before it is told to ask again. */
  readonly answerWaitMs: number;
}

const CNY = 156;
const EUR = 978;

/** Rates for a service that people use; a load test writes others. */
export const DEFAULT_RATES: Rates = {
  // A person mistypes a number now and then; nobody needs more codes than this.
  openPerName: { count: 5, spanMs: HOUR },
  // A family or a small office behind one address.
  openPerRemote: { count: 60, spanMs: HOUR },
  openInAll: { count: 2000, spanMs: MINUTE },
  codePerWallet: { count: 20, spanMs: HOUR },
  // Looking up names one by one would tell who has a wallet.
  payeePerWallet: { count: 60, spanMs: MINUTE },
  drawPerWallet: { count: 120, spanMs: MINUTE },
  refusedPerWallet: { count: 120, spanMs: MINUTE },
  peerDrawPerPayer: { count: 120, spanMs: MINUTE },
  peerPerOperator: { count: 10_000, spanMs: 1000 },
};

/** Coins of 10,000.00, and enough of them for a day of top-ups in a trial. */
export const DEFAULT_STOCK: readonly StockTarget[] = [CNY, EUR].map((currency) => ({
  currency,
  floor: 50_000_000n,
  target: 100_000_000n,
  unitsPerCoin: 1_000_000,
}));

/** Everything but who this operator is. */
export const DEFAULTS = {
  limits: SAMPLE_LIMITS,
  rates: DEFAULT_RATES,
  stock: DEFAULT_STOCK,
  lanes: 2,
  sealDays: SEAL_DAYS,
  answerWaitMs: 15_000,
} as const;

/** Settings as JSON: amounts as decimal text. */
export function settingsJson(settings: Settings): string {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? value.toString() : value;
  return `${JSON.stringify(settings, plain, 2)}\n`;
}

/** Settings of a parsed file; a fault that names the field when it does not fit. */
export function settingsOf(json: unknown): Settings {
  const all = recordOf(json, '');
  const sandboxUrl = all['sandboxUrl'];
  return {
    number: wholeOf(all['number'], 'number', 1, 0xffff_ffff),
    name: textOf(all['name'], 'name', 64),
    url: textOf(all['url'], 'url', 256),
    authority: textOf(all['authority'], 'authority', 128),
    authorityUrl: textOf(all['authorityUrl'], 'authorityUrl', 256),
    sandboxUrl: sandboxUrl === undefined ? undefined : textOf(sandboxUrl, 'sandboxUrl', 256),
    limits: all['limits'] === undefined ? DEFAULTS.limits : limitsOf(all['limits']),
    rates: ratesOf(all['rates'] ?? {}),
    stock:
      all['stock'] === undefined ? DEFAULTS.stock : listOf(all['stock'], 'stock').map(targetOf),
    lanes: wholeOf(all['lanes'] ?? DEFAULTS.lanes, 'lanes', 1, 8),
    sealDays: wholeOf(all['sealDays'] ?? DEFAULTS.sealDays, 'sealDays', 1, 36_600),
    answerWaitMs: wholeOf(all['answerWaitMs'] ?? DEFAULTS.answerWaitMs, 'answerWaitMs', 10, 60_000),
  };
}

function limitsOf(json: unknown): LimitTable {
  const table = recordOf(json, 'limits');
  const rows = listOf(table['rows'], 'limits.rows').map((each, i) => {
    const at = `limits.rows[${i}]`;
    const row = recordOf(each, at);
    if (row['tier'] !== 'IV') throw wrong(`${at}.tier`);
    const sum = (name: string): bigint => amountOf(row[name], `${at}.${name}`);
    return {
      tier: 'IV' as const,
      currency: currencyOf(row['currency'], `${at}.currency`),
      from: wholeOf(row['from'], `${at}.from`, 0, 2 ** 48 - 1),
      balance: sum('balance'),
      payment: sum('payment'),
      day: sum('day'),
      year: sum('year'),
    };
  });
  const dayStartsAt = wholeOf(table['dayStartsAt'], 'limits.dayStartsAt', 0, DAY / MINUTE - 1);
  return { dayStartsAt, rows };
}

function ratesOf(json: unknown): Rates {
  const given = recordOf(json, 'rates');
  const unknown = Object.keys(given).find((name) => !RATE_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw wrong(`rates.${unknown}`);
  const entries = RATE_NAMES.map((name): [RateName, Rate] => {
    if (given[name] === undefined) return [name, DEFAULT_RATES[name]];
    const rate = recordOf(given[name], `rates.${name}`);
    return [
      name,
      {
        count: wholeOf(rate['count'], `rates.${name}.count`, 1, 1e9),
        spanMs: wholeOf(rate['spanMs'], `rates.${name}.spanMs`, 1, 366 * DAY),
      },
    ];
  });
  return Object.fromEntries(entries) as Rates;
}

function targetOf(json: unknown, i: number): StockTarget {
  const at = `stock[${i}]`;
  const row = recordOf(json, at);
  const floor = amountOf(row['floor'], `${at}.floor`);
  const target = amountOf(row['target'], `${at}.target`);
  if (target < floor) throw wrong(`${at}.target`);
  return {
    currency: currencyOf(row['currency'], `${at}.currency`),
    floor,
    target,
    unitsPerCoin: wholeOf(row['unitsPerCoin'], `${at}.unitsPerCoin`, 1, 2 ** 32 - 1),
  };
}

function currencyOf(json: unknown, at: string): number {
  const number = wholeOf(json, at, 1, 999);
  if (!currencyOfNumber(number).ok) throw wrong(at);
  return number;
}

function amountOf(json: unknown, at: string): bigint {
  if (typeof json !== 'string' || !/^(0|[1-9][0-9]{0,17})$/.test(json)) throw wrong(at);
  return BigInt(json);
}

function wholeOf(json: unknown, at: string, min: number, max: number): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < min || json > max)
    throw wrong(at);
  return json;
}

function textOf(json: unknown, at: string, max: number): string {
  if (typeof json !== 'string' || json === '' || json.length > max) throw wrong(at);
  return json;
}

function listOf(json: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(json)) throw wrong(at);
  return json as readonly unknown[];
}

function recordOf(json: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(at);
  return json as Readonly<Record<string, unknown>>;
}

function wrong(at: string): Fault {
  return new Fault('settings_wrong', 'never', `settings.json: ${at} does not fit`);
}
