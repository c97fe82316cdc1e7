/**
 * The tree over a key's one-time public keys, kept whole so that a signature needs no leaf but
 * its own. Node r lies at r × n; node 1 is the root, node 0 is nothing.
 *
 * Letters (RFC 8554 §5.3): T[r] node r, h height, q leaf.
 * @module
 */
import { equalBytes } from '../../base/bytes.ts';
import type { LmsHashing, LmsSecret } from './hashing.ts';
import type { LmsParameters } from './parameters.ts';

/** Nodes 1 to 2^(h+1) − 1, and the empty place 0. */
export type LmsTree = Uint8Array;

function nodeAt(tree: LmsTree, node: number, hashBytes: number): Uint8Array {
  return tree.subarray(node * hashBytes, (node + 1) * hashBytes);
}

/** T[r] from its children, which lie side by side. */
function innerNodeOf(
  hashing: LmsHashing,
  { parameters: { hashBytes }, identifier }: Pick<LmsSecret, 'parameters' | 'identifier'>,
  tree: LmsTree,
  node: number,
): Uint8Array {
  const children = tree.subarray(2 * node * hashBytes, (2 * node + 2) * hashBytes);
  return hashing.innerNode(identifier, node, children);
}

/** The tree of a key: 2^h one-time keys and 2^h − 1 nodes above them. */
export function growTree(hashing: LmsHashing, secret: LmsSecret): LmsTree {
  const { hashBytes, height } = secret.parameters;
  const leaves = 2 ** height;
  const tree = new Uint8Array(2 * leaves * hashBytes);
  for (let q = 0; q < leaves; q++) {
    tree.set(hashing.leafNode(secret, q), (leaves + q) * hashBytes);
  }
  for (let node = leaves - 1; node >= 1; node--) {
    tree.set(innerNodeOf(hashing, secret, tree, node), node * hashBytes);
  }
  return tree;
}

/**
 * Whether every node is the hash of its children and leaf `next`, if there is one, the seed's own:
 * so that a damaged copy is not used.
 */
export function isTreeWhole(
  hashing: LmsHashing,
  secret: LmsSecret,
  tree: LmsTree,
  next: number,
): boolean {
  const { hashBytes, height } = secret.parameters;
  const leaves = 2 ** height;
  if (next < leaves) {
    const leaf = hashing.leafNode(secret, next);
    if (!equalBytes(nodeAt(tree, leaves + next, hashBytes), leaf)) return false;
  }
  for (let node = leaves - 1; node >= 1; node--) {
    const hash = innerNodeOf(hashing, secret, tree, node);
    if (!equalBytes(nodeAt(tree, node, hashBytes), hash)) return false;
  }
  return true;
}

export function rootOf({ hashBytes }: LmsParameters, tree: LmsTree): Uint8Array {
  return nodeAt(tree, 1, hashBytes);
}

/** path[0] ‖ … ‖ path[h − 1]: the sibling of each node on the way up (RFC 8554 §5.4.1). */
export function pathOf(
  { hashBytes, height }: LmsParameters,
  tree: LmsTree,
  leaf: number,
): Uint8Array {
  const path = new Uint8Array(height * hashBytes);
  let node = 2 ** height + leaf;
  for (let i = 0; i < height; i++) {
    path.set(nodeAt(tree, node ^ 1, hashBytes), i * hashBytes);
    node = Math.floor(node / 2);
  }
  return path;
}
