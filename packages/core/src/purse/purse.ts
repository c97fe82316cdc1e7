/**
 * A purse: money with a grant and an index, on one device. Pure: each step gives the purse after it,
 * and the caller writes that down. Invariant: an index is written as used before its signature can
 * exist, and a signed endorsement is written before anyone can be shown it; the types ask for both.
 *
 * Spec: 12 §8.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { conditionsOf } from '../terms/terms.ts';
import type { Range } from '../coin/coin.ts';
import type { Link, Source } from './bundle.ts';
import type { Endorsement } from './endorsement.ts';
import { checkGrant, deadlineOf, grantHash, hashKey, purseOf, type SignedGrant } from './grant.ts';
import type { JournalHead } from './journal.ts';
import { loadOrder, loadRoot, placeOf, type Load } from './loaded-piece.ts';
import type { PurseRequest } from './request.ts';
import type { PurseSuites, PurseTrust } from './trust.ts';
import { unitWorth } from './verify.ts';

/** Units the purse may pay: how they were loaded and by whose hands they came. */
export interface Holding extends Range {
  readonly source: Source;
}

/**
 * A row of the purse's journal. `reserved`: the index is used, no signature exists that anyone could
 * have seen. `signed`: it may have been shown. `received`: the payee gave the receipt. `dropped`:
 * never signed and never will be; its pieces are back.
 */
export interface JournalRow {
  readonly index: number;
  readonly state: 'reserved' | 'signed' | 'received' | 'dropped';
  readonly endorsement: Endorsement;
  readonly hash: Uint8Array;
  /** What each part was paid from. */
  readonly sources: readonly Source[];
  /** The request it answers, for a payment. */
  readonly request: PurseRequest | undefined;
  /** From `signed` on. */
  readonly signature: Uint8Array | undefined;
}

/** A request this purse showed, with the secret that is its receipt. */
export interface Asked {
  readonly request: PurseRequest;
  readonly hash: Uint8Array;
  readonly secret: Uint8Array;
  /** The endorsement that paid it. */
  readonly paidBy: Uint8Array | undefined;
}

export interface Purse {
  readonly own: SignedGrant;
  /** Hash of the own grant. */
  readonly grant: Uint8Array;
  /** Hash of the own key, which payers pay to. */
  readonly name: Uint8Array;
  /** The next index. Below it everything is used. */
  readonly next: number;
  /** Payments signed under the grant. */
  readonly count: number;
  /** Minor units paid under the grant. */
  readonly sum: number;
  readonly isClosed: boolean;
  readonly holdings: readonly Holding[];
  /** By hash: the own one and those of everybody the money came by. */
  readonly grants: ReadonlyMap<string, SignedGrant>;
  readonly journal: readonly JournalRow[];
  readonly asked: readonly Asked[];
  /** Every endorsement of another that was accepted here, and every own one, by hash. */
  readonly met: ReadonlyMap<string, Link>;
  /** Minor units taken offline and not yet settled. */
  readonly taken: number;
  /** Newest issue date in anything verified. */
  readonly seen: Instant;
}

declare const durable: unique symbol;
/** A purse that is on disk. Only a store makes one, by `written`, after the disk said so. */
export interface Written {
  readonly purse: Purse;
  readonly [durable]: true;
}

/** For stores alone, and only once what they wrote would outlive a loss of power. */
export function written(purse: Purse): Written {
  return { purse } as Written;
}

/**
 * The purse of a new grant. Refuses pieces that are not those of the grant, coins of another
 * currency, and coins that expire before whatever is signed under the grant must be settled.
 */
export function openPurse(
  own: SignedGrant,
  loads: readonly Load[],
  trust: PurseTrust,
  suites: PurseSuites,
): Result<Purse> {
  const checked = checkGrant(own, trust, suites);
  if (!checked.ok) return checked;
  const granted = checked.value;
  const pieces = loadOrder(loads);
  if (granted.pieces !== pieces.length || !equalBytes(granted.root, loadRoot(pieces)))
    return refuse('load_mismatched', '.root');
  const grant = grantHash(granted);
  const holdings: Holding[] = [];
  for (const [i, { coin, from, to }] of loads.entries()) {
    const at = `.loads[${i}]`;
    if (unitWorth(coin, granted.currency) === undefined) return refuse('basket_unsuitable', at);
    if (from >= to || to > coin.units) return refuse('range_invalid', at);
    const conditions = conditionsOf(coin.terms);
    if (!conditions.ok) return refuse(conditions.refusal.code, at);
    const isEarly = conditions.value.some(
      (each) => each.is === 'expires' && each.at < deadlineOf(granted),
    );
    if (isEarly) return refuse('load_expires_early', at);
    const index = pieces.indexOf(loads[i]!);
    const opening = { grant, coin: coin.identity, from, to, place: placeOf(pieces, index) };
    holdings.push({ from, to, source: { coin, opening, chain: [] } });
  }
  return accept({
    own,
    grant,
    name: purseOf(granted.key),
    next: 0,
    count: 0,
    sum: 0,
    isClosed: false,
    holdings,
    grants: new Map([[hashKey(grant), own]]),
    journal: [],
    asked: [],
    met: new Map(),
    taken: 0,
    seen: granted.issuedAt,
  });
}

/** What a holding continues: its last endorsement, or the grant it was loaded under. */
export function beforeOf({ source: { chain, opening } }: Pick<Holding, 'source'>): Uint8Array {
  return chain.at(-1)?.hash ?? opening.grant;
}

/** What a holding is worth in the purse's currency, in minor units. */
export function worthOfHolding(purse: Purse, { source: { coin }, from, to }: Holding): number {
  return (unitWorth(coin, purse.own.grant.currency) ?? 0) * (to - from);
}

/** All the purse has, in minor units. */
export function balanceOf(purse: Purse): number {
  return purse.holdings.reduce((sum, each) => sum + worthOfHolding(purse, each), 0);
}

/** The summary of everything signed under the grant, which a closing signs and a contact begins with. */
export function journalOf(purse: Purse): JournalHead {
  const signed = purse.journal
    .filter(
      ({ state, endorsement }) =>
        (state === 'signed' || state === 'received') && endorsement.to.is !== 'close',
    )
    .map(({ index, hash }) => ({ index, hash }));
  return { authority: purse.own.grant.authority, grant: purse.grant, signed };
}
