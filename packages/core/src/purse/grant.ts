/**
 * A grant: the authority's certificate for one purse. It carries the purse's public key, a pseudonym
 * made for it alone, what is attested about the holder, limits, dates, and a Merkle root over the
 * pieces loaded. Invariant: a purse key has one grant, so that a key, a grant and a purse are one.
 *
 * Spec: 12 §2.
 * @module
 */
import { equalBytes, hexOf } from '../base/bytes.ts';
import { after, HOUR, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import {
  bytes,
  choice,
  currencyNumber,
  instant,
  struct,
  u16,
  u32,
  u48,
  u8,
  upTo,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { holderTag } from '../coin/holder.ts';
import type { Lock } from '../coin/lock.ts';
import { HASH_BYTES, hashOf } from '../crypto/hash.ts';
import { PURSE_PARAMETERS } from '../crypto/lms.ts';
import { ML_DSA_SIGNATURE_BYTES } from '../crypto/signature.ts';
import type { DatedKey, PurseSuites, PurseTrust } from './trust.ts';

/** Bytes of a purse's LMS public key. */
export const PURSE_KEY_BYTES = 48;
/** Pieces one load may bring; a path to one of them has at most ten hashes. */
export const LOADED_MAX = 1024;
/** A grant ends at most this long after it was issued, as grant keys live no longer. */
export const GRANT_LIFE_HOURS_MAX = 30 * 24;
export const GRACE_HOURS_MAX = 90 * 24;

/** What one purse may pay. Amounts are minor units of the grant's currency. */
const limits = struct({
  payment: u32,
  total: u32,
  payments: u8,
  /** Hands that money which begins or passes here may go through with no network. */
  hops: u8,
  /** Received pieces, each with its chain, in one payment. */
  chains: u8,
});

/** A grant but for its authority, which a hand-over names once. */
export const grantFields = {
  serial: u48,
  /** The purse's holder as later payees see it: a tag drawn for this grant alone. */
  tag: holderTag,
  key: bytes(PURSE_KEY_BYTES),
  tier: choice({ I: 1, II: 2, III: 3, IV: 4 }),
  holder: choice({ person: 1, business: 2, public: 3 }),
  /** Merchant category (ISO 18245), 0 for none. */
  category: u16,
  /** Country (ISO 3166-1 numeric), 0 for none. */
  region: u16,
  currency: currencyNumber,
  limits,
  /** Up to how much the holder is made whole as a payee, in minor units. */
  cover: u32,
  /** The newest list of revoked purses when this was signed. */
  list: u32,
  issuedAt: instant,
  endsAt: instant,
  graceHours: u16,
  pieces: upTo(16, LOADED_MAX),
  root: bytes(HASH_BYTES),
} as const;

export const grant = struct({ authority: bytes(HASH_BYTES), ...grantFields });
export type Grant = ValueOf<typeof grant>;

export const grantMessage = message('Grant', 0x80, 1, 512, grant);

export const signedGrant = struct({ grant, signature: bytes(ML_DSA_SIGNATURE_BYTES) });
export type SignedGrant = ValueOf<typeof signedGrant>;

export const signedGrantMessage = message('SignedGrant', 0x81, 1, 3072, signedGrant);

const purseKeyMessage = message('PurseKey', 0x82, 1, 64, struct({ key: bytes(PURSE_KEY_BYTES) }));

/** A purse's name among purses and locks: the hash of its public key. */
export function purseOf(key: Uint8Array): Uint8Array {
  return hashOf(purseKeyMessage, { key });
}

/** The lock of pieces that only this purse's endorsements move. */
export function purseLock(key: Uint8Array): Lock {
  return { kind: 'purse', hash: purseOf(key) };
}

/** What an endorsement calls its grant by. */
export function grantHash(value: Grant): Uint8Array {
  return hashOf(grantMessage, value);
}

/** Key of a hash in maps. */
export const hashKey = hexOf;

/** Until when what was signed under a grant is paid as a payment: its end and the grace behind it. */
export function deadlineOf(value: Pick<Grant, 'endsAt' | 'graceHours'>): Instant {
  return after(value.endsAt, value.graceHours * HOUR);
}

/** Whether a purse's key is of the purse's LMS set; no other is granted. */
function isPurseKey(key: Uint8Array): boolean {
  const view = new DataView(key.buffer, key.byteOffset);
  return (
    view.getUint32(0) === PURSE_PARAMETERS.lmsType && view.getUint32(4) === PURSE_PARAMETERS.otsType
  );
}

/** The keys in force at an instant. */
export function keysAt<K extends DatedKey>(keys: readonly K[], at: Instant): readonly K[] {
  return keys.filter(({ from, until }) => from <= at && at < until);
}

/**
 * Whether the authority signed a grant. Says nothing about today: a grant that has ended is still a
 * grant, and what was signed under it still counts. One signature verification.
 */
export function checkGrant(
  { grant: value, signature }: SignedGrant,
  trust: PurseTrust,
  suites: PurseSuites,
): Result<Grant> {
  if (!equalBytes(value.authority, trust.authority)) return refuse('grant_foreign', '.authority');
  if (!isPurseKey(value.key)) return refuse('grant_key_unsuitable', '.key');
  const hours = (value.endsAt - value.issuedAt) / HOUR;
  if (hours <= 0 || hours > GRANT_LIFE_HOURS_MAX) return refuse('grant_dates_invalid', '.endsAt');
  if (value.graceHours > GRACE_HOURS_MAX) return refuse('grant_dates_invalid', '.graceHours');
  const signed = grantMessage.encode(value);
  const isSigned = keysAt(trust.grantKeys, value.issuedAt).some(({ publicKey }) =>
    suites.authority.verify(publicKey, signed, signature),
  );
  return isSigned ? accept(value) : refuse('grant_signature_invalid', '.signature');
}
