/**
 * Signatures as a port. Two suites exist: ML-DSA-44 (FIPS 204) for everything signed from day to
 * day, SLH-DSA-SHA2-128s (FIPS 205) for the offline root. Servers use the runtime's own, browsers
 * the library's; both must agree on every vector. Verifying hostile bytes answers false.
 *
 * Spec: 02 §3.
 * @module
 */
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { slh_dsa_sha2_128s } from '@noble/post-quantum/slh-dsa.js';

/** What a suite of signatures can do. Keys and signatures are the standards' raw bytes. */
export interface SignatureSuite {
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
  /** Bytes of the seed a key pair is derived from. */
  readonly seedBytes: number;
  publicKeyOf(seed: Uint8Array): Uint8Array;
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** False for anything that is not a valid signature of exactly the right size. Never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const ML_DSA_PUBLIC_KEY_BYTES = 1312;
export const ML_DSA_SIGNATURE_BYTES = 2420;
export const SLH_DSA_PUBLIC_KEY_BYTES = 32;
export const SLH_DSA_SIGNATURE_BYTES = 7856;

/** ML-DSA-44 in JavaScript, with an empty context and deterministic signing (FIPS 204 §5.2, §3.4). */
export const mlDsaPortable: SignatureSuite = {
  publicKeyBytes: ML_DSA_PUBLIC_KEY_BYTES,
  signatureBytes: ML_DSA_SIGNATURE_BYTES,
  seedBytes: 32,
  publicKeyOf: (seed) => ml_dsa44.keygen(seed).publicKey,
  sign: (seed, message) =>
    ml_dsa44.sign(message, ml_dsa44.keygen(seed).secretKey, { extraEntropy: false }),
  verify: (publicKey, message, signature) =>
    publicKey.length === ML_DSA_PUBLIC_KEY_BYTES &&
    signature.length === ML_DSA_SIGNATURE_BYTES &&
    ml_dsa44.verify(signature, message, publicKey),
};

/** SLH-DSA-SHA2-128s in JavaScript, deterministic (FIPS 205 §10). For the root, which signs a few times a year. */
export const slhDsaPortable: SignatureSuite = {
  publicKeyBytes: SLH_DSA_PUBLIC_KEY_BYTES,
  signatureBytes: SLH_DSA_SIGNATURE_BYTES,
  seedBytes: 48,
  publicKeyOf: (seed) => slh_dsa_sha2_128s.keygen(seed).publicKey,
  sign: (seed, message) =>
    slh_dsa_sha2_128s.sign(message, slh_dsa_sha2_128s.keygen(seed).secretKey, {
      extraEntropy: false,
    }),
  verify: (publicKey, message, signature) =>
    publicKey.length === SLH_DSA_PUBLIC_KEY_BYTES &&
    signature.length === SLH_DSA_SIGNATURE_BYTES &&
    slh_dsa_sha2_128s.verify(signature, message, publicKey),
};
