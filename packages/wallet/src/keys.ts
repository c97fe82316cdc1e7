/**
 * The keys of a wallet, all derived from its entropy: a signing key and the key its locks come from.
 * Invariant: nothing here is kept anywhere; what is on disk is the entropy alone.
 *
 * Spec: 05 §6.
 * @module
 */
import { batchSecret } from '@specie/core/payment/lock-batch';
import { walletIdOf } from '@specie/core/payment/address';
import { deriveKey } from '@specie/core/crypto/hash';
import type { SignatureSuite } from '@specie/core/crypto/signature';

/** Where a secret comes from: a nonce and a number under it. */
export interface Origin {
  readonly nonce: Uint8Array;
  readonly index: number;
}

export interface WalletKeys {
  /** Fingerprint of the public key: the wallet's half of its address. */
  readonly wallet: Uint8Array;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  /** The secret of a receiving lock (nonce of its batch) or of change (nonce of its order). */
  secretOf(origin: Origin): Uint8Array;
}

/** The keys that 32 bytes of entropy stand for. */
export function keysOf(entropy: Uint8Array, suite: SignatureSuite): WalletKeys {
  const seed = deriveKey(entropy, 'wallet/sign');
  const lockKey = deriveKey(entropy, 'wallet/locks');
  const publicKey = suite.publicKeyOf(seed);
  return {
    wallet: walletIdOf(publicKey),
    publicKey,
    sign: (message) => suite.sign(seed, message),
    secretOf: ({ nonce, index }) => batchSecret(lockKey, nonce, index),
  };
}
