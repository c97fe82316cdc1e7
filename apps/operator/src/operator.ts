/**
 * An operator, put together: its desks, its lanes to the ledger, its service. Everything of the
 * world comes in as a port, so a test runs the same operator without a socket.
 *
 * Spec: 06.
 * @module
 */
import { HOUR, MINUTE, type Instant } from '@specie/core/base/instant';
import type { Refusal } from '@specie/core/base/result';
import { stockTag } from '@specie/core/coin/holder';
import { walletIdOf } from '@specie/core/payment/address';
import { createAskGate } from '@specie/protocol/ask-gate';
import { Fault, faultOf } from '@specie/protocol/fault';
import { createService, type Service } from '@specie/protocol/http-service';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import { signedAskMessage } from '@specie/protocol/messages/wallet';
import { openapiOf } from '@specie/protocol/openapi';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { createSealKeeper, type SealShelf } from '@specie/protocol/session/kept-seals';
import { openSession } from '@specie/protocol/session/session-caller';
import { createSessionDesk } from '@specie/protocol/session/session-desk';
import type { Transport } from '@specie/protocol/transport';
import { AUTHORITY_PARTY } from '@specie/protocol/session/party-keys';
import type { Database } from '@specie/stores/database';
import { openBook } from './book/book.ts';
import type { At } from './crash-points.ts';
import { createCustodian } from './desk/custodian.ts';
import { createDirectory } from './desk/directory.ts';
import { createFundingDesk } from './desk/funding-desk.ts';
import { gatesOf, type Office, type OperatorKeys } from './desk/office.ts';
import { createOpeningDesk } from './desk/opening-desk.ts';
import { createPayeeDesk } from './desk/payee-desk.ts';
import { createPaymentDesk, type PaymentDesk } from './desk/payment-desk.ts';
import { createPeers } from './desk/peers.ts';
import { createStockKeeper } from './desk/stock-keeper.ts';
import { handlersOf } from './handlers.ts';
import { createBackOff, pause } from './ledger/back-off.ts';
import { createCommandLanes, type Unsettled } from './ledger/command-lanes.ts';
import { readFeed } from './ledger/feed-reader.ts';
import { resumedFlight } from './ledger/flight.ts';
import { createLines, type Open } from './ledger/line.ts';
import type { Bank, Outbox } from './ports.ts';
import type { Settings } from './settings.ts';
import { statusOf } from './status.ts';
import { createTrustWatch, type TrustWatch } from './trust-watch.ts';
import { openVault } from './vault.ts';

export interface OperatorPorts {
  readonly settings: Settings;
  /** The authority's fingerprint of the settings, parsed. */
  readonly authority: Uint8Array;
  readonly keys: OperatorKeys;
  readonly book: Database;
  readonly vault: Database;
  /** Where what other parties signed for in sessions is kept. */
  readonly seals?: SealShelf;
  readonly transport: Transport;
  readonly bank: Bank;
  readonly outbox: Outbox;
  readonly clock: () => Instant;
  readonly monotonic: () => number;
  readonly random: (length: number) => Uint8Array;
  readonly at: At;
  /** The trust chain kept at the last stop, and how to keep a new one. */
  readonly trust: { readonly kept: Uint8Array | undefined; keep(chain: Uint8Array): void };
  readonly metrics?: () => Promise<string>;
  readonly onRefusal?: (refusal: Refusal, path: string) => void;
  readonly onFault: (fault: unknown) => void;
  /** Hears of a bug or a failed commit; has to stop the process. */
  readonly onBug: (bug: unknown) => void;
}

export interface Operator {
  readonly service: Service;
  readonly isReady: boolean;
  status(): unknown;
  /** Begins to work: settles what was under way, reads the feed, keeps the stock. */
  start(): Promise<void>;
  /** Answers what is under way and stops. */
  stop(): Promise<void>;
}

/** Sessions to the authority that carry questions and requests to the mint. */
const QUESTION_LINES = 2;
const TEND_MS = 200;

/** What the parts of one operator share while it runs. */
interface Frame {
  readonly ports: OperatorPorts;
  readonly office: Office;
  readonly trust: TrustWatch;
  readonly keepSeal: KeepSeal | undefined;
  readonly stopping: AbortController;
  /** Work that ends when the operator stops. */
  readonly running: Promise<unknown>[];
  /** The newest position of the ledger that an answer told. */
  seen: number;
  isCaughtUp: boolean;
}

type Desks = ReturnType<typeof openDesks>;

/** An operator over its ports. */
export function createOperator(ports: OperatorPorts): Operator {
  const frame = openFrame(ports);
  const desks = openDesks(frame);
  const { office } = frame;
  const isReady = (): boolean =>
    frame.trust.keySet !== undefined && frame.isCaughtUp && desks.lanes.isOpen;
  const status = (): unknown =>
    statusOf(office, { isReady: isReady(), amounts: desks.keeper.amounts() });
  const service = openService(frame, desks, { isReady, status });
  return {
    service,
    get isReady() {
      return isReady();
    },
    status,
    start: () => start(frame, desks, isReady),
    async stop() {
      await service.drain();
      frame.stopping.abort();
      await Promise.all(frame.running);
      await desks.fundings.stopped();
      await Promise.all([desks.questions.close(), desks.peers.close()]);
      office.book.flush();
    },
  };
}

function openFrame(ports: OperatorPorts): Frame {
  const office = openOffice(ports);
  const trust = createTrustWatch({
    authority: ports.authority,
    url: ports.settings.authorityUrl,
    seed: ports.keys.session,
    transport: ports.transport,
    suite: slhDsaNative,
    clock: ports.clock,
    ...ports.trust,
    onFault: ports.onFault,
  });
  return {
    ports,
    office,
    trust,
    keepSeal: sealKeeperOf(ports, trust),
    stopping: new AbortController(),
    running: [],
    seen: office.book.custody.position() - 1,
    isCaughtUp: false,
  };
}

type KeepSeal = ReturnType<typeof createSealKeeper>;

function sealKeeperOf(
  { seals, clock, settings }: OperatorPorts,
  trust: TrustWatch,
): KeepSeal | undefined {
  if (seals === undefined) return undefined;
  const chain = (): TrustWatch['chain'] => trust.chain;
  const days = settings.sealDays;
  return createSealKeeper({ shelf: seals, chain, clock, days, digest: digestNative });
}

/** How a session with a party is opened. */
function openTo(frame: Frame, number: number, url: string): Open {
  const { ports, trust, keepSeal } = frame;
  return () =>
    openSession({
      transport: ports.transport,
      self: ports.settings.number,
      peer: { number, url },
      keys: trust,
      suite: mlDsaNative,
      kem: kemNative,
      digest: digestNative,
      clock: ports.clock,
      monotonic: ports.monotonic,
      random: ports.random,
      seen: number === AUTHORITY_PARTY && frame.seen >= 0 ? frame.seen : undefined,
      ...(keepSeal !== undefined && {
        keepSeal: (evidence, links) => void keepSeal(evidence, links).catch(ports.onBug),
      }),
    });
}

function openDesks(frame: Frame) {
  const { ports, office, trust } = frame;
  const { signal } = frame.stopping;
  const openLedger = openTo(frame, AUTHORITY_PARTY, ports.settings.authorityUrl);
  const questions = createLines(QUESTION_LINES, openLedger);
  const directory = createDirectory(office, questions);
  const peers = createPeers({
    cardOf: (number) => trust.cardOf(number),
    refresh: () => trust.look(),
    openTo: (card) => openTo(frame, card.operator, card.url),
  });
  const keeper = createStockKeeper(office, questions);
  const lanes = createCommandLanes({
    operator: office.operator,
    count: ports.settings.lanes,
    open: openLedger,
    writer: office.book,
    payments: office.book.payments,
    spending: office.book.spending,
    clock: ports.clock,
    at: ports.at,
    signal,
    onPosition(position) {
      frame.seen = Math.max(frame.seen, position);
    },
    onRefused(flight) {
      payments.forget(flight);
      if (flight.wallet === office.stock) keeper.release(flight);
    },
    onFault: ports.onFault,
  });
  const payments: PaymentDesk = createPaymentDesk(
    office,
    lanes,
    () => frame.isCaughtUp && lanes.isOpen,
  );
  const fundings = createFundingDesk(office, {
    payments,
    keeper,
    bank: ports.bank,
    signal,
    onBug: ports.onBug,
  });
  const custodian = createCustodian({ office, desk: payments, keeper }, (id) => {
    fundings.kick(id);
  });
  const openings = createOpeningDesk(office, {
    outbox: ports.outbox,
    directory,
    adopt: (wallet) => {
      custodian.adopt(wallet);
    },
    signal,
  });
  const payees = createPayeeDesk(office, directory, peers);
  return {
    ...{ openLedger, questions, directory, peers, keeper, lanes },
    ...{ payments, fundings, custodian, openings, payees },
  };
}

function openService(
  { ports, office, trust, keepSeal }: Frame,
  desks: Desks,
  { isReady, status }: { readonly isReady: () => boolean; readonly status: () => unknown },
): Service {
  const { clock, onFault, onBug } = ports;
  const sessionKeyOf = (party: number): Uint8Array | undefined => {
    const key = trust.sessionKeyOf(party);
    // A new operator finds its key here at the second try.
    if (key === undefined) void trust.look();
    return key;
  };
  return createService({
    name: 'operator',
    routes: OPERATOR_ROUTES,
    handlers: handlersOf({ office, trust, ...desks }),
    gates: {
      session: createSessionDesk({
        self: office.operator,
        keys: { authority: trust.authority, seed: trust.seed, sessionKeyOf },
        suite: mlDsaNative,
        kem: kemNative,
        digest: digestNative,
        clock,
        monotonic: ports.monotonic,
        random: ports.random,
        ...(keepSeal !== undefined && { keepSeal }),
      }),
      ask: createAskGate({
        authority: ports.authority,
        operator: office.operator,
        suite: mlDsaNative,
        clock,
        publicKeyOf: (wallet) =>
          office.book.wallets.byAddress(wallet)?.publicKey ?? office.vault.openingKey(wallet),
      }),
    },
    plain: {
      status,
      isReady,
      openapi: () => openapiOf(OPERATOR_ROUTES, API, signedAskMessage),
      ...(ports.metrics !== undefined && { metrics: ports.metrics }),
    },
    clock,
    onFault,
    onBug,
    ...(ports.onRefusal !== undefined && { onRefusal: ports.onRefusal }),
  });
}

/** Takes up what was under way at the last stop, then works until it is told to stop. */
async function start(frame: Frame, desks: Desks, isReady: () => boolean): Promise<void> {
  const { ports, office, trust, running } = frame;
  const { onBug, onFault } = ports;
  const { payments, fundings, keeper, lanes } = desks;
  await desks.openings.resume();
  const unsettled: Unsettled[] = office.book.payments.pending().map((pending) => {
    const wallet = office.book.wallets.byId(pending.wallet);
    const flight = resumedFlight(pending, wallet, fundings.refusedHook(pending.id));
    payments.resume(flight);
    if (wallet === office.stock) keeper.hold(flight);
    return { flight, session: pending.session, sequence: pending.sequence };
  });
  await trust.fetch().catch(onFault);
  lanes.start(unsettled);
  const feed = readFeed({
    open: desks.openLedger,
    position: () => office.book.custody.position(),
    apply: (page) => desks.custodian.apply(page),
    onCaughtUp() {
      if (frame.isCaughtUp) return;
      frame.isCaughtUp = true;
      fundings.resume();
      desks.directory.publish().catch(onBug);
    },
    signal: frame.stopping.signal,
    onFault,
  });
  const works = [lanes.stopped(), feed, watchTrust(frame), tend(frame, desks, isReady)];
  running.push(...works.map((work) => work.catch(onBug)));
}

/** Fetches the key set until there is one, then every hour. */
async function watchTrust({ ports, trust, stopping: { signal } }: Frame): Promise<void> {
  const backOff = createBackOff(signal);
  for (;;) {
    try {
      await pause(trust.keySet === undefined ? 0 : HOUR, signal);
      if (isOver(signal)) return;
      await trust.fetch();
      backOff.reset();
    } catch (cause) {
      if (faultOf(cause) === undefined) throw cause;
      ports.onFault(cause);
      await backOff.wait();
    }
  }
}

/** Keeps the stock, publishes names that could not be published before, and forgets what has ended. */
async function tend(
  { ports: { clock, onBug }, office, stopping: { signal } }: Frame,
  { keeper, directory }: Pick<Desks, 'keeper' | 'directory'>,
  isReady: () => boolean,
): Promise<void> {
  let sweptAt = clock();
  for (;;) {
    await pause(TEND_MS, signal);
    if (isOver(signal)) return;
    if (isReady()) {
      await keeper.tend();
      // Not waited for: a silent authority must not hold up the stock.
      directory.publish().catch(onBug);
    }
    if (clock() - sweptAt < MINUTE) continue;
    sweptAt = clock();
    await office.book.write(() => office.book.locks.expire(clock()));
    office.vault.sweep(clock());
  }
}

/** Asked anew each time: a signal changes while one waits. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

const API = {
  title: 'Specie operator',
  version: '1',
  summary: 'What wallets and other operators ask of an operator.',
};

function openOffice(ports: OperatorPorts): Office {
  const { settings, keys, clock } = ports;
  const book = openBook(ports.book, settings.limits, ports.onBug);
  const publicKey = mlDsaNative.publicKeyOf(keys.statement);
  const address = walletIdOf(publicKey);
  const stock =
    book.wallets.byAddress(address) ??
    ports.book.transaction(() =>
      book.wallets.add({
        address,
        publicKey,
        tag: stockTag(settings.number),
        tier: 'IV',
        shown: settings.name,
        openedAt: clock(),
      }),
    );
  if (stock.tag.some((byte, i) => byte !== stockTag(settings.number)[i]))
    throw new Fault('folder_foreign', 'never', 'the book belongs to another operator');
  return {
    settings,
    authority: ports.authority,
    operator: settings.number,
    keys,
    stock,
    book,
    vault: openVault(ports.vault, keys.vault, ports.random),
    suite: mlDsaNative,
    clock,
    random: ports.random,
    at: ports.at,
    rates: gatesOf(settings.rates),
    onFault: ports.onFault,
  };
}
