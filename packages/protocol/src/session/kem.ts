/**
 * ML-KEM-768 (FIPS 203) as a port. All randomness is handed in, so that it comes from the one mixed
 * and watched pool; a hostile key or ciphertext gives undefined, never an exception.
 *
 * Spec: 02 §4.
 * @module
 */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { KEM_CIPHERTEXT_BYTES, KEM_PUBLIC_KEY_BYTES } from '../messages/session.ts';

/** d ‖ z of FIPS 203 §7.1. */
export const KEM_SEED_BYTES = 64;
/** m of FIPS 203 §7.2. */
export const KEM_COIN_BYTES = 32;

export interface Encapsulated {
  readonly ciphertext: Uint8Array;
  /** 32 bytes known to both sides. */
  readonly secret: Uint8Array;
}

/** What a session needs of a key encapsulation. Keys and ciphertexts are the standard's raw bytes. */
export interface Kem {
  /** The encapsulation key of a seed of 64 bytes. */
  publicKeyOf(seed: Uint8Array): Uint8Array;
  /** Undefined when the key is not one (FIPS 203 §7.2, the checks on input). `chance` is 32 random bytes. */
  encapsulate(publicKey: Uint8Array, chance: Uint8Array): Encapsulated | undefined;
  /** Undefined only for a ciphertext of another size; a forged one gives a secret that fits nothing (§7.3). */
  decapsulate(seed: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;
}

/** ML-KEM-768 in JavaScript. */
export const kemPortable: Kem = {
  publicKeyOf: (seed) => ml_kem768.keygen(seed).publicKey,
  encapsulate(publicKey, chance) {
    if (publicKey.length !== KEM_PUBLIC_KEY_BYTES) return undefined;
    try {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, chance);
      return { ciphertext: cipherText, secret: sharedSecret };
    } catch {
      return undefined;
    }
  },
  decapsulate: (seed, ciphertext) =>
    ciphertext.length === KEM_CIPHERTEXT_BYTES
      ? ml_kem768.decapsulate(ciphertext, ml_kem768.keygen(seed).secretKey)
      : undefined,
};
