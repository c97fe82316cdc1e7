/**
 * The Merkle tree over a batch of locks, kept whole, so that a path costs a look and not a thousand
 * hashes. Invariant: root and paths are those of the batch's own definition.
 *
 * Spec: 05 §4. RFC 9162 §2.1.
 * @module
 */
import { hash } from 'node:crypto';
import { assert } from '@specie/core/base/assert';
import { HASH_BYTES } from '@specie/core/crypto/hash';

const digest = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** The lock hashes first, then every level of the tree from the leaves upwards. */
export type LockTree = Uint8Array;

/** Nodes of each level over `count` leaves: an odd last node moves up unchanged. */
function levelsOf(count: number): readonly number[] {
  const levels = [count];
  for (let nodes = count; nodes > 1; levels.push(nodes)) nodes = Math.ceil(nodes / 2);
  return levels;
}

/** The tree over lock hashes. */
export function lockTree(hashes: readonly Uint8Array[]): LockTree {
  const levels = levelsOf(hashes.length);
  const total = hashes.length + levels.reduce((sum, each) => sum + each, 0);
  const tree = new Uint8Array(total * HASH_BYTES);
  hashes.forEach((each, i) => tree.set(each, i * HASH_BYTES));
  const leaf = new Uint8Array(1 + HASH_BYTES);
  const node = new Uint8Array(1 + 2 * HASH_BYTES);
  node[0] = 1;
  let base = hashes.length;
  hashes.forEach((each, i) => {
    leaf.set(each, 1);
    tree.set(digest(leaf), (base + i) * HASH_BYTES);
  });
  for (let level = 1; level < levels.length; level++) {
    const below = levels[level - 1]!;
    for (let i = 0; i < levels[level]!; i++) {
      const left = (base + 2 * i) * HASH_BYTES;
      const target = (base + below + i) * HASH_BYTES;
      if (2 * i + 1 === below) tree.copyWithin(target, left, left + HASH_BYTES);
      else {
        node.set(tree.subarray(left, left + 2 * HASH_BYTES), 1);
        tree.set(digest(node), target);
      }
    }
    base += below;
  }
  return tree;
}

/** The root of a tree. */
export function treeRoot(tree: LockTree): Uint8Array {
  return tree.slice(tree.length - HASH_BYTES);
}

/** Lock hash number `index`. */
export function treeLock(tree: LockTree, index: number): Uint8Array {
  return tree.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}

/** Path of lock `index` of `count`, from the leaf upwards. */
export function treePath(tree: LockTree, count: number, index: number): readonly Uint8Array[] {
  assert(index >= 0 && index < count, 'the lock is in the batch');
  const path: Uint8Array[] = [];
  let base = count;
  let position = index;
  for (const nodes of levelsOf(count)) {
    const sibling = position ^ 1;
    if (sibling < nodes) path.push(treeLock(tree, base + sibling));
    base += nodes;
    position >>= 1;
  }
  return path;
}

/** Number of a lock in a batch's tree, or undefined: for locks whose drawing is not remembered. */
export function lockIndex(tree: LockTree, count: number, lock: Uint8Array): number | undefined {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, count * HASH_BYTES);
  for (let at = bytes.indexOf(lock); at !== -1; at = bytes.indexOf(lock, at + 1))
    if (at % HASH_BYTES === 0) return at / HASH_BYTES;
  return undefined;
}
