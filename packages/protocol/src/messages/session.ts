/**
 * Messages of a session between two services (operator and authority, operator and operator): a
 * handshake with ML-KEM-768 and ML-DSA-44, an authenticator on every request and answer, and a
 * signature by both sides over the chain of them every second.
 *
 * Spec: 10 §2–§4.
 * @module
 */
import {
  bytes,
  instant,
  optional,
  struct,
  text,
  u16,
  u32,
  u48,
  type ValueOf,
} from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { ML_DSA_SIGNATURE_BYTES } from '@specie/core/crypto/signature';
import { SESSION_BYTES } from '@specie/core/ledger/command';

export const KEM_PUBLIC_KEY_BYTES = 1184;
export const KEM_CIPHERTEXT_BYTES = 1088;

const signature = bytes(ML_DSA_SIGNATURE_BYTES);

/** The caller's half of the handshake. Party 0 is the authority, others are operators' numbers. */
export const sessionOpen = struct({
  authority: bytes(32),
  caller: u32,
  callee: u32,
  kemKey: bytes(KEM_PUBLIC_KEY_BYTES),
  nonce: bytes(16),
  time: instant,
  /** The newest position of the ledger the caller had an answer or notice for: a ledger that is behind it knows that entries are missing. */
  seen: optional(u48),
});
export type SessionOpen = ValueOf<typeof sessionOpen>;
export const sessionOpenMessage = message('SessionOpen', 0x40, 1, 2048, sessionOpen);
export const signedSessionOpenMessage = message(
  'SignedSessionOpen',
  0x41,
  1,
  8192,
  struct({ open: sessionOpen, signature }),
);

/** The callee's half. */
export const sessionAccept = struct({
  session: bytes(SESSION_BYTES),
  /** Hash of the SessionOpen message answered. */
  open: bytes(32),
  ciphertext: bytes(KEM_CIPHERTEXT_BYTES),
  time: instant,
});
export type SessionAccept = ValueOf<typeof sessionAccept>;
export const sessionAcceptMessage = message('SessionAccept', 0x42, 1, 2048, sessionAccept);
export const signedSessionAcceptMessage = message(
  'SignedSessionAccept',
  0x43,
  1,
  8192,
  struct({ accept: sessionAccept, signature }),
);

/** What a request's authenticator covers. Counters begin at 1 and rise by one. */
export const requestHeadMessage = message(
  'RequestHead',
  0x44,
  1,
  1024,
  struct({
    session: bytes(SESSION_BYTES),
    counter: u48,
    method: text(8),
    path: text(512),
    bodyHash: bytes(32),
  }),
);

/** What an answer's authenticator covers. */
export const answerHeadMessage = message(
  'AnswerHead',
  0x45,
  1,
  1024,
  struct({ session: bytes(SESSION_BYTES), counter: u48, status: u16, bodyHash: bytes(32) }),
);

/** A signature over the chain of authenticators up to a counter, made by each side in turn. */
export const sessionSeal = struct({
  session: bytes(SESSION_BYTES),
  counter: u48,
  chain: bytes(32),
  time: instant,
});
export const sessionSealMessage = message('SessionSeal', 0x46, 1, 256, sessionSeal);
export const signedSessionSealMessage = message(
  'SignedSessionSeal',
  0x47,
  1,
  4096,
  struct({ seal: sessionSeal, signature }),
);
