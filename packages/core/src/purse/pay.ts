/**
 * The payer's side: choose pieces, cut, reserve the index, sign, show, show again, mark received.
 * In this order, each step on what the one before wrote down.
 *
 * Spec: 12 §8.
 * @module
 */
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { instantOf, type Instant } from '../base/instant.ts';
import { accept, refuse, type Refusal, type Result } from '../base/result.ts';
import { signOnce, type LmsOneTimeKey } from '../crypto/lms.ts';
import { checkMovement } from '../terms/terms.ts';
import { compareParts, packed, type Bundle, type Source } from './bundle.ts';
import {
  ENDORSED_PARTS_MAX,
  endorsementHash,
  endorsementMessage,
  overlaps,
  PURSE_INDICES,
  type Destination,
  type EndorsedPart,
  type Endorsement,
} from './endorsement.ts';
import { deadlineOf, hashKey, type Grant } from './grant.ts';
import type { HandOver } from './hand-over.ts';
import { journalHash } from './journal.ts';
import {
  beforeOf,
  journalOf,
  worthOfHolding,
  type Holding,
  type JournalRow,
  type Purse,
  type Written,
} from './purse.ts';
import {
  isReceipt,
  requestHash,
  checkRequest,
  type PurseReceipt,
  type PurseRequest,
} from './request.ts';
import { unitWorth, type Standpoint } from './verify.ts';

/** A purse with one more index used, to be written down before `signReserved`. */
export interface Reserved {
  readonly purse: Purse;
  readonly index: number;
}

/** Later of the clock and the newest date seen. */
function nowOf(purse: Purse, at: Pick<Standpoint, 'clock' | 'seen'>): Instant {
  return instantOf(Math.max(at.clock, at.seen, purse.seen));
}

/**
 * Reserves a payment of a request. `amount` is what the payer confirmed, in minor units; a request
 * that names another is refused. Nothing is signed yet and nothing can be shown.
 */
export function reservePayment(
  purse: Purse,
  request: PurseRequest,
  amount: number,
  at: Standpoint,
): Result<Reserved> {
  const now = nowOf(purse, at);
  const asker = checkRequest(request, { trust: at.trust, suites: at.suites, now });
  if (!asker.ok) return asker;
  const { grant } = purse.own;
  if (equalBytes(request.purse, purse.name)) return refuse('request_own', '.purse');
  if (request.currency !== grant.currency) return refuse('request_currency_other', '.currency');
  if (amount <= 0 || (request.amount !== undefined && request.amount !== amount))
    return refuse('request_amount_other', '.amount');
  const able = checkAble(purse, PURSE_INDICES - 1);
  if (!able.ok) return able;
  if (grant.endsAt <= now) return refuse('purse_grant_ended');
  if (amount > grant.limits.payment) return refuse('purse_payment_exceeded');
  if (purse.sum + amount > grant.limits.total) return refuse('purse_total_exceeded');
  if (purse.count + 1 > grant.limits.payments) return refuse('purse_payments_exceeded');
  const chosen = choose(purse, amount, { request, now, leastLeft: at.leastLeft });
  if (!chosen.ok) return chosen;
  return accept(
    reserved(purse, {
      taken: chosen.value,
      to: { is: 'purse', purse: request.purse, request: requestHash(request) },
      request,
      amount,
    }),
  );
}

/** Whether the purse may still use an index below `end`. */
function checkAble(purse: Purse, end: number): Result<true> {
  if (purse.isClosed) return refuse('purse_closed');
  return purse.next < end ? accept(true) : refuse('purse_used_up');
}

/** Reserves the taking home of everything in the purse. */
export function reserveHome(purse: Purse): Result<Reserved> {
  const able = checkAble(purse, PURSE_INDICES - 1);
  if (!able.ok) return able;
  if (purse.holdings.length === 0) return refuse('purse_funds_insufficient');
  const taken: Holding[] = [];
  for (const each of purse.holdings)
    if (taken.length < ENDORSED_PARTS_MAX && isApart(each, taken)) taken.push(each);
  const amount = taken.reduce((sum, each) => sum + worthOfHolding(purse, each), 0);
  return accept(reserved(purse, { taken, to: { is: 'home' }, request: undefined, amount }));
}

/** Reserves the closing, for which the last index is kept. It signs the journal and names no pieces. */
export function reserveClose(purse: Purse): Result<Reserved> {
  const able = checkAble(purse, PURSE_INDICES);
  if (!able.ok) return able;
  if (purse.journal.some(({ state }) => state === 'reserved')) return refuse('payment_pending');
  const to: Destination = { is: 'close', journal: journalHash(journalOf(purse)) };
  const made = reserved(purse, { taken: [], to, request: undefined, amount: 0 });
  return accept({ ...made, purse: { ...made.purse, isClosed: true } });
}

interface Intended {
  readonly taken: readonly Holding[];
  readonly to: Destination;
  readonly request: PurseRequest | undefined;
  readonly amount: number;
}

function reserved(purse: Purse, { taken, to, request, amount }: Intended): Reserved {
  const index = purse.next;
  const isPayment = to.is === 'purse';
  const entries = taken
    .map((holding) => ({ holding, part: partOf(holding) }))
    .sort((a, b) => compareParts(a.part, b.part));
  const count = purse.count + (isPayment ? 1 : 0);
  const sum = purse.sum + (isPayment ? amount : 0);
  const endorsement: Endorsement = {
    authority: purse.own.grant.authority,
    grant: purse.grant,
    index,
    amount,
    hop: 1 + Math.max(0, ...taken.map(({ source }) => hopOf(source))),
    count,
    sum,
    parts: entries.map(({ part }) => part),
    to,
  };
  const row: JournalRow = {
    index,
    state: 'reserved',
    endorsement,
    hash: endorsementHash(endorsement),
    sources: entries.map(({ holding }) => holding.source),
    request,
    signature: undefined,
  };
  const holdings = remaining(purse.holdings, taken);
  const journal = [...purse.journal, row];
  return { index, purse: { ...purse, next: index + 1, count, sum, holdings, journal } };
}

const hopOf = ({ chain }: Source): number => chain.at(-1)?.endorsement.hop ?? 0;

function partOf(holding: Holding): EndorsedPart {
  const { source, from, to } = holding;
  return { coin: source.coin.identity, from, to, before: beforeOf(holding) };
}

/** Holdings less what was taken from the front of some of them. */
function remaining(holdings: readonly Holding[], taken: readonly Holding[]): readonly Holding[] {
  return holdings.flatMap((holding) => {
    const cut = taken.find(
      ({ source, from }) => source === holding.source && from === holding.from,
    );
    if (cut === undefined) return [holding];
    return cut.to === holding.to ? [] : [{ ...holding, from: cut.to }];
  });
}

interface Wanted {
  readonly request: PurseRequest;
  readonly now: Instant;
  readonly leastLeft: number;
}

/**
 * Pieces for an amount: loaded ones first, for they bring no chain, then those that came by the
 * fewest hands and must be online soonest. At most one is cut. When there is enough but not enough
 * that may be paid, the refusal says why the first piece left aside may not.
 */
function choose(purse: Purse, amount: number, wanted: Wanted): Result<readonly Holding[]> {
  const { chains } = purse.own.grant.limits;
  const sorted = [...purse.holdings].sort(
    (a, b) =>
      a.source.chain.length - b.source.chain.length ||
      sourceDeadline(purse, a.source) - sourceDeadline(purse, b.source),
  );
  const taken: Holding[] = [];
  const brought = new Set<string>();
  let [left, why] = [amount, undefined as Refusal | undefined];
  for (const holding of sorted) {
    if (left === 0) break;
    const perUnit = unitWorth(holding.source.coin, purse.own.grant.currency) ?? 0;
    const units = Math.min(
      holding.to - holding.from,
      perUnit === 0 ? 0 : Math.floor(left / perUnit),
    );
    if (units === 0 || !isApart(holding, taken)) continue;
    const payable = checkPayable(purse, holding, wanted);
    const before = hashKey(beforeOf(holding));
    const isOneMore = holding.source.chain.length > 0 && !brought.has(before);
    const isFull = taken.length === ENDORSED_PARTS_MAX || (isOneMore && brought.size === chains);
    if (!payable.ok || isFull) {
      why ??= payable.ok ? { code: 'chains_exceeded', at: '' } : payable.refusal;
      continue;
    }
    if (isOneMore) brought.add(before);
    taken.push({ ...holding, to: holding.from + units });
    left -= units * perUnit;
  }
  if (left === 0) return accept(taken);
  const has = purse.holdings.reduce((sum, each) => sum + worthOfHolding(purse, each), 0);
  if (has < amount) return refuse('purse_funds_insufficient');
  return why === undefined ? refuse('amount_not_cuttable') : { ok: false, refusal: why };
}

/**
 * Whether a holding shares no unit with others. In an honest purse none ever does; one that took both
 * branches of what was spent twice must still not name a unit twice.
 */
function isApart(holding: Holding, taken: readonly Holding[]): boolean {
  const { identity } = holding.source.coin;
  return !taken.some(
    (each) => equalBytes(each.source.coin.identity, identity) && overlaps(each, holding),
  );
}

/** Deadline of one chain with the purse's own grant at its end. */
function sourceDeadline(purse: Purse, source: Source): number {
  return Math.min(...signersOf(purse, source).map(deadlineOf));
}

function signersOf(purse: Purse, { chain }: Source): readonly Grant[] {
  const before = chain.map(({ endorsement }) => grantOf(purse, endorsement.grant));
  return [...before, purse.own.grant];
}

function grantOf(purse: Purse, hash: Uint8Array): Grant {
  const found = purse.grants.get(hashKey(hash));
  assert(found !== undefined, 'a purse has the grants of the chains it holds');
  return found.grant;
}

function checkPayable(
  purse: Purse,
  { source }: Holding,
  { request, now, leastLeft }: Wanted,
): Result<true> {
  const signers = signersOf(purse, source);
  if (hopOf(source) + 1 > Math.min(...signers.map(({ limits }) => limits.hops)))
    return refuse('hops_exceeded');
  if (sourceDeadline(purse, source) - now < leastLeft) return refuse('deadline_near');
  return checkMovement(source.coin.terms, {
    now,
    from: purse.own.grant.tag,
    to: request.tag,
    isReturn: false,
  });
}

/**
 * Signs what was reserved, on a purse that is on disk with the index used. `key` is the one-time key
 * of that index, `randomizer` 24 bytes nobody could foresee. What comes back must be on disk before
 * `shown` will show it.
 */
export function signReserved(
  { purse }: Written,
  index: number,
  key: LmsOneTimeKey,
  randomizer: Uint8Array,
): Purse {
  const row = purse.journal.find((each) => each.index === index);
  assert(row?.state === 'reserved', 'what is signed was reserved and neither signed nor dropped');
  assert(key.index === index, 'the one-time key is that of the index reserved');
  assert(equalBytes(key.publicKey, purse.own.grant.key), 'the one-time key is of this purse');
  const signature = signOnce(key, endorsementMessage.encode(row.endorsement), randomizer);
  return signedWith(purse, row, signature);
}

/** The purse with a row signed. Apart from `signReserved` for tests that need no real signatures. */
export function signedWith(purse: Purse, row: JournalRow, signature: Uint8Array): Purse {
  const link = { endorsement: row.endorsement, signature, hash: row.hash };
  return {
    ...replaced(purse, { ...row, state: 'signed', signature }),
    met: new Map(purse.met).set(hashKey(row.hash), link),
  };
}

function replaced(purse: Purse, row: JournalRow): Purse {
  return {
    ...purse,
    journal: purse.journal.map((each) => (each.index === row.index ? row : each)),
  };
}

/** What the payee is shown: the same bytes, however often. */
export function shown({ purse }: Written, index: number): Result<HandOver> {
  const row = purse.journal.find((each) => each.index === index);
  const signature = row?.signature;
  if (row === undefined || signature === undefined) return refuse('payment_unknown');
  return accept(packed(bundleOf(purse, row, signature)));
}

function bundleOf(purse: Purse, row: JournalRow, signature: Uint8Array): Bundle {
  const last = { endorsement: row.endorsement, signature, hash: row.hash };
  return { last, sources: row.sources, grants: purse.grants };
}

/** Marks a payment received, by the secret of the request it answered. */
export function markReceived(purse: Purse, { endorsement, secret }: PurseReceipt): Result<Purse> {
  const row = purse.journal.find(({ hash }) => equalBytes(hash, endorsement));
  if (row?.signature === undefined || row.request === undefined || !isReceipt(row.request, secret))
    return refuse('receipt_wrong');
  return accept(replaced(purse, { ...row, state: 'received' }));
}

/**
 * Drops what was reserved and never signed, after a crash or a change of mind: its pieces come back,
 * its index stays used. A signed payment cannot be dropped, for somebody may have it.
 */
export function dropReserved(purse: Purse, index: number): Result<Purse> {
  const row = purse.journal.find((each) => each.index === index);
  if (row === undefined) return refuse('payment_unknown');
  if (row.state === 'dropped') return accept(purse);
  if (row.state !== 'reserved') return refuse('payment_signed');
  const back = row.endorsement.parts.map(({ from, to }, i) => ({
    from,
    to,
    source: row.sources[i]!,
  }));
  const isPayment = row.endorsement.to.is === 'purse';
  const dropped = replaced(purse, { ...row, state: 'dropped' });
  return accept({
    ...dropped,
    isClosed: row.endorsement.to.is === 'close' ? false : purse.isClosed,
    count: purse.count - (isPayment ? 1 : 0),
    sum: purse.sum - (isPayment ? row.endorsement.amount : 0),
    holdings: [...dropped.holdings, ...back],
  });
}
