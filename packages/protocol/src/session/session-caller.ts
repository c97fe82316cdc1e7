/**
 * The caller's side of a session. Invariants: one exchange at a time; an answer counts only when it
 * is authenticated; a session in which anything is uncertain is over, and its owner opens another
 * and asks what became of the last request. Everything said is signed within a second or so.
 *
 * Spec: 10 §2–§4.
 * @module
 */
import { concatBytes, equalBytes, hexOf } from '@specie/core/base/bytes';
import { refuse, accept, type Refusal, type Result } from '@specie/core/base/result';
import { assert } from '@specie/core/base/assert';
import { hashOf } from '@specie/core/crypto/hash';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { Fault } from '../fault.ts';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  sessionSealMessage,
} from '../messages/session.ts';
import type { Clock, Random, Timer } from '../ports.ts';
import { AUTHORITY_ROUTES, MESSAGE_MEDIA_TYPE, type Route } from '../route.ts';
import { exchange, type Incoming, type Transport } from '../transport.ts';
import { answerOf } from '../answer.ts';
import { type Digest, digestPortable } from './digest.ts';
import type {
  SealEvidence,
  SealedLinks,
  SignedSessionAccept,
  SignedSessionOpen,
} from './evidence.ts';
import { type Kem, KEM_SEED_BYTES } from './kem.ts';
import type { PartyKeys } from './party-keys.ts';
import {
  answerAuthenticator,
  AUTHENTICATOR_HEADER,
  COUNTER_HEADER,
  firstLink,
  isAuthenticator,
  nextLink,
  requestAuthenticator,
  SESSION_HEADER,
  type SessionKeys,
  sessionKeysOf,
} from './session-chain.ts';
import { HANDSHAKE_SPAN } from './session-desk.ts';

/** How long exchanges stay unsigned while things go well; the callee stops at twice this. */
export const SEAL_EVERY_MS = 1000;
const TIMEOUT_MS = 10_000;
const NONCE_BYTES = 16;

export interface SessionCallerOptions {
  readonly transport: Transport;
  /** Our own number as a party. */
  readonly self: number;
  readonly peer: { readonly number: number; readonly url: string };
  readonly keys: PartyKeys;
  readonly suite: SignatureSuite;
  readonly kem: Kem;
  readonly digest?: Digest;
  readonly clock: Clock;
  /** Milliseconds of a clock that never goes back nor jumps. */
  readonly monotonic: () => number;
  readonly random: Random;
  /** The newest position of the ledger we had an answer or a notice for. */
  readonly seen?: number | undefined;
  /** Keeps the evidence of a seal and the links since the one before; nothing here waits for it. */
  readonly keepSeal?: (evidence: SealEvidence, links: SealedLinks) => void;
  readonly timer?: Timer;
  readonly timeoutMs?: number;
}

export interface CallOptions {
  /** For requests that wait on purpose. */
  readonly timeoutMs?: number;
}

/** An open session. After it ended, every call is refused as `session_unknown` without being sent. */
export interface Session {
  readonly id: Uint8Array;
  readonly isOpen: boolean;
  /**
   * Sends a request and gives its authenticated answer. Calls wait for one another. Throws a `Fault`
   * when it is unknown whether the request was carried out; the session is over then.
   */
  call<I, O>(route: Route<I, O>, value: I, options?: CallOptions): Promise<Result<O>>;
  /** Signs what was said so far, at once. */
  seal(): Promise<Result<void>>;
  /** Signs what was said and ends the session. */
  end(): Promise<void>;
}

interface Line extends SessionCallerOptions {
  readonly digest: Digest;
  readonly timer: Timer;
  readonly id: Uint8Array;
  readonly sessionKeys: SessionKeys;
  readonly handshake: Pick<SealEvidence, 'open' | 'accept' | 'opening'>;
  counter: number;
  chain: Uint8Array;
  /** Authenticators of exchanges whose seal is not kept yet, and the counter of the last one before them. */
  unkept: Uint8Array[];
  keptTo: number;
  isOpen: boolean;
  /** Monotonic time at which the first unsigned exchange was sent. */
  unsealedSince: number | undefined;
  callOff: (() => void) | undefined;
  /** The exchange under way; the next one waits for it. */
  tail: Promise<unknown>;
}

/** Opens a session with a peer, or says why it would not. */
export async function openSession(options: SessionCallerOptions): Promise<Result<Session>> {
  const { keys, suite, kem, clock, random } = options;
  const kemSeed = random(KEM_SEED_BYTES);
  const open = {
    authority: keys.authority,
    caller: options.self,
    callee: options.peer.number,
    kemKey: kem.publicKeyOf(kemSeed),
    nonce: random(NONCE_BYTES),
    time: clock(),
    seen: options.seen,
  };
  const signed = { open, signature: suite.sign(keys.seed, sessionOpenMessage.encode(open)) };
  const route = AUTHORITY_ROUTES.sessionOpen;
  const answer = await exchange(options.transport, {
    method: route.method,
    url: urlOf(options.peer.url, route.path),
    headers: { 'content-type': MESSAGE_MEDIA_TYPE, accept: MESSAGE_MEDIA_TYPE },
    body: route.request?.encode(signed),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  });
  const accepted = answerOf(route, answer);
  if (!accepted.ok) return accepted;
  const line = lineOf(options, signed, accepted.value, kemSeed);
  return line.ok ? accept(sessionOn(line.value)) : line;
}

/** Checks the callee's half and derives what both sides now share. Spec: 10 §2. */
function lineOf(
  options: SessionCallerOptions,
  signed: SignedSessionOpen,
  accepted: SignedSessionAccept,
  kemSeed: Uint8Array,
): Result<Line> {
  const { keys, suite, kem, clock, peer } = options;
  const digest = options.digest ?? digestPortable;
  const openHash = hashOf(sessionOpenMessage, signed.open);
  const { accept: half, signature } = accepted;
  const peerKey = keys.sessionKeyOf(peer.number);
  if (peerKey === undefined) return refuse('party_unknown');
  if (!equalBytes(half.open, openHash)) return refuse('handshake_invalid', '.accept.open');
  if (Math.abs(half.time - clock()) > HANDSHAKE_SPAN)
    return refuse('handshake_invalid', '.accept.time');
  if (!suite.verify(peerKey, sessionAcceptMessage.encode(half), signature))
    return refuse('handshake_invalid', '.signature');
  const secret = kem.decapsulate(kemSeed, half.ciphertext);
  if (secret === undefined) return refuse('handshake_invalid', '.accept.ciphertext');
  const first = firstLink(digest, openHash, hashOf(sessionAcceptMessage, half));
  return accept({
    ...options,
    digest,
    timer: options.timer ?? realTimer,
    id: half.session,
    sessionKeys: sessionKeysOf(secret, first),
    handshake: { open: signed, accept: accepted, opening: { by: 'caller', bytes: kemSeed } },
    counter: 0,
    chain: first,
    unkept: [],
    keptTo: 0,
    isOpen: true,
    unsealedSince: undefined,
    callOff: undefined,
    tail: Promise.resolve(),
  });
}

function sessionOn(line: Line): Session {
  return {
    id: line.id,
    get isOpen() {
      return line.isOpen;
    },
    call: (route, value, options) =>
      inTurn(line, async () => {
        const isDue =
          line.unsealedSince !== undefined &&
          line.monotonic() - line.unsealedSince >= SEAL_EVERY_MS;
        const sealed = isDue || (options?.timeoutMs ?? 0) > SEAL_EVERY_MS ? await seal(line) : DONE;
        return sealed.ok ? say(line, route, value, options) : sealed;
      }),
    seal: () => inTurn(line, () => seal(line)),
    async end() {
      try {
        await inTurn(line, () => seal(line));
      } finally {
        stop(line);
      }
    },
  };
}

const DONE = accept(undefined);

/** Lets one exchange follow the other. */
function inTurn<T>(line: Line, run: () => Promise<T>): Promise<T> {
  const turn = line.tail.then(run, run);
  line.tail = turn.catch(() => undefined);
  return turn;
}

async function say<I, O>(
  line: Line,
  route: Route<I, O>,
  value: I,
  options: CallOptions | undefined,
): Promise<Result<O>> {
  if (!line.isOpen) return refuse('session_unknown');
  assert(route.request !== undefined, 'only routes with messages are called in a session');
  const sentAt = line.monotonic();
  const answer = await send(line, route.method, route.path, route.request.encode(value), options);
  line.unsealedSince ??= sentAt;
  line.callOff ??= line.timer(() => void sealLater(line), SEAL_EVERY_MS);
  const judged = answerOf(route, answer);
  if (!judged.ok) stopWhenOver(line, judged.refusal);
  return judged;
}

/** Signs the chain as it stands and checks that the callee has the same one. Spec: 10 §4. */
async function seal(line: Line): Promise<Result<void>> {
  if (!line.isOpen || line.unsealedSince === undefined) return DONE;
  line.callOff?.();
  line.callOff = undefined;
  const own = {
    session: line.id,
    counter: line.counter,
    chain: line.chain,
    time: line.clock(),
  };
  const signed = {
    seal: own,
    signature: line.suite.sign(line.keys.seed, sessionSealMessage.encode(own)),
  };
  const route = AUTHORITY_ROUTES.sessionSeal;
  const body = route.request?.encode(signed) ?? new Uint8Array();
  const answer = answerOf(route, await send(line, route.method, route.path, body, undefined));
  if (!answer.ok) {
    stop(line);
    return answer;
  }
  const { seal: theirs, signature } = answer.value;
  const key = line.keys.sessionKeyOf(line.peer.number);
  const isRight =
    equalBytes(theirs.session, own.session) &&
    theirs.counter === own.counter &&
    equalBytes(theirs.chain, own.chain) &&
    key !== undefined &&
    line.suite.verify(key, sessionSealMessage.encode(theirs), signature);
  if (!isRight) {
    stop(line);
    return refuse('session_seal_wrong');
  }
  line.unsealedSince = undefined;
  if (line.keepSeal === undefined) return DONE;
  // The exchange that carried the seal is after it.
  const covered = line.unkept.splice(0, (own.counter - line.keptTo) * 2);
  const links = { after: line.keptTo, authenticators: concatBytes(...covered) };
  line.keptTo = own.counter;
  line.keepSeal({ ...line.handshake, byCaller: signed, byCallee: answer.value }, links);
  return DONE;
}

/** A seal nobody waits for: when it fails the session is over, and the next call says so. */
async function sealLater(line: Line): Promise<void> {
  line.callOff = undefined;
  try {
    await inTurn(line, () => seal(line));
  } catch (cause) {
    stop(line);
    if (!(cause instanceof Fault)) throw cause;
  }
}

async function send(
  line: Line,
  method: string,
  path: string,
  body: Uint8Array,
  options: CallOptions | undefined,
): Promise<Incoming> {
  const counter = line.counter + 1;
  const { digest, sessionKeys, id: session } = line;
  const requestMac = requestAuthenticator(digest, sessionKeys.request, {
    session,
    counter,
    method,
    path,
    body,
  });
  let answer: Incoming;
  try {
    answer = await exchange(line.transport, {
      method,
      url: urlOf(line.peer.url, path),
      headers: {
        'content-type': MESSAGE_MEDIA_TYPE,
        accept: MESSAGE_MEDIA_TYPE,
        [SESSION_HEADER]: hexOf(session),
        [COUNTER_HEADER]: String(counter),
        [AUTHENTICATOR_HEADER]: hexOf(requestMac),
      },
      body,
      timeoutMs: options?.timeoutMs ?? line.timeoutMs ?? TIMEOUT_MS,
    });
  } catch (cause) {
    stop(line);
    throw cause;
  }
  const answerMac = answerAuthenticator(digest, sessionKeys.answer, {
    session,
    counter,
    status: answer.status,
    body: answer.body,
  });
  if (!isAuthenticator(answer.header(AUTHENTICATOR_HEADER), answerMac)) {
    // Whoever wrote this answer, the callee did not put its name to it: nothing it says is believed.
    stop(line);
    throw new Fault('session_lost', 'unsafe', `an answer on ${path} was not authenticated`);
  }
  line.counter = counter;
  line.chain = nextLink(digest, line.chain, requestMac, answerMac);
  if (line.keepSeal !== undefined) line.unkept.push(requestMac, answerMac);
  return answer;
}

function stopWhenOver(line: Line, { code }: Refusal): void {
  if (code === 'session_unsealed' || code === 'party_unknown') stop(line);
}

function stop(line: Line): void {
  line.isOpen = false;
  line.callOff?.();
  line.callOff = undefined;
}

function urlOf(base: string, path: string): string {
  return base.endsWith('/') ? base.slice(0, -1) + path : base + path;
}

const realTimer: Timer = (run, afterMs) => {
  const timeout = setTimeout(run, afterMs);
  // Under Node a seal that is due must not keep a process alive that is done.
  if (typeof timeout === 'object') timeout.unref();
  return () => {
    clearTimeout(timeout);
  };
};
