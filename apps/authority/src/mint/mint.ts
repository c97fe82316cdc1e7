/**
 * The mint: an operator's signed request becomes coins in its stock, or pieces of its stock leave
 * circulation. Invariants: every request is signed by itself; one reserve reference stands behind one
 * request, and asked again the same receipt comes; nothing is minted without enough good randomness.
 *
 * Spec: 09 §7.
 * @module
 */
import { compareBytes, equalBytes, bytesOfText, hexOf } from '@specie/core/base/bytes';
import { MINUTE, type Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { coinMessage, IDENTITY_BYTES, type Coin } from '@specie/core/coin/coin';
import { lockKey } from '@specie/core/coin/lock';
import { COMMAND_BYTES_MAX, type BodyOf, type CommandBody } from '@specie/core/ledger/command';
import type { Entry } from '@specie/core/ledger/entry';
import type { ContentOf } from '@specie/core/codec/message';
import {
  issueRequestMessage,
  retireRequestMessage,
  type IssueRequest,
  type issueReceiptMessage,
  type RetireRequest,
  type retireReceiptMessage,
  type signedIssueRequestMessage,
  type signedRetireRequestMessage,
} from '@specie/protocol/messages/ledger';
import type { At } from '../crash-points.ts';
import type { ReserveBook } from './reserve-book.ts';

export type IssueReceipt = ContentOf<typeof issueReceiptMessage>;
export type RetireReceipt = ContentOf<typeof retireReceiptMessage>;
type SignedIssue = ContentOf<typeof signedIssueRequestMessage>;
type SignedRetire = ContentOf<typeof signedRetireRequestMessage>;

/** Randomness for identities, with the record of what stood behind it. */
export interface MintRandom {
  /** Bytes, or undefined when the pool is below its floor. */
  draw(length: number): Uint8Array | undefined;
  standing(): string;
}

export interface MintOptions {
  readonly authority: Uint8Array;
  readonly random: MintRandom;
  readonly reserves: ReserveBook;
  readonly clock: () => Instant;
  readonly at: At;
  /** Whether an operator's session key made a signature. */
  readonly isSigned: (operator: number, message: Uint8Array, signature: Uint8Array) => boolean;
  /** Gives a command of the authority, or one on behalf of an operator, to the ledger. */
  readonly submit: (operator: number, body: CommandBody) => Promise<Result<Entry>>;
  /** The entry in which a reserve reference was used. */
  readonly entryOf: (reference: Uint8Array) => Entry | undefined;
}

export interface Mint {
  issue(operator: number, signed: SignedIssue): Promise<Result<IssueReceipt>>;
  retire(operator: number, signed: SignedRetire): Promise<Result<RetireReceipt>>;
}

/** How far a request's time may be from the clock, unless it is a repeat. */
const REQUEST_SPAN = 5 * MINUTE;
/** Room in a command beside its coins and locks. */
const COMMAND_MARGIN = 8 * 1024;
const LOCK_BYTES = 33;

export function createMint(options: MintOptions): Mint {
  // One at a time: two requests under one reference must not both find it unused.
  let tail: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };
  return {
    issue: (operator, signed) => alone(() => issue(options, operator, signed)),
    retire: (operator, signed) => alone(() => retire(options, operator, signed)),
  };
}

/** What is asked of every request, in this order. */
function checkRequest(
  options: MintOptions,
  operator: number,
  request: IssueRequest | RetireRequest,
  signature: Uint8Array,
  encoded: Uint8Array,
): Result<Entry | undefined> {
  if (!equalBytes(request.authority, options.authority))
    return refuse('authority_mismatch', '.request.authority');
  if (request.operator !== operator) return refuse('operator_mismatch', '.request.operator');
  if (!options.isSigned(operator, encoded, signature))
    return refuse('signature_invalid', '.signature');
  const before = options.entryOf(request.reserve.reference);
  if (before === undefined && Math.abs(request.time - options.clock()) > REQUEST_SPAN)
    return refuse('ask_stale', '.request.time');
  return accept(before);
}

const reused = refuse('reserve_reference_used', '.request.reserve.reference');

async function issue(
  options: MintOptions,
  operator: number,
  { request, signature }: SignedIssue,
): Promise<Result<IssueReceipt>> {
  const encoded = issueRequestMessage.encode(request);
  const before = checkRequest(options, operator, request, signature, encoded);
  if (!before.ok) return before;
  if (before.value !== undefined) {
    const { body } = before.value.command;
    const isSame = body.is === 'issue' && isSameIssue(body, request);
    return isSame ? accept(issueReceipt(before.value, body)) : reused;
  }
  const covered = options.reserves.cover(operator, request.reserve);
  if (!covered.ok) return covered;
  const coins = drawCoins(options, request);
  if (!coins.ok) return coins;
  const sources = bytesOfText(options.random.standing()).subarray(0, 512);
  const { reserve } = request;
  const body = { is: 'issue' as const, operator, reserve, coins: coins.value, sources };
  options.at('authority.issue.decided');
  const entry = await options.submit(0, body);
  if (!entry.ok) return entry;
  options.at('authority.issue.before-receipt');
  return accept(issueReceipt(entry.value, body));
}

/** Coins of a request with identities nobody could foresee. */
function drawCoins(
  options: MintOptions,
  { basket, unitsPerCoin, terms, locks }: IssueRequest,
): Result<BodyOf<'issue'>['coins']> {
  const common = { basket, units: unitsPerCoin, terms, mintedAt: options.clock() };
  const sample = coinMessage.encode({ identity: new Uint8Array(IDENTITY_BYTES), ...common });
  if (locks.length * (sample.length + LOCK_BYTES) > COMMAND_BYTES_MAX - COMMAND_MARGIN)
    return refuse('message_oversized', '.request.locks');
  const drawn = options.random.draw(locks.length * IDENTITY_BYTES);
  if (drawn === undefined) return refuse('entropy_below_floor');
  return accept(
    locks.map((lock, i) => ({
      coin: {
        identity: drawn.slice(i * IDENTITY_BYTES, (i + 1) * IDENTITY_BYTES),
        ...common,
      },
      lock,
    })),
  );
}

function issueReceipt({ position, time }: Entry, body: BodyOf<'issue'>): IssueReceipt {
  return { position, time, coins: body.coins.map(({ coin }) => coin) };
}

/** Whether coins were minted for exactly this request; its time may differ, as in a repeat signed anew. */
function isSameIssue(body: BodyOf<'issue'>, request: IssueRequest): boolean {
  return (
    body.operator === request.operator &&
    body.coins.length === request.locks.length &&
    isSameReserve(body.reserve, request.reserve) &&
    body.coins.every(
      ({ coin, lock }, i) =>
        lockKey(lock) === lockKey(request.locks[i]!) &&
        coin.units === request.unitsPerCoin &&
        isSameKind(coin, request),
    )
  );
}

function isSameKind(coin: Coin, { basket, terms }: IssueRequest): boolean {
  const plain = { identity: coin.identity, units: coin.units, mintedAt: coin.mintedAt };
  return equalBytes(coinMessage.encode(coin), coinMessage.encode({ ...plain, basket, terms }));
}

function isSameReserve(a: IssueRequest['reserve'], b: IssueRequest['reserve']): boolean {
  return (
    a.sums.length === b.sums.length &&
    a.sums.every(
      ({ currency, amount }, i) => currency === b.sums[i]!.currency && amount === b.sums[i]!.amount,
    )
  );
}

async function retire(
  options: MintOptions,
  operator: number,
  { request, signature }: SignedRetire,
): Promise<Result<RetireReceipt>> {
  const encoded = retireRequestMessage.encode(request);
  const before = checkRequest(options, operator, request, signature, encoded);
  if (!before.ok) return before;
  const body = retireBody(request);
  if (!body.ok) return body;
  if (before.value !== undefined) {
    const { position, time, command } = before.value;
    const isSame = command.body.is === 'retire' && isSameRetire(command.body, body.value);
    return isSame ? accept({ position, time }) : reused;
  }
  const entry = await options.submit(operator, body.value);
  if (!entry.ok) return entry;
  options.at('authority.retire.before-receipt');
  return accept({ position: entry.value.position, time: entry.value.time });
}

/** The command of a request: pieces in the order the encoding asks for, each with its secret. */
function retireBody({ operator, reserve, pieces }: RetireRequest): Result<BodyOf<'retire'>> {
  const sorted = [...pieces].sort(
    (a, b) => compareBytes(a.coin, b.coin) || a.from - b.from || a.to - b.to,
  );
  for (const [i, piece] of sorted.entries()) {
    const before = sorted[i - 1];
    const isTwice =
      before?.from === piece.from && before.to === piece.to && equalBytes(before.coin, piece.coin);
    if (isTwice) return refuse('list_not_sorted', '.request.pieces');
  }
  return accept({
    is: 'retire',
    operator,
    reserve,
    pieces: sorted.map(({ coin, from, to }) => ({ coin, from, to })),
    secrets: sorted.map(({ secret }) => secret),
  });
}

function isSameRetire(a: BodyOf<'retire'>, b: BodyOf<'retire'>): boolean {
  const namesOf = (body: BodyOf<'retire'>): string =>
    body.pieces.map(({ coin, from, to }) => `${hexOf(coin)}/${from}/${to}`).join(' ') +
    body.secrets.map(hexOf).join(' ');
  return (
    a.operator === b.operator && isSameReserve(a.reserve, b.reserve) && namesOf(a) === namesOf(b)
  );
}
