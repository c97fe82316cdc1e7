import { describe, expect, it } from 'vitest';
import { createHmac } from 'node:crypto';
import { hexOf } from '../base/bytes.ts';
import { DAY, instantOf } from '../base/instant.ts';
import { stockTag, tagOf } from '../coin/holder.ts';
import { lockOfSecret } from '../coin/lock.ts';
import { mlDsaPortable } from '../crypto/signature.ts';
import { walletIdOf } from './address.ts';
import {
  BATCH_LIFE,
  batchHeadMessage,
  batchLock,
  batchPath,
  batchRoot,
  batchSecret,
  checkOffer,
  LOCK_MEMORY,
  type BatchHead,
  type LockOffer,
} from './lock-batch.ts';

const SEED = new Uint8Array(32).fill(3);
const LOCK_KEY = new Uint8Array(32).fill(4);
const NONCE = new Uint8Array(16).fill(5);
const AUTHORITY = new Uint8Array(32).fill(6);
const NOW = instantOf(1_700_000_000_000);
const PUBLIC_KEY = mlDsaPortable.publicKeyOf(SEED);
const OWNER = { operator: 7, wallet: walletIdOf(PUBLIC_KEY) };
const HASHES = Array.from({ length: 11 }, (_, i) => batchLock(LOCK_KEY, NONCE, i).hash);
const HEAD: BatchHead = {
  authority: AUTHORITY,
  owner: OWNER,
  nonce: NONCE,
  count: HASHES.length,
  root: batchRoot(HASHES),
  ends: instantOf(NOW + BATCH_LIFE),
};
const signed = (head: BatchHead): Uint8Array =>
  mlDsaPortable.sign(SEED, batchHeadMessage.encode(head));
const SIGNATURE = signed(HEAD);
const OFFER: LockOffer = {
  head: HEAD,
  signature: SIGNATURE,
  publicKey: PUBLIC_KEY,
  index: 3,
  hash: HASHES[3]!,
  path: batchPath(HASHES, 3),
  tag: tagOf(7, new Uint8Array(12).fill(8)),
};
const EXPECTED = { authority: AUTHORITY, owner: OWNER, now: NOW };
const verdict = (offer: LockOffer, expected = EXPECTED): string => {
  const result = checkOffer(offer, expected, mlDsaPortable);
  return result.ok ? 'accepted' : `${result.refusal.code} ${result.refusal.at}`;
};
const flipped = (bytes: Uint8Array, at = 0): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('the secrets of a batch', () => {
  it('are HMAC-SHA-256 of nonce and number under the lock key of the wallet', () => {
    for (const index of [0, 1, 255, 256, 511]) {
      const text = Buffer.from([...NONCE, index >> 8, index & 0xff]);
      const expected = createHmac('sha256', LOCK_KEY).update(text).digest('hex');
      expect(hexOf(batchSecret(LOCK_KEY, NONCE, index))).toBe(expected);
      expect(batchLock(LOCK_KEY, NONCE, index)).toEqual(
        lockOfSecret(batchSecret(LOCK_KEY, NONCE, index)),
      );
    }
  });

  it('differ for every number, nonce and wallet', () => {
    const all = [0, 1, 2].flatMap((index) => [
      batchSecret(LOCK_KEY, NONCE, index),
      batchSecret(LOCK_KEY, flipped(NONCE), index),
      batchSecret(flipped(LOCK_KEY), NONCE, index),
    ]);
    expect(new Set(all.map(hexOf)).size).toBe(9);
  });
});

describe('an offer', () => {
  it('is accepted for every lock of the batch, and yields that lock', () => {
    HASHES.forEach((hash, index) => {
      const offer = { ...OFFER, index, hash, path: batchPath(HASHES, index) };
      expect(checkOffer(offer, EXPECTED, mlDsaPortable)).toEqual({
        ok: true,
        value: { kind: 'secret', hash },
      });
    });
  });

  it('is accepted from a batch of one lock', () => {
    const head = { ...HEAD, count: 1, root: batchRoot([HASHES[3]!]) };
    expect(verdict({ ...OFFER, head, signature: signed(head), index: 0, path: [] })).toBe(
      'accepted',
    );
  });

  const stranger = mlDsaPortable.publicKeyOf(new Uint8Array(32));
  const forgeries: readonly (readonly [string, LockOffer, string])[] = [
    [
      'authority',
      { ...OFFER, head: { ...HEAD, authority: flipped(AUTHORITY) } },
      'authority_mismatch .head.authority',
    ],
    [
      "owner's operator",
      { ...OFFER, head: { ...HEAD, owner: { ...OWNER, operator: 8 } } },
      'offer_of_another .head.owner',
    ],
    [
      "owner's wallet",
      { ...OFFER, head: { ...HEAD, owner: { ...OWNER, wallet: walletIdOf(stranger) } } },
      'offer_of_another .head.owner',
    ],
    ['public key', { ...OFFER, publicKey: stranger }, 'offer_of_another .publicKey'],
    [
      'nonce',
      { ...OFFER, head: { ...HEAD, nonce: flipped(NONCE) } },
      'signature_invalid .signature',
    ],
    ['count', { ...OFFER, head: { ...HEAD, count: 12 } }, 'signature_invalid .signature'],
    [
      'root',
      { ...OFFER, head: { ...HEAD, root: flipped(HEAD.root) } },
      'signature_invalid .signature',
    ],
    [
      'end',
      { ...OFFER, head: { ...HEAD, ends: instantOf(HEAD.ends + 1) } },
      'signature_invalid .signature',
    ],
    ['signature', { ...OFFER, signature: flipped(SIGNATURE, 100) }, 'signature_invalid .signature'],
    ['index', { ...OFFER, index: 4 }, 'offer_not_in_batch .path'],
    ['index beyond the count', { ...OFFER, index: 11 }, 'offer_not_in_batch .path'],
    ['hash', { ...OFFER, hash: HASHES[4]! }, 'offer_not_in_batch .path'],
    [
      'path',
      { ...OFFER, path: OFFER.path.map((hash) => flipped(hash)) },
      'offer_not_in_batch .path',
    ],
    ['length of the path', { ...OFFER, path: OFFER.path.slice(1) }, 'offer_not_in_batch .path'],
    [
      "tag's operator",
      { ...OFFER, tag: tagOf(8, new Uint8Array(12).fill(8)) },
      'offer_of_another .tag',
    ],
    ['tag, which is its stock', { ...OFFER, tag: stockTag(7) }, 'offer_of_another .tag'],
  ];
  it.each(forgeries)('forged in its %s is refused', (_, offer, expected) => {
    expect(verdict(offer)).toBe(expected);
  });

  it('of a wallet that signs with its own key for the address of another is refused', () => {
    const thief = new Uint8Array(32).fill(9);
    const publicKey = mlDsaPortable.publicKeyOf(thief);
    const signature = mlDsaPortable.sign(thief, batchHeadMessage.encode(HEAD));
    expect(verdict({ ...OFFER, publicKey, signature })).toBe('offer_of_another .publicKey');
  });

  it('ends when its batch ends', () => {
    const at = (now: number): string => verdict(OFFER, { ...EXPECTED, now: instantOf(now) });
    expect(at(HEAD.ends - 1)).toBe('accepted');
    expect(at(HEAD.ends)).toBe('batch_ended .head.ends');
    // A day of grace for clocks that differ; further ahead, no honest wallet signed it.
    expect(at(HEAD.ends - BATCH_LIFE - DAY)).toBe('accepted');
    expect(at(HEAD.ends - BATCH_LIFE - DAY - 1)).toBe('batch_too_long .head.ends');
  });
});

it('the ledger remembers a lock for longer than any batch can live', () => {
  expect(LOCK_MEMORY).toBeGreaterThan(BATCH_LIFE + 2 * DAY);
});
