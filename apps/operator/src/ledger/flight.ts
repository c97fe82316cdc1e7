/**
 * An order under way: checked, and from then on carried until its outcome is known. Whoever waits
 * for it (the same order may be sent any number of times) gets that one outcome.
 *
 * Spec: 06 §3.
 * @module
 */
import type { Order } from '@specie/core/payment/order';
import type { Refusal } from '@specie/core/base/result';
import type { Outcome, PendingPayment } from '../book/payments.ts';
import { keyOf } from '../book/column.ts';
import type { Wallet } from '../book/wallets.ts';
import type { Sums } from '../rule/order-check.ts';

export interface Flight {
  readonly key: string;
  readonly hash: Uint8Array;
  readonly wallet: Wallet;
  readonly order: Order;
  /** The encoded Order message. */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  readonly secrets: readonly Uint8Array[];
  readonly sums: Sums;
  readonly day: number;
  /** What else is kept in the transaction that keeps the order. */
  readonly onKeep: ((payment: number) => void) | undefined;
  /** What else is kept in the transaction that keeps its refusal. */
  readonly onRefuse: ((refusal: Refusal) => void) | undefined;
  /** Row of the order once it was written. */
  payment: number | undefined;
  outcome: Outcome | undefined;
  readonly waiting: ((outcome: Outcome) => void)[];
}

/** A flight that has not been written. */
export function newFlight(
  given: Omit<Flight, 'key' | 'payment' | 'outcome' | 'waiting' | 'onKeep' | 'onRefuse'> &
    Partial<Pick<Flight, 'onKeep' | 'onRefuse'>>,
): Flight {
  return {
    onKeep: undefined,
    onRefuse: undefined,
    ...given,
    key: keyOf(given.hash),
    payment: undefined,
    outcome: undefined,
    waiting: [],
  };
}

/** A flight that was written before the last stop. */
export function resumedFlight(
  pending: PendingPayment,
  wallet: Wallet,
  onRefuse: Flight['onRefuse'],
): Flight {
  const { hash, order, body, signature, secrets, sums, day } = pending;
  const flight = newFlight({ hash, wallet, order, body, signature, secrets, sums, day, onRefuse });
  flight.payment = pending.id;
  return flight;
}

/** Says what became of it to all who wait. */
export function land(flight: Flight, outcome: Outcome): void {
  flight.outcome = outcome;
  for (const tell of flight.waiting.splice(0)) tell(outcome);
}
