/**
 * The log: JSON lines on standard output. Invariant: no secret, key, code, name or number of a person
 * is written, even when somebody hands one over by mistake; bytes are shown by their length alone.
 * @module
 */
import { type DestinationStream, type Logger, pino } from 'pino';

/** Fields that are never written, wherever they stand up to three levels deep. */
const SECRET_FIELDS = [
  'secret',
  'secrets',
  'seed',
  'key',
  'keys',
  'privateKey',
  'lockKey',
  'words',
  'entropy',
  'code',
  'alias',
  'to',
  'phone',
  'mail',
  'account',
  'authenticator',
  'authorization',
  'cookie',
  'signature',
];

const PLACES = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface LogOptions {
  /** Name of the app. */
  readonly name: string;
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly destination?: DestinationStream;
}

export type Log = Logger;

/** A log for an app. */
export function createLog({ name, level = 'info', destination }: LogOptions): Log {
  const options = {
    name,
    level,
    redact: { paths: PLACES, censor },
    formatters: { log: shown, level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** The code of a refusal or a fault is a fact in words; any other code opens something. */
function censor(value: unknown, place: readonly string[]): unknown {
  const isFact = place.at(-1) === 'code' && typeof value === 'string' && /^[a-z_]+$/.test(value);
  return isFact ? value : '<secret>';
}

function shown(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? `<${value.length} bytes>` : value,
    ]),
  );
}
