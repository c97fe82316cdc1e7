/**
 * Money in and out: top-ups from a bank account and cash-outs to one. Each stands under a reference
 * of the wallet's own, on disk before it is asked for, so that asking again never does it twice.
 *
 * Spec: 05 §11; 06 §6.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { refusalOfNumber } from '@specie/core/base/refusals';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import type { Instant } from '@specie/core/base/instant';
import { clientOf, type Context, nowOf, openIdentity, passed, reach } from './context.ts';
import { sync } from './events.ts';
import { buildPayment } from './order-building.ts';
import { choose, drawStock, finish, frameOf } from './payment.ts';
import type { OwnFunding } from './records.ts';
import { signOrder } from './signing.ts';
import { commit } from './vault.ts';

const REFERENCE_BYTES = 16;
const QUESTIONS_MAX = 40;
const PAUSE_MS = 250;

export interface FundingWish {
  readonly currency: number;
  readonly amount: bigint;
  readonly account: string;
}

const isOpen = ({ state }: OwnFunding): boolean =>
  state === 'asked' || state === 'funded' || state === 'redeemed';

/** Buys money from a bank account and waits for it as long as the ports allow. */
export async function topUp(context: Context, wish: FundingWish): Promise<Result<OwnFunding>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  if (wish.amount <= 0n) return refuse('amount_out_of_range');
  const funding = fundingOf(context, 'topUp', wish);
  await commit(context.vault, [{ is: 'funding', value: funding }]);
  passed(context, 'funding.kept');
  const asked = await askTopUp(context, funding);
  if (!asked.ok) return asked;
  const done = await follow(context, funding.reference);
  if (done.ok) await sync(context);
  return judged(done);
}

/** Gives money back for a credit on a bank account. */
export async function cashOut(context: Context, wish: FundingWish): Promise<Result<OwnFunding>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const parts = choose(context, identity.value, wish, { is: 'stock' });
  if (!parts.ok) return parts;
  const { currency, amount } = wish;
  const count = parts.value.length;
  const target = await drawStock(context, identity.value, { currency, amount, count });
  if (!target.ok) return target;
  const order = buildPayment(frameOf(context, identity.value), 'redeem', parts.value, target.value);
  const funding = fundingOf(context, 'cashOut', wish);
  const meaning = { purpose: 'cashOut', payee: undefined, note: '', currency, amount } as const;
  const own = await signOrder(context, order, meaning, ({ hash }) => [
    { is: 'funding', value: { ...funding, order: hash } },
  ]);
  const carried = await finish(context, own);
  if (!carried.ok) {
    await closeRefused(context, own.hash);
    return carried;
  }
  return judged(await follow(context, funding.reference));
}

function fundingOf(
  context: Context,
  kind: OwnFunding['kind'],
  { currency, amount, account }: FundingWish,
): OwnFunding {
  const reference = context.ports.random(REFERENCE_BYTES);
  const askedAt: Instant = nowOf(context);
  const order = undefined;
  return { reference, kind, currency, amount, account, askedAt, order, state: 'asked', code: 0 };
}

/** Asks about every funding that is under way; asks for a top-up again that never arrived. Says whether any changed. */
export async function resumeFundings(context: Context): Promise<Result<boolean>> {
  let hasChanged = false;
  for (const funding of [...context.vault.fundings.values()].filter(isOpen)) {
    const { order } = funding;
    if (order !== undefined) {
      const own = context.vault.orders.get(hexOf(order));
      if (own !== undefined && 'why' in own.state) {
        await closeRefused(context, order);
        continue;
      }
      if (own?.state.is !== 'paid') continue;
    }
    const before = funding.state;
    const asked = await ask(context, funding);
    if (!asked.ok && asked.refusal.code !== 'order_unknown') return asked;
    if (!asked.ok && funding.kind === 'topUp') {
      const again = await askTopUp(context, funding);
      if (!again.ok) continue;
    }
    hasChanged ||= fundingIn(context, funding.reference).state !== before;
  }
  return accept(hasChanged);
}

/** Asks until the funding is at an end or patience is. */
async function follow(context: Context, reference: Uint8Array): Promise<Result<OwnFunding>> {
  for (let i = 0; i < QUESTIONS_MAX; i++) {
    const funding = fundingIn(context, reference);
    if (!isOpen(funding)) break;
    if (i > 0) await context.ports.wait?.(PAUSE_MS);
    const asked = await ask(context, funding);
    // It is on record; the next contact asks again.
    if (!asked.ok) break;
  }
  return accept(fundingIn(context, reference));
}

async function askTopUp(context: Context, funding: OwnFunding): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const { reference, currency, amount, account } = funding;
  const client = clientOf(context, identity.value);
  const answer = await reach(() =>
    client.ask(OPERATOR_ROUTES.topUp, { reference, currency, amount, account }),
  );
  passed(context, 'funding.asked');
  if (answer.ok) return take(context, funding, answer.value);
  // Silence is no answer: it may have been heard, so the record stays open.
  if (answer.refusal.code !== 'operator_unreachable')
    await closeFunding(context, funding, answer.refusal.code);
  return answer;
}

async function closeFunding(
  context: Context,
  funding: OwnFunding,
  code: Parameters<typeof refuse>[0],
): Promise<void> {
  const temporary: readonly string[] = [
    'overloaded',
    'stopping',
    'rate_limited',
    'peer_silent',
    'ask_stale',
  ];
  if (temporary.includes(code)) return;
  await commit(context.vault, [{ is: 'funding', value: { ...funding, state: 'refused' } }]);
}

async function ask(context: Context, funding: OwnFunding): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const client = clientOf(context, identity.value);
  const { reference } = funding;
  const answer = await reach(() => client.ask(OPERATOR_ROUTES.funding, { reference }));
  return answer.ok ? take(context, funding, answer.value) : answer;
}

async function take(
  context: Context,
  funding: OwnFunding,
  answer: Pick<OwnFunding, 'reference' | 'kind' | 'currency' | 'amount' | 'state' | 'code'>,
): Promise<Result<true>> {
  const isSame =
    equalBytes(answer.reference, funding.reference) &&
    answer.kind === funding.kind &&
    answer.currency === funding.currency &&
    answer.amount === funding.amount;
  if (!isSame) return refuse('answer_unbelieved');
  const { state, code } = answer;
  if (state !== funding.state || code !== funding.code)
    await commit(context.vault, [{ is: 'funding', value: { ...funding, state, code } }]);
  return accept(true);
}

async function closeRefused(context: Context, order: Uint8Array): Promise<void> {
  const funding = [...context.vault.fundings.values()].find(
    (each) => each.order !== undefined && equalBytes(each.order, order) && isOpen(each),
  );
  if (funding !== undefined)
    await commit(context.vault, [{ is: 'funding', value: { ...funding, state: 'refused' } }]);
}

function fundingIn(context: Context, reference: Uint8Array): OwnFunding {
  const funding = context.vault.fundings.get(hexOf(reference));
  assert(funding !== undefined, 'a funding is kept from before it is asked for');
  return funding;
}

/** A funding that was refused is a refusal with the operator's reason. */
function judged(result: Result<OwnFunding>): Result<OwnFunding> {
  if (!result.ok || result.value.state !== 'refused') return result;
  return refuse(refusalOfNumber(result.value.code) ?? 'bank_refused');
}
