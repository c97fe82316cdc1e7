/**
 * An authority in one process for tests, with two operators that open real sessions with it: real
 * signatures and handshakes, a journal and a directory that outlive it, no socket and no file.
 * @module
 */
import { INSTANT_MAX, instantOf, type Instant } from '@specie/core/base/instant';
import { EMPTY_REPORT } from '@specie/entropy/testing/empty-report';
import type { Result } from '@specie/core/base/result';
import { plainBasket } from '@specie/core/coin/basket';
import { lockOfSecret } from '@specie/core/coin/lock';
import type { Address } from '@specie/core/payment/address';
import { SLH_DSA_SIGNATURE_BYTES } from '@specie/core/crypto/signature';
import type { ContentOf } from '@specie/core/codec/message';
import {
  issueRequestMessage,
  retireRequestMessage,
  type IssueRequest,
  type RetireRequest,
  type signedIssueRequestMessage,
  type signedRetireRequestMessage,
} from '@specie/protocol/messages/ledger';
import { digestNative, kemNative, mlDsaNative } from '@specie/protocol/node/native-crypto';
import { openSession, type Session } from '@specie/protocol/session/session-caller';
import { sessionKeyAt } from '@specie/protocol/session/party-keys';
import type { KeySet, TrustChain } from '@specie/protocol/trust/key-set';
import { memoryShelf, openMemoryJournal, type MemoryShelf } from '@specie/stores/memory';
import { createAuthority, type Authority } from '../authority.ts';
import type { DirectoryShelf } from '../directory/directory.ts';
import { memoryHaltShelf, type HaltRecord } from '../ledger/halt.ts';
import { register, registrationOf } from '../registration.ts';
import { AUTHORITY_ID, bytesFor, CNY, START } from './ledger-bench.ts';

export const OPENING = 10n ** 9n;
const FAR = instantOf(INSTANT_MAX);
const seedFor = (party: number): Uint8Array => bytesFor('session-key', party);

const keySet: KeySet = {
  authority: AUTHORITY_ID,
  number: 1,
  issuedAt: instantOf(START),
  endsAt: FAR,
  root: new Uint8Array(32),
  nextRoot: new Uint8Array(32),
  url: 'http://authority.test',
  name: 'Test authority',
  keys: [
    {
      purpose: 'session',
      publicKey: mlDsaNative.publicKeyOf(seedFor(0)),
      from: instantOf(0),
      until: FAR,
    },
  ],
  operators: [1, 2].map((operator) => ({
    operator,
    name: `Operator ${operator}`,
    url: `http://operator-${operator}.test`,
    sessionKey: mlDsaNative.publicKeyOf(seedFor(operator)),
    statementKey: mlDsaNative.publicKeyOf(seedFor(operator)),
    from: instantOf(0),
    until: FAR,
  })),
};
const CHAIN: TrustChain = [{ keySet, signature: new Uint8Array(SLH_DSA_SIGNATURE_BYTES) }];

export interface AuthorityBench {
  readonly authority: Authority;
  readonly shelf: MemoryShelf;
  readonly halted: HaltRecord[];
  readonly passed: string[];
  readonly fatal: unknown[];
  now: number;
  isEntropyGood: boolean;
  open(operator: number, seen?: number): Promise<Session>;
  /** The same authority after a restart: same journal, same directory, nothing else. */
  restart(): Promise<AuthorityBench>;
}

interface Kept {
  readonly shelf: MemoryShelf;
  readonly names: Map<string, Address>;
  readonly halts: ReturnType<typeof memoryHaltShelf>;
  life: number;
}

export async function authorityBench(): Promise<AuthorityBench> {
  const kept = { shelf: memoryShelf(), names: new Map(), halts: memoryHaltShelf(), life: 0 };
  return start(kept);
}

async function start(kept: Kept): Promise<AuthorityBench> {
  kept.life += 1;
  const knobs = { now: START, isEntropyGood: true };
  const halted: HaltRecord[] = [];
  const fatal: unknown[] = [];
  const passed: string[] = [];
  let drawn = 0;
  const random = (length: number): Uint8Array => {
    const parts = Array.from({ length: Math.ceil(length / 32) }, () =>
      bytesFor(`random/${kept.life}`, (drawn += 1)),
    );
    return new Uint8Array(Buffer.concat(parts).subarray(0, length));
  };
  const clock = (): Instant => instantOf(knobs.now);
  const journal = openMemoryJournal(kept.shelf);
  const authority = createAuthority({
    keys: {
      authority: AUTHORITY_ID,
      sessionSeed: seedFor(0),
      directoryKey: bytesFor('directory', 0),
      handleKey: bytesFor('handle', 0),
    },
    journal,
    names: namesOver(kept.names),
    halts: kept.halts,
    chain: () => CHAIN,
    suite: mlDsaNative,
    kem: kemNative,
    digest: digestNative,
    clock,
    monotonic: () => knobs.now - START,
    random,
    mintRandom: {
      draw: (length) => (knobs.isEntropyGood ? random(length) : undefined),
      standing: () => 'test:256',
    },
    entropyReport: () => EMPTY_REPORT,
    openings: () => OPENING,
    at: (place) => void passed.push(place),
    events: {
      onHalt: (records) => void halted.push(...records),
      onRefusal: () => undefined,
      onFault: () => undefined,
      onFatal: (cause) => void fatal.push(cause),
    },
  });
  const policy = { code: 'CNY', number: CNY, numerator: 1, denominator: 1 };
  const quotas = [{ currency: CNY, amount: 10n ** 12n }];
  const operators = keySet.operators.map((card) => ({ card, quotas, openings: [] }));
  await register(authority.submit, registrationOf(authority.state, [policy], operators));
  authority.open();
  const bench: AuthorityBench = Object.assign(knobs, {
    authority,
    shelf: kept.shelf,
    halted,
    fatal,
    passed,
    async open(operator: number, seen?: number): Promise<Session> {
      const session = await openSession({
        transport: Object.assign(
          (request: Request) => authority.service(request, { address: '127.0.0.1' }),
          { exchange: authority.service.exchange },
        ),
        self: operator,
        peer: { number: 0, url: keySet.url },
        keys: {
          authority: AUTHORITY_ID,
          seed: seedFor(operator),
          sessionKeyOf: (party) => sessionKeyAt(keySet, party, clock()),
        },
        suite: mlDsaNative,
        kem: kemNative,
        digest: digestNative,
        clock,
        monotonic: () => knobs.now - START,
        random: (length) => random(length),
        timer: () => () => undefined,
        seen,
      });
      if (!session.ok) throw new Error(session.refusal.code);
      return session.value;
    },
    async restart(): Promise<AuthorityBench> {
      await authority.stop();
      journal.close();
      return start(kept);
    },
  });
  return bench;
}

function namesOver(names: Map<string, Address>): DirectoryShelf {
  return {
    put: (alias, address) => void names.set(Buffer.from(alias).toString('hex'), address),
    get: (alias) => names.get(Buffer.from(alias).toString('hex')),
  };
}

export function issueRequest(
  operator: number,
  first: number,
  count: number,
  changes: Partial<IssueRequest> = {},
): IssueRequest {
  return {
    authority: AUTHORITY_ID,
    operator,
    reserve: {
      reference: bytesFor('reference', first),
      sums: [{ currency: CNY, amount: BigInt(count * 1000) }],
    },
    basket: plainBasket(CNY),
    unitsPerCoin: 1000,
    locks: Array.from({ length: count }, (_, i) => lockOfSecret(bytesFor('secret', first + i))),
    terms: [],
    time: instantOf(START),
    ...changes,
  };
}

export function signIssue(
  request: IssueRequest,
  by = request.operator,
): ContentOf<typeof signedIssueRequestMessage> {
  return { request, signature: mlDsaNative.sign(seedFor(by), issueRequestMessage.encode(request)) };
}

export function signRetire(
  request: RetireRequest,
  by = request.operator,
): ContentOf<typeof signedRetireRequestMessage> {
  return {
    request,
    signature: mlDsaNative.sign(seedFor(by), retireRequestMessage.encode(request)),
  };
}

/** The code of a refusal, or `ok`. */
export function verdictOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.refusal.code;
}
