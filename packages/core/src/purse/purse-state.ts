/**
 * A purse at rest: one message with everything it knows, each grant, coin and endorsement once. The
 * key is kept beside it (21 §6); the index here is the one that counts. Invariant: reading back what
 * was written gives the purse that was written. It is never exported and never in a recovery.
 *
 * Spec: 12 §8.
 * @module
 */
import { accept, refuse, type Result } from '../base/result.ts';
import {
  bytes,
  choice,
  flag,
  instant,
  list,
  optional,
  struct,
  u16,
  u32,
  u48,
  u8,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { coin, identity, type Coin } from '../coin/coin.ts';
import { HASH_BYTES } from '../crypto/hash.ts';
import { linkOf, type Link, type Source } from './bundle.ts';
import {
  endorsement,
  endorsementHash,
  PURSE_INDICES,
  PURSE_SIGNATURE_BYTES,
  signedEndorsement,
} from './endorsement.ts';
import { grantHash, hashKey, purseOf, signedGrant } from './grant.ts';
import { place } from './loaded-piece.ts';
import type { Asked, Holding, JournalRow, Purse } from './purse.ts';
import { purseRequest, RECEIPT_SECRET_BYTES, requestHash } from './request.ts';

/** Things of one kind a purse at rest may have; a grant's life does not bring more. */
const KEPT_MAX = 4096;
const PURSE_BYTES_MAX = 64 * 1024 * 1024;

const kept = struct({
  coin: u16,
  opening: struct({ grant: bytes(HASH_BYTES), coin: identity, from: u32, to: u32, place }),
  /** Places among the endorsements met. */
  chain: list(u16, 0, 0xff),
});

const purseState = struct({
  own: signedGrant,
  next: u8,
  count: u16,
  sum: u32,
  isClosed: flag,
  taken: u48,
  seen: instant,
  /** Grants of others. */
  grants: list(signedGrant, 0, KEPT_MAX),
  coins: list(coin, 0, KEPT_MAX),
  /** Endorsements accepted and own ones signed, in the order they were met. */
  met: list(signedEndorsement, 0, KEPT_MAX),
  sources: list(kept, 0, KEPT_MAX),
  holdings: list(struct({ source: u16, from: u32, to: u32 }), 0, KEPT_MAX),
  journal: list(
    struct({
      state: choice({ reserved: 1, signed: 2, received: 3, dropped: 4 }),
      endorsement,
      sources: list(u16, 0, 64),
      request: optional(purseRequest),
      signature: optional(bytes(PURSE_SIGNATURE_BYTES)),
    }),
    0,
    PURSE_INDICES,
  ),
  asked: list(
    struct({
      request: purseRequest,
      secret: bytes(RECEIPT_SECRET_BYTES),
      paidBy: optional(bytes(HASH_BYTES)),
    }),
    0,
    KEPT_MAX,
  ),
});
type PurseState = ValueOf<typeof purseState>;

const purseStateMessage = message('Purse', 0x8e, 1, PURSE_BYTES_MAX, purseState);

/** Things that are given places in the order they are first asked for. */
interface Places<T> {
  readonly all: T[];
  of(key: string, value: T): number;
}

function placesOf<T>(): Places<T> {
  const at = new Map<string, number>();
  const all: T[] = [];
  return {
    all,
    of(key, value) {
      const known = at.get(key);
      if (known !== undefined) return known;
      at.set(key, all.length);
      all.push(value);
      return all.length - 1;
    },
  };
}

/** The purse as bytes. */
export function encodePurse(purse: Purse): Uint8Array {
  const coins = placesOf<Coin>();
  const met = placesOf<Link>();
  const sources = placesOf<PurseState['sources'][number]>();
  for (const [key, link] of purse.met) met.of(key, link);
  const at = ({ coin: of, opening, chain }: Source): number => {
    const ways = chain.map((link) => met.of(hashKey(link.hash), link));
    const { grant, coin: id, from, to } = opening;
    const key = `${hashKey(grant)} ${hashKey(id)} ${from} ${to} ${ways.join()}`;
    const made = { coin: coins.of(hashKey(of.identity), of), opening, chain: ways };
    return sources.of(key, made);
  };
  const holdings = purse.holdings.map(({ source, from, to }) => ({ source: at(source), from, to }));
  const journal = purse.journal.map(
    ({ state, endorsement: signed, request, signature, ...row }) => ({
      state,
      endorsement: signed,
      sources: row.sources.map(at),
      request,
      signature,
    }),
  );
  const { own, next, count, sum, isClosed, taken, seen, asked } = purse;
  const others = [...purse.grants].filter(([key]) => key !== hashKey(purse.grant));
  return purseStateMessage.encode({
    own,
    next,
    count,
    sum,
    isClosed,
    taken,
    seen,
    grants: others.map(([, each]) => each),
    coins: coins.all,
    met: met.all.map(({ endorsement: signed, signature }) => ({ endorsement: signed, signature })),
    sources: sources.all,
    holdings,
    journal,
    asked: asked.map(({ request, secret, paidBy }) => ({ request, secret, paidBy })),
  });
}

/**
 * The purse of bytes this program wrote. Damaged ones refuse; whether they are the newest is for
 * the mark outside the wallet's own file to say.
 */
export function decodePurse(from: Uint8Array): Result<Purse> {
  const decoded = purseStateMessage.decode(from);
  if (!decoded.ok) return decoded;
  const state = decoded.value;
  const links = state.met.map(linkOf);
  const sources: Source[] = [];
  for (const { coin: at, opening, chain } of state.sources) {
    const of = state.coins[at];
    const ways = chain.map((each) => links[each]);
    if (of === undefined || !isWhole(ways)) return refuse('storage_damaged', '.sources');
    sources.push({ coin: of, opening, chain: ways });
  }
  const holdings = state.holdings.map(({ source, ...range }) => ({
    ...range,
    source: sources[source],
  }));
  const journal = state.journal.map((row) => journalRow(row, sources));
  const isSound =
    holdings.every((each): each is Holding => each.source !== undefined) && isWhole(journal);
  if (!isSound || state.next > PURSE_INDICES) return refuse('storage_damaged');
  const grant = grantHash(state.own.grant);
  const grants = [state.own, ...state.grants].map(
    (each) => [hashKey(grantHash(each.grant)), each] as const,
  );
  const { own, next, count, sum, isClosed, taken, seen } = state;
  const asked = state.asked.map((each): Asked => ({ ...each, hash: requestHash(each.request) }));
  return accept({
    own,
    grant,
    name: purseOf(own.grant.key),
    next,
    count,
    sum,
    isClosed,
    holdings,
    grants: new Map(grants),
    journal,
    asked,
    met: new Map(links.map((link) => [hashKey(link.hash), link] as const)),
    taken,
    seen,
  });
}

function isWhole<T>(list: readonly (T | undefined)[]): list is readonly T[] {
  return list.every((each) => each !== undefined);
}

function journalRow(
  { sources: at, ...row }: PurseState['journal'][number],
  sources: readonly Source[],
): JournalRow | undefined {
  const own = at.map((each) => sources[each]);
  if (!isWhole(own) || own.length !== row.endorsement.parts.length) return undefined;
  const isSigned = row.state === 'signed' || row.state === 'received';
  if (isSigned !== (row.signature !== undefined)) return undefined;
  return {
    ...row,
    index: row.endorsement.index,
    hash: endorsementHash(row.endorsement),
    sources: own,
  };
}
