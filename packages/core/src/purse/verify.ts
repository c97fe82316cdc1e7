/**
 * Verification of a hand-over with no network: the form, every signature, where each unit came from,
 * the terms of each hop, limits, dates and revocation. Invariant: whatever is accepted here, anyone
 * else with the authority's keys accepts from the same bytes, until its deadline.
 *
 * Spec: 12 §4, §7.
 * @module
 */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { DAY, instantOf, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import type { Coin } from '../coin/coin.ts';
import { checkMovement } from '../terms/terms.ts';
import { linksOf, unpacked, type Bundle, type Link, type Source } from './bundle.ts';
import { checkAgainstGrant, isSigned, type EndorsedPart } from './endorsement.ts';
import { checkGrant, deadlineOf, hashKey, purseOf, type Grant, type SignedGrant } from './grant.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { isLoaded } from './loaded-piece.ts';
import { isRevoked, type RevocationList } from './revocation.ts';
import type { PurseSuites, PurseTrust } from './trust.ts';

/** Least time a chain must have left before its deadline when it is taken. */
export const LEAST_LEFT = DAY;

/** What a device knows when it verifies. */
export interface Standpoint {
  readonly trust: PurseTrust;
  readonly suites: PurseSuites;
  /** What the device's clock says. */
  readonly clock: Instant;
  /** Newest issue date in anything the authority signed that was verified here before. */
  readonly seen: Instant;
  readonly list: RevocationList | undefined;
  readonly leastLeft: number;
}

/** A hand-over that holds. */
export interface Verified {
  readonly bundle: Bundle;
  /** Grant of the one who pays. */
  readonly payer: Grant;
  /** The later of the clock and the newest issue date seen, this hand-over's included. */
  readonly now: Instant;
  /** Newest issue date seen, to be kept. */
  readonly seen: Instant;
  /** Of the chain that ends first. */
  readonly deadline: Instant;
  /** Whether a grant was signed when there was a newer list of revoked purses than the one here. */
  readonly isListBehind: boolean;
}

/** Verifies a payment, an unloading or a closing, of the bytes that came. */
export function verifyHandOver(bytes: Uint8Array, at: Standpoint): Result<Verified> {
  const decoded = handOverMessage.decode(bytes);
  return decoded.ok ? verifyCarried(decoded.value, at) : decoded;
}

/** Verifies a decoded hand-over. */
export function verifyCarried(carried: HandOver, at: Standpoint): Result<Verified> {
  const bundle = bundleOf(carried, at);
  return bundle.ok ? verifyBundle(bundle.value, at) : bundle;
}

/** A decoded hand-over written out, if it is of this authority. Nothing but its form is judged. */
export function bundleOf(carried: HandOver, { trust }: Pick<Standpoint, 'trust'>): Result<Bundle> {
  if (!equalBytes(carried.authority, trust.authority))
    return refuse('endorsement_foreign', '.authority');
  return unpacked(carried, handOverMessage.encode);
}

/** Verifies what a hand-over says. Cheap checks come first; signatures of purses before those of the authority. */
export function verifyBundle(bundle: Bundle, at: Standpoint): Result<Verified> {
  const lasting = verifyLasting(bundle, at);
  return lasting.ok ? checkToday(bundle, at) : lasting;
}

/** What is brought back holds: which day it is changes nothing about who signed what. */
export interface Presented {
  readonly bundle: Bundle;
  /** Of the chain that ends first. What comes later is paid from what was given back alone. */
  readonly deadline: Instant;
}

/**
 * Verifies what is presented to be settled, whenever that is: all but the day and revocations. Terms
 * are judged as of the newest grant on the way: no hop was before it, and no load lets a coin expire before the
 * deadline.
 */
export function verifyPresented(
  carried: HandOver,
  at: Pick<Standpoint, 'trust' | 'suites'>,
): Result<Presented> {
  const written = bundleOf(carried, at);
  if (!written.ok) return written;
  const bundle = written.value;
  const lasting = verifyLasting(bundle, at);
  if (!lasting.ok) return lasting;
  const grants = [...bundle.grants.values()].map(({ grant }) => grant);
  const issued = instantOf(Math.max(...grants.map(({ issuedAt }) => issuedAt)));
  const terms = checkTerms(bundle, issued);
  if (!terms.ok) return terms;
  return accept({ bundle, deadline: instantOf(Math.min(...grants.map(deadlineOf))) });
}

/** What holds of a hand-over on every day: its ways, figures and signatures. */
function verifyLasting(bundle: Bundle, at: Pick<Standpoint, 'trust' | 'suites'>): Result<true> {
  const links = linksOf(bundle);
  const grants = links.map((link) => grantIn(bundle, link));
  for (const [i, { endorsement }] of links.entries()) {
    const kept = checkAgainstGrant(endorsement, grants[i]!.grant);
    if (!kept.ok) return refuse(kept.refusal.code, `.endorsements[${i}]${kept.refusal.at}`);
  }
  const ways = checkWays(bundle, links.length - 1);
  if (!ways.ok) return ways;
  const worth = checkWorth(bundle, links);
  if (!worth.ok) return worth;
  return checkSignatures(bundle, links, grants, at);
}

/** The signed grant an endorsement of a bundle was made under. */
export function grantIn({ grants }: Pick<Bundle, 'grants'>, { endorsement }: Link): SignedGrant {
  const found = grants.get(hashKey(endorsement.grant));
  assert(found !== undefined, 'a bundle has the grant of each of its endorsements');
  return found;
}

/** Each part: paid to the purse that passed it on, loaded under the grant it began with, and its hops rising by one. */
function checkWays(bundle: Bundle, last: number): Result<true> {
  let hop = 0;
  for (const [i, source] of bundle.sources.entries()) {
    const at = `.endorsements[${last}].parts[${i}]`;
    const part = bundle.last.endorsement.parts[i]!;
    if (part.to > source.coin.units) return refuse('range_invalid', at);
    const way = checkWay(bundle, source);
    if (!way.ok) return refuse(way.refusal.code, at);
    hop = Math.max(hop, source.chain.at(-1)?.endorsement.hop ?? 0);
  }
  const { to, hop: said } = bundle.last.endorsement;
  if (to.is !== 'close' && said !== hop + 1)
    return refuse('hop_wrong', `.endorsements[${last}].hop`);
  return accept(true);
}

function checkWay(bundle: Bundle, { coin, opening, chain }: Source): Result<true> {
  const links = [...chain, bundle.last];
  const first = links[0]!;
  if (!isLoaded(grantIn(bundle, first).grant, { ...opening, coin }, opening.place))
    return refuse('piece_not_loaded');
  for (const [i, { endorsement }] of chain.entries()) {
    const next = links[i + 1]!;
    const { to } = endorsement;
    if (to.is !== 'purse' || !equalBytes(to.purse, purseOf(grantIn(bundle, next).grant.key)))
      return refuse('piece_not_received');
    if (next.endorsement.hop <= endorsement.hop) return refuse('hop_wrong');
  }
  // Whoever let the money begin or pass said how far it may go.
  if (bundle.last.endorsement.to.is !== 'purse') return accept(true);
  const hops = Math.min(...links.map((link) => grantIn(bundle, link).grant.limits.hops));
  return bundle.last.endorsement.hop <= hops ? accept(true) : refuse('hops_exceeded');
}

/** Minor units that units of a coin are worth in a currency, if it is a coin of that one currency. */
export function unitWorth({ basket }: Pick<Coin, 'basket'>, currency: number): number | undefined {
  const only = basket.length === 1 ? basket[0] : undefined;
  if (only === undefined || only.currency !== currency || only.minorPerUnit === 0) return undefined;
  return only.minorPerUnit;
}

/** What was signed is worth what was said: exactly where all its coins are described, else not less than what is known. */
function checkWorth(bundle: Bundle, links: readonly Link[]): Result<true> {
  const coins = new Map(bundle.sources.map(({ coin }) => [hashKey(coin.identity), coin] as const));
  for (const [i, link] of links.entries()) {
    const { currency } = grantIn(bundle, link).grant;
    let [worth, isWhole] = [0, true];
    for (const [j, part] of link.endorsement.parts.entries()) {
      const coin = coins.get(hashKey(part.coin));
      if (coin === undefined) {
        isWhole = false;
        continue;
      }
      const at = `.endorsements[${i}].parts[${j}]`;
      const perUnit = unitWorth(coin, currency);
      if (perUnit === undefined) return refuse('basket_unsuitable', at);
      if (part.to > coin.units) return refuse('range_invalid', at);
      worth += perUnit * (part.to - part.from);
    }
    const { amount } = link.endorsement;
    if (isWhole ? worth !== amount : worth > amount)
      return refuse('endorsement_amount_wrong', `.endorsements[${i}].amount`);
  }
  return accept(true);
}

function checkSignatures(
  bundle: Bundle,
  links: readonly Link[],
  grants: readonly SignedGrant[],
  { trust, suites }: Pick<Standpoint, 'trust' | 'suites'>,
): Result<true> {
  for (const [i, link] of links.entries()) {
    if (!isSigned(link, grants[i]!.grant.key, suites))
      return refuse('endorsement_signature_invalid', `.endorsements[${i}].signature`);
  }
  for (const [i, signed] of [...bundle.grants.values()].entries()) {
    const grant = checkGrant(signed, trust, suites);
    if (!grant.ok) return refuse(grant.refusal.code, `.grants[${i}]${grant.refusal.at}`);
  }
  return accept(true);
}

/** What depends on the day: the end of grants, deadlines, revocations, and the terms of each hop. */
function checkToday(bundle: Bundle, at: Standpoint): Result<Verified> {
  const grants = [...bundle.grants.values()].map(({ grant }) => grant);
  const issued = [...grants, ...(at.list === undefined ? [] : [at.list])];
  const seen = instantOf(Math.max(at.seen, ...issued.map(({ issuedAt }) => issuedAt)));
  const now = instantOf(Math.max(at.clock, seen));
  if (at.trust.endsAt <= now) return refuse('key_set_ended');
  const payer = grantIn(bundle, bundle.last).grant;
  for (const [i, { serial }] of grants.entries()) {
    if (isRevoked(at.list, serial)) return refuse('grant_revoked', `.grants[${i}]`);
  }
  const isPayment = bundle.last.endorsement.to.is === 'purse';
  const deadline = instantOf(Math.min(...grants.map(deadlineOf)));
  if (isPayment && payer.endsAt <= now) return refuse('grant_ended');
  if (isPayment && deadline - now < at.leastLeft) return refuse('deadline_near');
  const terms = checkTerms(bundle, now);
  if (!terms.ok) return terms;
  const isListBehind = grants.some(({ list }) => list > (at.list?.number ?? 0));
  return accept({ bundle, payer, now, seen, deadline, isListBehind });
}

/**
 * The terms of each hop. When an earlier hop was made is not known, so it is judged as of now. The
 * last hop's payee has no grant here; the one who is paid judges it with its own tag.
 */
function checkTerms(bundle: Bundle, now: Instant): Result<true> {
  const { is } = bundle.last.endorsement.to;
  for (const [i, { coin, chain }] of bundle.sources.entries()) {
    const tags = [...chain, bundle.last].map((link) => grantIn(bundle, link).grant.tag);
    for (const [j, tag] of tags.entries()) {
      const to = tags[j + 1];
      // Back to the holder's own balance no condition stands in the way.
      const isReturn = to === undefined && is !== 'purse';
      const moved = checkMovement(coin.terms, { now, from: tag, to: to ?? tag, isReturn });
      if (!moved.ok) return refuse(moved.refusal.code, `.sources[${i}]`);
    }
  }
  return accept(true);
}

/** Whether the payee's own tag may have every piece of a payment. */
export function checkLastHop(
  { bundle, payer, now }: Pick<Verified, 'bundle' | 'payer' | 'now'>,
  payee: Grant,
): Result<true> {
  for (const [i, { coin }] of bundle.sources.entries()) {
    const movement = { now, from: payer.tag, to: payee.tag, isReturn: false };
    const moved = checkMovement(coin.terms, movement);
    if (!moved.ok) return refuse(moved.refusal.code, `.sources[${i}]`);
  }
  return accept(true);
}

/** A part that hands over units, for places that need its source beside it. */
export function partsWithSources({
  last,
  sources,
}: Bundle): readonly { readonly part: EndorsedPart; readonly source: Source }[] {
  return sources.map((source, i) => ({ part: last.endorsement.parts[i]!, source }));
}
