/**
 * The figures a purse starts with, as dated data. They change by a new row with a later date, never
 * by changing code; an authority may publish its own.
 *
 * Spec: 12 §10, where the reasons stand.
 * @module
 */
import { DAY, HOUR, type Instant } from '../base/instant.ts';
import { refuse, accept, type Result } from '../base/result.ts';

export interface PurseDefaults {
  readonly currency: number;
  /** In force from this instant until a later row of the same currency. */
  readonly from: number;
  /** Minor units at once: what a person carries in notes, not what a person saves. */
  readonly payment: number;
  /** Minor units under one grant: what is lost to its holder if the device is lost, until the deadline. */
  readonly total: number;
  /** Of 32 indices one is kept for closing and one for taking the rest home. */
  readonly payments: number;
  /** A pays B, B pays C, C pays A, A pays on, and one more. Each hop adds four kilobytes to the code. */
  readonly hops: number;
  /** Each received piece brings its chain: five are an animated code of some five seconds. */
  readonly chains: number;
  /** A week offline, so that a cheat is found within a week and its grace. */
  readonly lifeHours: number;
  /** A second week in which whoever was paid late on the last day comes back. */
  readonly graceHours: number;
  /** Nothing is taken that must be online within a day. */
  readonly leastLeftHours: number;
  /** Automatic loading fills the purse up to this, in minor units. */
  readonly loadUpTo: number;
}

const WEEK_HOURS = (7 * DAY) / HOUR;
const COMMON = {
  from: 0,
  payments: 30,
  hops: 5,
  chains: 5,
  lifeHours: WEEK_HOURS,
  graceHours: WEEK_HOURS,
  leastLeftHours: 24,
} as const;

/** Yuan and euro, in the proportion of the limits of wallets opened with a phone number. */
export const PURSE_DEFAULTS: readonly PurseDefaults[] = [
  { currency: 156, payment: 50_000, total: 200_000, loadUpTo: 50_000, ...COMMON },
  { currency: 978, payment: 6_500, total: 26_000, loadUpTo: 6_500, ...COMMON },
];

/** The row in force for a currency at an instant. */
export function purseDefaultsAt(
  currency: number,
  now: Instant,
  rows: readonly PurseDefaults[] = PURSE_DEFAULTS,
): Result<PurseDefaults> {
  const found = rows
    .filter((row) => row.currency === currency && row.from <= now)
    .reduce<PurseDefaults | undefined>(
      (best, row) => (best === undefined || row.from > best.from ? row : best),
      undefined,
    );
  return found === undefined ? refuse('limit_missing') : accept(found);
}
