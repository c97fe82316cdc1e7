/** The tree kept whole gives what a batch's own definition gives, for every size and index. */
import { expect, test } from 'vitest';
import { sha256 } from '@specie/core/crypto/hash';
import { batchPath, batchRoot } from '@specie/core/payment/lock-batch';
import { lockIndex, lockTree, treeLock, treePath, treeRoot } from './lock-tree.ts';

const hashes = Array.from({ length: 70 }, (_, i) => sha256(Uint8Array.of(i)));

test.each([1, 2, 3, 5, 7, 8, 31, 33, 64, 70])(
  'agrees with the definition for %d locks',
  (count) => {
    const some = hashes.slice(0, count);
    const tree = lockTree(some);
    expect(treeRoot(tree)).toEqual(Uint8Array.from(batchRoot(some)));
    for (let index = 0; index < count; index++) {
      expect(treePath(tree, count, index)).toEqual(batchPath(some, index));
      expect(treeLock(tree, index)).toEqual(some[index]);
      expect(lockIndex(tree, count, some[index]!)).toBe(index);
    }
    expect(lockIndex(tree, count, new Uint8Array(32))).toBeUndefined();
  },
);
