/**
 * Top-ups and cash-outs. Each goes on by itself from wherever it is, after any stop: the row says
 * what is done, and every step may be tried again (the bank by its reference, the ledger by the
 * order). Invariant: a bank is asked only for what the row promises, money moves only for what the
 * bank did, and what cannot be finished is given back.
 *
 * Spec: 06 §6.
 * @module
 */
import { hash } from 'node:crypto';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { after, DAY } from '@specie/core/base/instant';
import { REFUSALS } from '@specie/core/base/refusals';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { AMOUNT_MAX } from '@specie/core/money/amount';
import { currencyOfNumber } from '@specie/core/money/currency';
import { checkBalance, limitsAt } from '@specie/core/risk/limit';
import { deriveKey } from '@specie/core/crypto/hash';
import { NONCE_BYTES, orderHash } from '@specie/core/payment/order';
import type { ContentOf } from '@specie/core/codec/message';
import { faultOf } from '@specie/protocol/fault';
import type {
  cashOutMessage,
  fundingMessage,
  topUpMessage,
} from '@specie/protocol/messages/wallet';
import type { Funding } from '../book/fundings.ts';
import type { Wallet } from '../book/wallets.ts';
import { createBackOff, pause } from '../ledger/back-off.ts';
import type { Flight } from '../ledger/flight.ts';
import type { Bank, BankMovement } from '../ports.ts';
import { meaningOf, type OrderMeaning } from '../rule/order-check.ts';
import type { Office } from './office.ts';
import type { PaymentDesk, Purpose } from './payment-desk.ts';
import type { StockKeeper } from './stock-keeper.ts';

type TopUp = ContentOf<typeof topUpMessage>;
type CashOut = ContentOf<typeof cashOutMessage>;
export type FundingAnswer = ContentOf<typeof fundingMessage>;

/** Orders tried for one funding; each has fresh locks and pieces, so a third no is for good. */
const TRIES_MAX = 3;
/** How long paid money waits for the wallet's locks or the stock before it goes back to the bank. */
const PATIENCE_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 500;

export interface FundingDesk {
  topUp(wallet: Wallet, request: TopUp): Promise<Result<FundingAnswer>>;
  cashOut(wallet: Wallet, request: CashOut): Promise<Result<FundingAnswer>>;
  funding(wallet: Wallet, reference: Uint8Array): Result<FundingAnswer>;
  /** Carries a funding on, if nobody does already. */
  kick(id: number): void;
  /** Carries on everything that is not finished. */
  resume(): void;
  /** What else is kept when an order of a funding is refused, for flights taken up after a stop. */
  refusedHook(payment: number): Flight['onRefuse'];
  stopped(): Promise<void>;
}

interface Desk {
  readonly office: Office;
  readonly payments: PaymentDesk;
  readonly keeper: StockKeeper;
  readonly bank: Bank;
  readonly signal: AbortSignal;
  readonly onBug: (bug: unknown) => void;
  readonly running: Map<number, Promise<void>>;
  readonly again: Set<number>;
  readonly waiting: Map<number, (() => void)[]>;
}

/** A desk for fundings. */
export function createFundingDesk(
  office: Office,
  rooms: {
    readonly payments: PaymentDesk;
    readonly keeper: StockKeeper;
    readonly bank: Bank;
    readonly signal: AbortSignal;
    readonly onBug: (bug: unknown) => void;
  },
): FundingDesk {
  const desk: Desk = { office, ...rooms, running: new Map(), again: new Set(), waiting: new Map() };
  return {
    topUp: (wallet, request) => topUp(desk, wallet, request),
    cashOut: (wallet, request) => cashOut(desk, wallet, request),
    funding(wallet, reference) {
      const found = office.book.fundings.find(wallet, reference);
      return found === undefined ? refuse('order_unknown', '.reference') : accept(answerOf(found));
    },
    kick: (id) => {
      kick(desk, id);
    },
    resume() {
      for (const { id } of office.book.fundings.open()) kick(desk, id);
    },
    refusedHook(payment) {
      const funding = office.book.fundings.byPayment(payment);
      return funding === undefined ? undefined : (refusal) => refused(desk, funding.id, refusal);
    },
    async stopped() {
      await Promise.all(desk.running.values());
    },
  };
}

function answerOf({ reference, kind, currency, amount, state, code }: Funding): FundingAnswer {
  return { reference, kind, currency, amount, state, code };
}

async function topUp(desk: Desk, wallet: Wallet, request: TopUp): Promise<Result<FundingAnswer>> {
  const { book, at } = desk.office;
  const { reference, currency, amount, account } = request;
  const asked = await book.write((): Result<number> => {
    const before = book.fundings.find(wallet, reference);
    if (before !== undefined) return isSame(before, 'topUp', request) ? accept(before.id) : USED;
    const allowed = checkTopUp(desk, wallet, request);
    if (!allowed.ok) return allowed;
    const kind = 'topUp';
    return accept(book.fundings.add({ wallet, reference, kind, currency, amount, account }));
  });
  if (!asked.ok) return asked;
  at('operator.topup.asked');
  kick(desk, asked.value);
  return finished(desk, asked.value);
}

const USED = refuse('funding_reference_used', '.reference');

function isSame(
  before: Funding,
  kind: Funding['kind'],
  { currency, amount, account }: Pick<Funding, 'currency' | 'amount' | 'account'>,
): boolean {
  return (
    before.kind === kind &&
    before.currency === currency &&
    before.amount === amount &&
    before.account === account
  );
}

/** Spec: 06 §6, in this order. */
function checkTopUp(
  { office, keeper }: Desk,
  wallet: Wallet,
  { currency, amount }: TopUp,
): Result<number> {
  const { book, settings, clock } = office;
  if (!currencyOfNumber(currency).ok) return refuse('currency_unknown', '.currency');
  if (amount === 0n || amount > AMOUNT_MAX) return refuse('amount_out_of_range', '.amount');
  const now = clock();
  const row = limitsAt(settings.limits, wallet.tier, currency, now);
  if (!row.ok) return refuse(row.refusal.code, '.currency');
  const held =
    book.custody.held(wallet, currency) +
    (wallet.awaited.get(currency) ?? 0n) +
    book.fundings.awaited(wallet, currency);
  const fits = checkBalance(row.value, held, amount);
  if (!fits.ok) return refuse(fits.refusal.code, '.amount');
  const parts = keeper.partsFor(currency, amount);
  if (!parts.ok) return parts;
  return book.locks.left(wallet, now) < parts.value ? refuse('locks_exhausted') : parts;
}

async function cashOut(
  desk: Desk,
  wallet: Wallet,
  request: CashOut,
): Promise<Result<FundingAnswer>> {
  const { office, payments } = desk;
  const { reference, account, payment } = request;
  const { fundings } = office.book;
  if (!equalBytes(payment.order.holder, wallet.tag))
    return refuse('order_holder_mismatch', '.payment.order.holder');
  const before = fundings.find(wallet, reference);
  if (before !== undefined && before.account !== account) return USED;
  let paid: readonly [number, bigint] = [0, 0n];
  const purpose: Purpose = {
    check(meaning) {
      if (before !== undefined) return USED;
      const verdict = checkRedeem(office, payment.order.verb, meaning, request);
      if (!verdict.ok) return verdict;
      paid = verdict.value;
      return accept(true);
    },
    onKeep(row) {
      const [currency, amount] = paid;
      const kind = 'cashOut';
      // An order that is refused for its reference must not touch what the reference stands for.
      if (fundings.find(wallet, reference) !== undefined) return;
      const redeemedBy = orderHash(payment.order);
      const given = { wallet, reference, kind, currency, amount, account, redeemedBy } as const;
      fundings.order(fundings.add(given), row);
    },
    onRefuse(refusal) {
      const funding = fundings.find(wallet, reference);
      if (funding !== undefined && funding.state === 'asked') refused(desk, funding.id, refusal);
    },
  };
  const submitted = await payments.submit(payment, purpose);
  if (!submitted.ok) return refuse(submitted.refusal.code, `.payment${submitted.refusal.at}`);
  const outcome = await payments.outcomeOf(submitted.value);
  if (before === undefined && outcome?.is === 'paid') await recover(desk, wallet, request);
  const funding = fundings.find(wallet, reference);
  const row = office.book.payments.find(submitted.value.hash)?.id;
  // Its order was carried out before, for something else.
  if (funding === undefined) return refuse('ask_repeated', '.payment.order');
  const isOther = funding.payment !== row && funding.state !== 'returned' && funding.code === 0;
  if (isOther) return USED;
  kick(desk, funding.id);
  return finished(desk, funding.id);
}

/** A cash-out that was applied and that a restored book does not know: the money is here, the credit is owed. */
async function recover(
  { office }: Desk,
  wallet: Wallet,
  { reference, account, payment }: CashOut,
): Promise<void> {
  const { book } = office;
  const meaning = meaningOf(payment.order, (coin) => book.coins.find(coin)?.coin.basket);
  if (!meaning.ok || payment.order.verb !== 'redeem') return;
  const [only] = [...meaning.value.paid];
  if (only === undefined) return;
  const [currency, amount] = only;
  const redeemedBy = orderHash(payment.order);
  await book.write(() => {
    if (book.fundings.find(wallet, reference) !== undefined) return;
    const kind = 'cashOut';
    if (!book.lost.claim(redeemedBy)) return;
    const given = { wallet, reference, kind, currency, amount, account, redeemedBy } as const;
    const id = book.fundings.add(given);
    book.fundings.move(id, 'redeemed');
  });
}

/** What a cash-out must be: one currency, to locks of the stock that were offered. */
function checkRedeem(
  { book, stock }: Office,
  verb: string,
  { payee, paid }: OrderMeaning,
  { payment }: CashOut,
): Result<readonly [number, bigint]> {
  if (verb !== 'redeem') return refuse('ask_misdirected', '.order.verb');
  if (payee === undefined || !equalBytes(payee, stock.tag))
    return refuse('redeem_not_to_stock', '.order');
  const [only, second] = [...paid];
  if (only === undefined || second !== undefined) return refuse('amount_out_of_range', '.order');
  for (const [i, part] of payment.order.parts.entries()) {
    for (const [j, { tag, lock }] of part.outputs.entries()) {
      if (!equalBytes(tag, stock.tag)) continue;
      // A lock that is not ours would make the money nobody's.
      if (lock.kind !== 'secret' || book.locks.drawn(lock.hash)?.draw.wallet !== stock)
        return refuse('offer_of_another', `.order.parts[${i}].outputs[${j}].lock`);
    }
  }
  return accept(only);
}

/** Waits until a funding is finished or the patience of a request is over; how far it is then. */
async function finished(desk: Desk, id: number): Promise<Result<FundingAnswer>> {
  const { fundings } = desk.office.book;
  if (isOpen(fundings.byId(id))) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, desk.office.settings.answerWaitMs);
      const waiting = desk.waiting.get(id) ?? [];
      desk.waiting.set(id, waiting);
      waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
  return accept(answerOf(fundings.byId(id)));
}

function isOpen({ state }: Funding): boolean {
  return state === 'asked' || state === 'funded' || state === 'redeemed';
}

function kick(desk: Desk, id: number): void {
  if (desk.running.has(id)) {
    desk.again.add(id);
    return;
  }
  const run = drive(desk, id)
    .catch(desk.onBug)
    .finally(() => {
      desk.running.delete(id);
      if (desk.again.delete(id) && !desk.signal.aborted) kick(desk, id);
    });
  desk.running.set(id, run);
}

/** Takes step after step until the funding is finished or waits for the ledger. */
async function drive(desk: Desk, id: number): Promise<void> {
  const { office, signal } = desk;
  const backOff = createBackOff(signal);
  const since = office.clock();
  while (!signal.aborted) {
    const funding = office.book.fundings.byId(id);
    if (!isOpen(funding)) {
      for (const tell of desk.waiting.get(id) ?? []) tell();
      desk.waiting.delete(id);
      return;
    }
    try {
      if ((await step(desk, funding, since)) === 'waits') return;
    } catch (cause) {
      if (faultOf(cause) === undefined) throw cause;
      office.onFault(cause);
      await backOff.wait();
    }
  }
}

async function step(desk: Desk, funding: Funding, since: number): Promise<'moved' | 'waits'> {
  const { office, bank } = desk;
  const { id, kind, state, code } = funding;
  const move = (to: Funding['state'], with_ = code): Promise<void> =>
    office.book.write(() => {
      office.book.fundings.move(id, to, with_);
    });
  if (state === 'asked') {
    if (kind === 'cashOut') return 'waits';
    const debited = await bank.debit(movementOf(office, funding, 'debit'));
    office.at('operator.topup.debited');
    if (debited.state === 'done') await move('funded');
    else await move('refused', REFUSALS.bank_refused.number);
    office.at('operator.topup.funded');
    return 'moved';
  }
  if (state === 'funded' && code !== 0) {
    const returned = await bank.credit(movementOf(office, funding, 'return'));
    office.at('operator.topup.returned');
    if (returned.state === 'done') await move('returned');
    else await stuck(desk, funding);
    return 'moved';
  }
  if (state === 'redeemed' && code === 0) {
    office.at('operator.cashout.redeemed');
    const credited = await bank.credit(movementOf(office, funding, 'credit'));
    office.at('operator.cashout.credited');
    if (credited.state === 'done') await move('done');
    // Of a cash-out that was recovered, the bank may have paid to another account already.
    else if (funding.payment === undefined) await stuck(desk, funding);
    else await move('redeemed', REFUSALS.bank_refused.number);
    return 'moved';
  }
  return moveStock(desk, funding, since);
}

/** A bank that says no where it may not: somebody has to look; the money waits. */
async function stuck({ office, signal }: Desk, { id }: Funding): Promise<void> {
  office.onFault(new Error(`the bank refuses a step of funding ${id} that cannot be undone`));
  await pause(60_000, signal);
}

/** The same step of the same funding has the same reference at the bank. */
function movementOf(
  { operator }: Office,
  { wallet, reference, account, currency, amount, redeemedBy }: Funding,
  stepName: 'debit' | 'return' | 'credit',
): BankMovement {
  const text = `specie/1/funding/${operator}/${stepName}/`;
  // One redeeming order is credited once, under whatever reference it is asked for.
  const key = stepName === 'credit' ? (redeemedBy ?? reference) : reference;
  const whole = Buffer.concat([Buffer.from(text), wallet.address, key]);
  return { reference: hash('sha256', whole, 'hex'), account, currency, amount };
}

/** Moves stock to the wallet's own locks; waits for the ledger, or for locks and stock to come. */
async function moveStock(desk: Desk, funding: Funding, since: number): Promise<'moved' | 'waits'> {
  const { office, payments } = desk;
  const { book } = office;
  const flying = [...payments.flights.values()].find(
    ({ payment }) => payment !== undefined && payment === funding.payment,
  );
  // Where it lands, custody or the refusal's own transaction moves the funding on and kicks it.
  if (flying !== undefined && flying.outcome?.is !== 'refused') return 'waits';
  if (wasMoved(office, funding)) {
    const to = funding.kind === 'topUp' ? 'done' : 'returned';
    await book.write(() => {
      book.fundings.move(funding.id, to, funding.code);
    });
    return 'moved';
  }
  const made = orderFor(desk, funding);
  if (made.ok) {
    payments.send(made.value);
    const outcome = await payments.outcomeOf({
      hash: made.value.hash,
      flight: made.value,
      outcome: undefined,
    });
    if (outcome?.is === 'paid') office.at('operator.topup.moved');
    return outcome?.is === 'refused' ? 'moved' : 'waits';
  }
  const isOver = office.clock() - since > PATIENCE_MS;
  if (isOver && funding.kind === 'topUp') {
    const { number } = REFUSALS[made.refusal.code];
    await book.write(() => {
      book.fundings.move(funding.id, 'funded', number);
    });
    return 'moved';
  }
  await pause(LOOK_AGAIN_MS, desk.signal);
  return 'moved';
}

/** The nonce of a funding's next order: the same for the same try, so that a restored book knows it again. */
function nonceOf({ keys }: Office, { wallet, reference }: Funding, tries: number): Uint8Array {
  const label = `stock/funding/${hexOf(wallet.address)}/${hexOf(reference)}/${tries}`;
  return deriveKey(keys.stock, label, NONCE_BYTES);
}

/** Whether the ledger applied an order of this funding that the book has lost. */
function wasMoved(office: Office, funding: Funding): boolean {
  for (let tries = 0; tries <= TRIES_MAX; tries++)
    if (office.book.lost.hasNonce(nonceOf(office, funding, tries))) return true;
  return false;
}

function orderFor(desk: Desk, funding: Funding): Result<Flight> {
  const { office, keeper } = desk;
  const { locks, fundings } = office.book;
  const { id, wallet, currency, amount } = funding;
  const parts = keeper.partsFor(currency, amount);
  if (!parts.ok) return parts;
  const now = office.clock();
  const want = { count: parts.value, sums: new Map([[currency, amount]]), note: '' };
  const taken = locks.take(wallet, want, { now, until: after(now, DAY) });
  if (!taken.ok) return taken;
  const to = locks.offers(taken.value, office).map(({ hash: lock, tag }) => ({ hash: lock, tag }));
  return keeper.order(currency, amount, to, {
    nonce: nonceOf(office, funding, funding.tries),
    onKeep(payment) {
      locks.mark(taken.value);
      fundings.order(id, payment);
    },
    onRefuse: (refusal) => {
      refused(desk, id, refusal);
    },
  });
}

/** Inside the transaction that keeps a refusal: a cash-out is refused, a move is tried again or given up. */
function refused({ office }: Desk, id: number, { code }: Refusal): void {
  const { fundings } = office.book;
  const funding = fundings.byId(id);
  const { number } = REFUSALS[code];
  if (funding.kind === 'cashOut' && funding.state === 'asked') fundings.move(id, 'refused', number);
  else if (funding.kind === 'topUp' && funding.tries >= TRIES_MAX)
    fundings.move(id, 'funded', number);
}
