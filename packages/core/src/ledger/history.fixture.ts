/**
 * Histories of a ledger drawn by chance: commands that are valid, nearly valid and nonsense, over a
 * model that knows every secret. The model is told of accepted entries only and keeps its own books
 * of who holds how much, so that the ledger is compared with something that is not the ledger.
 * @module
 */
import { Bug } from '../base/assert.ts';
import type { Chance } from '../base/chance.fixture.ts';
import { equalBytes, hexOf } from '../base/bytes.ts';
import { DAY, instantOf, type Instant } from '../base/instant.ts';
import type { RefusalCode } from '../base/refusals.ts';
import { coinKey, type Coin } from '../coin/coin.ts';
import { operatorOf, stockTag, tagOf } from '../coin/holder.ts';
import { lockKey, lockOfSecret, type Lock } from '../coin/lock.ts';
import { LOCK_MEMORY } from '../payment/lock-batch.ts';
import type { Order } from '../payment/order.ts';
import { caveatOf, type Terms } from '../terms/terms.ts';
import { commandMessage, type BodyOf, type Command, type CommandBody } from './command.ts';
import type { Entry } from './entry.ts';
import { step } from './ledger.ts';
import { draftOf } from './scene.fixture.ts';
import { spoil } from './spoil.fixture.ts';
import { emptyState, type LedgerState } from './state.ts';

const CURRENCIES = [156, 840, 978] as const;
export const OPERATORS = [1, 2, 3] as const;
const AUTHORITY = new Uint8Array(32).fill(0xa1);

/** A piece as the model sees it: with the secret that opens it. */
interface Held {
  readonly coin: Coin;
  readonly from: number;
  readonly to: number;
  readonly tag: Uint8Array;
  readonly secret: Uint8Array;
}

export interface History {
  readonly state: LedgerState;
  readonly entries: Entry[];
  /** How often each refusal was met. */
  readonly refusals: Map<RefusalCode, number>;
  /** What the model says is in circulation, by currency. */
  readonly outstanding: Map<number, bigint>;
  readonly held: Held[];
  now: Instant;
}

export interface Drawing extends History {
  readonly chance: Chance;
  readonly holders: readonly Uint8Array[];
  readonly secrets: Map<string, Uint8Array>;
  readonly references: Uint8Array[];
  readonly sequences: Map<string, number>;
}

export function newHistory(chance: Chance): Drawing {
  return {
    state: emptyState(AUTHORITY),
    entries: [],
    refusals: new Map(),
    outstanding: new Map(),
    held: [],
    now: instantOf(1_700_000_000_000),
    chance,
    holders: OPERATORS.flatMap((operator) =>
      [1, 2, 3].map((i) => tagOf(operator, new Uint8Array(12).fill(i))),
    ),
    secrets: new Map(),
    references: [],
    sequences: new Map(),
  };
}

function freshLock(drawing: Drawing): Lock {
  const secret = drawing.chance.bytes(32);
  const lock = lockOfSecret(secret);
  drawing.secrets.set(lockKey(lock), secret);
  return lock;
}

export function anyTag({ chance, holders }: Drawing): Uint8Array {
  return chance.once(4) ? stockTag(chance.pick(OPERATORS)) : chance.pick(holders);
}

/** A sum that stands in good order: by currency, each once. */
function inOrder(sums: ReadonlyMap<number, bigint>): { currency: number; amount: bigint }[] {
  return [...sums].sort(([a], [b]) => a - b).map(([currency, amount]) => ({ currency, amount }));
}

function policy({ chance }: Drawing): BodyOf<'policy'> {
  const [numerator, denominator] = chance.pick([
    [1, 1],
    [1, 1],
    [2, 1],
    [1, 2],
    [10, 9],
  ] as const);
  return { is: 'policy', currency: chance.pick(CURRENCIES), numerator, denominator };
}

function admit({ chance }: Drawing): BodyOf<'admit'> {
  const quotas = CURRENCIES.filter(() => !chance.once(5)).map((currency) => ({
    currency,
    amount: chance.once(6) ? 50n : 10n ** 15n,
  }));
  return { is: 'admit', operator: chance.pick(OPERATORS), quotas };
}

function termsOf(drawing: Drawing): Terms {
  const { chance, now, holders } = drawing;
  const terms = [];
  if (chance.once(4)) {
    terms.push(caveatOf({ is: 'expires', at: instantOf(now + 1 + chance.below(20 * DAY)) }));
  }
  if (chance.once(6)) terms.push(caveatOf({ is: 'payee', tag: chance.pick(holders) }));
  return terms;
}

function issue(drawing: Drawing): BodyOf<'issue'> {
  const { chance, now } = drawing;
  const worth = new Map<number, bigint>();
  const coins = Array.from({ length: 1 + chance.below(3) }, () => {
    const legs = CURRENCIES.filter(() => chance.once(2));
    const basket = (legs.length === 0 ? [chance.pick(CURRENCIES)] : legs).map((currency) => ({
      currency,
      minorPerUnit: chance.pick([1, 1, 7, 1000]),
    }));
    const units = 1 + chance.below(chance.pick([4, 100, 100_000]));
    for (const { currency, minorPerUnit } of basket) {
      worth.set(currency, (worth.get(currency) ?? 0n) + BigInt(minorPerUnit) * BigInt(units));
    }
    const coin = {
      identity: chance.bytes(32),
      basket,
      units,
      terms: termsOf(drawing),
      mintedAt: now,
    };
    return { coin, lock: freshLock(drawing) };
  });
  const sums = inOrder(worth).map(({ currency, amount }) => ({
    currency,
    amount: chance.once(5) ? amount * 2n : amount,
  }));
  const reserve = { reference: chance.bytes(32), sums };
  return {
    is: 'issue',
    operator: chance.pick(OPERATORS),
    reserve,
    coins,
    sources: new Uint8Array(0),
  };
}

/** Neighbouring pieces of one holder, from one piece the model knows. */
function runOf(drawing: Drawing, first: Held): readonly Held[] {
  const run = [first];
  for (let last = first; run.length < 4 && drawing.chance.once(2);) {
    const next = drawing.held.find(
      (each) =>
        each.from === last.to &&
        equalBytes(each.tag, first.tag) &&
        equalBytes(each.coin.identity, first.coin.identity),
    );
    if (next === undefined) break;
    run.push(next);
    last = next;
  }
  return run;
}

function move(drawing: Drawing): BodyOf<'move'> | undefined {
  const { chance, held, now } = drawing;
  if (held.length === 0) return undefined;
  const first = chance.pick(held);
  const verb = chance.pick(['transfer', 'transfer', 'transfer', 'merge', 'redeem'] as const);
  const runs = [runOf(drawing, first)];
  const others = held.filter((each) => equalBytes(each.tag, first.tag));
  if (chance.once(3) && verb !== 'merge') runs.push(runOf(drawing, chance.pick(others)));
  runs.sort((a, b) => {
    const order = hexOf(a[0]!.coin.identity).localeCompare(hexOf(b[0]!.coin.identity));
    return order === 0 ? a[0]!.from - b[0]!.from : order;
  });
  const operator = operatorOf(first.tag);
  const parts = runs.map((run) => {
    const [from, to] = [run[0]!.from, run.at(-1)?.to ?? 0];
    const cuts = new Set<number>([to]);
    const wanted = verb === 'merge' ? 0 : chance.below(3);
    for (let i = 0; i < wanted; i++) cuts.add(from + 1 + chance.below(to - from));
    const outputs = [...cuts]
      .sort((a, b) => a - b)
      .map((end, i) => {
        const isBack = verb === 'redeem' && (i === 0 || chance.once(2));
        const tag =
          verb === 'merge'
            ? first.tag
            : isBack
              ? stockTag(operator)
              : verb === 'redeem'
                ? first.tag
                : anyTag(drawing);
        return { to: end, lock: freshLock(drawing), tag };
      });
    const inputs = run.map((each) => ({ from: each.from, to: each.to }));
    return { coin: run[0]!.coin.identity, inputs, outputs };
  });
  const order: Order = {
    authority: AUTHORITY,
    operator,
    holder: first.tag,
    verb,
    end: instantOf(now + 1 + chance.below(DAY)),
    nonce: chance.bytes(16),
    parts,
  };
  return { is: 'move', order, secrets: runs.flat().map(({ secret }) => secret) };
}

function retire(drawing: Drawing): BodyOf<'retire'> | undefined {
  const { chance, held } = drawing;
  const operator = chance.pick(OPERATORS);
  const stock = held.filter((each) => equalBytes(each.tag, stockTag(operator)));
  if (stock.length === 0) return undefined;
  const chosen = new Map(
    Array.from({ length: 1 + chance.below(3) }, () => chance.pick(stock)).map((each) => [
      `${hexOf(each.coin.identity)}${each.from.toString(16).padStart(8, '0')}`,
      each,
    ]),
  );
  const pieces = [...chosen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  const worth = new Map<number, bigint>();
  for (const { coin, from, to } of pieces) {
    for (const { currency, minorPerUnit } of coin.basket) {
      worth.set(currency, (worth.get(currency) ?? 0n) + BigInt(minorPerUnit) * BigInt(to - from));
    }
  }
  const sums = inOrder(worth).map(({ currency, amount }) => ({
    currency,
    amount: chance.once(4) ? amount / 2n : amount,
  }));
  return {
    is: 'retire',
    operator,
    reserve: { reference: chance.bytes(32), sums },
    pieces: pieces.map(({ coin, from, to }) => ({ coin: coin.identity, from, to })),
    secrets: pieces.map(({ secret }) => secret),
  };
}

/** Every history begins with operators and policies under which money can be issued. */
function opening({ state }: Drawing): CommandBody | undefined {
  const operator = OPERATORS.find((each) => !state.operators.has(each));
  if (operator !== undefined) {
    const quotas = CURRENCIES.map((currency) => ({ currency, amount: 10n ** 15n }));
    return { is: 'admit', operator, quotas };
  }
  const currency = CURRENCIES.find((each) => !state.policies.has(each));
  return currency && { is: 'policy', currency, numerator: 1, denominator: 1 };
}

function bodyOf(drawing: Drawing): CommandBody {
  const { chance } = drawing;
  const first = opening(drawing);
  if (first !== undefined) return first;
  if (chance.once(40)) return admit(drawing);
  if (chance.once(40)) return policy(drawing);
  if (drawing.held.length === 0 || chance.once(8)) return issue(drawing);
  return (chance.once(8) ? retire(drawing) : move(drawing)) ?? issue(drawing);
}

/** The sender of a good command: the authority for what is its own, else the operator named. */
function senderOf(body: CommandBody): number {
  if (body.is === 'move') return body.order.operator;
  return body.is === 'retire' ? body.operator : 0;
}

/** The next command: good three times out of five, else spoilt in one place or in two. */
export function nextCommand(drawing: Drawing): Command {
  const { chance } = drawing;
  const body = bodyOf(drawing);
  const operator = senderOf(body);
  const session = new Uint8Array(16).fill(1 + chance.below(2));
  const name = `${operator}:${session[0] ?? 0}`;
  const sequence = (drawing.sequences.get(name) ?? 0) + 1 + (chance.once(10) ? chance.below(5) : 0);
  const command: Command = { operator, session, sequence, body };
  if (!chance.once(3)) return command;
  const draft = draftOf(command);
  for (let i = chance.once(4) ? 2 : 1; i > 0; i--) spoil(drawing, draft);
  return isWritable(draft) ? draft : command;
}

/** What no bytes can say never comes to the ledger. */
function isWritable(command: Command): boolean {
  try {
    return commandMessage.decode(commandMessage.encode(command)).ok;
  } catch (cause) {
    if (cause instanceof Bug) return false;
    throw cause;
  }
}

/** Mostly moments, sometimes days, now and then longer than any lock is remembered. */
function passTime(drawing: Drawing): void {
  const { chance } = drawing;
  const span = chance.pick([0, 0, 0, 1, 1000, chance.below(DAY)]);
  const long = chance.once(60)
    ? chance.below(5 * DAY)
    : chance.once(400)
      ? LOCK_MEMORY + chance.below(LOCK_MEMORY)
      : 0;
  drawing.now = instantOf(drawing.now + span + long);
}

/** Gives one command to the ledger; the model follows when it was accepted. */
export function advance(drawing: Drawing): {
  readonly command: Command;
  readonly refusal: RefusalCode | undefined;
} {
  passTime(drawing);
  const command = nextCommand(drawing);
  const result = step(drawing.state, command, drawing.now);
  if (!result.ok) {
    const { code } = result.refusal;
    drawing.refusals.set(code, (drawing.refusals.get(code) ?? 0) + 1);
    return { command, refusal: code };
  }
  drawing.entries.push(result.value);
  drawing.sequences.set(`${command.operator}:${command.session[0] ?? 0}`, command.sequence);
  follow(drawing, command.body);
  return { command, refusal: undefined };
}

function count(drawing: Drawing, coin: Coin, units: number): void {
  for (const { currency, minorPerUnit } of coin.basket) {
    const before = drawing.outstanding.get(currency) ?? 0n;
    drawing.outstanding.set(currency, before + BigInt(minorPerUnit) * BigInt(units));
  }
}

function hold(drawing: Drawing, piece: Omit<Held, 'secret'>, lock: Lock): void {
  const secret = drawing.secrets.get(lockKey(lock)) ?? new Uint8Array(32);
  drawing.held.push({ ...piece, secret });
}

function letGo(drawing: Drawing, coin: Uint8Array, from: number): Held {
  const at = drawing.held.findIndex(
    (each) => each.from === from && equalBytes(each.coin.identity, coin),
  );
  const [held] = at === -1 ? [] : drawing.held.splice(at, 1);
  if (held === undefined) throw new Error('the ledger moved a piece that the model does not have');
  return held;
}

function follow(drawing: Drawing, body: CommandBody): void {
  switch (body.is) {
    case 'policy':
    case 'admit':
      return;
    case 'issue':
      drawing.references.push(body.reserve.reference);
      for (const { coin, lock } of body.coins) {
        hold(drawing, { coin, from: 0, to: coin.units, tag: stockTag(body.operator) }, lock);
        count(drawing, coin, coin.units);
      }
      return;
    case 'move':
      for (const part of body.order.parts) {
        let { from } = part.inputs[0]!;
        const [first] = part.inputs.map((input) => letGo(drawing, part.coin, input.from));
        for (const { to, lock, tag } of part.outputs) {
          hold(drawing, { coin: first!.coin, from, to, tag }, lock);
          from = to;
        }
      }
      return;
    case 'retire':
      drawing.references.push(body.reserve.reference);
      for (const { coin, from, to } of body.pieces) {
        count(drawing, letGo(drawing, coin, from).coin, from - to);
      }
  }
}

/** Sentences saying where the ledger and the model differ; empty when they agree. */
export function differences(history: History): readonly string[] {
  const wrong: string[] = [];
  for (const [currency, amount] of history.outstanding) {
    const { minted = 0n, retired = 0n } = history.state.supply.get(currency) ?? {};
    if (minted - retired !== amount) wrong.push(`outstanding ${currency}: model ${amount}`);
  }
  let live = 0;
  for (const { pieces } of history.state.coins.values()) {
    live += pieces.filter((piece) => piece.state !== 'retired').length;
  }
  if (live !== history.held.length)
    wrong.push(`${live} pieces, but the model has ${history.held.length}`);
  for (const { coin, from, to, tag } of history.held) {
    const found = history.state.coins
      .get(coinKey(coin.identity))
      ?.pieces.find((piece) => piece.from === from);
    if (found?.state !== 'live' || found.to !== to || !equalBytes(found.tag, tag)) {
      wrong.push(`the piece at ${from} of coin ${hexOf(coin.identity)} differs`);
    }
  }
  return wrong;
}
