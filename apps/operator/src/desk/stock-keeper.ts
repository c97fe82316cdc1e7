/**
 * Keeps the stock: asks the mint when a currency falls below its floor, makes orders out of free
 * pieces, gives whole pieces back. Invariants: a piece is in one order at a time; what is asked of
 * the mint is on the disk with its reference before it is asked, and asked again under the same
 * reference; every secret derives from the stock's key and a number that is counted up on the disk.
 *
 * Spec: 06 §6.
 * @module
 */
import { after, DAY, HOUR, MINUTE } from '@specie/core/base/instant';
import { refusalOfNumber, REFUSALS } from '@specie/core/base/refusals';
import { refuse, accept, type Refusal, type Result } from '@specie/core/base/result';
import { lockOfSecret } from '@specie/core/coin/lock';
import { plainBasket } from '@specie/core/coin/basket';
import { deriveKey } from '@specie/core/crypto/hash';
import { ISSUE_COINS_MAX, RETIRE_PIECES_MAX } from '@specie/core/ledger/command';
import {
  BATCH_LIFE,
  BATCH_LOCKS_MAX,
  batchHeadMessage,
  batchSecret,
} from '@specie/core/payment/lock-batch';
import { NONCE_BYTES, orderMessage, orderHash } from '@specie/core/payment/order';
import { faultOf } from '@specie/protocol/fault';
import { issueRequestMessage, retireRequestMessage } from '@specie/protocol/messages/ledger';
import { AUTHORITY_ROUTES } from '@specie/protocol/route';
import type { Found } from '../book/custody.ts';
import type { Issue, Retirement, StockPiece } from '../book/stock.ts';
import { keyOf } from '../book/column.ts';
import type { KnownCoin } from '../book/coins.ts';
import { newFlight, type Flight } from '../ledger/flight.ts';
import type { Line } from '../ledger/line.ts';
import { sortedParts } from '../rule/order-check.ts';
import { lockTree, treeRoot } from '../rule/lock-tree.ts';
import { pickStock, pickWhole } from '../rule/stock-pick.ts';
import type { Office } from './office.ts';
import type { StockTarget } from '../settings.ts';

/** An order of the stock is sent at once; it may wait this long for the ledger to come back. */
const ORDER_SPAN = HOUR;
/** Numbers looked through for a lock that a restored book does not know. */
const SEARCH_MAX = 64;
const BATCH_FLOOR = 128;
/** After the mint said no, it is asked again this much later. */
const REFUSED_PAUSE = MINUTE;

export interface OutputLock {
  readonly hash: Uint8Array;
  readonly tag: Uint8Array;
}

export interface StockKeeper {
  /** Free money of a currency. */
  free(currency: number): bigint;
  amounts(): readonly { readonly currency: number; readonly amount: bigint }[];
  /** How many locks an order over an amount needs, or that the stock does not suffice. */
  partsFor(currency: number, amount: bigint): Result<number>;
  /** An order over an amount to these locks; its pieces are taken until it lands. */
  order(
    currency: number,
    amount: bigint,
    to: readonly OutputLock[],
    /** The nonce is the caller's, so that a lost order is known again by it. */
    more: { readonly nonce: Uint8Array } & Pick<Flight, 'onKeep' | 'onRefuse'>,
  ): Result<Flight>;
  /** Takes the pieces of an order that was under way at the last stop. */
  hold(flight: Flight): void;
  /** An order was refused: its pieces are free again. */
  release(flight: Flight): void;
  /** Inside the feed's transaction. */
  came(
    piece: { readonly coin: KnownCoin; readonly from: number; readonly to: number },
    hash: Uint8Array,
    found: Found,
  ): void;
  went(coin: number, from: number): void;
  /** The feed's transaction is on the disk. */
  committed(): void;
  /** Asks the mint, gives back, and leaves locks for redemptions, as far as each is due. */
  tend(): Promise<void>;
}

type Piece = StockPiece & { isTaken: boolean };

interface Keeper {
  readonly office: Office;
  readonly line: Line;
  readonly pieces: Map<string, Piece>;
  /** Locks that the mint was given: where each derives from. */
  readonly asked: Map<string, { readonly nonce: Uint8Array; readonly index: number }>;
  readonly pausedUntil: Map<number, number>;
  /** Issues this process has taken up; others are left in the book by the keeper's command. */
  readonly takenUp: Set<number>;
  /** Position of the last issue of a currency: until it is told of, its coins are on their way. */
  readonly mintedAt: Map<number, number>;
  staged: (() => void)[];
}

const pieceKey = (coin: number, from: number): string => `${coin}:${from}`;

/** Keeps the stock of an office. `line` leads to the authority. */
export function createStockKeeper(office: Office, line: Line): StockKeeper {
  const keeper: Keeper = {
    office,
    line,
    pieces: new Map(),
    asked: new Map(),
    pausedUntil: new Map(),
    takenUp: new Set(),
    mintedAt: new Map(),
    staged: [],
  };
  for (const piece of office.book.stock.pieces())
    keeper.pieces.set(pieceKey(piece.coin.id, piece.from), { ...piece, isTaken: false });
  for (const { number, coins } of office.book.stock.openIssues())
    expect(keeper, nonceOf(keeper, 'issue', number), coins);
  const setTaken = (flight: Flight, isTaken: boolean): void => {
    for (const part of flight.order.parts) {
      const coin = office.book.coins.find(part.coin);
      for (const { from } of part.inputs) {
        const piece = coin && keeper.pieces.get(pieceKey(coin.id, from));
        if (piece !== undefined) piece.isTaken = isTaken;
      }
    }
  };
  return {
    free: (currency) => sumOf(freeOf(keeper, currency)),
    amounts: () =>
      office.settings.stock.map(({ currency }) => ({
        currency,
        amount: sumOf(freeOf(keeper, currency)),
      })),
    partsFor(currency, amount) {
      const picks = pickStock(freeOf(keeper, currency), amount);
      return picks === undefined ? refuse('stock_insufficient') : accept(picks.length);
    },
    order: (currency, amount, to, more) => orderOf(keeper, { currency, amount }, to, more),
    hold: (flight) => {
      setTaken(flight, true);
    },
    release: (flight) => {
      setTaken(flight, false);
    },
    came(piece, hash, found) {
      const origin = originOf(keeper, hash, found);
      if (origin === undefined) {
        office.onFault(new Error('a stock piece came whose lock is not the stock’s'));
        return;
      }
      const kept = { ...piece, ...origin };
      office.book.stock.put(kept);
      keeper.staged.push(() => {
        keeper.asked.delete(keyOf(hash));
        keeper.pieces.set(pieceKey(piece.coin.id, piece.from), { ...kept, isTaken: false });
      });
    },
    went(coin, from) {
      if (!office.book.stock.take(coin, from)) return;
      keeper.staged.push(() => keeper.pieces.delete(pieceKey(coin, from)));
    },
    committed() {
      for (const stage of keeper.staged.splice(0)) stage();
    },
    tend: () => tend(keeper),
  };
}

function* freeOf({ pieces }: Keeper, currency: number): Generator<Piece> {
  for (const piece of pieces.values()) {
    const [leg, second] = piece.coin.coin.basket;
    const isPlain = second === undefined && leg?.minorPerUnit === 1 && leg.currency === currency;
    if (isPlain && !piece.isTaken && piece.coin.coin.terms.length === 0) yield piece;
  }
}

function sumOf(pieces: Iterable<Piece>): bigint {
  let sum = 0n;
  for (const { from, to } of pieces) sum += BigInt(to - from);
  return sum;
}

/** The nonce of a number: counted up on the disk, so never used for two things. */
function nonceOf({ office }: Keeper, kind: 'issue' | 'batch', number: number): Uint8Array {
  return deriveKey(office.keys.stock, `stock/${kind}/${number}`, NONCE_BYTES);
}

function secretOf(
  { office }: Keeper,
  { nonce, index }: Pick<StockPiece, 'nonce' | 'index'>,
): Uint8Array {
  return batchSecret(office.keys.stock, nonce, index);
}

function orderOf(
  keeper: Keeper,
  { currency, amount }: { readonly currency: number; readonly amount: bigint },
  to: readonly OutputLock[],
  { nonce, ...hooks }: { readonly nonce: Uint8Array } & Pick<Flight, 'onKeep' | 'onRefuse'>,
): Result<Flight> {
  const { office } = keeper;
  const picks = pickStock(freeOf(keeper, currency), amount);
  if (picks === undefined || picks.length > to.length) return refuse('stock_insufficient');
  const now = office.clock();
  const drafts = sortedParts(
    picks.map(({ piece, units }) => ({
      coin: piece.coin.coin.identity,
      inputs: [{ from: piece.from, to: piece.to }],
      piece,
      units,
    })),
  );
  let output = 0;
  const parts = drafts.map(({ coin, inputs, piece, units }, i) => {
    const { hash, tag } = to[i]!;
    const split = piece.from + units;
    const outputs = [{ to: split, lock: { kind: 'secret' as const, hash }, tag }];
    output += 1;
    if (split < piece.to) {
      const lock = lockOfSecret(secretOf(keeper, { nonce, index: output }));
      outputs.push({
        to: piece.to,
        lock: { kind: 'secret', hash: lock.hash },
        tag: office.stock.tag,
      });
      output += 1;
    }
    return { coin, inputs, outputs };
  });
  const order = {
    authority: office.authority,
    operator: office.operator,
    holder: office.stock.tag,
    verb: 'transfer' as const,
    end: after(now, ORDER_SPAN),
    nonce,
    parts,
  };
  const body = orderMessage.encode(order);
  for (const { piece } of picks) piece.isTaken = true;
  return accept(
    newFlight({
      ...hooks,
      hash: orderHash(order),
      wallet: office.stock,
      order,
      body,
      signature: office.suite.sign(office.keys.statement, body),
      secrets: drafts.map(({ piece }) => secretOf(keeper, piece)),
      sums: new Map(),
      day: office.book.spending.dayOf(now),
    }),
  );
}

/** Remembers which locks the mint was given. */
function expect(keeper: Keeper, nonce: Uint8Array, count: number): void {
  for (let index = 0; index < count; index++) {
    const { hash } = lockOfSecret(secretOf(keeper, { nonce, index }));
    keeper.asked.set(keyOf(hash), { nonce, index });
  }
}

function originOf(
  keeper: Keeper,
  hash: Uint8Array,
  found: Found,
): { readonly nonce: Uint8Array; readonly index: number } | undefined {
  const { book } = keeper.office;
  if (found.by === 'batch') {
    const { nonce } = book.locks.origin(found.batch, found.index);
    return { nonce, index: found.index };
  }
  if (found.by === 'own')
    return { nonce: book.payments.orderOf(found.payment).order.nonce, index: found.index };
  const asked = keeper.asked.get(keyOf(hash));
  if (asked !== undefined) return asked;
  if (found.isChange) return { nonce: found.nonce, index: found.index };
  return search(keeper, hash);
}

/** A book restored from an older copy meets locks that were made since: they are among the next numbers. */
function search(
  keeper: Keeper,
  hash: Uint8Array,
): { nonce: Uint8Array; index: number } | undefined {
  const { stock } = keeper.office.book;
  const lost = stock.counted('batch-lost');
  for (const [kind, count, next] of [
    ['issue', ISSUE_COINS_MAX, stock.counted('issue')],
    ['batch', BATCH_LOCKS_MAX, stock.counted('batch')],
    // Where the batches stood before a restore made them leap.
    ...(lost === 0 ? [] : [['batch', BATCH_LOCKS_MAX, lost] as const]),
  ] as const) {
    for (let number = Math.max(1, next - SEARCH_MAX); number <= next + SEARCH_MAX; number++) {
      const nonce = nonceOf(keeper, kind, number);
      for (let index = 0; index < count; index++) {
        const lock = lockOfSecret(secretOf(keeper, { nonce, index }));
        if (keyOf(lock.hash) !== keyOf(hash)) continue;
        // Its neighbours will come, too, and shall not be searched for one by one.
        expect(keeper, nonce, count);
        return { nonce, index };
      }
    }
  }
  return undefined;
}

async function tend(keeper: Keeper): Promise<void> {
  const { office } = keeper;
  try {
    for (const issue of office.book.stock.openIssues()) await fill(keeper, issue);
    for (const retirement of office.book.stock.openRetirements())
      await giveBack(keeper, retirement);
    for (const target of office.settings.stock) await refill(keeper, target);
    await leaveLocks(keeper);
  } catch (cause) {
    if (faultOf(cause) === undefined) throw cause;
    office.onFault(cause);
  }
}

/** Asks for as many coins as bring a currency up to its target. */
async function refill(keeper: Keeper, target: StockTarget): Promise<void> {
  const { office } = keeper;
  const { currency, unitsPerCoin } = target;
  const have = sumOf(freeOf(keeper, currency));
  if (have >= target.floor || office.clock() < (keeper.pausedUntil.get(currency) ?? 0)) return;
  if ((keeper.mintedAt.get(currency) ?? -1) >= office.book.custody.position()) return;
  const missing = Number((target.target - have + BigInt(unitsPerCoin) - 1n) / BigInt(unitsPerCoin));
  const coins = Math.min(Math.max(missing, 1), ISSUE_COINS_MAX);
  const reference = office.random(32);
  const time = office.clock();
  const issue = await office.book.write((): Issue => {
    const number = office.book.stock.count('issue');
    const given = { number, reference, currency, units: unitsPerCoin, coins, time };
    return { id: office.book.stock.addIssue(given), ...given };
  });
  await fill(keeper, issue);
}

/** Has an issue minted that stands in the book, whoever wrote it there. */
async function fill(keeper: Keeper, issue: Issue): Promise<void> {
  if (!keeper.takenUp.has(issue.id)) {
    keeper.office.at('operator.issue.written');
    expect(keeper, nonceOf(keeper, 'issue', issue.number), issue.coins);
    keeper.takenUp.add(issue.id);
  }
  await askMint(keeper, issue);
}

async function askMint(keeper: Keeper, issue: Issue): Promise<void> {
  const { office, line } = keeper;
  const { currency, units, coins, reference } = issue;
  const nonce = nonceOf(keeper, 'issue', issue.number);
  const request = {
    authority: office.authority,
    operator: office.operator,
    reserve: { reference, sums: [{ currency, amount: BigInt(units) * BigInt(coins) }] },
    basket: plainBasket(currency),
    unitsPerCoin: units,
    locks: Array.from({ length: coins }, (_, index) =>
      lockOfSecret(secretOf(keeper, { nonce, index })),
    ),
    terms: [],
    time: after(office.clock(), 0),
  };
  // The request of a reference stays the same byte for byte, its time included.
  const same = { ...request, time: issue.time as typeof request.time };
  const signature = office.suite.sign(office.keys.session, issueRequestMessage.encode(same));
  const receipt = await line.call(AUTHORITY_ROUTES.issue, { request: same, signature });
  office.at('operator.issue.answered');
  const code = receipt.ok || isUsed(receipt.refusal) ? 0 : REFUSALS[receipt.refusal.code].number;
  if (code !== 0 && isPassing(code)) return;
  await office.book.write(() => {
    office.book.stock.endIssue(issue.id, code);
  });
  keeper.takenUp.delete(issue.id);
  if (receipt.ok) keeper.mintedAt.set(currency, receipt.value.position);
  if (code === 0) return;
  keeper.pausedUntil.set(currency, office.clock() + REFUSED_PAUSE);
  request.locks.forEach((lock) => keeper.asked.delete(keyOf(lock.hash)));
}

/** The reference was accepted before, so what it stands for has happened. */
function isUsed({ code }: Refusal): boolean {
  return code === 'reserve_reference_used';
}

/** Refusals that say nothing about the request itself. */
function isPassing(number: number): boolean {
  const code = refusalOfNumber(number);
  return code !== undefined && REFUSALS[code].status === 503;
}

async function giveBack(keeper: Keeper, asked: Retirement): Promise<void> {
  const { office, line } = keeper;
  const { stock } = office.book;
  let retirement = asked;
  if (retirement.state === 'asked') {
    const picked = pickWhole(freeOf(keeper, asked.currency), asked.amount, RETIRE_PIECES_MAX);
    const pieces = picked.map(({ coin, from }) => `${coin.id}:${from}`).join(',');
    const isEmpty = picked.length === 0;
    for (const piece of picked) piece.isTaken = true;
    await office.book.write(() => {
      stock.moveRetirement(asked.id, {
        reference: office.random(32),
        retired: sumOf(picked),
        pieces,
        time: office.clock(),
        state: isEmpty ? 'refused' : 'written',
        code: isEmpty ? REFUSALS.stock_insufficient.number : 0,
      });
    });
    office.at('operator.retire.written');
    if (isEmpty) return;
    retirement = stock.retirement(asked.id);
  }
  await askRetire(keeper, line, retirement);
}

async function askRetire(keeper: Keeper, line: Line, retirement: Retirement): Promise<void> {
  const { office } = keeper;
  const { stock } = office.book;
  const taken = (retirement.pieces ?? '').split(',').flatMap((key) => keeper.pieces.get(key) ?? []);
  for (const piece of taken) piece.isTaken = true;
  const pieces = sortedParts(
    taken.map((piece) => ({
      coin: piece.coin.coin.identity,
      from: piece.from,
      to: piece.to,
      secret: secretOf(keeper, piece),
      inputs: [piece],
    })),
  ).map(({ coin, from, to, secret }) => ({ coin, from, to, secret }));
  const end = (code: number): Promise<void> =>
    office.book.write(() => {
      const state = code === 0 ? 'done' : 'refused';
      stock.moveRetirement(retirement.id, { ...retirement, state, code });
    });
  // The feed told that they went: the answer was lost, the retirement was not.
  if (pieces.length === 0 || retirement.reference === undefined) return end(0);
  const request = {
    authority: office.authority,
    operator: office.operator,
    reserve: {
      reference: retirement.reference,
      sums: [{ currency: retirement.currency, amount: retirement.retired }],
    },
    pieces,
    time: after(office.clock(), 0),
  };
  const same = { ...request, time: retirement.time as typeof request.time };
  const signature = office.suite.sign(office.keys.session, retireRequestMessage.encode(same));
  const receipt = await line.call(AUTHORITY_ROUTES.retire, { request: same, signature });
  office.at('operator.retire.answered');
  const code = receipt.ok || isUsed(receipt.refusal) ? 0 : REFUSALS[receipt.refusal.code].number;
  if (code !== 0 && isPassing(code)) return;
  await end(code);
  if (code !== 0) for (const piece of taken) piece.isTaken = false;
}

/** Locks of the stock, for wallets that give money back. */
async function leaveLocks(keeper: Keeper): Promise<void> {
  const { office } = keeper;
  const { book, stock, authority, operator } = office;
  const now = office.clock();
  if (book.locks.left(stock, now) >= BATCH_FLOOR) return;
  const number = await book.write(() => book.stock.count('batch'));
  const nonce = nonceOf(keeper, 'batch', number);
  const hashes = Array.from(
    { length: BATCH_LOCKS_MAX },
    (_, index) => lockOfSecret(secretOf(keeper, { nonce, index })).hash,
  );
  const head = {
    authority,
    owner: { operator, wallet: stock.address },
    nonce,
    count: hashes.length,
    root: treeRoot(lockTree(hashes)),
    ends: after(now, BATCH_LIFE - DAY),
  };
  const signature = office.suite.sign(office.keys.statement, batchHeadMessage.encode(head));
  await book.write(() => book.locks.keep(stock, { head, signature, hashes }, now));
}
