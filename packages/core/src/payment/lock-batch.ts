/**
 * Batches of receiving locks. A wallet makes locks ahead of time and leaves them with its operator,
 * so that it can be paid while asleep. It signs the Merkle root, a nonce and an end; whoever is given
 * one lock with its path knows that the wallet itself made it. The secrets derive from the recovery
 * words and the nonce, so the words alone bring the money back.
 *
 * Spec: 05 §4.
 * @module
 */
import { assert } from '../base/assert.ts';
import { concatBytes, equalBytes } from '../base/bytes.ts';
import { DAY, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { bytes, instant, list, struct, upTo, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { holderTag, isStock, operatorOf } from '../coin/holder.ts';
import { lockOfSecret, type Lock } from '../coin/lock.ts';
import { authenticate, HASH_BYTES } from '../crypto/hash.ts';
import { inclusionPath, isIncluded, leafHash, merkleRoot } from '../crypto/merkle.ts';
import {
  ML_DSA_PUBLIC_KEY_BYTES,
  ML_DSA_SIGNATURE_BYTES,
  type SignatureSuite,
} from '../crypto/signature.ts';
import { address, walletIdOf, type Address } from './address.ts';
import { NONCE_BYTES } from './order.ts';

/** Locks in one batch: a month of being paid a few times a day, and a path of at most nine hashes. */
export const BATCH_LOCKS_MAX = 512;
const PATH_MAX = 9;
/** A batch ends at most 30 days after it was signed; payers refuse it from then on. */
export const BATCH_LIFE = 30 * DAY;
/** The ledger refuses any lock it saw within this span, well beyond the life of a batch. */
export const LOCK_MEMORY = 90 * DAY;

/** What the wallet signs about a batch. */
export const batchHead = struct({
  authority: bytes(HASH_BYTES),
  owner: address,
  nonce: bytes(NONCE_BYTES),
  count: upTo(16, BATCH_LOCKS_MAX),
  root: bytes(HASH_BYTES),
  ends: instant,
});
export type BatchHead = ValueOf<typeof batchHead>;

export const batchHeadMessage = message('LockBatchHead', 0x13, 1, 256, batchHead);

/** A whole batch as the wallet leaves it with its operator. */
export const lockBatch = struct({
  head: batchHead,
  signature: bytes(ML_DSA_SIGNATURE_BYTES),
  hashes: list(bytes(HASH_BYTES), 1, BATCH_LOCKS_MAX),
});
export type LockBatch = ValueOf<typeof lockBatch>;
export const lockBatchMessage = message('LockBatch', 0x14, 1, 32 * 1024, lockBatch);

/** One lock of a batch with everything a payer needs to know that the payee made it. */
export const lockOffer = struct({
  head: batchHead,
  signature: bytes(ML_DSA_SIGNATURE_BYTES),
  publicKey: bytes(ML_DSA_PUBLIC_KEY_BYTES),
  index: upTo(16, BATCH_LOCKS_MAX - 1),
  hash: bytes(HASH_BYTES),
  path: list(bytes(HASH_BYTES), 0, PATH_MAX),
  /** The holder tag the payee's operator wants on the piece. */
  tag: holderTag,
});
export type LockOffer = ValueOf<typeof lockOffer>;

/** Secret number `index` of a batch: HMAC of nonce and index under the wallet's lock key. */
export function batchSecret(lockKey: Uint8Array, nonce: Uint8Array, index: number): Uint8Array {
  assert(index >= 0 && index <= 0xffff && nonce.length === NONCE_BYTES, 'a secret has its place');
  return authenticate(lockKey, concatBytes(nonce, Uint8Array.of(index >> 8, index & 0xff)));
}

/** Lock number `index` of a batch. */
export function batchLock(lockKey: Uint8Array, nonce: Uint8Array, index: number): Lock {
  return lockOfSecret(batchSecret(lockKey, nonce, index));
}

/** Merkle root over lock hashes. */
export function batchRoot(hashes: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(hashes.map(leafHash));
}

/** Path of one lock in its batch. */
export function batchPath(hashes: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  return inclusionPath(hashes.map(leafHash), index);
}

/** Whether a batch is what its owner signed, for this authority, and may still be drawn from. */
export function checkBatchHead(
  head: BatchHead,
  signature: Uint8Array,
  publicKey: Uint8Array,
  expected: { readonly authority: Uint8Array; readonly owner: Address; readonly now: Instant },
  suite: SignatureSuite,
): Result<true> {
  if (!equalBytes(head.authority, expected.authority)) {
    return refuse('authority_mismatch', '.head.authority');
  }
  if (
    head.owner.operator !== expected.owner.operator ||
    !equalBytes(head.owner.wallet, expected.owner.wallet)
  ) {
    return refuse('offer_of_another', '.head.owner');
  }
  if (!equalBytes(walletIdOf(publicKey), head.owner.wallet)) {
    return refuse('offer_of_another', '.publicKey');
  }
  if (head.ends <= expected.now) return refuse('batch_ended', '.head.ends');
  if (head.ends > expected.now + BATCH_LIFE + DAY) return refuse('batch_too_long', '.head.ends');
  return suite.verify(publicKey, batchHeadMessage.encode(head), signature)
    ? accept(true)
    : refuse('signature_invalid', '.signature');
}

/** Whether a lock offered for `owner` was made by its wallet: the check a payer makes before paying. */
export function checkOffer(
  offer: LockOffer,
  expected: { readonly authority: Uint8Array; readonly owner: Address; readonly now: Instant },
  suite: SignatureSuite,
): Result<Lock> {
  const head = checkBatchHead(offer.head, offer.signature, offer.publicKey, expected, suite);
  if (!head.ok) return head;
  if (
    !isIncluded(leafHash(offer.hash), offer.index, offer.head.count, offer.path, offer.head.root)
  ) {
    return refuse('offer_not_in_batch', '.path');
  }
  // Nothing signs the tag. One of another operator, or of its stock, would hide the payee's money.
  if (operatorOf(offer.tag) !== offer.head.owner.operator || isStock(offer.tag)) {
    return refuse('offer_of_another', '.tag');
  }
  return accept({ kind: 'secret', hash: offer.hash });
}
