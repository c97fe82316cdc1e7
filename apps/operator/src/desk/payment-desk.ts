/**
 * Takes orders. An order is checked, written ahead, sent, and answered as soon as the ledger
 * answered. Invariants: an order has one outcome, however often and by how many connections it is
 * sent; what was refused with the operator's signature is never sent to the ledger afterwards.
 *
 * Spec: 06 §3.
 * @module
 */
import { hash } from 'node:crypto';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { REFUSALS } from '@specie/core/base/refusals';
import { operatorOf } from '@specie/core/coin/holder';
import { orderMessage } from '@specie/core/payment/order';
import {
  refusalNoticeMessage,
  type PayAnswer,
  type PayRequest,
} from '@specie/protocol/messages/wallet';
import { keyOf } from '../book/column.ts';
import type { Outcome } from '../book/payments.ts';
import type { Wallet } from '../book/wallets.ts';
import type { CommandLanes } from '../ledger/command-lanes.ts';
import { land, newFlight, type Flight } from '../ledger/flight.ts';
import { checkAddressed, checkPayable, meaningOf, type OrderMeaning } from '../rule/order-check.ts';
import { isAllowed, type Office } from './office.ts';

/** Orders that may wait for the ledger at once; more would only wait longer. */
const WAITING_MAX = 20_000;
/** Answers whose signatures are kept: repeats come soon or not at all. */
const NOTICES_MAX = 1024;

/** What a caller of `submit` adds to an order's own checks. */
export interface Purpose {
  /** Whether an order may be carried out for this purpose. */
  check(meaning: OrderMeaning, wallet: Wallet): Result<true>;
  readonly onKeep?: (payment: number) => void;
  readonly onRefuse?: (refusal: Refusal) => void;
}

export interface PaymentDesk {
  /** A wallet's payment. */
  pay(request: PayRequest): Promise<Result<PayAnswer>>;
  /** An order for a purpose; its flight, or its outcome when it was known before. */
  submit(request: PayRequest, purpose: Purpose): Promise<Result<Submitted>>;
  /** An order of the stock, made and signed here. */
  send(flight: Flight): void;
  /** Waits for an outcome as long as the settings say. */
  outcomeOf(submitted: Submitted): Promise<Outcome | undefined>;
  answerOf(order: Uint8Array, outcome: Outcome | undefined): PayAnswer;
  /** What became of a wallet's own order. */
  order(wallet: Wallet, order: Uint8Array): Result<PayAnswer>;
  readonly flights: ReadonlyMap<string, Flight>;
  /** Forgets a flight whose outcome is on the disk. */
  forget(flight: Flight): void;
  /** Takes up a flight that was written before the last stop. */
  resume(flight: Flight): void;
}

/** An order that was taken: under way, or long settled. */
export interface Submitted {
  readonly hash: Uint8Array;
  readonly flight: Flight | undefined;
  readonly outcome: Outcome | undefined;
}

interface Desk {
  readonly office: Office;
  readonly lanes: CommandLanes;
  /** Whether orders are taken: the ledger is in reach and has nothing left to tell. */
  readonly isOpen: () => boolean;
  readonly flights: Map<string, Flight>;
  readonly notices: Map<string, PayAnswer>;
}

/** A desk over lanes to the ledger. An order the ledger knows and the feed has not told yet must not be taken for new, so it waits for `isOpen`. */
export function createPaymentDesk(
  office: Office,
  lanes: CommandLanes,
  isOpen: () => boolean,
): PaymentDesk {
  const desk: Desk = { office, lanes, isOpen, flights: new Map(), notices: new Map() };
  const outcomeOf = async (submitted: Submitted): Promise<Outcome | undefined> =>
    waitFor(submitted, office.settings.answerWaitMs);
  return {
    async pay(request) {
      const submitted = await submit(desk, request, PAYMENT);
      if (!submitted.ok) return submitted;
      const outcome = await outcomeOf(submitted.value);
      return accept(answerOf(desk, submitted.value.hash, outcome));
    },
    submit: (request, purpose) => submit(desk, request, purpose),
    send(flight) {
      desk.flights.set(flight.key, flight);
      lanes.push(flight);
    },
    outcomeOf,
    answerOf: (order, outcome) => answerOf(desk, order, outcome),
    order: (wallet, order) => known(desk, wallet, order),
    flights: desk.flights,
    forget(flight) {
      desk.flights.delete(flight.key);
    },
    resume(flight) {
      desk.flights.set(flight.key, flight);
    },
  };
}

/** What a plain payment may do. */
const PAYMENT: Purpose = { check: () => accept(true) };

async function submit(
  desk: Desk,
  request: PayRequest,
  purpose: Purpose,
): Promise<Result<Submitted>> {
  const { office } = desk;
  const { order, signature, secrets } = request;
  const addressed = checkAddressed(order, secrets.length, office);
  if (!addressed.ok) return addressed;
  const wallet = office.book.wallets.byTag(order.holder);
  if (wallet === undefined) return refuse('wallet_unknown', '.order.holder');
  const body = orderMessage.encode(order);
  if (!office.suite.verify(wallet.publicKey, body, signature))
    return refuse('signature_invalid', '.signature');
  const digest = hash('sha256', body, 'buffer');
  const orderHash = new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
  const key = keyOf(orderHash);
  const flying = desk.flights.get(key);
  if (flying !== undefined) return accept({ hash: orderHash, flight: flying, outcome: undefined });
  const before = office.book.payments.find(orderHash);
  if (before?.outcome !== undefined)
    return accept({ hash: orderHash, flight: undefined, outcome: before.outcome });
  if (!desk.isOpen() || desk.lanes.waiting >= WAITING_MAX) return refuse('overloaded');

  const now = office.clock();
  const day = office.book.spending.dayOf(now);
  const judged = judge(desk, request, wallet, purpose);
  const sums = judged.ok ? judged.value.paid : new Map<number, bigint>();
  const { onKeep, onRefuse } = purpose;
  const flight = newFlight({
    hash: orderHash,
    wallet,
    order,
    body,
    signature,
    secrets,
    sums,
    day,
    onKeep,
    onRefuse,
  });
  if (!judged.ok) return refuseFlight(desk, flight, judged.refusal);
  office.book.spending.reserve(wallet, sums, day);
  desk.flights.set(key, flight);
  office.at('operator.order.checked');
  desk.lanes.push(flight);
  return accept({ hash: orderHash, flight, outcome: undefined });
}

/** What the rules of the operator say to an order, in the order of the spec. */
function judge(
  { office }: Desk,
  { order }: PayRequest,
  wallet: Wallet,
  purpose: Purpose,
): Result<OrderMeaning> {
  const meaning = meaningOf(order, (identity) => office.book.coins.find(identity)?.coin.basket);
  if (!meaning.ok) return meaning;
  const { payee, paid } = meaning.value;
  if (purpose === PAYMENT) {
    const payable = checkPayable(order, payee);
    if (!payable.ok) return payable;
  }
  const isLost =
    payee !== undefined &&
    operatorOf(payee) === office.operator &&
    office.book.wallets.byTag(payee) === undefined;
  if (isLost) return refuse('payee_unknown', '.order');
  const fits = purpose.check(meaning.value, wallet);
  if (!fits.ok) return fits;
  const limited = office.book.spending.check(wallet, paid, office.clock());
  return limited.ok ? meaning : limited;
}

/** Refuses an order for good: kept first, so that it can never be sent once the notice is out. */
async function refuseFlight(
  desk: Desk,
  flight: Flight,
  refusal: Refusal,
): Promise<Result<Submitted>> {
  const { office } = desk;
  if (!isAllowed(office, 'refusedPerWallet', keyOf(flight.wallet.address)))
    return refuse('rate_limited');
  const { hash: key, wallet, day, sums, body, signature } = flight;
  const outcome: Outcome = { is: 'refused', refusal, time: office.clock() };
  desk.flights.set(flight.key, flight);
  await office.book.write(() => {
    const { payments } = office.book;
    const payment = payments.add({ hash: key, wallet: wallet.id, day, sums, body, signature });
    flight.onKeep?.(payment);
    payments.settle(payment, outcome);
    flight.onRefuse?.(refusal);
  });
  land(flight, outcome);
  desk.flights.delete(flight.key);
  return accept({ hash: key, flight: undefined, outcome });
}

function waitFor(
  { flight, outcome }: Submitted,
  waitMs: number,
): Promise<Outcome | undefined> | Outcome | undefined {
  if (flight === undefined || flight.outcome !== undefined) return flight?.outcome ?? outcome;
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(undefined);
    }, waitMs);
    flight.waiting.push((landed) => {
      clearTimeout(timer);
      resolve(landed);
    });
  });
}

function answerOf(desk: Desk, order: Uint8Array, outcome: Outcome | undefined): PayAnswer {
  if (outcome === undefined) return { order, outcome: { is: 'pending' } };
  if (outcome.is === 'paid') {
    const { position, time } = outcome;
    return { order, outcome: { is: 'paid', position, time } };
  }
  const key = keyOf(order);
  const kept = desk.notices.get(key);
  if (kept !== undefined) return kept;
  const { refusal, time } = outcome;
  const { authority, operator, suite, keys } = desk.office;
  const code = REFUSALS[refusal.code].number;
  const notice = { authority, operator, order, code, at: refusal.at, time };
  const signature = suite.sign(keys.statement, refusalNoticeMessage.encode(notice));
  const answer: PayAnswer = { order, outcome: { is: 'refused', notice, signature } };
  if (desk.notices.size >= NOTICES_MAX) desk.notices.clear();
  desk.notices.set(key, answer);
  return answer;
}

function known(desk: Desk, wallet: Wallet, order: Uint8Array): Result<PayAnswer> {
  const flight = desk.flights.get(keyOf(order));
  if (flight !== undefined)
    return flight.wallet === wallet
      ? accept(answerOf(desk, order, flight.outcome))
      : refuse('order_unknown');
  const before = desk.office.book.payments.find(order);
  return before === undefined || before.wallet !== wallet.id
    ? refuse('order_unknown')
    : accept(answerOf(desk, order, before.outcome));
}
