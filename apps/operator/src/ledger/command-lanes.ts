/**
 * Lanes that carry orders to the ledger. A lane is one session with one request under way: whatever
 * arrived meanwhile is written ahead in one transaction and goes with the next. Invariants: nothing
 * is sent before it is on the disk with its session and sequence; an order whose answer was lost is
 * asked about in a new session and only sent again when the ledger says it never happened.
 *
 * Spec: 06 §3, 07 §2.
 * @module
 */
import { hash } from 'node:crypto';
import { assert } from '@specie/core/base/assert';
import type { Instant } from '@specie/core/base/instant';
import { refusalOfNumber } from '@specie/core/base/refusals';
import type { Refusal } from '@specie/core/base/result';
import type { Answer } from '@specie/core/ledger/entry';
import { Fault, faultOf } from '@specie/protocol/fault';
import { COMMANDS_MAX } from '@specie/protocol/messages/ledger';
import { AUTHORITY_ROUTES } from '@specie/protocol/route';
import type { Session } from '@specie/protocol/session/session-caller';
import type { PaymentBook } from '../book/payments.ts';
import type { SpendingBook } from '../book/spending.ts';
import type { Writer } from '../book/writer.ts';
import type { At } from '../crash-points.ts';
import { moveCommandBytes } from '../rule/command-bytes.ts';
import { createBackOff } from './back-off.ts';
import { land, type Flight } from './flight.ts';
import { opened, type Open } from './line.ts';

/** One request's commands together; the message allows more, but a wait should stay short. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;

export interface LanesOptions {
  readonly operator: number;
  readonly count: number;
  readonly open: Open;
  readonly writer: Writer;
  readonly payments: PaymentBook;
  readonly spending: SpendingBook;
  readonly clock: () => Instant;
  readonly at: At;
  readonly signal: AbortSignal;
  /** The newest position that an answer told. */
  readonly onPosition: (position: number) => void;
  /** A flight was refused and need not be remembered any longer. */
  readonly onRefused: (flight: Flight) => void;
  readonly onFault: (fault: unknown) => void;
}

/** An order sent in a session that was lost. */
export interface Unsettled {
  readonly flight: Flight;
  readonly session: Uint8Array;
  readonly sequence: number;
}

export interface CommandLanes {
  push(flight: Flight): void;
  /** Whether at least one lane has a session, and how many orders wait. */
  readonly isOpen: boolean;
  readonly waiting: number;
  /** Begins to run, first settling what was under way at the last stop. */
  start(unsettled: readonly Unsettled[]): void;
  /** Resolves when every lane has stopped; what is under way is answered first. */
  stopped(): Promise<void>;
}

interface Lanes extends LanesOptions {
  queue: Flight[];
  unsettled: Unsettled[];
  open_: number;
  wake: (() => void)[];
}

/** Lanes over a book. */
export function createCommandLanes(options: LanesOptions): CommandLanes {
  const lanes: Lanes = { ...options, queue: [], unsettled: [], open_: 0, wake: [] };
  let running: readonly Promise<void>[] = [];
  options.signal.addEventListener('abort', () => {
    wakeAll(lanes);
  });
  return {
    push(flight) {
      lanes.queue.push(flight);
      lanes.wake.pop()?.();
    },
    get isOpen() {
      return lanes.open_ > 0;
    },
    get waiting() {
      return lanes.queue.length;
    },
    start(unsettled) {
      lanes.unsettled.push(...unsettled);
      running = Array.from({ length: options.count }, () => runLane(lanes));
    },
    async stopped() {
      await Promise.all(running);
    },
  };
}

function wakeAll(lanes: Lanes): void {
  for (const wake of lanes.wake.splice(0)) wake();
}

async function runLane(lanes: Lanes): Promise<void> {
  const backOff = createBackOff(lanes.signal);
  while (!lanes.signal.aborted) {
    try {
      const session = await opened(lanes.open);
      backOff.reset();
      lanes.open_ += 1;
      try {
        await useSession(lanes, session);
      } finally {
        lanes.open_ -= 1;
      }
    } catch (cause) {
      if (faultOf(cause) === undefined) throw cause;
      lanes.onFault(cause);
      await backOff.wait();
    }
  }
}

/** Carries orders until the session is lost (a fault) or the operator stops. */
async function useSession(lanes: Lanes, session: Session): Promise<void> {
  let sequence = 0;
  while (!lanes.signal.aborted) {
    await settleOld(lanes, session);
    const taken = await take(lanes);
    if (taken.length === 0) continue;
    const first = sequence + 1;
    sequence += taken.length;
    await writeAhead(lanes, taken, session.id, first);
    lanes.at('operator.order.written');
    const commands = taken.map((flight, i) => commandOf(lanes, flight, session.id, first + i));
    const lost = (): void => {
      taken.forEach((flight, i) => {
        if (flight.outcome !== undefined) return;
        lanes.unsettled.push({ flight, session: session.id, sequence: first + i });
      });
    };
    try {
      const asking = session.call(AUTHORITY_ROUTES.commands, { commands });
      lanes.at('operator.commands.sent');
      const result = await asking;
      lanes.at('operator.commands.answered');
      // Whatever a whole request was refused for, each of its orders is asked about anew.
      if (!result.ok) throw lostSession(result.refusal);
      await settle(lanes, taken, result.value.answers);
    } catch (cause) {
      lost();
      throw cause;
    }
  }
  await session.end().catch((cause: unknown) => {
    lanes.onFault(cause);
  });
}

function lostSession({ code }: Refusal): Fault {
  return new Fault('session_lost', 'unsafe', `the ledger refused a request: ${code}`);
}

/** What waits, up to what one request holds; waits for something to come, or for the stop. */
async function take(lanes: Lanes): Promise<readonly Flight[]> {
  if (lanes.queue.length === 0 && !lanes.signal.aborted)
    await new Promise<void>((resolve) => lanes.wake.push(resolve));
  let bytes = 0;
  let count = 0;
  for (const flight of lanes.queue) {
    bytes += flight.body.length + flight.secrets.length * 32 + 64;
    if (count === COMMANDS_MAX || (count > 0 && bytes > REQUEST_BYTES_MAX)) break;
    count += 1;
  }
  return lanes.queue.splice(0, count);
}

function writeAhead(
  lanes: Lanes,
  taken: readonly Flight[],
  session: Uint8Array,
  first: number,
): Promise<void> {
  const { payments, spending } = lanes;
  return lanes.writer.write(() => {
    taken.forEach((flight, i) => {
      const { hash: key, wallet, day, sums, body, signature, secrets } = flight;
      if (flight.payment === undefined) {
        flight.payment = payments.add({ hash: key, wallet: wallet.id, day, sums, body, signature });
        spending.store(wallet, sums, day);
        flight.onKeep?.(flight.payment);
      }
      payments.send(flight.payment, session, first + i, secrets);
    });
  });
}

function commandOf(
  { operator }: Lanes,
  { body, secrets }: Flight,
  session: Uint8Array,
  sequence: number,
): Uint8Array {
  return moveCommandBytes({ operator, session, sequence, order: body, secrets });
}

/** Tells the answers: at once where an order was applied, after writing where it was refused. */
async function settle(
  lanes: Lanes,
  taken: readonly Flight[],
  answers: readonly Answer[],
): Promise<void> {
  if (answers.length !== taken.length)
    throw new Fault('answers_miscounted', 'unsafe', 'the ledger left commands without an answer');
  const refused: { flight: Flight; refusal: Refusal }[] = [];
  for (const [i, flight] of taken.entries()) {
    const { outcome } = answers[i]!;
    if (outcome.is === 'applied') paid(lanes, flight, outcome);
    else if (outcome.is === 'refused') refused.push({ flight, refusal: refusalOf(outcome) });
  }
  await refuseAll(lanes, refused);
  if (taken.some(({ outcome }) => outcome === undefined))
    throw new Fault('session_lost', 'unsafe', 'the ledger says that it never had a command');
}

function paid(
  lanes: Lanes,
  flight: Flight,
  { position, time }: { readonly position: number; readonly time: Instant },
): void {
  lanes.onPosition(position);
  land(flight, { is: 'paid', position, time });
}

function refusalOf({ code, at }: { readonly code: number; readonly at: string }): Refusal {
  const known = refusalOfNumber(code);
  // A newer ledger may know a reason that is not in this registry; it is a no all the same.
  return { code: known ?? 'value_out_of_range', at };
}

/** Keeps refusals, gives their limits back, erases their secrets; only then says so. */
async function refuseAll(
  lanes: Lanes,
  refused: readonly { readonly flight: Flight; readonly refusal: Refusal }[],
): Promise<void> {
  if (refused.length === 0) return;
  const time = lanes.clock();
  await lanes.writer.write(() => {
    for (const { flight, refusal } of refused) {
      assert(flight.payment !== undefined, 'what the ledger refused was written ahead');
      lanes.payments.settle(flight.payment, { is: 'refused', refusal, time });
      lanes.spending.release(flight.wallet, flight.sums, flight.day);
      flight.onRefuse?.(refusal);
    }
  });
  lanes.at('operator.refusal.written');
  for (const { flight, refusal } of refused) {
    land(flight, { is: 'refused', refusal, time });
    lanes.onRefused(flight);
  }
}

/** Asks about orders of lost sessions: applied, or never and then sent again or, after their end, refused. */
async function settleOld(lanes: Lanes, session: Session): Promise<void> {
  for (let next = lanes.unsettled.pop(); next !== undefined; next = lanes.unsettled.pop()) {
    const { flight, session: old, sequence } = next;
    try {
      await settleOne(lanes, session, next);
    } catch (cause) {
      lanes.unsettled.push({ flight, session: old, sequence });
      throw cause;
    }
  }
}

async function settleOne(
  lanes: Lanes,
  session: Session,
  { flight, session: old, sequence }: Unsettled,
): Promise<void> {
  const command = commandOf(lanes, flight, old, sequence);
  const commandHash = plain(hash('sha256', command, 'buffer'));
  const asked = await session.call(AUTHORITY_ROUTES.answer, {
    session: old,
    sequence,
    commandHash,
  });
  if (!asked.ok) throw lostSession(asked.refusal);
  const outcome = asked.value.answers[0]?.outcome;
  if (outcome === undefined)
    throw new Fault('answers_miscounted', 'unsafe', 'the ledger gave no answer to a question');
  if (outcome.is === 'applied') {
    paid(lanes, flight, outcome);
    return;
  }
  if (outcome.is === 'never' && flight.order.end > lanes.clock()) {
    lanes.queue.unshift(flight);
    return;
  }
  const refusal: Refusal =
    outcome.is === 'never' ? { code: 'order_ended', at: '.order.end' } : refusalOf(outcome);
  await refuseAll(lanes, [{ flight, refusal }]);
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
