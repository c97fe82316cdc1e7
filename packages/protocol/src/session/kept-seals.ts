/**
 * Seals as they are kept and as they are judged later, by anyone who has the authority's
 * fingerprint: the handshake, the newest seal of both, every authenticator up to it, and the chain
 * of trust that says whose keys signed. Invariant: nothing that is judged is taken on the word of
 * whoever kept it.
 *
 * Spec: 10 §4.
 * @module
 */
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { DAY, HOUR, type Instant } from '@specie/core/base/instant';
import { hashOf } from '@specie/core/crypto/hash';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  signedSessionAcceptMessage,
  signedSessionOpenMessage,
  signedSessionSealMessage,
} from '../messages/session.ts';
import type { Clock } from '../ports.ts';
import { followTrust, trustChainMessage, type TrustChain } from '../trust/key-set.ts';
import type { Digest } from './digest.ts';
import {
  isChainSealed,
  type SealedLinks,
  type SealEvidence,
  type SealWitness,
} from './evidence.ts';
import type { Kem } from './kem.ts';
import { sessionKeyAt } from './party-keys.ts';
import { firstLink } from './session-chain.ts';

/** How long seals are kept unless settings say otherwise: a year and a day. */
export const SEAL_DAYS = 366;
const SWEEP_EVERY = HOUR;

/** One seal on its way to the disk. Messages are in canonical form, times milliseconds. */
export interface SealRow {
  /** c₀ of the session: names this handshake alone, whatever session name its callee chose. */
  readonly handshake: Uint8Array;
  readonly session: Uint8Array;
  readonly caller: number;
  readonly callee: number;
  readonly openedAt: number;
  readonly open: Uint8Array;
  readonly accept: Uint8Array;
  readonly openingBy: 'caller' | 'callee';
  readonly opening: Uint8Array;
  /** The chain of trust in force: the same object as long as it is the same chain. */
  readonly trust: Uint8Array;
  readonly counter: number;
  readonly sealedAt: number;
  readonly byCaller: Uint8Array;
  readonly byCallee: Uint8Array;
  /** Authenticators after exchange number `after`, up to `counter`. */
  readonly after: number;
  readonly authenticators: Uint8Array;
}

/** A session as it was kept: its newest seal, and the authenticators of all exchanges up to it. */
export type KeptSession = Omit<SealRow, 'after'>;

/** Where seals are kept. */
export interface SealShelf {
  /** Resolves when the seal is durable. */
  keep(row: SealRow): Promise<void>;
  /** Forgets sessions whose newest seal is older than an instant. */
  forget(before: number): void;
}

export interface SealKeeperOptions {
  readonly shelf: SealShelf;
  readonly chain: () => TrustChain;
  readonly clock: Clock;
  /** How many days after its newest seal a session is forgotten. */
  readonly days: number;
  readonly digest: Digest;
}

/** Keeps seals of every session of a party, each with the chain of trust that was in force. */
export function createSealKeeper(
  options: SealKeeperOptions,
): (evidence: SealEvidence, links: SealedLinks) => Promise<void> {
  const { shelf, clock, digest } = options;
  let chain: TrustChain | undefined;
  let trust = new Uint8Array(0);
  let sweptAt = Number.NEGATIVE_INFINITY;
  return (evidence, { after, authenticators }) => {
    const now = clock();
    if (now - sweptAt >= SWEEP_EVERY) {
      sweptAt = now;
      shelf.forget(now - options.days * DAY);
    }
    const present = options.chain();
    if (present !== chain) {
      chain = present;
      trust = Uint8Array.from(trustChainMessage.encode({ sets: present }));
    }
    const { open, accept, opening, byCaller, byCallee } = evidence;
    return shelf.keep({
      handshake: handshakeOf(evidence, digest),
      session: accept.accept.session,
      caller: open.open.caller,
      callee: open.open.callee,
      openedAt: accept.accept.time,
      open: signedSessionOpenMessage.encode(open),
      accept: signedSessionAcceptMessage.encode(accept),
      openingBy: opening.by,
      opening: opening.bytes,
      trust,
      counter: byCallee.seal.counter,
      sealedAt: byCallee.seal.time,
      byCaller: signedSessionSealMessage.encode(byCaller),
      byCallee: signedSessionSealMessage.encode(byCallee),
      after,
      authenticators,
    });
  };
}

function handshakeOf({ open, accept }: SealEvidence, digest: Digest): Uint8Array {
  return firstLink(
    digest,
    hashOf(sessionOpenMessage, open.open),
    hashOf(sessionAcceptMessage, accept.accept),
  );
}

/** With what kept seals are judged: the fingerprint alone says whom they speak of. */
export interface SealJudge {
  readonly authority: Uint8Array;
  readonly suite: SignatureSuite;
  /** The root's suite. */
  readonly rootSuite: SignatureSuite;
  readonly kem: Kem;
  readonly digest: Digest;
}

/** What kept bytes are worth. */
export type JudgedSession =
  | { readonly isGood: true; readonly evidence: SealEvidence; readonly witness: SealWitness }
  | { readonly isGood: false; readonly reason: 'unreadable' | 'trust' | 'signature' };

/** Judges a kept session from its bytes and the authority's fingerprint alone. */
export function judgeSession(kept: KeptSession, judge: SealJudge): JudgedSession {
  const open = signedSessionOpenMessage.decode(kept.open);
  const accepted = signedSessionAcceptMessage.decode(kept.accept);
  const byCaller = signedSessionSealMessage.decode(kept.byCaller);
  const byCallee = signedSessionSealMessage.decode(kept.byCallee);
  const chain = trustChainMessage.decode(kept.trust);
  if (!open.ok || !accepted.ok || !byCaller.ok || !byCallee.ok || !chain.ok)
    return { isGood: false, reason: 'unreadable' };
  const evidence: SealEvidence = {
    open: open.value,
    accept: accepted.value,
    opening: { by: kept.openingBy, bytes: kept.opening },
    byCaller: byCaller.value,
    byCallee: byCallee.value,
  };
  const at: Instant = byCallee.value.seal.time;
  const trust = { authority: judge.authority, known: undefined };
  const set = followTrust(trust, chain.value.sets, at, judge.rootSuite);
  const callerKey = set.ok ? sessionKeyAt(set.value, open.value.open.caller, at) : undefined;
  const calleeKey = set.ok ? sessionKeyAt(set.value, open.value.open.callee, at) : undefined;
  if (callerKey === undefined || calleeKey === undefined) return { isGood: false, reason: 'trust' };
  const witness: SealWitness = { ...judge, callerKey, calleeKey };
  const isGood =
    isChainSealed(evidence, kept.authenticators, witness) &&
    equalBytes(handshakeOf(evidence, judge.digest), kept.handshake);
  return isGood ? { isGood, evidence, witness } : { isGood: false, reason: 'signature' };
}

/** A kept session as a keeper is shown it. */
export interface SealLine {
  readonly session: string;
  readonly caller: number;
  readonly callee: number;
  /** Milliseconds. */
  readonly openedAt: number;
  readonly sealedAt: number;
  /** How many exchanges both parties signed for. */
  readonly exchanges: number;
  readonly isGood: boolean;
  /** What is wrong with it. */
  readonly reason?: string;
}

/** Judges kept sessions one by one. Of a good one everything that is shown was signed. */
export function* sealLines(kept: Iterable<KeptSession>, judge: SealJudge): Iterable<SealLine> {
  for (const each of kept) {
    const judged = judgeSession(each, judge);
    const { session, caller, callee, openedAt, sealedAt, counter } = each;
    if (!judged.isGood) {
      const { isGood, reason } = judged;
      const claimed = { session: hexOf(session), caller, callee, openedAt, sealedAt };
      yield { ...claimed, exchanges: counter, isGood, reason };
      continue;
    }
    const { open, accept, byCallee } = judged.evidence;
    yield {
      session: hexOf(accept.accept.session),
      caller: open.open.caller,
      callee: open.open.callee,
      openedAt: accept.accept.time,
      sealedAt: byCallee.seal.time,
      exchanges: byCallee.seal.counter,
      isGood: true,
    };
  }
}
