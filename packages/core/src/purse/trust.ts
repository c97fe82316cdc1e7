/**
 * What a device without a network believes, and the suites it verifies with. The key set it comes
 * from was verified when it was fetched; when that has ended, nothing that rests on it is taken.
 *
 * Spec: 12 §7.
 * @module
 */
import type { Instant } from '../base/instant.ts';
import { verify } from '../crypto/lms.ts';
import { mlDsaPortable, type SignatureSuite } from '../crypto/signature.ts';

/** A public key and when it may sign. */
export interface DatedKey {
  readonly publicKey: Uint8Array;
  readonly from: Instant;
  readonly until: Instant;
}

export interface PurseTrust {
  readonly authority: Uint8Array;
  readonly grantKeys: readonly DatedKey[];
  readonly revocationKeys: readonly DatedKey[];
  /** Operators' keys for statements about their wallets, names of payees among them. */
  readonly statementKeys: readonly (DatedKey & { readonly operator: number })[];
  /** End of the key set that all these come from. */
  readonly endsAt: Instant;
}

/** Verification as ports: ML-DSA-44 for what authorities and operators sign, LMS for purses. */
export interface PurseSuites {
  readonly authority: SignatureSuite;
  readonly purse: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** The code that runs in browsers. */
export const portableSuites: PurseSuites = { authority: mlDsaPortable, purse: verify };
