/**
 * Settings of an authority, read from `settings.json`. Invariant: what is not understood stops the
 * start with the name of the field, rather than being ignored.
 *
 * Spec: 09 §9.
 * @module
 */
import { parseCurrency } from '@specie/core/money/currency';
import type { DeviceSettings } from '@specie/entropy/node/device-source';
import type { Floor } from '@specie/entropy/report';
import { Fault } from '@specie/protocol/fault';
import { SEAL_DAYS } from '@specie/protocol/session/kept-seals';
import { readDevices, readFloor } from './entropy-settings.ts';

export interface CurrencyPolicy {
  readonly code: string;
  readonly number: number;
  /** Outstanding money may be at most reserves × numerator / denominator. */
  readonly numerator: number;
  readonly denominator: number;
}

/** Minor units of one currency. */
export interface SumSetting {
  readonly currency: number;
  readonly amount: bigint;
}

export interface Settings {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Where others reach this authority; what it listens on unless said otherwise. */
  readonly url: string | undefined;
  readonly currencies: readonly CurrencyPolicy[];
  /** For operators whose file names none. */
  readonly quotas: readonly SumSetting[];
  /** Sandbox only: the reserves an operator begins with. */
  readonly openings: readonly SumSetting[];
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** What has to stand behind a draw of randomness. */
  readonly floor: Floor;
  /** Devices read besides the sources every machine has. */
  readonly devices: readonly DeviceSettings[];
  /** Days for which seals of sessions are kept after the newest of each. */
  readonly sealDays: number;
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

type Fields = Readonly<Record<string, unknown>>;

const KNOWN = new Set([
  'format',
  'name',
  'host',
  'port',
  'url',
  'currencies',
  'quotas',
  'openings',
  'tls',
  'sealDays',
  'floor',
  'devices',
  'log',
]);
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** What `init` writes: money of two currencies fully backed, and a sandbox's generous amounts. */
export function initialSettings(name: string, isSandbox: boolean): unknown {
  const sums = [
    { currency: 'CNY', amount: '100000000000000' },
    { currency: 'EUR', amount: '100000000000000' },
  ];
  return {
    format: 1,
    name,
    host: '127.0.0.1',
    port: 7100,
    currencies: [
      { code: 'CNY', numerator: 1, denominator: 1 },
      { code: 'EUR', numerator: 1, denominator: 1 },
    ],
    quotas: isSandbox ? sums : [],
    openings: isSandbox ? sums : [],
    log: 'info',
  };
}

/** Settings of parsed JSON; a field that does not fit is a fault that names it. */
export function readSettings(json: unknown, file: string): Settings {
  const wrong = (field: string, wanted: string): Fault =>
    new Fault('settings_invalid', 'never', `${file}: ${field} has to be ${wanted}`);
  if (typeof json !== 'object' || json === null) throw wrong('the whole', 'an object');
  const fields = json as Fields;
  for (const name of Object.keys(fields))
    if (!KNOWN.has(name)) throw wrong(name, `left out; known are ${[...KNOWN].join(', ')}`);
  if (fields['format'] !== 1) throw wrong('format', '1');
  const { name, host, port, url, log } = fields;
  if (typeof name !== 'string' || name === '' || name.length > 64)
    throw wrong('name', 'a text of 1 to 64 characters');
  if (typeof host !== 'string' || host === '') throw wrong('host', 'a text');
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw wrong('port', 'a number from 0 to 65535');
  if (url !== undefined && (typeof url !== 'string' || !URL.canParse(url)))
    throw wrong('url', 'an address such as https://authority.example');
  const level = LEVELS.find((each) => each === (log ?? 'info'));
  if (level === undefined) throw wrong('log', `one of ${LEVELS.join(', ')}`);
  return {
    name,
    host,
    port,
    url,
    currencies: policiesOf(fields['currencies'], wrong),
    quotas: readSums(fields['quotas'] ?? [], 'quotas', wrong),
    openings: readSums(fields['openings'] ?? [], 'openings', wrong),
    tls: tlsOf(fields['tls'], wrong),
    floor: readFloor(fields['floor'], wrong),
    devices: readDevices(fields['devices'], wrong),
    sealDays: sealDaysOf(fields['sealDays'] ?? SEAL_DAYS, wrong),
    log: level,
  };
}

type Wrong = (field: string, wanted: string) => Fault;

function policiesOf(json: unknown, wrong: Wrong): readonly CurrencyPolicy[] {
  if (!Array.isArray(json) || json.length === 0) throw wrong('currencies', 'a list with entries');
  return json.map((each: unknown, i) => {
    const at = `currencies[${i}]`;
    const { code, numerator, denominator } = (each ?? {}) as Fields;
    const currency = typeof code === 'string' ? parseCurrency(code) : undefined;
    if (typeof code !== 'string' || currency?.ok !== true)
      throw wrong(`${at}.code`, 'a currency of ISO 4217, such as CNY');
    for (const [field, value] of Object.entries({ numerator, denominator }))
      if (!Number.isInteger(value) || Number(value) < 1)
        throw wrong(`${at}.${field}`, 'a whole number from 1');
    const { number } = currency.value;
    return { code, number, numerator: Number(numerator), denominator: Number(denominator) };
  });
}

/** Sums written as `{ currency: 'CNY', amount: '100' }`, amounts in minor units. */
export function readSums(json: unknown, at: string, wrong: Wrong): readonly SumSetting[] {
  if (!Array.isArray(json)) throw wrong(at, 'a list');
  const sums = json.map((each: unknown, i) => {
    const { currency, amount } = (each ?? {}) as Fields;
    const known = typeof currency === 'string' ? parseCurrency(currency) : undefined;
    if (known?.ok !== true) throw wrong(`${at}[${i}].currency`, 'a currency of ISO 4217');
    if (typeof amount !== 'string' || !/^(0|[1-9][0-9]{0,18})$/.test(amount))
      throw wrong(`${at}[${i}].amount`, 'minor units as decimal text');
    return { currency: known.value.number, amount: BigInt(amount) };
  });
  if (new Set(sums.map(({ currency }) => currency)).size !== sums.length)
    throw wrong(at, 'one amount for each currency');
  return sums.sort((a, b) => a.currency - b.currency);
}

function sealDaysOf(json: unknown, wrong: Wrong): number {
  if (typeof json === 'number' && Number.isInteger(json) && json >= 1 && json <= 36_600)
    return json;
  throw wrong('sealDays', 'a number of days from 1 to 36600');
}

function tlsOf(json: unknown, wrong: Wrong): Settings['tls'] {
  if (json === undefined) return undefined;
  const { key, cert } = (json ?? {}) as Fields;
  if (typeof key !== 'string' || typeof cert !== 'string')
    throw wrong('tls', 'the paths of a key and a cert in PEM');
  return { key, cert };
}
