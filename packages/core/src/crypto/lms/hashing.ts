/**
 * What LMS needs of a hash function, as a port: one implementation in plain JavaScript, one with
 * four chains side by side in WebAssembly. Same inputs, same bytes.
 *
 * Letters (RFC 8554 §4.3, §5.2): I identifier, q leaf, K one-time public key.
 * @module
 */
import type { LmsParameters } from './parameters.ts';
import type { LmsClaim } from './signature-format.ts';

/** RFC 8554 §3.2 and §5.1: what each hash is for. */
export const FOR_ONE_TIME_KEY = 0x8080;
export const FOR_MESSAGE = 0x8181;
export const FOR_LEAF = 0x8282;
export const FOR_NODE = 0x8383;

/** The byte in j's place when a secret is derived (RFC 8554, Appendix A). */
export const FOR_SECRET = 0xff;

/** A private key's secret part (RFC 8554, Appendix A): I, 16 bytes, and SEED, n bytes. */
export interface LmsSecret {
  readonly parameters: LmsParameters;
  readonly identifier: Uint8Array;
  readonly seed: Uint8Array;
}

export interface LmsHashing {
  /** Tc of a signature over a message (RFC 8554 §5.4.2, Algorithm 6a; §4.6, Algorithm 4b). */
  readonly candidateRoot: (claim: LmsClaim, message: Uint8Array) => Uint8Array;
  /** T[2^h + q], the hash of the q-th one-time public key (§4.3, Algorithm 1; §5.3). */
  readonly leafNode: (secret: LmsSecret, leaf: number) => Uint8Array;
  /** T[r] of its two children, packed (§5.3). */
  readonly innerNode: (identifier: Uint8Array, node: number, children: Uint8Array) => Uint8Array;
  /** y[0] ‖ … ‖ y[p − 1] of a one-time signature (§4.5, Algorithm 3). */
  readonly signChains: (
    secret: LmsSecret,
    leaf: number,
    signed: { readonly randomizer: Uint8Array; readonly message: Uint8Array },
  ) => Uint8Array;
}
