/**
 * Receiving locks: a wallet leaves enough of them with its operator to be paid while it sleeps.
 * Invariant: a batch's nonce is on disk before the operator sees the batch, and a nonce is drawn
 * once, so no lock is ever offered twice.
 *
 * Spec: 05 §4, §6.
 * @module
 */
import { after } from '@specie/core/base/instant';
import { accept, type Result } from '@specie/core/base/result';
import { sha256 } from '@specie/core/crypto/hash';
import {
  BATCH_LIFE,
  batchHeadMessage,
  batchRoot,
  type LockBatch,
} from '@specie/core/payment/lock-batch';
import { NONCE_BYTES } from '@specie/core/payment/order';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { clientOf, type Context, keysIn, nowOf, openIdentity, passed, reach } from './context.ts';
import type { OwnBatch } from './records.ts';
import { commit } from './vault.ts';

/** Locks a wallet keeps at its operator at least. */
export const LOCKS_KEPT = 48;
/** Locks in one batch. */
export const BATCH_LOCKS = 64;

/** Leaves new batches until there are enough locks. */
export async function refillLocks(context: Context): Promise<Result<true>> {
  await forgetEnded(context);
  const open = [...context.vault.batches.values()].filter(({ isLeft }) => !isLeft);
  for (const batch of open) {
    const left = await leave(context, batch);
    if (!left.ok) return left;
  }
  while ((context.locksLeft ?? LOCKS_KEPT) < LOCKS_KEPT) {
    const before = context.locksLeft ?? 0;
    const left = await leave(context, await keepBatch(context));
    if (!left.ok) return left;
    if (context.locksLeft === undefined || context.locksLeft <= before) break;
  }
  return accept(true);
}

/** A batch that nobody draws from any more needs no record: what it brought says its own origin. */
async function forgetEnded(context: Context): Promise<void> {
  const now = nowOf(context);
  const ended = [...context.vault.batches.values()].filter(({ ends }) => ends <= now);
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

async function leave(context: Context, batch: OwnBatch): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const { authority, card } = identity.value;
  const { secretOf, sign } = keysIn(context);
  const { nonce, count, ends } = batch;
  const hashes = Array.from({ length: count }, (_, index) => sha256(secretOf({ nonce, index })));
  const head = { authority, owner: card.address, nonce, count, root: batchRoot(hashes), ends };
  const whole: LockBatch = { head, signature: sign(batchHeadMessage.encode(head)), hashes };
  const client = clientOf(context, identity.value);
  const left = await reach(() => client.ask(OPERATOR_ROUTES.locks, whole));
  passed(context, 'batch.left');
  // A batch that was left before a crash is there already.
  if (!left.ok && left.refusal.code !== 'batch_nonce_used') return left;
  if (left.ok) context.locksLeft = left.value.left;
  await commit(context.vault, [{ is: 'batch', value: { ...batch, isLeft: true } }]);
  return accept(true);
}
