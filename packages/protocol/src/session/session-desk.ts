/**
 * The callee's side of sessions. Invariants: a request is admitted once, in its turn, from the party
 * it names and as that party wrote it; every answer to an admitted request is authenticated; what
 * was said stays unsigned for two seconds at most. Nothing here survives a restart, on purpose: a
 * party that meets `session_unknown` opens a new session and asks what became of the old one.
 *
 * Spec: 10 §2–§4.
 * @module
 */
import { concatBytes, equalBytes, hexOf } from '@specie/core/base/bytes';
import { after, type Instant, MINUTE } from '@specie/core/base/instant';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { hashOf } from '@specie/core/crypto/hash';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { SESSION_BYTES } from '@specie/core/ledger/command';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  sessionSealMessage,
} from '../messages/session.ts';
import { type NonceWindow, nonceWindow } from '../nonce-window.ts';
import type { Clock, Random } from '../ports.ts';
import { type Digest, digestPortable } from './digest.ts';
import type {
  SealEvidence,
  SealedLinks,
  SignedSessionAccept,
  SignedSessionOpen,
  SignedSessionSeal,
} from './evidence.ts';
import { type Kem, KEM_COIN_BYTES } from './kem.ts';
import type { PartyKeys } from './party-keys.ts';
import {
  answerAuthenticator,
  counterOf,
  firstLink,
  isAuthenticator,
  nextLink,
  requestAuthenticator,
  type SessionKeys,
  sessionKeysOf,
} from './session-chain.ts';

/** How far the time of a handshake may be from the callee's clock. Spec: 10 §2. */
export const HANDSHAKE_SPAN = 5 * MINUTE;
/** How long exchanges may stay unsigned. Spec: 10 §4. */
export const UNSEALED_MS_MAX = 2000;
/** An operator keeps a handful of connections; a party that leaks sessions loses its oldest. */
const SESSIONS_MAX = 32;
/** Longer than any wait for notices, short enough that a vanished party leaves nothing behind. */
const IDLE_MS = 10 * MINUTE;
/** Handshakes one party may make within the span in which their nonces have to be remembered. */
const HANDSHAKES_MAX = 1024;
const PARTIES_MAX = 257;

export interface SessionDeskOptions {
  /** Our own number as a party; 0 is the authority. */
  readonly self: number;
  readonly keys: PartyKeys;
  readonly suite: SignatureSuite;
  readonly kem: Kem;
  readonly digest?: Digest;
  readonly clock: Clock;
  /** Milliseconds of a clock that never goes back nor jumps. */
  readonly monotonic: () => number;
  readonly random: Random;
  /**
   * Keeps the evidence of a seal and the links since the one before; when it throws or rejects, the
   * seal is not answered.
   */
  readonly keepSeal?: (evidence: SealEvidence, links: SealedLinks) => void | Promise<void>;
  /** Hears what a caller last saw of the ledger, and may refuse the session. */
  readonly onOpen?: (party: number, seen: number | undefined) => Refusal | undefined;
  /** Hears that a session ended, and why. */
  readonly onEnd?: (session: Uint8Array, party: number, why: SessionEnd) => void;
  readonly sessionsMax?: number;
  readonly idleMs?: number;
  readonly handshakesMax?: number;
}

/** Why a session ended. */
export type SessionEnd = 'asked' | 'idle' | 'crowded' | 'unsealed' | 'seal_wrong' | 'party_unknown';

/** The parts of a request that concern its session. */
export interface SessionRequest {
  readonly session: string | undefined;
  readonly counter: string | undefined;
  readonly authenticator: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
  /** Whether this is the request that carries a seal. */
  readonly isSeal: boolean;
}

/** An authenticated request whose turn it is. It has to be answered before the next is admitted. */
export interface Admission {
  readonly party: number;
  readonly session: Uint8Array;
  /** Why it is not to be carried out although it is authentic; the refusal is authenticated, too. */
  readonly refusal: Refusal | undefined;
  /** Checks a seal over everything said before this request and signs it too. */
  seal(given: SignedSessionSeal): Result<SignedSessionSeal> | Promise<Result<SignedSessionSeal>>;
  /** Ends the exchange and gives the authenticator of its answer. */
  answer(status: number, body: Uint8Array): string;
}

export interface SessionDesk {
  /** Answers a handshake. */
  open(given: SignedSessionOpen): Result<SignedSessionAccept>;
  /** Whether a session header names an open session: asked before a body is read. */
  isOpen(session: string | undefined): boolean;
  admit(request: SessionRequest): Result<Admission>;
  /** Ends a session; whether it was open. */
  end(session: Uint8Array): boolean;
  readonly size: number;
}

interface Held {
  readonly id: Uint8Array;
  readonly party: number;
  readonly keys: SessionKeys;
  readonly handshake: Pick<SealEvidence, 'open' | 'accept' | 'opening'>;
  counter: number;
  chain: Uint8Array;
  /** Authenticators of exchanges whose seal is not kept yet, and the counter of the last one before them. */
  readonly unkept: Uint8Array[];
  keptTo: number;
  /** Monotonic time at which the first unsigned exchange ended, moved on by the time we ourselves took since. */
  unsealedSince: number | undefined;
  /** Monotonic time at which the request now being answered was admitted. */
  busySince: number | undefined;
  usedAt: number;
}

interface Desk extends SessionDeskOptions {
  readonly digest: Digest;
  readonly sessions: Map<string, Held>;
  readonly nonces: NonceWindow;
  readonly perParty: number;
  readonly idle: number;
}

/** A desk without sessions. */
export function createSessionDesk(options: SessionDeskOptions): SessionDesk {
  const handshakes = options.handshakesMax ?? HANDSHAKES_MAX;
  const desk: Desk = {
    ...options,
    digest: options.digest ?? digestPortable,
    sessions: new Map(),
    nonces: nonceWindow({ max: handshakes * PARTIES_MAX, perOwner: handshakes }),
    perParty: options.sessionsMax ?? SESSIONS_MAX,
    idle: options.idleMs ?? IDLE_MS,
  };
  return {
    open: (given) => open(desk, given),
    isOpen: (session) => session !== undefined && desk.sessions.has(session),
    admit: (request) => admit(desk, request),
    end(session) {
      const held = desk.sessions.get(hexOf(session));
      if (held !== undefined) end(desk, held, 'asked');
      return held !== undefined;
    },
    get size() {
      return desk.sessions.size;
    },
  };
}

function open(desk: Desk, given: SignedSessionOpen): Result<SignedSessionAccept> {
  const now = desk.clock();
  const callerKey = judgeOpen(desk, given, now);
  if (!callerKey.ok) return callerKey;
  const { caller, nonce, kemKey, time, seen } = given.open;
  const owner = ownerOf(caller);
  const crowding = desk.nonces.crowding(owner, now);
  if (crowding !== undefined) return refuse(crowding);
  const chance = desk.random(KEM_COIN_BYTES);
  const made = desk.kem.encapsulate(kemKey, chance);
  if (made === undefined) return refuse('handshake_invalid', '.open.kemKey');
  desk.nonces.keep(owner, nonce, after(time, HANDSHAKE_SPAN));
  const no = desk.onOpen?.(caller, seen);
  if (no !== undefined) return { ok: false, refusal: no };
  if (!makeRoom(desk, caller)) return refuse('overloaded');

  const openHash = hashOf(sessionOpenMessage, given.open);
  const id = desk.random(SESSION_BYTES);
  const answered = { session: id, open: openHash, ciphertext: made.ciphertext, time: now };
  const signature = desk.suite.sign(desk.keys.seed, sessionAcceptMessage.encode(answered));
  const first = firstLink(desk.digest, openHash, hashOf(sessionAcceptMessage, answered));
  desk.sessions.set(hexOf(id), {
    id,
    party: caller,
    keys: sessionKeysOf(made.secret, first),
    handshake: {
      open: given,
      accept: { accept: answered, signature },
      opening: { by: 'callee', bytes: chance },
    },
    counter: 0,
    chain: first,
    unkept: [],
    keptTo: 0,
    unsealedSince: undefined,
    busySince: undefined,
    usedAt: desk.monotonic(),
  });
  return accept({ accept: answered, signature });
}

/** The caller's key, when everything about a handshake is as it has to be. Spec: 10 §2, in this order. */
function judgeOpen(desk: Desk, given: SignedSessionOpen, now: Instant): Result<Uint8Array> {
  const { authority, caller, callee, nonce, time } = given.open;
  if (!equalBytes(authority, desk.keys.authority))
    return refuse('handshake_invalid', '.open.authority');
  if (callee !== desk.self) return refuse('handshake_invalid', '.open.callee');
  if (caller === desk.self) return refuse('handshake_invalid', '.open.caller');
  const callerKey = desk.keys.sessionKeyOf(caller);
  if (callerKey === undefined) return refuse('party_unknown', '.open.caller');
  if (Math.abs(time - now) > HANDSHAKE_SPAN) return refuse('handshake_invalid', '.open.time');
  if (desk.nonces.isSeen(ownerOf(caller), nonce)) return refuse('handshake_invalid', '.open.nonce');
  if (!desk.suite.verify(callerKey, sessionOpenMessage.encode(given.open), given.signature))
    return refuse('handshake_invalid', '.signature');
  return accept(callerKey);
}

function ownerOf(party: number): Uint8Array {
  const owner = new Uint8Array(4);
  new DataView(owner.buffer).setUint32(0, party);
  return owner;
}

/** Ends what is idle, and the longest unused session of a party that has too many. */
function makeRoom(desk: Desk, party: number): boolean {
  const now = desk.monotonic();
  for (const held of [...desk.sessions.values()]) {
    if (held.busySince !== undefined) continue;
    if (isUnsealedTooLong(held, now)) end(desk, held, 'unsealed');
    else if (now - held.usedAt > desk.idle) end(desk, held, 'idle');
  }
  const own = [...desk.sessions.values()].filter((held) => held.party === party);
  if (own.length < desk.perParty) return true;
  const [oldest] = own
    .filter((held) => held.busySince === undefined)
    .sort((a, b) => a.usedAt - b.usedAt);
  if (oldest === undefined) return false;
  end(desk, oldest, 'crowded');
  return true;
}

function admit(desk: Desk, request: SessionRequest): Result<Admission> {
  const held = desk.sessions.get(request.session ?? '');
  if (held === undefined) return refuse('session_unknown');
  const now = desk.monotonic();
  if (held.busySince === undefined && now - held.usedAt > desk.idle) {
    end(desk, held, 'idle');
    return refuse('session_unknown');
  }
  const counter = counterOf(request.counter);
  if (counter === undefined) return refuse('authenticator_wrong', COUNTER_PLACE);
  const { method, path, body } = request;
  const expected = requestAuthenticator(desk.digest, held.keys.request, {
    session: held.id,
    counter,
    method,
    path,
    body,
  });
  if (!isAuthenticator(request.authenticator, expected)) return refuse('authenticator_wrong');
  if (counter <= held.counter) return refuse('counter_repeated');
  if (counter !== held.counter + 1 || held.busySince !== undefined)
    return refuse('authenticator_wrong', COUNTER_PLACE);

  held.counter = counter;
  held.busySince = now;
  held.usedAt = now;
  return accept(admission(desk, held, expected, request.isSeal));
}

const COUNTER_PLACE = 'specie-counter';

function admission(desk: Desk, held: Held, requestMac: Uint8Array, isSeal: boolean): Admission {
  const { counter } = held;
  let isSealed = false;
  return {
    party: held.party,
    session: held.id,
    refusal: standing(desk, held),
    seal(given) {
      const judged = seal(desk, held, given, counter - 1);
      if (!judged.ok) {
        end(desk, held, 'seal_wrong');
        return judged;
      }
      const kept = keep(desk, held, given, judged.value);
      const done = (): Result<SignedSessionSeal> => {
        isSealed = true;
        return judged;
      };
      return kept instanceof Promise ? kept.then(done) : done();
    },
    answer(status, body) {
      const mac = answerAuthenticator(desk.digest, held.keys.answer, {
        session: held.id,
        counter,
        status,
        body,
      });
      held.chain = nextLink(desk.digest, held.chain, requestMac, mac);
      if (desk.keepSeal !== undefined) held.unkept.push(requestMac, mac);
      settle(held, desk.monotonic(), isSeal && isSealed);
      return hexOf(mac);
    },
  };
}

/** Whether a party may go on: it signed in time and is still in the key set. */
function standing(desk: Desk, held: Held): Refusal | undefined {
  if (isUnsealedTooLong(held, desk.monotonic())) {
    end(desk, held, 'unsealed');
    return { code: 'session_unsealed', at: '' };
  }
  if (desk.keys.sessionKeyOf(held.party) === undefined) {
    end(desk, held, 'party_unknown');
    return { code: 'party_unknown', at: '' };
  }
  return undefined;
}

function isUnsealedTooLong(held: Held, now: number): boolean {
  return held.unsealedSince !== undefined && now - held.unsealedSince > UNSEALED_MS_MAX;
}

/** Books the end of an exchange. The time we took to answer is not held against the caller, who could not sign meanwhile. */
function settle(held: Held, now: number, isSealed: boolean): void {
  if (isSealed) held.unsealedSince = undefined;
  else if (held.unsealedSince === undefined) held.unsealedSince = now;
  else held.unsealedSince += now - (held.busySince ?? now);
  held.busySince = undefined;
  held.usedAt = now;
}

function seal(
  desk: Desk,
  held: Held,
  { seal: given, signature }: SignedSessionSeal,
  counter: number,
): Result<SignedSessionSeal> {
  const key = desk.keys.sessionKeyOf(held.party);
  const isRight =
    equalBytes(given.session, held.id) &&
    given.counter === counter &&
    equalBytes(given.chain, held.chain);
  if (!isRight) return refuse('session_seal_wrong', '.seal');
  if (key === undefined || !desk.suite.verify(key, sessionSealMessage.encode(given), signature))
    return refuse('session_seal_wrong', '.signature');
  const own = { ...given, time: desk.clock() };
  return accept({
    seal: own,
    signature: desk.suite.sign(desk.keys.seed, sessionSealMessage.encode(own)),
  });
}

/** Gives a seal away to be kept. What it covers is let go of once that is done, and not before. */
function keep(
  desk: Desk,
  held: Held,
  byCaller: SignedSessionSeal,
  byCallee: SignedSessionSeal,
): void | Promise<void> {
  const { unkept, keptTo } = held;
  const links = { after: keptTo, authenticators: concatBytes(...unkept) };
  const { counter } = byCallee.seal;
  const forget = (): void => {
    unkept.splice(0, (counter - keptTo) * 2);
    held.keptTo = counter;
  };
  const kept = desk.keepSeal?.({ ...held.handshake, byCaller, byCallee }, links);
  if (kept instanceof Promise) return kept.then(forget);
  forget();
}

function end(desk: Desk, held: Held, why: SessionEnd): void {
  if (!desk.sessions.delete(hexOf(held.id))) return;
  desk.onEnd?.(held.id, held.party, why);
}
