/**
 * A purse's LMS signature with and without the three words that its public key and its index give.
 * Invariant: putting them back and taking them off undo each other.
 *
 * Spec: 12 §5, 21 §2.
 * @module
 */
import { concatBytes } from '../base/bytes.ts';
import { PURSE_PARAMETERS } from '../crypto/lms.ts';

/** q ‖ one-time type, in front; the tree's type behind the randomizer and the chains. */
const HEAD_BYTES = 8;
const TREE_TYPE_AT = HEAD_BYTES + PURSE_PARAMETERS.hashBytes * (1 + PURSE_PARAMETERS.chains);

function word(value: number): Uint8Array {
  const made = new Uint8Array(4);
  new DataView(made.buffer).setUint32(0, value);
  return made;
}

/** The signature without index and types. */
export function shortSignature(signature: Uint8Array): Uint8Array {
  return concatBytes(
    signature.subarray(HEAD_BYTES, TREE_TYPE_AT),
    signature.subarray(TREE_TYPE_AT + 4),
  );
}

/** The whole signature under an index, of the purse's set. */
export function restored(short: Uint8Array, index: number): Uint8Array {
  const cut = TREE_TYPE_AT - HEAD_BYTES;
  return concatBytes(
    word(index),
    word(PURSE_PARAMETERS.otsType),
    short.subarray(0, cut),
    word(PURSE_PARAMETERS.lmsType),
    short.subarray(cut),
  );
}
