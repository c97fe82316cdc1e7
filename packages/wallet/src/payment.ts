/**
 * Paying: find the payee, have a person confirm name and amount, draw locks, build, sign, keep, and
 * only then show. Before an order is signed nothing is kept, because nothing has happened; from its
 * signature on it is on disk and ends in paid or in not paid.
 *
 * Spec: 05 §5, §8.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { isStock, operatorOf, stockTag } from '@specie/core/coin/holder';
import { lockKey, type Lock } from '@specie/core/coin/lock';
import { leafHash, isIncluded } from '@specie/core/crypto/merkle';
import { parseAddress, walletIdOf, type Address } from '@specie/core/payment/address';
import { checkBatchHead, checkOffer, type LockOffer } from '@specie/core/payment/lock-batch';
import { NONCE_BYTES } from '@specie/core/payment/order';
import { isPlain } from '@specie/core/codec/codec';
import { NOTE_MAX, payeeStatementMessage } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { choosePieces, type SelectedPart, type Wish } from './choice.ts';
import {
  clientOf,
  type Context,
  keysIn,
  nowOf,
  openIdentity,
  type OpenIdentity,
  operatorCardOf,
  passed,
  reach,
} from './context.ts';
import { sync } from './events.ts';
import { buildPayment, type Target } from './order-building.ts';
import type { OwnOrder } from './records.ts';
import { refreshAll } from './refresh.ts';
import { carryOut, orderIn, refusalOf } from './settlement.ts';
import { signOrder } from './signing.ts';
import { freePieces, standings, totalOf } from './standing.ts';

const WAITS_MAX = 20;
const PAUSE_MS = 100;

/** Whom to pay, as their operator attests it. */
export interface Payee {
  readonly address: Address;
  /** What the operator shows of them: to be read by the payer before confirming. */
  readonly name: string;
  readonly operatorName: string;
}

/** A payment on its way to being signed. Each state carries only what is true in it. */
export type Preparation =
  | { readonly is: 'prepared'; readonly parts: readonly SelectedPart[] }
  | { readonly is: 'drawn'; readonly parts: readonly SelectedPart[]; readonly target: Target };

export interface PaymentWish {
  readonly payee: Payee;
  readonly currency: number;
  /** Minor units. */
  readonly amount: bigint;
  readonly note: string;
}

/** Finds whom a person means by an address, a phone number or an e-mail; believes only attested names. */
export async function findPayee(context: Context, to: string): Promise<Result<Payee>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const client = clientOf(context, identity.value);
  const answer = await reach(() => client.ask(OPERATOR_ROUTES.payee, { to }));
  if (!answer.ok) return answer;
  const { statement, signature } = answer.value;
  const { address, name, until, authority } = statement;
  const card = operatorCardOf(context, address.operator);
  if (!card.ok) return card;
  const asked = parseAddress(to);
  const isAsked = !asked.ok || isSameAddress(asked.value, address);
  const isAttested =
    isAsked &&
    until > context.ports.clock() &&
    equalBytes(authority, identity.value.authority) &&
    context.ports.mlDsa.verify(
      card.value.statementKey,
      payeeStatementMessage.encode(statement),
      signature,
    );
  if (!isAttested) return refuse('attestation_invalid');
  return accept({ address, name, operatorName: card.value.name });
}

function isSameAddress(a: Address, b: Address): boolean {
  return a.operator === b.operator && equalBytes(a.wallet, b.wallet);
}

/**
 * Pays. Gives the order as it stands: `paid`, or still `signed` when nobody knows yet. A refused
 * payment is a refusal, and its money is moved to fresh locks before this returns.
 */
export async function pay(context: Context, wish: PaymentWish): Promise<Result<OwnOrder>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const within = checkWish(identity.value, wish);
  if (!within.ok) return within;
  const { payee, currency, amount, note } = wish;
  const drawn = await prepareInTime(context, identity.value, wish);
  if (!drawn.ok) return drawn;
  const order = buildPayment(
    frameOf(context, identity.value),
    'transfer',
    drawn.value.parts,
    drawn.value.target,
  );
  const { address, name } = payee;
  const own = await signOrder(context, order, {
    purpose: 'pay',
    payee: { address, name },
    note,
    currency,
    amount,
  });
  return finish(context, own);
}

/** Carries a signed order out and cleans up behind it. */
export async function finish(context: Context, own: OwnOrder): Promise<Result<OwnOrder>> {
  const done = await carryOut(context, own.hash);
  if (!done.ok) return done;
  const { state } = done.value;
  if (state.is === 'signed') return done;
  // Whatever fails from here on is made up for at the next contact.
  await sync(context);
  if (state.is === 'paid') return accept(orderIn(context, own.hash));
  await refreshAll(context);
  return refusalOf(orderIn(context, own.hash));
}

function checkWish({ card }: OpenIdentity, { currency, amount, note }: PaymentWish): Result<true> {
  if (note.length > NOTE_MAX || !isPlain(note)) return refuse('text_invalid', 'note');
  const limit = card.limits.find((each) => each.currency === currency);
  if (limit === undefined) return refuse('limit_missing');
  if (amount <= 0n) return refuse('amount_out_of_range');
  return amount > limit.payment ? refuse('limit_payment') : accept(true);
}

/** The frame of a new order, with a nonce that was never used. */
export function frameOf(
  context: Context,
  identity: OpenIdentity,
): Parameters<typeof buildPayment>[0] {
  return {
    authority: identity.authority,
    operator: identity.operator,
    holder: identity.card.tag,
    nonce: context.ports.random(NONCE_BYTES),
    now: nowOf(context),
    secretOf: keysIn(context).secretOf,
  };
}

/**
 * Change of the last payment is on its way for a moment after it was paid; a payment that needs it
 * waits that moment. At once when there is no way to wait.
 */
async function prepareInTime(
  context: Context,
  identity: OpenIdentity,
  wish: PaymentWish,
): ReturnType<typeof prepare> {
  for (let i = 0; ; i++) {
    const prepared = await prepare(context, identity, wish);
    const { wait } = context.ports;
    const isBound = !prepared.ok && prepared.refusal.code === 'funds_reserved';
    if (!isBound || wait === undefined || i === WAITS_MAX) return prepared;
    await wait(PAUSE_MS);
    await sync(context);
  }
}

/** Chooses pieces and draws a lock for each part. */
async function prepare(
  context: Context,
  identity: OpenIdentity,
  wish: PaymentWish,
): Promise<Result<Extract<Preparation, { is: 'drawn' }>>> {
  const drawn: DrawnLock[] = [];
  let chosen = choose(context, identity, wish, { is: 'payee', tag: undefined });
  if (!chosen.ok && chosen.refusal.code === 'payee_forbidden') {
    // Some money is meant for one payee. Whether it is this one, its tag will say.
    const first = await draw(context, identity, wish, 1);
    if (!first.ok) return first;
    drawn.push(...first.value);
    chosen = choose(context, identity, wish, { is: 'payee', tag: drawn[0]!.tag });
  }
  if (!chosen.ok) return chosen;
  const missing = chosen.value.length - drawn.length;
  if (missing > 0) {
    const more = await draw(context, identity, wish, missing);
    if (!more.ok) return more;
    drawn.push(...more.value);
  }
  passed(context, 'order.drawn');
  const tag = drawn[0]!.tag;
  if (drawn.some((each) => !equalBytes(each.tag, tag))) return refuse('offer_of_another', '.tag');
  const locks = drawn.slice(0, chosen.value.length).map(({ lock }) => lock);
  return accept({ is: 'drawn', parts: chosen.value, target: { tag, locks } });
}

/** Chooses pieces for a wish out of what is free. */
export function choose(
  context: Context,
  identity: OpenIdentity,
  wish: { readonly currency: number; readonly amount: bigint },
  to: Wish['to'],
): Result<readonly SelectedPart[]> {
  const orders = [...context.vault.orders.values()];
  const { currency, amount } = wish;
  const standing = standings(context.book, orders).find((each) => each.currency === currency);
  const reserved = standing === undefined ? 0n : totalOf(standing) - standing.available;
  const holder = identity.card.tag;
  return choosePieces(
    freePieces(context.book, orders),
    { currency, amount, now: nowOf(context), holder, to },
    reserved,
  );
}

interface DrawnLock {
  readonly lock: Lock;
  readonly tag: Uint8Array;
}

async function draw(
  context: Context,
  identity: OpenIdentity,
  { payee, currency, amount, note }: PaymentWish,
  count: number,
): Promise<Result<readonly DrawnLock[]>> {
  const now = nowOf(context);
  const expected = { authority: identity.authority, owner: payee.address, now };
  return drawChecked(
    context,
    identity,
    { payee: payee.address, currency, amount, note, count },
    (offer) => checkOffer(offer, expected, context.ports.mlDsa),
  );
}

interface Draw {
  readonly payee: Address;
  readonly currency: number;
  readonly amount: bigint;
  readonly note: string;
  readonly count: number;
}

async function drawChecked(
  context: Context,
  identity: OpenIdentity,
  { payee, currency, amount, note, count }: Draw,
  check: (offer: LockOffer) => Result<Lock>,
): Promise<Result<readonly DrawnLock[]>> {
  const client = clientOf(context, identity);
  const request = { payee, sums: [{ currency, amount }], count, note };
  const offers = await reach(() => client.ask(OPERATOR_ROUTES.draw, request));
  if (!offers.ok) return offers;
  if (offers.value.offers.length !== count) return refuse('answer_unbelieved', '.offers');
  const used = usedLocks(context);
  const drawn: DrawnLock[] = [];
  for (const offer of offers.value.offers) {
    const lock = check(offer);
    if (!lock.ok) return lock;
    const key = lockKey(lock.value);
    if (used.has(key)) return refuse('lock_seen');
    used.add(key);
    drawn.push({ lock: lock.value, tag: offer.tag });
  }
  return accept(drawn);
}

/** Locks that stand in any order this wallet signed. */
function usedLocks(context: Context): Set<string> {
  const used = new Set<string>();
  for (const { order } of context.vault.orders.values())
    for (const part of order.parts) for (const { lock } of part.outputs) used.add(lockKey(lock));
  return used;
}

/** Draws locks of the own operator's stock, which its statement key answers for. */
export async function drawStock(
  context: Context,
  identity: OpenIdentity,
  wish: { readonly currency: number; readonly amount: bigint; readonly count: number },
): Promise<Result<Target>> {
  const card = operatorCardOf(context, identity.operator);
  if (!card.ok) return card;
  const { statementKey } = card.value;
  const { authority, operator } = identity;
  const owner = { operator, wallet: walletIdOf(statementKey) };
  const expected = { authority, owner, now: nowOf(context) };
  const drawn = await drawChecked(
    context,
    identity,
    { ...wish, payee: owner, note: '' },
    (offer) => {
      const { head, hash, index, path, tag } = offer;
      const signed = checkBatchHead(
        head,
        offer.signature,
        offer.publicKey,
        expected,
        context.ports.mlDsa,
      );
      if (!signed.ok) return signed;
      if (!isIncluded(leafHash(hash), index, head.count, path, head.root))
        return refuse('offer_not_in_batch', '.path');
      return isStock(tag) && operatorOf(tag) === operator
        ? accept({ kind: 'secret', hash })
        : refuse('offer_of_another', '.tag');
    },
  );
  if (!drawn.ok) return drawn;
  return accept({ tag: stockTag(operator), locks: drawn.value.map(({ lock }) => lock) });
}

/** The own order of a hash, as hex. */
export function findOrder(context: Context, hash: string): Result<OwnOrder> {
  const own = context.vault.orders.get(hash.toLowerCase());
  return own === undefined ? refuse('order_unknown') : accept(own);
}
