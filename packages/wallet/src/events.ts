/**
 * Takes in what the operator tells about this wallet. Invariant: events follow each other without a
 * gap, are kept as they were told, and are booked only after they are durable.
 *
 * Spec: 05 §9.
 * @module
 */
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { WalletEvent } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import type { WalletClient } from '@specie/protocol/wallet-client';
import { bookEvent, isOpened } from './book.ts';
import {
  clientOf,
  type Context,
  openIdentity,
  ownOrders,
  passed,
  reach,
  rebook,
} from './context.ts';
import { leaveAgain } from './receiving.ts';
import { paidChanges } from './settlement.ts';
import { storedEventMessage } from './records.ts';
import { commit, type VaultChange } from './vault.ts';

const EVENTS_AT_ONCE = 512;

/** Takes in the events since the last one known. */
export async function sync(context: Context): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const client = clientOf(context, identity.value);
  let wasLeftAgain = false;
  for (;;) {
    const from = context.vault.events.length;
    const state = await reach(() =>
      client.ask(OPERATOR_ROUTES.state, { after: from, max: EVENTS_AT_ONCE }),
    );
    if (!state.ok) return state;
    passed(context, 'events.read');
    const { events, hasMore, locksLeft, ledgerTime } = state.value;
    if (events.some(({ number }, i) => number !== from + 1 + i))
      return refuse('account_contradicted', `event ${from + 1}`);
    if (!wasLeftAgain && events.some((event) => !isOpened(event, ownOrders(context)))) {
      // The operator may have lost the batch a piece came on. Told of it again, it says the origin.
      wasLeftAgain = true;
      const again = await leaveAgain(context);
      if (!again.ok) return again;
      continue;
    }
    await take(context, events);
    passed(context, 'events.booked');
    context.locksLeft = locksLeft;
    context.ledgerTime = Math.max(context.ledgerTime, ledgerTime);
    if (!hasMore || events.length === 0) break;
  }
  const mended = await mendOrigins(context, client);
  return mended.ok ? endOfPast(context) : mended;
}

/** Origins asked about again in one contact. */
const MENDED_AT_ONCE = 16;

/**
 * Asks again where the secrets of pieces are found that did not open: another device of this wallet
 * may have left their batch again since. Only the origin may differ from what was told, and it has to open.
 */
async function mendOrigins(context: Context, client: WalletClient): Promise<Result<true>> {
  const own = ownOrders(context);
  const closed = context.book.findings
    .filter(({ event, is }) => is === 'secret_does_not_open' && !isOpened(event, own))
    .slice(0, MENDED_AT_ONCE);
  let hasMended = false;
  for (const { event: told } of closed) {
    const state = await reach(() =>
      client.ask(OPERATOR_ROUTES.state, { after: told.number - 1, max: 1 }),
    );
    if (!state.ok) return state;
    const [event] = state.value.events;
    if (event === undefined || !isOpened(event, own) || !isSameButOrigin(told, event)) continue;
    await commit(context.vault, [{ is: 'event', value: event }]);
    hasMended = true;
  }
  if (hasMended) rebook(context);
  return accept(true);
}

function isSameButOrigin(told: WalletEvent, event: WalletEvent): boolean {
  if (told.what.is !== 'came' || event.what.is !== 'came') return false;
  const { origin } = event.what;
  const mended = { ...told, what: { ...told.what, origin } };
  return equalBytes(storedEventMessage.encode(mended), storedEventMessage.encode(event));
}

/** Keeps events, and with them that the orders they name were carried out. */
async function take(context: Context, events: readonly WalletEvent[]): Promise<void> {
  const settled = new Map<string, readonly VaultChange[]>();
  for (const { what, position, time } of events) {
    if (what.is !== 'went') continue;
    const own = context.vault.orders.get(hexOf(what.order));
    if (own?.state.is !== 'signed') continue;
    const consumes = own.order.parts.some(
      (part) =>
        equalBytes(part.coin, what.coin) &&
        part.inputs.some(({ from, to }) => from === what.from && to === what.to),
    );
    if (consumes) settled.set(hexOf(own.hash), paidChanges(context, own, position, time));
  }
  const kept = events.map((value): VaultChange => ({ is: 'event', value }));
  await commit(context.vault, [...kept, ...[...settled.values()].flat()]);
  const own = ownOrders(context);
  for (const event of events) bookEvent(context.book, event, own);
}

/** After recovery, everything told at first is the past; from now on every order is known here. */
async function endOfPast(context: Context): Promise<Result<true>> {
  const { identity, events } = context.vault;
  if (identity?.past.is !== 'unread') return accept(true);
  const past = { is: 'known', until: events.length } as const;
  await commit(context.vault, [{ is: 'identity', value: { ...identity, past } }]);
  rebook(context);
  return accept(true);
}
