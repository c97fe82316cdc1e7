/**
 * The authority put together from its ports: ledger, mint, feed, directory and the service over them.
 * Nothing here opens a file, a port or a clock; main and tests give those.
 *
 * Spec: 09 §1.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import { assert } from '@specie/core/base/assert';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { SESSION_BYTES } from '@specie/core/ledger/command';
import type { LedgerState } from '@specie/core/ledger/state';
import type { EntropyReport } from '@specie/entropy/report';
import { createService, type Service } from '@specie/protocol/http-service';
import { openapiOf } from '@specie/protocol/openapi';
import { signedAskMessage } from '@specie/protocol/messages/wallet';
import type { Clock, Random } from '@specie/protocol/ports';
import { AUTHORITY_ROUTES } from '@specie/protocol/route';
import type { Digest } from '@specie/protocol/session/digest';
import type { Kem } from '@specie/protocol/session/kem';
import { sessionKeyAt } from '@specie/protocol/session/party-keys';
import {
  createSessionDesk,
  type SessionDesk,
  type SessionDeskOptions,
} from '@specie/protocol/session/session-desk';
import type { KeySet, TrustChain } from '@specie/protocol/trust/key-set';
import type { Journal } from '@specie/stores/journal';
import type { At } from './crash-points.ts';
import { createDirectory, type DirectoryShelf } from './directory/directory.ts';
import { createFeed } from './feed/feed.ts';
import { authorityHandlers, judgeSeen } from './handlers.ts';
import { createEngine, type Engine } from './ledger/engine.ts';
import { createHalt, type Halt, type HaltRecord, type HaltShelf } from './ledger/halt.ts';
import { ownSession, type SubmitOwn } from './ledger/own-session.ts';
import { replayJournal, type Follower } from './ledger/start.ts';
import { timeGuard } from './ledger/time-guard.ts';
import { createMetrics } from './metrics.ts';
import { createMint, type MintRandom } from './mint/mint.ts';
import { referenceIndex } from './mint/reference-index.ts';
import { sandboxReserves, type Openings } from './mint/reserve-book.ts';
import { recentEntries, statusOf } from './status.ts';

export interface AuthorityKeys {
  readonly authority: Uint8Array;
  readonly sessionSeed: Uint8Array;
  readonly directoryKey: Uint8Array;
  readonly handleKey: Uint8Array;
}

/** What the authority says of itself while it runs. */
export interface AuthorityEvents {
  onHalt(records: readonly HaltRecord[]): void;
  onRefusal(code: string, path: string): void;
  onFault(fault: unknown, path: string): void;
  /** Has to stop the process. */
  onFatal(cause: unknown): void;
}

export interface AuthorityOptions {
  readonly keys: AuthorityKeys;
  readonly journal: Journal;
  readonly names: DirectoryShelf;
  readonly halts: HaltShelf;
  readonly chain: () => TrustChain;
  readonly suite: SignatureSuite;
  readonly kem: Kem;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly random: Random;
  readonly mintRandom: MintRandom;
  readonly entropyReport: () => EntropyReport;
  readonly openings: Openings;
  /** Keeps the seals of sessions; resolves when one is durable. */
  readonly keepSeal?: SessionDeskOptions['keepSeal'];
  readonly at: At;
  readonly events: AuthorityEvents;
}

export interface Authority {
  readonly service: Service;
  readonly state: LedgerState;
  readonly submit: SubmitOwn;
  readonly halt: Halt;
  readonly desk: SessionDesk;
  readonly engine: Engine;
  /** From here on the service says that it is ready. */
  open(): void;
  /** After a release: reads the halts again and believes the clock as it is now. */
  reload(): void;
  /** Lets everyone who waits go, finishes what is under way, takes nothing more. */
  stop(): Promise<void>;
}

const API = {
  title: 'Specie authority',
  version: '0.1.0',
  summary: 'What operators ask of the ledger, the mint and the directory.',
};

/** What is derived from the journal and follows it. */
function followersOf(options: AuthorityOptions) {
  return {
    references: referenceIndex(),
    reserves: sandboxReserves(options.openings),
    recent: recentEntries(),
  };
}

/** The ledger and whoever hears of its entries. */
function ledgerOf(options: AuthorityOptions, followers: readonly Follower[]) {
  const { keys, journal, clock, events, monotonic } = options;
  const state = replayJournal(journal, keys.authority, followers);
  const halt = createHalt(options.halts, events.onHalt);
  if (journal.isShortened) {
    const detail = `the journal ends before entry ${state.position} and once went further`;
    halt.stop({ cause: 'ledger_behind', since: clock(), detail });
  }
  const guard = timeGuard(clock, monotonic);
  const feed = createFeed({ state, journal });
  const metrics = createMetrics({
    state,
    waiting: () => engine.waiting,
    sessions: () => desk.size,
    isReadsOnly: () => halt.records().length > 0,
    entropy: options.entropyReport,
  });
  const engine: Engine = createEngine({
    ...options,
    state,
    halt,
    guard,
    meter: metrics,
    onFatal: events.onFatal,
    onDurable(entries, encoded) {
      for (const entry of entries) for (const follower of followers) follower.follow(entry);
      feed.tell(entries, encoded);
    },
  });
  const desk: SessionDesk = deskOf(options, { halt, engine });
  const submit = ownSession(engine, options.random(SESSION_BYTES));
  return { state, halt, guard, feed, metrics, engine, desk, submit };
}

type Ledger = ReturnType<typeof ledgerOf>;
type Followers = ReturnType<typeof followersOf>;

/** Replays the journal and puts the authority together over it. */
export function createAuthority(options: AuthorityOptions): Authority {
  const followers = followersOf(options);
  const ledger = ledgerOf(options, Object.values(followers));
  const { state, submit, halt, desk, engine, feed, guard } = ledger;
  let isOpen = false;
  const isReady = (): boolean => isOpen && halt.records().length === 0;
  const service = serviceOf(options, ledger, followers, isReady);
  return {
    service,
    state,
    submit,
    halt,
    desk,
    engine,
    open() {
      isOpen = true;
    },
    reload() {
      halt.reload();
      guard.restart();
    },
    async stop() {
      isOpen = false;
      feed.close();
      await service.drain();
      await engine.stop();
    },
  };
}

function serviceOf(
  options: AuthorityOptions,
  { state, halt, desk, engine, feed, metrics, submit }: Ledger,
  { references, reserves, recent }: Followers,
  isReady: () => boolean,
): Service {
  const { keys, journal, clock, events, suite } = options;
  const keySet = (): KeySet => keySetOf(options);
  const mint = createMint({
    ...options,
    authority: keys.authority,
    random: options.mintRandom,
    reserves,
    submit,
    entryOf: (reference) => references.entryOf(journal, reference),
    isSigned(operator, message, signature) {
      const key = sessionKeyAt(keySet(), operator, clock());
      return key !== undefined && suite.verify(key, message, signature);
    },
  });
  const { handleKey, directoryKey } = keys;
  const entropy = options.entropyReport;
  return createService({
    name: 'authority',
    routes: AUTHORITY_ROUTES,
    handlers: authorityHandlers({
      ...options,
      engine,
      halt,
      feed,
      mint,
      directory: createDirectory(options.names, clock),
      directoryKey,
      trust: options.chain,
      endSession: (session) => desk.end(session),
      isSessionOpen: (session) => desk.isOpen(hexOf(session)),
    }),
    gates: { session: desk },
    plain: {
      isReady,
      metrics: () => metrics.text(),
      openapi: () => openapiOf(AUTHORITY_ROUTES, API, signedAskMessage),
      status: () => statusOf({ state, halt, recent, handleKey, keySet, isReady, entropy }),
    },
    clock,
    onRefusal: ({ code }, path) => events.onRefusal(code, path),
    onFault: (fault, path) => events.onFault(fault, path),
    onBug: events.onFatal,
  });
}

function keySetOf({ chain }: AuthorityOptions): KeySet {
  const set = chain().at(-1)?.keySet;
  assert(set !== undefined, 'an authority has a key set');
  return set;
}

function deskOf(
  options: AuthorityOptions,
  { halt, engine }: { readonly halt: Halt; readonly engine: Engine },
): SessionDesk {
  const { keys, journal, clock } = options;
  return createSessionDesk({
    self: 0,
    keys: {
      authority: keys.authority,
      seed: keys.sessionSeed,
      sessionKeyOf: (party) => sessionKeyAt(keySetOf(options), party, clock()),
    },
    suite: options.suite,
    kem: options.kem,
    digest: options.digest,
    clock,
    monotonic: options.monotonic,
    random: options.random,
    onOpen(party, seen) {
      // The session is opened all the same: reads are what a ledger that is behind still serves.
      judgeSeen({ journal, halt, clock }, party, seen);
      return undefined;
    },
    onEnd: (session, party) => engine.forget(party, session),
    ...(options.keepSeal !== undefined && { keepSeal: options.keepSeal }),
  });
}
