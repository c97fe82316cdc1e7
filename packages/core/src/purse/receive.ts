/**
 * The payee's side: ask, then judge what is handed over. Everything that any device would verify is
 * verified by `verify.ts`; here is what only this one knows: what it asked for, what it was shown
 * before, its own tag and cover. Invariant: a refusal changes nothing.
 *
 * Spec: 12 §6.
 * @module
 */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { instantOf, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { HASH_BYTES, sha256 } from '../crypto/hash.ts';
import { linksOf, type Bundle, type Link } from './bundle.ts';
import { collide } from './endorsement.ts';
import { fraudProofOf, type FraudProof } from './fraud.ts';
import { deadlineOf, hashKey } from './grant.ts';
import type { HandOver } from './hand-over.ts';
import type { Asked, Holding, Purse } from './purse.ts';
import {
  RECEIPT_SECRET_BYTES,
  requestHash,
  type PurseReceipt,
  type PurseRequest,
} from './request.ts';
import {
  bundleOf,
  checkLastHop,
  grantIn,
  partsWithSources,
  verifyBundle,
  type Standpoint,
  type Verified,
} from './verify.ts';

/** What a payee says of itself when it asks. `nonce` and `secret` are 16 and 32 random bytes. */
export interface Asking {
  readonly amount: number | undefined;
  readonly name: PurseRequest['name'];
  readonly nonce: Uint8Array;
  readonly secret: Uint8Array;
  readonly madeAt: Instant;
}

/** A request, and the purse that remembers it. */
export function ask(
  purse: Purse,
  { secret, ...asking }: Asking,
): { readonly request: PurseRequest; readonly purse: Purse } {
  assert(secret.length === RECEIPT_SECRET_BYTES, 'a receipt is 32 random bytes');
  const { authority, tag, currency } = purse.own.grant;
  const receipt = sha256(secret);
  assert(receipt.length === HASH_BYTES, 'a request names its receipt by its hash');
  const request = { authority, purse: purse.name, tag, currency, receipt, ...asking };
  const asked: Asked = { request, hash: requestHash(request), secret, paidBy: undefined };
  return { request, purse: { ...purse, asked: [...purse.asked, asked] } };
}

/** What was received, to be said plainly: final when back online, and at whose risk until then. */
export interface Received {
  readonly purse: Purse;
  readonly receipt: PurseReceipt;
  /** Minor units. */
  readonly amount: number;
  /** Minor units of this payment, told when it is first taken, that the payee's cover makes whole, should they prove spent twice. */
  readonly covered: number;
  /** Minor units that nobody makes whole. */
  readonly atRisk: number;
  /** By when it must be online. */
  readonly deadline: Instant;
  /** The same bytes as before: nothing was booked again. */
  readonly isAgain: boolean;
  readonly isListBehind: boolean;
}

/**
 * Takes a payment with no network. `acceptsRisk`: the holder was told what the cover does not reach
 * and took it all the same.
 */
export function receive(
  purse: Purse,
  carried: HandOver,
  at: Standpoint,
  acceptsRisk: boolean,
): Result<Received> {
  const written = bundleOf(carried, at);
  if (!written.ok) return written;
  const again = shownAgain(purse, written.value);
  if (again !== undefined) return accept(again);
  const seen = at.seen > purse.seen ? at.seen : purse.seen;
  const verified = verifyBundle(written.value, { ...at, seen });
  if (!verified.ok) return verified;
  const answered = checkAnswer(purse, verified.value);
  if (!answered.ok) return answered;
  const { bundle, now, deadline, isListBehind } = verified.value;
  const { last } = bundle;
  const { asked } = answered.value;
  const { amount } = last.endorsement;
  const receipt = { endorsement: last.hash, secret: asked.secret };
  const left = Math.max(0, purse.own.grant.cover - purse.taken);
  const covered = Math.min(left, amount);
  if (purse.own.grant.endsAt <= now) return refuse('purse_grant_ended');
  if (purse.isClosed) return refuse('purse_closed');
  const allowed = checkLastHop(verified.value, purse.own.grant);
  if (!allowed.ok) return allowed;
  const copied = linksOf(bundle).findIndex(
    (link) => equalBytes(link.endorsement.grant, purse.grant) && !purse.met.has(hashKey(link.hash)),
  );
  if (copied >= 0) return refuse('own_key_copied', `.endorsements[${copied}]`);
  const conflict = conflictIn(purse, bundle);
  if (conflict !== undefined) return refuse(conflict.code, conflict.at);
  if (covered < amount && !acceptsRisk) return refuse('cover_exceeded');
  return accept({
    receipt,
    amount,
    deadline,
    isListBehind,
    purse: booked(purse, verified.value, asked),
    covered,
    atRisk: amount - covered,
    isAgain: false,
  });
}

/** A payment that was taken before is thanked for again, whatever day it is, and not booked again. */
function shownAgain(purse: Purse, { last, grants }: Bundle): Received | undefined {
  const asked = purse.asked.find(
    ({ paidBy }) => paidBy !== undefined && equalBytes(paidBy, last.hash),
  );
  if (asked === undefined) return undefined;
  const deadlines = [...grants.values()].map(({ grant }) => deadlineOf(grant));
  return {
    purse,
    receipt: { endorsement: last.hash, secret: asked.secret },
    amount: last.endorsement.amount,
    covered: 0,
    atRisk: 0,
    deadline: instantOf(Math.min(...deadlines)),
    isAgain: true,
    isListBehind: false,
  };
}

/** Whether this answers a request of this purse, with the amount asked for, and once. */
function checkAnswer(purse: Purse, { bundle }: Verified): Result<{ readonly asked: Asked }> {
  const { to, amount } = bundle.last.endorsement;
  if (to.is !== 'purse') return refuse('hand_over_not_payment');
  if (!equalBytes(to.purse, purse.name)) return refuse('paid_to_another');
  const asked = purse.asked.find((each) => equalBytes(each.hash, to.request));
  if (asked === undefined) return refuse('request_unknown');
  if (asked.request.currency !== grantIn(bundle, bundle.last).grant.currency)
    return refuse('request_currency_other');
  if (asked.request.amount !== undefined && asked.request.amount !== amount)
    return refuse('request_amount_other');
  if (asked.paidBy !== undefined) return refuse('request_answered');
  return accept({ asked });
}

interface Conflict {
  readonly code: 'index_taken' | 'chain_conflicting';
  readonly at: string;
  readonly met: Link;
  readonly shown: Link;
}

/** What is shown and what was met before that no honest purse signs both of. */
function conflictIn(purse: Purse, bundle: Bundle): Conflict | undefined {
  for (const [i, shown] of linksOf(bundle).entries()) {
    if (purse.met.has(hashKey(shown.hash))) continue;
    const own = shown.endorsement;
    for (const met of purse.met.values()) {
      const other = met.endorsement;
      if (!equalBytes(own.grant, other.grant)) continue;
      const at = `.endorsements[${i}]`;
      if (own.index === other.index) return { code: 'index_taken', at, met, shown };
      if (own.parts.some((part) => other.parts.some((each) => collide(part, each))))
        return { code: 'chain_conflicting', at, met, shown };
    }
  }
  return undefined;
}

/** The proof that a refused hand-over makes together with what was met before, if it makes one. */
export function proofAgainst(purse: Purse, verified: Verified): FraudProof | undefined {
  const conflict = conflictIn(purse, verified.bundle);
  if (conflict === undefined) return undefined;
  const { shown, met } = conflict;
  return fraudProofOf(grantIn(verified.bundle, shown), shown, met);
}

function booked(purse: Purse, { bundle, seen }: Verified, asked: Asked): Purse {
  const paidBy = bundle.last.hash;
  return {
    ...bookedUnjudged(purse, bundle),
    asked: purse.asked.map((each) => (each === asked ? { ...each, paidBy } : each)),
    seen,
  };
}

/** The purse with a payment's pieces in it. For what was judged before, and for tests of cheats. */
export function bookedUnjudged(purse: Purse, bundle: Bundle): Purse {
  const holdings = partsWithSources(bundle).map(({ part, source }): Holding => {
    const chain = [...source.chain, bundle.last];
    return { from: part.from, to: part.to, source: { ...source, chain } };
  });
  const met = new Map(purse.met);
  for (const link of linksOf(bundle)) met.set(hashKey(link.hash), link);
  return {
    ...purse,
    holdings: [...purse.holdings, ...holdings],
    grants: new Map([...purse.grants, ...bundle.grants]),
    met,
    taken: purse.taken + bundle.last.endorsement.amount,
  };
}
