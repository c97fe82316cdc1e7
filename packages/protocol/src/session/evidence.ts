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
import { hashOf } from '@specie/core/crypto/hash';
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
  const { open, accept, byCaller, byCallee } = evidence;
  const { suite, digest, callerKey, calleeKey } = witness;
  const openHash = hashOf(sessionOpenMessage, open.open);
  const isSigned =
    suite.verify(callerKey, sessionOpenMessage.encode(open.open), open.signature) &&
    suite.verify(calleeKey, sessionAcceptMessage.encode(accept.accept), accept.signature) &&
    suite.verify(callerKey, sessionSealMessage.encode(byCaller.seal), byCaller.signature) &&
    suite.verify(calleeKey, sessionSealMessage.encode(byCallee.seal), byCallee.signature);
  const secret = secretOf(evidence, witness.kem);
  if (!isSigned || secret === undefined || !equalBytes(accept.accept.open, openHash)) return false;
  const first = firstLink(digest, openHash, hashOf(sessionAcceptMessage, accept.accept));
  const keys = sessionKeysOf(secret, first);
  const { session } = accept.accept;
  let chain = first;
  for (const [i, { method, path, request, status, answer }] of said.entries()) {
    const counter = i + 1;
    chain = nextLink(
      digest,
      chain,
      requestAuthenticator(digest, keys.request, { session, counter, method, path, body: request }),
      answerAuthenticator(digest, keys.answer, { session, counter, status, body: answer }),
    );
  }
  const expected = concatBytes(session, chain);
  return [byCaller.seal, byCallee.seal].every(
    (seal) =>
      seal.counter === said.length && equalBytes(concatBytes(seal.session, seal.chain), expected),
  );
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
