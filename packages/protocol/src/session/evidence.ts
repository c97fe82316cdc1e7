/**
 * What each side keeps of a session so that neither can deny what it said: the signed handshake,
 * what opens its encapsulated secret, and the newest seal signed by both. With the requests and
 * answers themselves, anyone can compute the chain again and compare it with both signatures.
 *
 * Spec: 10 §4.
 * @module
 */
import { concatBytes, equalBytes } from '@specie/core/base/bytes';
import type { ContentOf } from '@specie/core/codec/message';
import { HASH_BYTES, hashOf } from '@specie/core/crypto/hash';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  sessionSealMessage,
  type signedSessionAcceptMessage,
  type signedSessionOpenMessage,
  type signedSessionSealMessage,
} from '../messages/session.ts';
import type { Digest } from './digest.ts';
import type { Kem } from './kem.ts';
import {
  answerAuthenticator,
  firstLink,
  nextLink,
  requestAuthenticator,
  type SessionKeys,
  sessionKeysOf,
} from './session-chain.ts';

export type SignedSessionOpen = ContentOf<typeof signedSessionOpenMessage>;
export type SignedSessionAccept = ContentOf<typeof signedSessionAcceptMessage>;
export type SignedSessionSeal = ContentOf<typeof signedSessionSealMessage>;

/** One seal with what it rests on. The opening is secret while the session is open. */
export interface SealEvidence {
  readonly open: SignedSessionOpen;
  readonly accept: SignedSessionAccept;
  /** The caller's seed of its encapsulation key, or the chance the callee encapsulated with. */
  readonly opening: { readonly by: 'caller' | 'callee'; readonly bytes: Uint8Array };
  readonly byCaller: SignedSessionSeal;
  readonly byCallee: SignedSessionSeal;
}

/**
 * What a seal covers beyond the seal before it: the authenticators of the exchanges after counter
 * `after`, each exchange's request and then its answer, 32 bytes each.
 */
export interface SealedLinks {
  readonly after: number;
  readonly authenticators: Uint8Array;
}

/** Both parties' session keys as the key set of that time gave them. */
export interface SealWitness {
  readonly suite: SignatureSuite;
  readonly kem: Kem;
  readonly digest: Digest;
  readonly callerKey: Uint8Array;
  readonly calleeKey: Uint8Array;
}

/** One request and its answer as they went over the wire. */
export interface SaidExchange {
  readonly method: string;
  readonly path: string;
  readonly request: Uint8Array;
  readonly status: number;
  readonly answer: Uint8Array;
}

/**
 * Whether both parties signed for exactly these exchanges: `said` are all exchanges of the session
 * from its first on, up to the seal's counter.
 */
export function isSealedBy(
  evidence: SealEvidence,
  said: readonly SaidExchange[],
  witness: SealWitness,
): boolean {
  const shared = sharedOf(evidence, witness);
  if (shared === undefined) return false;
  const pairs = said.map((each, i) =>
    authenticatorsOf(evidence, shared.keys, i + 1, each, witness),
  );
  return isChainSealed(evidence, concatBytes(...pairs.flat()), witness);
}

/**
 * Whether both parties signed for a session in which exchange number `counter` was exactly `said`.
 * `authenticators` are those of all its exchanges from the first on, as `SealedLinks` gave them
 * piece by piece: so one exchange is proven without showing any other.
 */
export function isExchangeSealed(
  evidence: SealEvidence,
  authenticators: Uint8Array,
  counter: number,
  said: SaidExchange,
  witness: SealWitness,
): boolean {
  const shared = sharedOf(evidence, witness);
  if (shared === undefined || !isChainSealed(evidence, authenticators, witness)) return false;
  const own = concatBytes(...authenticatorsOf(evidence, shared.keys, counter, said, witness));
  const at = (counter - 1) * LINK_BYTES;
  return equalBytes(authenticators.subarray(at, at + LINK_BYTES), own);
}

/** Whether both parties signed the handshake and the chain over these authenticators, which end at the seal. */
export function isChainSealed(
  evidence: SealEvidence,
  authenticators: Uint8Array,
  witness: SealWitness,
): boolean {
  const { byCaller, byCallee } = evidence;
  const { suite, digest, callerKey, calleeKey } = witness;
  const shared = sharedOf(evidence, witness);
  const isSigned =
    suite.verify(callerKey, sessionSealMessage.encode(byCaller.seal), byCaller.signature) &&
    suite.verify(calleeKey, sessionSealMessage.encode(byCallee.seal), byCallee.signature);
  const count = authenticators.length / LINK_BYTES;
  if (shared === undefined || !isSigned || !Number.isInteger(count)) return false;
  let chain = shared.first;
  for (let at = 0; at < authenticators.length; at += LINK_BYTES) {
    const answerAt = at + HASH_BYTES;
    chain = nextLink(
      digest,
      chain,
      authenticators.subarray(at, answerAt),
      authenticators.subarray(answerAt, answerAt + HASH_BYTES),
    );
  }
  const { session } = evidence.accept.accept;
  return [byCaller.seal, byCallee.seal].every(
    (seal) =>
      seal.counter === count && equalBytes(seal.session, session) && equalBytes(seal.chain, chain),
  );
}

/** Bytes of both authenticators of an exchange. */
const LINK_BYTES = 2 * HASH_BYTES;

/** What both sides of a session share, when both signed its handshake and the opening fits it. */
function sharedOf(
  evidence: SealEvidence,
  { suite, kem, digest, callerKey, calleeKey }: SealWitness,
): { readonly first: Uint8Array; readonly keys: SessionKeys } | undefined {
  const { open, accept } = evidence;
  const openHash = hashOf(sessionOpenMessage, open.open);
  const isSigned =
    suite.verify(callerKey, sessionOpenMessage.encode(open.open), open.signature) &&
    suite.verify(calleeKey, sessionAcceptMessage.encode(accept.accept), accept.signature);
  if (!isSigned || !equalBytes(accept.accept.open, openHash)) return undefined;
  const secret = secretOf(evidence, kem);
  if (secret === undefined) return undefined;
  const first = firstLink(digest, openHash, hashOf(sessionAcceptMessage, accept.accept));
  return { first, keys: sessionKeysOf(secret, first) };
}

/** Authenticators that an exchange had in a session: of its request, and of its answer. */
function authenticatorsOf(
  { accept: { accept } }: SealEvidence,
  keys: SessionKeys,
  counter: number,
  { method, path, request, status, answer }: SaidExchange,
  { digest }: SealWitness,
): readonly [Uint8Array, Uint8Array] {
  const { session } = accept;
  return [
    requestAuthenticator(digest, keys.request, { session, counter, method, path, body: request }),
    answerAuthenticator(digest, keys.answer, { session, counter, status, body: answer }),
  ];
}

function secretOf({ open, accept, opening }: SealEvidence, kem: Kem): Uint8Array | undefined {
  const { ciphertext } = accept.accept;
  if (opening.by === 'caller') {
    const isOwn = equalBytes(kem.publicKeyOf(opening.bytes), open.open.kemKey);
    return isOwn ? kem.decapsulate(opening.bytes, ciphertext) : undefined;
  }
  const made = kem.encapsulate(open.open.kemKey, opening.bytes);
  return made !== undefined && equalBytes(made.ciphertext, ciphertext) ? made.secret : undefined;
}
