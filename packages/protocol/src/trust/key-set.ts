/**
 * The key set: which keys the authority and its operators use, until when, and under which root.
 * An offline root signs it. A root names the hash of its successor beforehand, so that whoever
 * steals a root cannot appoint the next one, and a wallet that slept through rotations can follow
 * them one by one. Numbers only rise: an older set is never accepted after a newer one.
 *
 * Spec: 02 §5, §6.
 * @module
 */
import { bech32m } from '@scure/base';
import { equalBytes } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import {
  bytes,
  choice,
  instant,
  list,
  sortedList,
  struct,
  text,
  u32,
  type ValueOf,
} from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { HASH_BYTES, hashOf } from '@specie/core/crypto/hash';
import {
  ML_DSA_PUBLIC_KEY_BYTES,
  SLH_DSA_PUBLIC_KEY_BYTES,
  SLH_DSA_SIGNATURE_BYTES,
  type SignatureSuite,
} from '@specie/core/crypto/signature';

export const OPERATORS_MAX = 256;
/** Rotations of the root in an authority's life; one in five years for three centuries. */
export const ROTATIONS_MAX = 64;

/** One key of the authority: what it may sign and when. */
const authorityKey = struct({
  purpose: choice({ session: 1, mint: 2, checkpoint: 3, grant: 4, revocation: 5, order: 6 }),
  publicKey: bytes(ML_DSA_PUBLIC_KEY_BYTES),
  from: instant,
  until: instant,
});

/** One operator: its number, name, address on the network, and keys. */
export const operatorCard = struct({
  operator: u32,
  name: text(64),
  url: text(256),
  /** Opens sessions and signs issue and retirement requests. */
  sessionKey: bytes(ML_DSA_PUBLIC_KEY_BYTES),
  /** Signs statements about wallets and refusals of orders. */
  statementKey: bytes(ML_DSA_PUBLIC_KEY_BYTES),
  from: instant,
  until: instant,
});
export type OperatorCard = ValueOf<typeof operatorCard>;

export const keySet = struct({
  /** Hash of the authority's first root; stays the same through every rotation. */
  authority: bytes(HASH_BYTES),
  number: u32,
  issuedAt: instant,
  endsAt: instant,
  root: bytes(SLH_DSA_PUBLIC_KEY_BYTES),
  /** Hash of the root that comes next. */
  nextRoot: bytes(HASH_BYTES),
  url: text(256),
  name: text(64),
  keys: sortedList(authorityKey, 1, 64),
  operators: sortedList(operatorCard, 0, OPERATORS_MAX),
});
export type KeySet = ValueOf<typeof keySet>;

export const keySetMessage = message('KeySet', 0x30, 1, 2 * 1024 * 1024, keySet);

const signedKeySet = struct({ keySet, signature: bytes(SLH_DSA_SIGNATURE_BYTES) });
export type SignedKeySet = ValueOf<typeof signedKeySet>;

/** The sets at which the root changed, oldest first, and the present set last. */
export const trustChainMessage = message(
  'TrustChain',
  0x31,
  1,
  8 * 1024 * 1024,
  struct({ sets: list(signedKeySet, 1, ROTATIONS_MAX) }),
);
export type TrustChain = readonly SignedKeySet[];

/** A root's public key, to be hashed. */
export const rootKeyMessage = message(
  'RootKey',
  0x32,
  1,
  64,
  struct({ publicKey: bytes(SLH_DSA_PUBLIC_KEY_BYTES) }),
);

/** Fingerprint of a root: names the authority when it is the first root. */
export function rootHash(publicKey: Uint8Array): Uint8Array {
  return hashOf(rootKeyMessage, { publicKey });
}

/** An authority's fingerprint as text, `sa1…`, to be compared by people and carried by invitations. */
export function formatAuthority(authority: Uint8Array): string {
  return bech32m.encode('sa', bech32m.toWords(authority));
}

/** The fingerprint of a text, or a refusal. */
export function parseAuthority(written: string): Result<Uint8Array> {
  const decoded = bech32m.decodeUnsafe(written);
  const raw = decoded?.prefix === 'sa' ? bech32m.fromWordsUnsafe(decoded.words) : undefined;
  return raw?.length === HASH_BYTES ? accept(Uint8Array.from(raw)) : refuse('root_unknown');
}

/** What a wallet or an operator trusts: an authority's fingerprint and, after the first contact, its newest set. */
export interface Trust {
  readonly authority: Uint8Array;
  readonly known: KeySet | undefined;
}

/**
 * Follows a chain from what is trusted to the present set. Every set must be signed by its own
 * root, and each root be the one before or the one that the set before announced. Sets older than
 * what is known are passed over; the last one must not be older.
 */
export function followTrust(
  trust: Trust,
  chain: TrustChain,
  now: Instant,
  suite: SignatureSuite,
): Result<KeySet> {
  let known = trust.known;
  for (const [i, { keySet: set, signature }] of chain.entries()) {
    const at = `.sets[${i}]`;
    if (!equalBytes(set.authority, trust.authority)) return refuse('root_unknown', at);
    if (known !== undefined && set.number < known.number) {
      if (i === chain.length - 1) return refuse('key_set_older', at);
      continue;
    }
    const standing = rootStanding(trust.authority, known, set);
    if (standing !== undefined) return refuse(standing, at);
    if (!suite.verify(set.root, keySetMessage.encode(set), signature))
      return refuse('key_set_invalid', at);
    known = set;
  }
  if (known === undefined) return refuse('key_set_invalid');
  return known.endsAt > now ? accept(known) : refuse('key_set_ended');
}

/**
 * Why a set's root cannot be believed, or undefined. A root keeps the successor it first announced:
 * could it change its mind, whoever steals it could appoint the next one after all. One number
 * stands for one set: two sets under it mean that somebody is being shown another history.
 */
function rootStanding(
  authority: Uint8Array,
  known: KeySet | undefined,
  set: KeySet,
): 'root_unknown' | 'root_rotation_invalid' | 'key_set_invalid' | undefined {
  if (known === undefined)
    return equalBytes(rootHash(set.root), authority) ? undefined : 'root_unknown';
  if (set.number === known.number)
    return equalBytes(keySetMessage.encode(set), keySetMessage.encode(known))
      ? undefined
      : 'key_set_invalid';
  const isAnnounced = equalBytes(known.root, set.root)
    ? equalBytes(known.nextRoot, set.nextRoot)
    : equalBytes(rootHash(set.root), known.nextRoot);
  return isAnnounced ? undefined : 'root_rotation_invalid';
}

/** The authority's key of a purpose in force at an instant. */
export function authorityKeyAt(
  set: KeySet,
  purpose: KeySet['keys'][number]['purpose'],
  now: Instant,
): Uint8Array | undefined {
  return set.keys.find((each) => each.purpose === purpose && each.from <= now && now < each.until)
    ?.publicKey;
}

/** The card of an operator in force at an instant. */
export function operatorAt(set: KeySet, operator: number, now: Instant): OperatorCard | undefined {
  return set.operators.find(
    (each) => each.operator === operator && each.from <= now && now < each.until,
  );
}
