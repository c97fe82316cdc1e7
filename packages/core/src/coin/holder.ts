/**
 * Holder tags: an operator's pseudonym for the wallet a piece belongs to. The first four bytes name
 * the operator, the rest it makes of the wallet under a key of its own; all zero there is its stock. The
 * authority sees tags and never names.
 *
 * Spec: 03 §5.
 * @module
 */
import { bytes } from '../codec/codec.ts';
import { assert } from '../base/assert.ts';
import { hexOf } from '../base/bytes.ts';

export const TAG_BYTES = 16;
/** Bytes behind the operator's number, which look random to everybody else. */
export const TAG_RANDOM_BYTES = 12;
export const OPERATOR_MAX = 0xffff_ffff;

export const holderTag = bytes(TAG_BYTES);
export type HolderTag = Uint8Array;

/** A tag of an operator's number and twelve more bytes. */
export function tagOf(operator: number, random: Uint8Array): HolderTag {
  assert(random.length === TAG_RANDOM_BYTES, 'a tag has twelve bytes behind the number');
  const tag = new Uint8Array(TAG_BYTES);
  new DataView(tag.buffer).setUint32(0, operator);
  tag.set(random, 4);
  return tag;
}

/** The tag of an operator's own stock. */
export function stockTag(operator: number): HolderTag {
  return tagOf(operator, new Uint8Array(TAG_RANDOM_BYTES));
}

/** The operator a tag belongs to. */
export function operatorOf(tag: HolderTag): number {
  // Looking at a short array's buffer would move it out of the heap, which costs more than this.
  return ((tag[0]! << 24) | (tag[1]! << 16) | (tag[2]! << 8) | tag[3]!) >>> 0;
}

/** Whether a tag is an operator's own stock. */
export function isStock(tag: HolderTag): boolean {
  return tag.every((byte, i) => i < 4 || byte === 0);
}

/** Key of a tag in maps. */
export function tagKey(tag: HolderTag): string {
  return hexOf(tag);
}
