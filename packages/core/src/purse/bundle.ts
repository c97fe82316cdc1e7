/**
 * Hand-overs written out in full and packed again. Packing is a function of the payment and of the
 * chains it continues, so a hand-over has one form: nothing twice, nothing for nothing, everything
 * in its place. Whatever unpacks to something that packs otherwise is refused.
 *
 * Spec: 12 §5.
 * @module
 */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import type { Coin, Range } from '../coin/coin.ts';
import {
  covers,
  endorsementHash,
  type Destination,
  type EndorsedPart,
  type Endorsement,
  type SignedEndorsement,
} from './endorsement.ts';
import { grantHash, hashKey, purseOf, type SignedGrant } from './grant.ts';
import type { CarriedEndorsement, CarriedPart, HandOver } from './hand-over.ts';
import type { Place } from './loaded-piece.ts';
import { restored, shortSignature } from './short-signature.ts';

/** An endorsement with its own hash. */
export interface Link extends SignedEndorsement {
  readonly hash: Uint8Array;
}

/** A loaded piece opened: which grant, which piece, and where it stands there. */
export interface Opening extends Range {
  readonly grant: Uint8Array;
  /** Identity of its coin. */
  readonly coin: Uint8Array;
  readonly place: Place;
}

/** What a part of an endorsement is paid from: a coin, how it was loaded, and by whose hands it came. */
export interface Source {
  readonly coin: Coin;
  readonly opening: Opening;
  readonly chain: readonly Link[];
}

/** A payment in full: the new endorsement, the source of each of its parts, and every grant on the way. */
export interface Bundle {
  readonly last: Link;
  readonly sources: readonly Source[];
  /** By hash of the grant. */
  readonly grants: ReadonlyMap<string, SignedGrant>;
}

/** An endorsement with its hash. */
export function linkOf(signed: SignedEndorsement): Link {
  return { ...signed, hash: endorsementHash(signed.endorsement) };
}

/** The grants a bundle's endorsements were signed under, in the order of their first. */
export function linksOf({ last, sources }: Pick<Bundle, 'last' | 'sources'>): readonly Link[] {
  const links = new Map<string, Link>();
  for (const { chain } of sources) for (const link of chain) links.set(hashKey(link.hash), link);
  return [...links.values(), last];
}

/** Things by key, in the order they were first named. */
function placesOf<T>(
  entries: Iterable<readonly [key: string, value: T]>,
): Map<string, [number, T]> {
  const places = new Map<string, [number, T]>();
  for (const [key, value] of entries) if (!places.has(key)) places.set(key, [places.size, value]);
  return places;
}

const openingKey = ({ grant, coin, from, to }: Opening): string =>
  `${hashKey(grant)} ${hashKey(coin)} ${from} ${to}`;

/** Where each thing of a hand-over stands. */
interface Places {
  readonly grants: ReadonlyMap<string, readonly [number, SignedGrant]>;
  readonly coins: ReadonlyMap<string, readonly [number, Uint8Array]>;
  readonly openings: ReadonlyMap<string, readonly [number, Opening]>;
  /** Places of carried grants by the purse that holds them. */
  readonly purses: ReadonlyMap<string, number>;
}

function placesIn(bundle: Bundle, links: readonly Link[]): Places {
  const grantOf = (link: Link): readonly [string, SignedGrant] => {
    const key = hashKey(link.endorsement.grant);
    const found = bundle.grants.get(key);
    assert(found !== undefined, 'a bundle has the grant of each of its endorsements');
    return [key, found];
  };
  const grants = placesOf(links.map(grantOf));
  return {
    grants,
    coins: placesOf(
      links
        .flatMap(({ endorsement: { parts } }) => parts)
        .map(({ coin }) => [hashKey(coin), coin] as const),
    ),
    openings: placesOf(
      bundle.sources.map(({ opening }) => [openingKey(opening), opening] as const),
    ),
    purses: new Map(
      [...grants.values()].map(([i, { grant }]) => [hashKey(purseOf(grant.key)), i] as const),
    ),
  };
}

function at(places: ReadonlyMap<string, readonly [number, unknown]>, named: Uint8Array): number {
  const found = places.get(hashKey(named));
  assert(found !== undefined, 'what is named is carried');
  return found[0];
}

/** The one form of a payment on the wire. */
export function packed(bundle: Bundle): HandOver {
  const links = linksOf(bundle);
  const places = placesIn(bundle, links);
  const described = new Map(
    bundle.sources.map(({ coin }) => [hashKey(coin.identity), coin] as const),
  );
  const before = new Map<string, number>();
  return {
    authority: bundle.last.endorsement.authority,
    grants: [...places.grants.values()].map(
      ([
        ,
        {
          grant: { authority: _, ...fields },
          signature,
        },
      ]) => ({ ...fields, signature }),
    ),
    coins: [...places.coins].map(([key, [, identity]]) => {
      const coin = described.get(key);
      if (coin === undefined) return { identity, described: undefined };
      const { basket, units, terms, mintedAt } = coin;
      return { identity, described: { basket, units, terms, mintedAt } };
    }),
    openings: [...places.openings.values()].map(([, { grant, coin, from, to, place }]) => ({
      grant: at(places.grants, grant),
      coin: at(places.coins, coin),
      from,
      to,
      place,
    })),
    endorsements: links.map((link, i) => {
      const short = shortened(link, places, before);
      before.set(hashKey(link.hash), i);
      return short;
    }),
  };
}

function shortened(
  { endorsement, signature }: Link,
  places: Places,
  before: ReadonlyMap<string, number>,
): CarriedEndorsement {
  const { authority: _, grant, parts, to, ...figures } = endorsement;
  return {
    grant: at(places.grants, grant),
    ...figures,
    parts: parts.map((part) => ({
      coin: at(places.coins, part.coin),
      from: part.from,
      to: part.to,
      before: shortBefore(part, grant, before),
    })),
    to: shortDestination(to, places.purses),
    signature: shortSignature(signature),
  };
}

function shortBefore(
  { before }: EndorsedPart,
  grant: Uint8Array,
  carried: ReadonlyMap<string, number>,
): CarriedPart['before'] {
  if (equalBytes(before, grant)) return { is: 'load' };
  const at = carried.get(hashKey(before));
  return at === undefined ? { is: 'elsewhere', hash: before } : { is: 'carried', at };
}

function shortDestination(
  to: Destination,
  purses: ReadonlyMap<string, number>,
): CarriedEndorsement['to'] {
  if (to.is !== 'purse') return to;
  const grant = purses.get(hashKey(to.purse));
  return grant === undefined ? to : { is: 'carried', grant, request: to.request };
}

/**
 * A hand-over written out, with the source of each part found. Only its form is judged: nothing is
 * verified yet but that every part has a source and that this is how the payment is packed.
 */
export function unpacked(
  carried: HandOver,
  encode: (value: HandOver) => Uint8Array,
): Result<Bundle> {
  const { authority } = carried;
  const grants = carried.grants.map(({ signature, ...fields }): SignedGrant => {
    return { grant: { authority, ...fields }, signature };
  });
  const hashes = grants.map(({ grant }) => grantHash(grant));
  const links: Link[] = [];
  for (const [i, each] of carried.endorsements.entries()) {
    const written = writtenOut(each, { carried, grants, hashes, links });
    if (!written.ok)
      return refuse(written.refusal.code, `.endorsements[${i}]${written.refusal.at}`);
    links.push(linkOf(written.value));
  }
  const last = links.at(-1);
  assert(last !== undefined, 'a hand-over has an endorsement');
  const openings = openingsOf(carried, hashes);
  if (!openings.ok) return openings;
  const byHash = new Map(links.map((link) => [hashKey(link.hash), link] as const));
  const sources: Source[] = [];
  for (const [i, part] of last.endorsement.parts.entries()) {
    const at = `.endorsements[${links.length - 1}].parts[${i}]`;
    const source = sourceOf(part, { last, byHash, openings: openings.value, carried });
    if (!source.ok) return refuse(source.refusal.code, at);
    sources.push(source.value);
  }
  const bundle: Bundle = {
    last,
    sources,
    grants: new Map(grants.map((grant, i) => [hashKey(hashes[i]!), grant] as const)),
  };
  return equalBytes(encode(packed(bundle)), encode(carried))
    ? accept(bundle)
    : refuse('hand_over_disordered');
}

interface Context {
  readonly carried: HandOver;
  readonly grants: readonly SignedGrant[];
  readonly hashes: readonly Uint8Array[];
  readonly links: readonly Link[];
}

/** One endorsement with places replaced by what stands there. */
function writtenOut(
  { grant: at, parts: short, to: shortTo, signature, ...figures }: CarriedEndorsement,
  { carried, grants, hashes, links }: Context,
): Result<SignedEndorsement> {
  const grant = hashes[at];
  if (grant === undefined) return refuse('hand_over_reference_unknown', '.grant');
  const parts: EndorsedPart[] = [];
  for (const [i, { coin, from, to, before }] of short.entries()) {
    const identity = carried.coins[coin]?.identity;
    const hash =
      before.is === 'load' ? grant : before.is === 'carried' ? links[before.at]?.hash : before.hash;
    if (identity === undefined || hash === undefined)
      return refuse('hand_over_reference_unknown', `.parts[${i}]`);
    parts.push({ coin: identity, from, to, before: hash });
  }
  const to = longDestination(shortTo, grants);
  if (to === undefined) return refuse('hand_over_reference_unknown', '.to');
  if (!isAscending(parts)) return refuse('hand_over_disordered', '.parts');
  const endorsement: Endorsement = { authority: carried.authority, grant, ...figures, parts, to };
  return accept({ endorsement, signature: restored(signature, figures.index) });
}

function longDestination(
  short: CarriedEndorsement['to'],
  grants: readonly SignedGrant[],
): Destination | undefined {
  if (short.is !== 'carried') return short;
  const payee = grants[short.grant]?.grant;
  if (payee === undefined) return undefined;
  return { is: 'purse', purse: purseOf(payee.key), request: short.request };
}

/** Whether parts stand as they are signed: by coin, then by range. */
function isAscending(parts: readonly EndorsedPart[]): boolean {
  return parts.every((part, i) => i === 0 || compareParts(parts[i - 1]!, part) < 0);
}

/** Order of the parts of an endorsement, which is that of their encodings. */
export function compareParts(a: EndorsedPart, b: EndorsedPart): number {
  for (const [x, y] of [
    [hashKey(a.coin), hashKey(b.coin)],
    [a.from, b.from],
    [a.to, b.to],
    [hashKey(a.before), hashKey(b.before)],
  ] as const)
    if (x !== y) return x < y ? -1 : 1;
  return 0;
}

function openingsOf(
  { coins, openings }: HandOver,
  hashes: readonly Uint8Array[],
): Result<readonly Opening[]> {
  const made: Opening[] = [];
  for (const [i, { grant: at, coin, from, to, place }] of openings.entries()) {
    const grant = hashes[at];
    const identity = coins[coin]?.identity;
    if (grant === undefined || identity === undefined)
      return refuse('hand_over_reference_unknown', `.openings[${i}]`);
    made.push({ grant, coin: identity, from, to, place });
  }
  return accept(made);
}

interface Carried {
  readonly last: Link;
  readonly byHash: ReadonlyMap<string, Link>;
  readonly openings: readonly Opening[];
  readonly carried: HandOver;
}

/** The way of one part of the last endorsement, back to the load it came from. */
function sourceOf(
  part: EndorsedPart,
  { last, byHash, openings, carried }: Carried,
): Result<Source> {
  const found = carried.coins.find(({ identity }) => equalBytes(identity, part.coin));
  if (found?.described === undefined) return refuse('coin_not_carried');
  const chain: Link[] = [];
  let [signer, here] = [last, part];
  while (!equalBytes(here.before, signer.endorsement.grant)) {
    const before = byHash.get(hashKey(here.before));
    if (before === undefined) return refuse('chain_broken');
    const { coin } = here;
    const inner = here;
    const outer = before.endorsement.parts.find(
      (each) => equalBytes(each.coin, coin) && covers(each, inner),
    );
    if (outer === undefined) return refuse('piece_not_received');
    chain.unshift(before);
    [signer, here] = [before, outer];
  }
  const loadedUnder = signer.endorsement.grant;
  const opening = openings.find(
    (each) =>
      equalBytes(each.grant, loadedUnder) && equalBytes(each.coin, here.coin) && covers(each, here),
  );
  if (opening === undefined) return refuse('piece_not_loaded');
  return accept({ coin: { identity: found.identity, ...found.described }, opening, chain });
}
