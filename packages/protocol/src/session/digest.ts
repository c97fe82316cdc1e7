/**
 * SHA-256 and HMAC-SHA-256 as a port: a session hashes megabytes of commands, which the runtime's
 * own code does many times faster than the library's, and a browser has only the library's.
 *
 * Spec: 10 §3. FIPS 180-4; RFC 2104.
 * @module
 */
import { authenticate, sha256 } from '@specie/core/crypto/hash';

export interface Digest {
  sha256(bytes: Uint8Array): Uint8Array;
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
}

export const digestPortable: Digest = { sha256, hmac: authenticate };
