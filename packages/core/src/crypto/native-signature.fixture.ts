/**
 * The machine's own ML-DSA-44 and SLH-DSA-SHA2-128s. They were written by others in another language,
 * which makes them a judge over the library that browsers use.
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type AsymmetricKeyType,
  type KeyObject,
} from 'node:crypto';

export interface NativeSuite {
  /** The public key of a private one; ML-DSA gives its seed, SLH-DSA the whole key (FIPS 205 §9.1). */
  publicKeyOf(privateBytes: Uint8Array): Uint8Array;
  sign(privateBytes: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

function nativeOf(type: AsymmetricKeyType, privateFormat: 'raw-seed' | 'raw-private'): NativeSuite {
  const keyOf = (raw: Uint8Array): KeyObject =>
    createPrivateKey({ key: Buffer.from(raw), format: privateFormat, asymmetricKeyType: type });
  return {
    publicKeyOf: (raw) =>
      new Uint8Array(createPublicKey(keyOf(raw)).export({ format: 'raw-public' })),
    sign: (raw, message) => new Uint8Array(sign(null, message, keyOf(raw))),
    verify(publicKey, message, signature) {
      const raw = Buffer.from(publicKey);
      const key = createPublicKey({ key: raw, format: 'raw-public', asymmetricKeyType: type });
      return verify(null, message, key, signature);
    },
  };
}

export const mlDsaNative = nativeOf('ml-dsa-44', 'raw-seed');
export const slhDsaNative = nativeOf('slh-dsa-sha2-128s', 'raw-private');
