/**
 * The runtime's own ML-DSA, SLH-DSA, ML-KEM and SHA-256 behind the ports of this house. Keys made of
 * seeds or raw bytes are kept in small bounded caches, because making one costs more than using it.
 * Invariant: agrees with the portable suites on every input, and hostile bytes answer false.
 *
 * Spec: 02 §2–§4. FIPS 203, 204, 205.
 * @module
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import {
  ML_DSA_PUBLIC_KEY_BYTES,
  ML_DSA_SIGNATURE_BYTES,
  type SignatureSuite,
  SLH_DSA_PUBLIC_KEY_BYTES,
  SLH_DSA_SIGNATURE_BYTES,
  slhDsaPortable,
} from '@specie/core/crypto/signature';
import { KEM_CIPHERTEXT_BYTES } from '../messages/session.ts';
import type { Digest } from '../session/digest.ts';
import { type Kem, KEM_SEED_BYTES, kemPortable } from '../session/kem.ts';

/** A server has a handful of own keys and verifies for some thousands of wallets at a time. */
const PRIVATE_KEYS_MAX = 64;
const PUBLIC_KEYS_MAX = 16_384;

/** Keeps what was made last, dropping what was not asked for longest. */
function cached(max: number, make: (raw: Uint8Array) => KeyObject): (raw: Uint8Array) => KeyObject {
  const kept = new Map<string, KeyObject>();
  return (raw) => {
    const name = hash('sha256', raw, 'latin1');
    const known = kept.get(name);
    if (known !== undefined) {
      kept.delete(name);
      kept.set(name, known);
      return known;
    }
    const made = make(raw);
    kept.set(name, made);
    if (kept.size > max)
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        break;
      }
    return made;
  };
}

const mlDsaPrivate = cached(PRIVATE_KEYS_MAX, (seed) =>
  createPrivateKey({ key: Buffer.from(seed), format: 'raw-seed', asymmetricKeyType: 'ml-dsa-44' }),
);
const mlDsaPublic = cached(PUBLIC_KEYS_MAX, (raw) =>
  createPublicKey({ key: Buffer.from(raw), format: 'raw-public', asymmetricKeyType: 'ml-dsa-44' }),
);

/** ML-DSA-44 of the runtime. Signing is hedged by the runtime (FIPS 204 §3.4); signatures differ from time to time. */
export const mlDsaNative: SignatureSuite = {
  publicKeyBytes: ML_DSA_PUBLIC_KEY_BYTES,
  signatureBytes: ML_DSA_SIGNATURE_BYTES,
  seedBytes: 32,
  publicKeyOf: (seed) => rawPublicOf(mlDsaPrivate(seed)),
  sign: (seed, message) => plainBytes(sign(null, message, mlDsaPrivate(seed))),
  verify(publicKey, message, signature) {
    if (publicKey.length !== ML_DSA_PUBLIC_KEY_BYTES) return false;
    if (signature.length !== ML_DSA_SIGNATURE_BYTES) return false;
    return isVerified(() => verify(null, message, mlDsaPublic(publicKey), signature));
  },
};

const slhDsaPublic = cached(PRIVATE_KEYS_MAX, (raw) =>
  createPublicKey({
    key: Buffer.from(raw),
    format: 'raw-public',
    asymmetricKeyType: 'slh-dsa-sha2-128s',
  }),
);
const slhDsaPrivate = cached(PRIVATE_KEYS_MAX, (seed) =>
  createPrivateKey({
    // FIPS 205 §9.1: the private key is SK.seed ‖ SK.prf ‖ PK.seed ‖ PK.root; the seed is the first three.
    key: Buffer.concat([seed, slhDsaPortable.publicKeyOf(seed).subarray(16)]),
    format: 'raw-private',
    asymmetricKeyType: 'slh-dsa-sha2-128s',
  }),
);

/** SLH-DSA-SHA2-128s of the runtime; the key pair of a seed comes from the library, which alone makes one from a seed. */
export const slhDsaNative: SignatureSuite = {
  publicKeyBytes: SLH_DSA_PUBLIC_KEY_BYTES,
  signatureBytes: SLH_DSA_SIGNATURE_BYTES,
  seedBytes: 48,
  publicKeyOf: (seed) => slhDsaPortable.publicKeyOf(seed),
  sign: (seed, message) => plainBytes(sign(null, message, slhDsaPrivate(seed))),
  verify(publicKey, message, signature) {
    if (publicKey.length !== SLH_DSA_PUBLIC_KEY_BYTES) return false;
    if (signature.length !== SLH_DSA_SIGNATURE_BYTES) return false;
    return isVerified(() => verify(null, message, slhDsaPublic(publicKey), signature));
  },
};

const kemPrivate = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(seed), format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });

/**
 * ML-KEM-768 of the runtime. Encapsulation is the library's, because the runtime would draw its
 * randomness by itself instead of taking it from the mixed and watched pool.
 */
export const kemNative: Kem = {
  publicKeyOf: (seed) => rawPublicOf(kemPrivate(seed)),
  encapsulate: (publicKey, chance) => kemPortable.encapsulate(publicKey, chance),
  decapsulate: (seed, ciphertext) =>
    seed.length === KEM_SEED_BYTES && ciphertext.length === KEM_CIPHERTEXT_BYTES
      ? plainBytes(decapsulate(kemPrivate(seed), ciphertext))
      : undefined,
};

/** SHA-256 and HMAC-SHA-256 of the runtime. */
export const digestNative: Digest = {
  sha256: (bytes) => plainBytes(hash('sha256', bytes, 'buffer')),
  hmac: (key, bytes) => plainBytes(createHmac('sha256', key).update(bytes).digest()),
};

function rawPublicOf(key: KeyObject): Uint8Array {
  return plainBytes(createPublicKey(key).export({ format: 'raw-public' }));
}

/** A Buffer compares and prints differently from other bytes; nothing outside should notice where bytes were made. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** The runtime throws at some malformed keys, which are as false as any other. */
function isVerified(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
