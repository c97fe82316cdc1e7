/**
 * What becomes of a signed order. Its secrets may be shown only here, and only because the order is
 * on disk already; its answer is believed only when it speaks of this order and a refusal only when
 * the operator signed it. An order without an answer is asked about, and may be sent again byte for
 * byte until its end; after that, "unknown" means it never happens.
 *
 * Spec: 05 §8, §10.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { refusalOfNumber, REFUSALS } from '@specie/core/base/refusals';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { refusalNoticeMessage, type PayAnswer } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import {
  clientOf,
  type Context,
  keysIn,
  openIdentity,
  operatorCardOf,
  passed,
  reach,
} from './context.ts';
import { piecesOf } from './order-building.ts';
import type { OwnOrder } from './records.ts';
import { commit, type VaultChange } from './vault.ts';

/** How often a pending order is asked about before it is left for the next contact. */
const QUESTIONS_MAX = 20;
const PAUSE_MS = 250;

/** The own order of a hash as it stands. */
export function orderIn(context: Context, hash: Uint8Array): OwnOrder {
  const own = context.vault.orders.get(hexOf(hash));
  assert(own !== undefined, 'an own order is kept from its signature on');
  return own;
}

/**
 * Sends a signed order and asks until it is answered or patience ends. The order is afterwards as
 * it stands: still `signed` when nobody knows yet.
 */
export async function carryOut(context: Context, hash: Uint8Array): Promise<Result<OwnOrder>> {
  const sent = await send(context, hash);
  if (!sent.ok) return sent;
  return askUntilAnswered(context, hash);
}

/** Finds out about an order that was left open; sends it again while it may still be carried out. */
export async function resolve(context: Context, hash: Uint8Array): Promise<Result<OwnOrder>> {
  const asked = await ask(context, hash);
  if (!asked.ok) return asked;
  if (orderIn(context, hash).state.is !== 'signed') return accept(orderIn(context, hash));
  if (asked.value === 'pending') return askUntilAnswered(context, hash);
  // Nothing is known there: the ledger refuses it after its end, and until then it may come again.
  if (context.ledgerTime >= orderIn(context, hash).order.end) {
    await close(context, orderIn(context, hash), REFUSALS.order_ended.number, undefined);
    return accept(orderIn(context, hash));
  }
  return carryOut(context, hash);
}

async function askUntilAnswered(context: Context, hash: Uint8Array): Promise<Result<OwnOrder>> {
  for (let i = 0; i < QUESTIONS_MAX; i++) {
    if (orderIn(context, hash).state.is !== 'signed') break;
    if (i > 0) await context.ports.wait?.(PAUSE_MS);
    const asked = await ask(context, hash);
    if (!asked.ok || asked.value === 'unknown') break;
  }
  return accept(orderIn(context, hash));
}

/** Shows the order and its secrets. A silent operator is no refusal: the order stays open. */
async function send(context: Context, hash: Uint8Array): Promise<Result<true>> {
  const own = orderIn(context, hash);
  assert(own.state.is === 'signed', 'only an order that is signed and open is shown');
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const pieces = piecesOf(own.order, context.book.pieces);
  const isWhole = pieces?.every((piece, i) => equalBytes(piece.hash, own.locks[i]!)) === true;
  // A piece left meanwhile: there is nothing to open, only an answer to ask for.
  if (!isWhole) return accept(true);
  const { secretOf } = keysIn(context);
  const payment = {
    order: own.order,
    signature: own.signature,
    secrets: pieces.map(({ origin }) => secretOf(origin)),
  };
  const client = clientOf(context, identity.value);
  passed(context, 'order.shown');
  if (own.purpose === 'cashOut') {
    const funding = [...context.vault.fundings.values()].find(
      ({ order }) => order !== undefined && equalBytes(order, hash),
    );
    assert(funding !== undefined, 'a cash-out keeps its reference with its order');
    const { reference, account } = funding;
    await reach(() => client.ask(OPERATOR_ROUTES.cashOut, { reference, account, payment }));
    passed(context, 'order.answered');
    return accept(true);
  }
  const answer = await reach(() => client.pay(payment));
  passed(context, 'order.answered');
  if (answer.ok) await take(context, own, answer.value);
  return accept(true);
}

/** Asks the operator about an order and takes what it says. */
async function ask(
  context: Context,
  hash: Uint8Array,
): Promise<Result<'answered' | 'pending' | 'unknown'>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const own = orderIn(context, hash);
  if (own.state.is !== 'signed') return accept('answered');
  const client = clientOf(context, identity.value);
  const answer = await reach(() => client.ask(OPERATOR_ROUTES.order, { order: hash }));
  if (answer.ok) return accept(await take(context, own, answer.value));
  return answer.refusal.code === 'order_unknown' ? accept('unknown') : answer;
}

/** Takes an answer if it can be believed. */
async function take(
  context: Context,
  own: OwnOrder,
  answer: PayAnswer,
): Promise<'answered' | 'pending'> {
  if (!equalBytes(answer.order, own.hash)) return 'pending';
  const { outcome } = answer;
  if (outcome.is === 'pending') return 'pending';
  if (outcome.is === 'paid') {
    const { position, time } = outcome;
    await commit(context.vault, paidChanges(context, own, position, time));
    passed(context, 'order.settled');
    return 'answered';
  }
  const { notice, signature } = outcome;
  if (!isBelievable(context, own, notice, signature)) return 'pending';
  await close(context, own, notice.code, { notice, signature });
  passed(context, 'order.settled');
  return 'answered';
}

function isBelievable(
  context: Context,
  own: OwnOrder,
  notice: NonNullable<OwnOrder['notice']>['notice'],
  signature: Uint8Array,
): boolean {
  const { operator, authority } = own.order;
  const card = operatorCardOf(context, operator);
  return (
    card.ok &&
    notice.operator === operator &&
    equalBytes(notice.authority, authority) &&
    equalBytes(notice.order, own.hash) &&
    context.ports.mlDsa.verify(
      card.value.statementKey,
      refusalNoticeMessage.encode(notice),
      signature,
    )
  );
}

/** What it means that an order was paid: also that whatever it moved to fresh locks is safe again. */
export function paidChanges(
  context: Context,
  own: OwnOrder,
  position: number,
  time: OwnOrder['signedAt'],
): readonly VaultChange[] {
  return [
    { is: 'order', value: { ...own, state: { is: 'paid', position, time } } },
    ...refreshedBy(context, own).map(({ value, why }): VaultChange => {
      return { is: 'order', value: { ...value, state: { is: 'refused', why } } };
    }),
  ];
}

/** Books that an order will never be carried out. What its secrets guarded has to move. */
async function close(
  context: Context,
  own: OwnOrder,
  why: number,
  notice: OwnOrder['notice'],
): Promise<void> {
  const isRefresh = own.purpose === 'refresh';
  const state: OwnOrder['state'] = isRefresh ? { is: 'refused', why } : { is: 'exposed', why };
  const again = refreshedBy(context, own).map(({ value, why: reason }): VaultChange => {
    return { is: 'order', value: { ...value, state: { is: 'exposed', why: reason } } };
  });
  const value = { ...own, state, ...(notice && { notice }) };
  await commit(context.vault, [{ is: 'order', value }, ...again]);
}

function refreshedBy(
  context: Context,
  by: OwnOrder,
): readonly { readonly value: OwnOrder; readonly why: number }[] {
  return [...context.vault.orders.values()].flatMap((value) => {
    const { state } = value;
    return state.is === 'refreshing' && equalBytes(state.by, by.hash)
      ? [{ value, why: state.why }]
      : [];
  });
}

/** The refusal of an order that will not be carried out, for people. */
export function refusalOf({ state, notice }: OwnOrder): Result<never> {
  assert('why' in state, 'only an order that was refused has a refusal');
  return refuse(refusalOfNumber(state.why) ?? 'answer_unbelieved', notice?.notice.at ?? '');
}
