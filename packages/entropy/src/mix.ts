/**
 * Mixing: blocks of several sources become one seed. The seed is an HMAC over all of them, each
 * under its source's name and length, so it is as hard to guess as the hardest of them, whatever
 * the others say, even when they are equal, constant or each other's complement (which an exclusive
 * or would not survive).
 *
 * Spec: 20 §6.
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** One source's part of a seed. */
export type Part = { readonly source: string; readonly bytes: Uint8Array };

const KEY = new TextEncoder().encode('specie/entropy/mix/v1');

/** 32 bytes that depend on every byte of every part. The order of parts matters; their split is unambiguous. */
export function mix(parts: readonly Part[]): Uint8Array {
  const keyed = hmac.create(sha256, KEY);
  const encoder = new TextEncoder();
  for (const part of parts) {
    const name = encoder.encode(part.source);
    const head = new Uint8Array(8);
    const view = new DataView(head.buffer);
    view.setUint32(0, name.length);
    view.setUint32(4, part.bytes.length);
    keyed.update(head).update(name).update(part.bytes);
  }
  return keyed.digest();
}
