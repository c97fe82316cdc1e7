/**
 * The list of revoked purses, signed by the authority and numbered upwards. A device holds the
 * newest it has met and takes no older one.
 *
 * Spec: 12 §7.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { bytes, instant, sortedList, struct, u32, u48, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { HASH_BYTES } from '../crypto/hash.ts';
import { ML_DSA_SIGNATURE_BYTES } from '../crypto/signature.ts';
import { keysAt } from './grant.ts';
import type { PurseSuites, PurseTrust } from './trust.ts';

/** Grants live a month, so a list drops whom it named once their deadline has passed. */
export const REVOKED_MAX = 65_535;

const revocationList = struct({
  authority: bytes(HASH_BYTES),
  number: u32,
  issuedAt: instant,
  /** Serial numbers of grants. */
  revoked: sortedList(u48, 0, REVOKED_MAX),
});
export type RevocationList = ValueOf<typeof revocationList>;

const LIST_BYTES_MAX = 512 * 1024;

export const revocationListMessage = message(
  'RevocationList',
  0x89,
  1,
  LIST_BYTES_MAX,
  revocationList,
);

const signedRevocationList = struct({
  list: revocationList,
  signature: bytes(ML_DSA_SIGNATURE_BYTES),
});
export type SignedRevocationList = ValueOf<typeof signedRevocationList>;

export const signedRevocationListMessage = message(
  'SignedRevocationList',
  0x8a,
  1,
  LIST_BYTES_MAX + ML_DSA_SIGNATURE_BYTES,
  signedRevocationList,
);

/** Whether a list is the authority's and newer than the one known, or that one itself. */
export function checkRevocationList(
  { list, signature }: SignedRevocationList,
  known: RevocationList | undefined,
  trust: PurseTrust,
  suites: PurseSuites,
): Result<RevocationList> {
  if (!equalBytes(list.authority, trust.authority))
    return refuse('revocation_foreign', '.list.authority');
  if (known !== undefined && list.number < known.number)
    return refuse('revocation_older', '.list.number');
  const signed = revocationListMessage.encode(list);
  const isSigned = keysAt(trust.revocationKeys, list.issuedAt).some(({ publicKey }) =>
    suites.authority.verify(publicKey, signed, signature),
  );
  return isSigned ? accept(list) : refuse('revocation_signature_invalid', '.signature');
}

/** Whether a list names a grant. Lists are sorted, so a look takes a few steps. */
export function isRevoked(list: RevocationList | undefined, serial: number): boolean {
  if (list === undefined) return false;
  let [low, high] = [0, list.revoked.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list.revoked[middle]! < serial) low = middle + 1;
    else high = middle;
  }
  return list.revoked[low] === serial;
}
