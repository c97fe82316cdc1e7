/**
 * The holder tag of a wallet: a pseudonym that follows from the wallet's id under a key of the
 * operator. Invariant: the same wallet gets the same tag at every opening, also at an operator that
 * was restored from a copy made before the wallet was opened; without the key nobody can tell which
 * wallet a tag stands for.
 *
 * Spec: 06 §2. Decision 0051.
 * @module
 */
import { createHmac } from 'node:crypto';
import { TAG_RANDOM_BYTES, tagOf, type HolderTag } from '@specie/core/coin/holder';
import { deriveKey } from '@specie/core/crypto/hash';

/** The key of tags, from the operator's vault key, which is in every copy that was ever made. */
export function tagKeyOf(vaultKey: Uint8Array): Uint8Array {
  return deriveKey(vaultKey, 'wallet/tag');
}

/** The tag of a wallet: the operator's number and the first twelve bytes of HMAC-SHA-256 over its id. */
export function walletTag(tagKey: Uint8Array, operator: number, wallet: Uint8Array): HolderTag {
  const keyed = createHmac('sha256', tagKey).update(wallet).digest();
  return tagOf(operator, keyed.subarray(0, TAG_RANDOM_BYTES));
}
