/**
 * What both sides of a session hold alike: two keys, a counter and a chain. Each exchange, its
 * request and its answer, adds one link; a signature over the chain is a signature over everything
 * said so far. Invariant: equal chains mean equal requests and equal answers in equal order.
 *
 * Spec: 10 §2, §3.
 * @module
 */
import { bytesOfHex, concatBytes, equalSecrets, hexOf } from '@specie/core/base/bytes';
import { deriveKey, HASH_BYTES } from '@specie/core/crypto/hash';
import { answerHeadMessage, requestHeadMessage } from '../messages/session.ts';
import type { Digest } from './digest.ts';

/** Headers of a request and of its answer. Values are lower-case hex and, the counter, decimal. */
export const SESSION_HEADER = 'specie-session';
export const COUNTER_HEADER = 'specie-counter';
export const AUTHENTICATOR_HEADER = 'specie-authenticator';

/** Keys of the two directions: what one side says can never be turned back to it as an answer. */
export interface SessionKeys {
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
}

/** The first link: hash over both halves of the handshake. Spec: 10 §2. */
export function firstLink(
  digest: Digest,
  openHash: Uint8Array,
  acceptHash: Uint8Array,
): Uint8Array {
  return digest.sha256(concatBytes(openHash, acceptHash));
}

/** Keys of a session: HKDF over the encapsulated secret, bound to the handshake by its label. Spec: 10 §2. */
export function sessionKeysOf(secret: Uint8Array, first: Uint8Array): SessionKeys {
  const transcript = hexOf(first);
  return {
    request: deriveKey(secret, `session/request/${transcript}`),
    answer: deriveKey(secret, `session/answer/${transcript}`),
  };
}

/** The link after one exchange. Spec: 10 §3. */
export function nextLink(
  digest: Digest,
  chain: Uint8Array,
  request: Uint8Array,
  answer: Uint8Array,
): Uint8Array {
  return digest.sha256(concatBytes(chain, request, answer));
}

/** Authenticator of a request. */
export function requestAuthenticator(
  digest: Digest,
  key: Uint8Array,
  head: {
    readonly session: Uint8Array;
    readonly counter: number;
    readonly method: string;
    readonly path: string;
    readonly body: Uint8Array;
  },
): Uint8Array {
  const { session, counter, method, path, body } = head;
  const bodyHash = digest.sha256(body);
  return digest.hmac(key, requestHeadMessage.encode({ session, counter, method, path, bodyHash }));
}

/** Authenticator of an answer. */
export function answerAuthenticator(
  digest: Digest,
  key: Uint8Array,
  head: {
    readonly session: Uint8Array;
    readonly counter: number;
    readonly status: number;
    readonly body: Uint8Array;
  },
): Uint8Array {
  const { session, counter, status, body } = head;
  const bodyHash = digest.sha256(body);
  return digest.hmac(key, answerHeadMessage.encode({ session, counter, status, bodyHash }));
}

/** Whether a header holds exactly this authenticator; takes the same time wherever they differ. */
export function isAuthenticator(header: string | undefined, expected: Uint8Array): boolean {
  const given = header?.length === HASH_BYTES * 2 ? bytesOfHex(header) : undefined;
  return given !== undefined && equalSecrets(given, expected);
}

/** Counter of a header, from 1 to 2^48 − 1 in canonical decimal, or undefined. */
export function counterOf(header: string | undefined): number | undefined {
  if (header === undefined || !/^[1-9][0-9]{0,14}$/.test(header)) return undefined;
  const counter = Number(header);
  return counter < 2 ** 48 ? counter : undefined;
}
