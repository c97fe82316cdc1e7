/**
 * Merkle trees as in RFC 9162 §2.1: leaves and nodes are hashed under different prefixes, so that
 * no node can be shown as a leaf.
 *
 * Spec: 02 §4.
 * @module
 */
import { assert } from '../base/assert.ts';
import { concatBytes, equalBytes } from '../base/bytes.ts';
import { sha256 } from './hash.ts';

const LEAF = 0;
const NODE = 1;

/** Hash of a leaf: SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return prefixed(LEAF, leaf);
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return prefixed(NODE, left, right);
}

function prefixed(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(prefix), ...parts));
}

/**
 * The level above a level of hashes: neighbours are joined, and a last one without a neighbour goes
 * up as it is. That is the same tree as the standard's, which splits at the largest power of two
 * below its size, and needs no copy for each split.
 */
function levelAbove(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    above.push(right === undefined ? level[i]! : nodeHash(level[i]!, right));
  }
  return above;
}

/** Root over leaf hashes; the empty tree's root is SHA-256 of nothing (RFC 9162 §2.1.1). */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) level = levelAbove(level);
  return level[0] ?? sha256(new Uint8Array(0));
}

/** Inclusion path of one leaf, from the leaf upwards (RFC 9162 §2.1.3.1). */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'the leaf is in the tree');
  const path: Uint8Array[] = [];
  let level = leaves;
  for (let position = index; level.length > 1; position >>>= 1) {
    const sibling = level[position ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = levelAbove(level);
  }
  return path;
}

/** Whether the path leads from the leaf hash at `index` of `size` leaves to the root (RFC 9162 §2.1.3.2). */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size) return false;
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, sibling);
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(hash, root);
}
