/**
 * Receiving locks: a wallet leaves enough of them with its operator to be paid while it sleeps.
 * Invariants: a batch's nonce is on disk before the operator sees the batch, and a nonce is drawn
 * once; a batch is left to be offered once, and whenever it is left again it is said to be spent. So
 * no lock is ever offered twice, also by an operator that has lost what it offered.
 *
 * Spec: 05 §4, §6. Decision 0051.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import { after, DAY } from '@specie/core/base/instant';
import { accept, type Result } from '@specie/core/base/result';
import { sha256 } from '@specie/core/crypto/hash';
import {
  BATCH_LIFE,
  batchHeadMessage,
  batchRoot,
  type LockBatch,
} from '@specie/core/payment/lock-batch';
import { NONCE_BYTES } from '@specie/core/payment/order';
import { BATCHES_ASKED_MAX } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { clientOf, type Context, keysIn, nowOf, openIdentity, passed, reach } from './context.ts';
import type { OwnBatch } from './records.ts';
import { commit } from './vault.ts';

/** Locks a wallet keeps at its operator at least. */
export const LOCKS_KEPT = 48;
/** Locks in one batch. */
export const BATCH_LOCKS = 64;
/** How long after its end a batch is remembered, in case the operator has lost it. */
export const BATCH_MEMORY = 90 * DAY;

/** Leaves new batches until there are enough locks, and those again that the operator has lost. */
export async function refillLocks(context: Context): Promise<Result<true>> {
  await forgetEnded(context);
  const isDue = (): boolean => (context.locksLeft ?? LOCKS_KEPT) < LOCKS_KEPT;
  const isOpen = [...context.vault.batches.values()].some(({ isLeft }) => !isLeft);
  // An operator that was restored has no locks to offer, so this is asked before new ones are left.
  if (isOpen || isDue() || !context.areBatchesKnown) {
    const again = await leaveAgain(context);
    if (!again.ok) return again;
  }
  while (isDue()) {
    const before = context.locksLeft ?? 0;
    const left = await leave(context, await keepBatch(context), 'locks');
    if (!left.ok) return left;
    if (context.locksLeft === undefined || context.locksLeft <= before) break;
  }
  return accept(true);
}

/**
 * Leaves batches again that the operator does not know: it was restored from a copy, or a batch never
 * arrived. Nobody knows what was offered of them, so they are left to be found and not to be drawn.
 */
export async function leaveAgain(context: Context): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const client = clientOf(context, identity.value);
  const batches = [...context.vault.batches.values()];
  for (let at = 0; at < batches.length; at += BATCHES_ASKED_MAX) {
    const asked = batches.slice(at, at + BATCHES_ASKED_MAX);
    const nonces = asked.map(({ nonce }) => nonce);
    const answer = await reach(() => client.ask(OPERATOR_ROUTES.batches, { nonces }));
    if (!answer.ok) return answer;
    const unknown = new Set(answer.value.nonces.map(hexOf));
    const arrived = asked.filter(({ nonce, isLeft }) => !isLeft && !unknown.has(hexOf(nonce)));
    await commit(
      context.vault,
      arrived.map((batch) => ({ is: 'batch', value: { ...batch, isLeft: true } })),
    );
    for (const batch of asked) {
      if (!unknown.has(hexOf(batch.nonce))) continue;
      const left = await leave(context, batch, 'locksAgain');
      if (!left.ok) return left;
    }
  }
  context.areBatchesKnown = true;
  return accept(true);
}

/** A batch that nobody can have been paid on for a long time needs no record. */
async function forgetEnded(context: Context): Promise<void> {
  const now = nowOf(context);
  const ended = [...context.vault.batches.values()].filter(
    ({ ends }) => ends + BATCH_MEMORY <= now,
  );
  await commit(
    context.vault,
    ended.map(({ nonce }) => ({ is: 'batchEnded', nonce })),
  );
}

async function keepBatch(context: Context): Promise<OwnBatch> {
  const batch: OwnBatch = {
    nonce: context.ports.random(NONCE_BYTES),
    count: BATCH_LOCKS,
    ends: after(nowOf(context), BATCH_LIFE),
    isLeft: false,
  };
  await commit(context.vault, [{ is: 'batch', value: batch }]);
  passed(context, 'batch.kept');
  return batch;
}

async function leave(
  context: Context,
  batch: OwnBatch,
  route: 'locks' | 'locksAgain',
): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const { authority, card } = identity.value;
  const { secretOf, sign } = keysIn(context);
  const { nonce, count, ends } = batch;
  const hashes = Array.from({ length: count }, (_, index) => sha256(secretOf({ nonce, index })));
  const head = { authority, owner: card.address, nonce, count, root: batchRoot(hashes), ends };
  const whole: LockBatch = { head, signature: sign(batchHeadMessage.encode(head)), hashes };
  const client = clientOf(context, identity.value);
  const left = await reach(() => client.ask(OPERATOR_ROUTES[route], whole));
  passed(context, 'batch.left');
  if (!left.ok) return left;
  context.locksLeft = left.value.left;
  await commit(context.vault, [{ is: 'batch', value: { ...batch, isLeft: true } }]);
  return accept(true);
}
