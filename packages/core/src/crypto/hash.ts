/**
 * SHA-256, and the few ways this house uses it. Hashes over structured values are always taken over
 * a message's canonical bytes, whose header says which kind it is, so no two uses can collide.
 *
 * Spec: 02 §2. FIPS 180-4; RFC 2104; RFC 5869.
 * @module
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';
import { bytesOfText } from '../base/bytes.ts';
import type { Message } from '../codec/message.ts';

export const HASH_BYTES = 32;

/** SHA-256 of bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return sha256Of(bytes);
}

/** SHA-256 of a message's canonical bytes. */
export function hashOf<T>(kind: Message<T>, value: T): Uint8Array {
  return sha256Of(kind.encode(value));
}

/** HMAC-SHA-256: 32 bytes. */
export function authenticate(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hmac(sha256Of, key, bytes);
}

/** HKDF-SHA-256 without salt, under a label of this house: `length` bytes of key material. */
export function deriveKey(secret: Uint8Array, label: string, length = 32): Uint8Array {
  return hkdf(sha256Of, secret, undefined, bytesOfText(`specie/1/${label}`), length);
}
