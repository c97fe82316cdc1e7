/**
 * A ledger for tests: two operators, coins in their stocks, moves that open them, and an engine over
 * a journal that the test chooses. All bytes come from counters, so every run is the same.
 * @module
 */
import { instantOf, type Instant } from '@specie/core/base/instant';
import { plainBasket } from '@specie/core/coin/basket';
import { stockTag, tagOf } from '@specie/core/coin/holder';
import { lockOfSecret } from '@specie/core/coin/lock';
import { sha256 } from '@specie/core/crypto/hash';
import { commandMessage, type Command, type CommandBody } from '@specie/core/ledger/command';
import type { Entry } from '@specie/core/ledger/entry';
import { currency } from '@specie/core/money/currency';
import type { Order, Output } from '@specie/core/payment/order';
import { memoryShelf, openMemoryJournal } from '@specie/stores/memory';
import type { Journal } from '@specie/stores/journal';
import { createEngine, type Engine, type EngineOptions, type Given } from '../ledger/engine.ts';
import { createHalt, memoryHaltShelf, type Halt } from '../ledger/halt.ts';
import { replayJournal } from '../ledger/start.ts';
import { timeGuard } from '../ledger/time-guard.ts';

export const AUTHORITY_ID = new Uint8Array(32).fill(0xa1);
export const CNY = currency('CNY').number;
export const START = 1_800_000_000_000;

/** 32 bytes that differ by name and number. */
export function bytesFor(name: string, number: number): Uint8Array {
  return sha256(new TextEncoder().encode(`${name}/${number}`));
}

export function sessionFor(number: number): Uint8Array {
  return bytesFor('session', number).slice(0, 16);
}

export const secretFor = (number: number): Uint8Array => bytesFor('secret', number);
export const coinFor = (number: number): Uint8Array => bytesFor('coin', number);
export const holderFor = (operator: number, number: number): Uint8Array =>
  tagOf(operator, bytesFor('holder', number).slice(0, 12));

export function given(command: Command): Given {
  return { command, encoded: commandMessage.encode(command) };
}

export function commandOf(
  operator: number,
  session: Uint8Array,
  sequence: number,
  body: CommandBody,
): Command {
  return { operator, session, sequence, body };
}

/** Coins `first` … of 1,000 units each in an operator's stock; coin n has the lock of secret n. */
export function issueBody(operator: number, first: number, count: number): CommandBody {
  const coins = Array.from({ length: count }, (_, i) => ({
    coin: {
      identity: coinFor(first + i),
      basket: plainBasket(CNY),
      units: 1000,
      terms: [],
      mintedAt: instantOf(START),
    },
    lock: lockOfSecret(secretFor(first + i)),
  }));
  const amount = BigInt(count * 1000);
  return {
    is: 'issue',
    operator,
    reserve: { reference: bytesFor('reference', first), sums: [{ currency: CNY, amount }] },
    coins,
    sources: new Uint8Array(0),
  };
}

/** The whole of coin n out of an operator's stock to some outputs. */
export function moveBody(
  operator: number,
  coin: number,
  outputs: readonly Output[],
  changes: Partial<Order> = {},
): CommandBody {
  const order: Order = {
    authority: AUTHORITY_ID,
    operator,
    holder: stockTag(operator),
    verb: 'transfer',
    end: instantOf(START + 3_600_000),
    nonce: bytesFor('nonce', coin).slice(0, 16),
    parts: [{ coin: coinFor(coin), inputs: [{ from: 0, to: 1000 }], outputs }],
    ...changes,
  };
  return { is: 'move', order, secrets: [secretFor(coin)] };
}

/** The whole of coin n to a holder, under the lock of secret `lock`. */
export function payBody(operator: number, coin: number, lock = coin + 100_000): CommandBody {
  return moveBody(operator, coin, [
    { to: 1000, lock: lockOfSecret(secretFor(lock)), tag: holderFor(operator, 1) },
  ]);
}

export interface LedgerBench {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly halt: Halt;
  readonly state: EngineOptions['state'];
  readonly durable: Entry[];
  readonly fatal: unknown[];
  readonly passed: string[];
  now: number;
  monotonic: number;
}

/** An engine over a journal, with clocks the test moves. */
export function ledgerBench(
  journal: Journal = openMemoryJournal(memoryShelf()),
  options: Partial<EngineOptions> = {},
): LedgerBench {
  const state = replayJournal(journal, AUTHORITY_ID, []);
  const bench = { now: START, monotonic: 5 };
  const durable: Entry[] = [];
  const fatal: unknown[] = [];
  const passed: string[] = [];
  const clock = (): Instant => instantOf(bench.now);
  const halt = options.halt ?? createHalt(memoryHaltShelf(), () => undefined);
  const engine = createEngine({
    state,
    journal,
    halt,
    guard: timeGuard(clock, () => bench.monotonic),
    at: (place) => void passed.push(place),
    monotonic: () => bench.monotonic,
    clock,
    onDurable: (entries) => void durable.push(...entries),
    onFatal: (cause) => void fatal.push(cause),
    ...options,
  });
  return Object.assign(bench, { engine, journal, halt, state, durable, fatal, passed });
}

/** Policy, two operators with large quotas, and coins: n from `first` in the stock of each operator. */
export async function prepare(
  bench: LedgerBench,
  stocks: readonly { readonly operator: number; readonly first: number; readonly count: number }[],
): Promise<void> {
  const quotas = [{ currency: CNY, amount: 10n ** 15n }];
  const bodies: readonly CommandBody[] = [
    { is: 'policy', currency: CNY, numerator: 1, denominator: 1 },
    { is: 'admit', operator: 1, quotas },
    { is: 'admit', operator: 2, quotas },
    ...stocks.flatMap(({ operator, first, count }) =>
      Array.from({ length: Math.ceil(count / 1000) }, (_, i) =>
        issueBody(operator, first + i * 1000, Math.min(1000, count - i * 1000)),
      ),
    ),
  ];
  const session = sessionFor(0);
  const commands = bodies.map((body, i) => given(commandOf(0, session, i + 1, body)));
  const done = await bench.engine.submit(0, session, commands);
  if (!done.ok || done.value.some(({ entry }) => entry === undefined)) {
    throw new Error(`the ledger was not prepared: ${JSON.stringify(done, (_, v) => String(v))}`);
  }
}
