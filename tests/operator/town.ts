/**
 * A town in one process: a real authority, real operators with real sessions between them, wallets
 * that sign for themselves, a bank and an outbox that remember. No socket; the time is the test's.
 */
import { hexOf } from '@specie/core/base/bytes';
import { EMPTY_REPORT } from '@specie/entropy/testing/empty-report';
import { instantOf, INSTANT_MAX, type Instant } from '@specie/core/base/instant';
import { deriveKey } from '@specie/core/crypto/hash';
import { SLH_DSA_SIGNATURE_BYTES } from '@specie/core/crypto/signature';
import type { Address } from '@specie/core/payment/address';
import {
  rootHash,
  keySetMessage,
  type KeySet,
  type SignedKeySet,
} from '@specie/protocol/trust/key-set';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import { Fault } from '@specie/protocol/fault';
import type { Outgoing, Transport } from '@specie/protocol/transport';
import { openDatabase, type Database } from '@specie/stores/database';
import { memoryShelf, openMemoryJournal } from '@specie/stores/memory';
import { createAuthority, type Authority } from '@specie/authority/authority';
import { memoryHaltShelf } from '@specie/authority/ledger/halt';
import { register, registrationOf } from '@specie/authority/registration';
import {
  BOOK_KIND,
  BOOK_MIGRATIONS,
  VAULT_KIND,
  VAULT_MIGRATIONS,
} from '@specie/operator/book/schema';
import type { OperatorKeys } from '@specie/operator/desk/office';
import { createOperator, type Operator } from '@specie/operator/operator';
import type { BankMovement, Letter } from '@specie/operator/ports';
import { DEFAULTS, type Settings } from '@specie/operator/settings';

export const CNY = 156;
export const EUR = 978;
export const START = 1_800_000_000_000;

let seeds = 0;
/** Bytes that differ each time and are the same in each run. */
export function drawn(length: number): Uint8Array {
  seeds += 1;
  return deriveKey(new Uint8Array(32).fill(7), `test/${seeds}`, length);
}

export interface Bank {
  readonly movements: Map<string, BankMovement & { readonly kind: 'debit' | 'credit' }>;
  refuse: 'debit' | 'credit' | undefined;
  isSilent: boolean;
}

export interface Branch {
  readonly number: number;
  readonly url: string;
  readonly keys: OperatorKeys;
  readonly settings: Settings;
  readonly book: Database;
  readonly vault: Database;
  readonly letters: Letter[];
  readonly passed: string[];
  operator: Operator;
  /** Stops the operator and starts another one over the same databases. */
  restart(): Promise<void>;
}

export interface Town {
  readonly authority: Authority;
  readonly authorityId: Uint8Array;
  readonly keySet: KeySet;
  readonly branches: readonly Branch[];
  readonly bank: Bank;
  readonly transport: Transport;
  readonly faults: unknown[];
  readonly bugs: unknown[];
  /** Moves everybody's time on. */
  pass(ms: number): void;
  clock(): Instant;
  /** A host that does not answer. */
  readonly silent: Set<string>;
  close(): Promise<void>;
}

/** A town of `count` operators. */
export async function buildTown(
  count = 2,
  change: (settings: Settings) => Settings = (settings) => settings,
): Promise<Town> {
  const rootSeed = drawn(48);
  const root = slhDsaNative.publicKeyOf(rootSeed);
  const authorityId = rootHash(root);
  const knobs = { now: START };
  const monotonicStart = performance.now();
  const clock = (): Instant =>
    instantOf(knobs.now + Math.floor(performance.now() - monotonicStart));
  const faults: unknown[] = [];
  const bugs: unknown[] = [];
  const silent = new Set<string>();
  const services = new Map<
    string,
    () => {
      exchange(
        outgoing: Outgoing,
      ):
        | Promise<never>
        | Promise<{ status: number; body: Uint8Array; header(name: string): string | undefined }>;
    }
  >();
  const exchange: NonNullable<Transport['exchange']> = async (outgoing) => {
    const { host } = new URL(outgoing.url);
    const service = services.get(host);
    if (service === undefined || silent.has(host))
      throw new Fault('peer_silent', 'unsafe', `${host} is silent`);
    const answer = await service().exchange(outgoing);
    if (silent.has(host)) throw new Fault('peer_silent', 'unsafe', `${host} fell silent`);
    return answer;
  };
  const transport: Transport = Object.assign(
    () => Promise.reject(new Error('the lean form is used')),
    { exchange },
  );
  const far = instantOf(INSTANT_MAX);
  const sessionSeed = drawn(32);
  const keys = Array.from({ length: count }, (): OperatorKeys => ({
    session: drawn(32),
    statement: drawn(32),
    stock: drawn(32),
    vault: drawn(32),
  }));
  const keySet: KeySet = {
    authority: authorityId,
    number: 1,
    issuedAt: instantOf(START),
    endsAt: far,
    root,
    nextRoot: new Uint8Array(32),
    url: 'http://authority.test',
    name: 'Test authority',
    keys: [
      {
        purpose: 'session',
        publicKey: mlDsaNative.publicKeyOf(sessionSeed),
        from: instantOf(0),
        until: far,
      },
    ],
    operators: keys.map(({ session, statement }, i) => ({
      operator: i + 1,
      name: `Operator ${i + 1}`,
      url: `http://operator-${i + 1}.test`,
      sessionKey: mlDsaNative.publicKeyOf(session),
      statementKey: mlDsaNative.publicKeyOf(statement),
      from: instantOf(0),
      until: far,
    })),
  };
  const signature = slhDsaNative.sign(rootSeed, keySetMessage.encode(keySet));
  if (signature.length !== SLH_DSA_SIGNATURE_BYTES) throw new Error('a root signs');
  const signed: SignedKeySet = { keySet, signature };
  const names = new Map<string, Address>();
  const authority = createAuthority({
    keys: { authority: authorityId, sessionSeed, directoryKey: drawn(32), handleKey: drawn(32) },
    journal: openMemoryJournal(memoryShelf()),
    names: namesOver(names),
    halts: memoryHaltShelf(),
    chain: () => [signed],
    suite: mlDsaNative,
    kem: kemNative,
    digest: digestNative,
    clock,
    monotonic: () => performance.now(),
    random: drawn,
    mintRandom: { draw: drawn, standing: () => 'test:256' },
    entropyReport: () => EMPTY_REPORT,
    openings: () => 10n ** 12n,
    at: () => undefined,
    events: {
      onHalt: (records) => void faults.push(...records),
      onRefusal: () => undefined,
      onFault: (fault) => void faults.push(fault),
      onFatal: (cause) => void bugs.push(cause),
    },
  });
  const policies = [
    { code: 'CNY', number: CNY, numerator: 1, denominator: 1 },
    { code: 'EUR', number: EUR, numerator: 1, denominator: 1 },
  ];
  const quotas = [
    { currency: CNY, amount: 10n ** 12n },
    { currency: EUR, amount: 10n ** 12n },
  ];
  const operators = keySet.operators.map((card) => ({ card, quotas, openings: [] }));
  await register(authority.submit, registrationOf(authority.state, policies, operators));
  authority.open();
  services.set('authority.test', () => authority.service);

  const bank: Bank = { movements: new Map(), refuse: undefined, isSilent: false };
  const move = async (kind: 'debit' | 'credit', movement: BankMovement) => {
    if (bank.isSilent) throw new Fault('peer_silent', 'unsafe', 'the bank is silent');
    if (bank.refuse === kind) return { state: 'refused' as const, reason: 'funds_insufficient' };
    bank.movements.set(movement.reference, { ...movement, kind });
    return { state: 'done' as const };
  };
  const branches = await Promise.all(
    keys.map(async (own, i): Promise<Branch> => {
      const number = i + 1;
      const settings = change({
        ...DEFAULTS,
        number,
        name: `Operator ${number}`,
        url: `http://operator-${number}.test`,
        authority: hexOf(authorityId),
        authorityUrl: 'http://authority.test',
        sandboxUrl: undefined,
        answerWaitMs: 5000,
      });
      const book = openDatabase({ path: ':memory:', kind: BOOK_KIND, migrations: BOOK_MIGRATIONS });
      const vault = openDatabase({
        path: ':memory:',
        kind: VAULT_KIND,
        migrations: VAULT_MIGRATIONS,
      });
      const letters: Letter[] = [];
      const passed: string[] = [];
      const make = (): Operator =>
        createOperator({
          settings,
          authority: authorityId,
          keys: own,
          book,
          vault,
          transport,
          bank: { debit: (m) => move('debit', m), credit: (m) => move('credit', m) },
          outbox: { send: async (letter) => void letters.push(letter) },
          clock,
          monotonic: () => performance.now(),
          random: drawn,
          at: (point) => void passed.push(point),
          trust: { kept: undefined, keep: () => undefined },
          onFault: (fault) => void faults.push(fault),
          onBug: (bug) => void bugs.push(bug),
        });
      const branch: Branch = {
        number,
        url: settings.url,
        keys: own,
        settings,
        book,
        vault,
        letters,
        passed,
        operator: make(),
        async restart() {
          await branch.operator.stop();
          branch.operator = make();
          await branch.operator.start();
          await until(() => branch.operator.isReady);
        },
      };
      services.set(`operator-${number}.test`, () => branch.operator.service);
      await branch.operator.start();
      await until(() => branch.operator.isReady);
      return branch;
    }),
  );
  return {
    pass(ms) {
      knobs.now += ms;
      // A clock that jumps stops a ledger, unless its keeper says that it is right.
      authority.reload();
    },
    authority,
    authorityId,
    keySet,
    branches,
    bank,
    transport,
    faults,
    bugs,
    clock,
    silent,
    async close() {
      await Promise.all(branches.map(({ operator }) => operator.stop()));
      await authority.stop();
    },
  };
}

function namesOver(names: Map<string, Address>): Parameters<typeof createAuthority>[0]['names'] {
  return {
    get: (alias) => names.get(hexOf(alias)),
    put: (alias, address) => void names.set(hexOf(alias), address),
  };
}

/** Waits until something is so; fails loudly when it does not come. */
export async function until(is: () => boolean, ms = 8000): Promise<void> {
  const end = performance.now() + ms;
  while (!is()) {
    if (performance.now() > end) throw new Error(`not so in time: ${is.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
