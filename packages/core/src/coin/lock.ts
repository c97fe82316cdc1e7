/**
 * Locks say who may move a piece. A `secret` lock is the SHA-256 of 32 random bytes and opens for
 * whoever shows them; a `purse` lock is the hash of a purse's public key. Invariant: a secret once
 * shown guards nothing any more, so no lock is ever used twice.
 *
 * Spec: 03 §4.
 * @module
 */
import { bytes, choice, struct, type ValueOf } from '../codec/codec.ts';
import { equalBytes, hexOf } from '../base/bytes.ts';
import { HASH_BYTES, sha256 } from '../crypto/hash.ts';

export const SECRET_BYTES = 32;

export const lock = struct({ kind: choice({ secret: 1, purse: 2 }), hash: bytes(HASH_BYTES) });
export type Lock = ValueOf<typeof lock>;

/** The lock that a secret opens. */
export function lockOfSecret(secret: Uint8Array): Lock {
  return { kind: 'secret', hash: sha256(secret) };
}

/** Whether the secret opens the lock. A purse lock opens for no secret. */
export function opens(secret: Uint8Array, guarded: Lock): boolean {
  return guarded.kind === 'secret' && equalBytes(sha256(secret), guarded.hash);
}

/** Key of a lock in maps and sets. */
export function lockKey(guarded: Lock): string {
  return `${guarded.kind === 'secret' ? 's' : 'p'}${hexOf(guarded.hash)}`;
}
