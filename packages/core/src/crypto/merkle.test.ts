import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { Bug } from '../base/assert.ts';
import { hexOf } from '../base/bytes.ts';
import { inclusionPath, isIncluded, leafHash, merkleRoot, nodeHash } from './merkle.ts';

/** SHA-256 by the machine, so that nothing of ours stands behind the definition below. */
const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

const LEAVES = Array.from({ length: 200 }, (_, i) => Uint8Array.from([i, i * 7, 3]));
const HASHES = LEAVES.map(leafHash);

/** MTH(D[n]) word for word (RFC 9162 §2.1.1). */
function mth(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), entries[0]!);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha256(Uint8Array.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

/** PATH(m, D[n]) word for word (RFC 9162 §2.1.3.1). */
function path(m: number, entries: readonly Uint8Array[]): readonly Uint8Array[] {
  if (entries.length <= 1) return [];
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return m < k
    ? [...path(m, entries.slice(0, k)), mth(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), mth(entries.slice(0, k))];
}

describe('a Merkle tree', () => {
  it('has the root of RFC 9162 for every size up to two hundred', () => {
    for (let size = 0; size <= 200; size++) {
      expect(hexOf(merkleRoot(HASHES.slice(0, size)))).toBe(hexOf(mth(LEAVES.slice(0, size))));
    }
  });

  it('has the paths of RFC 9162, and each leads to the root', () => {
    for (let size = 1; size <= 200; size += size < 20 ? 1 : 7) {
      const hashes = HASHES.slice(0, size);
      const root = merkleRoot(hashes);
      for (let index = 0; index < size; index++) {
        const found = inclusionPath(hashes, index);
        if (size < 70) {
          expect(found.map(hexOf)).toEqual(path(index, LEAVES.slice(0, size)).map(hexOf));
        }
        expect(isIncluded(HASHES[index]!, index, size, found, root)).toBe(true);
      }
    }
  });

  it('hashes leaves and nodes under different prefixes', () => {
    const [a, b] = [HASHES[0]!, HASHES[1]!];
    expect(hexOf(nodeHash(a, b))).not.toBe(hexOf(leafHash(Uint8Array.of(...a, ...b))));
    expect(hexOf(leafHash(new Uint8Array(0)))).toBe(hexOf(sha256(Uint8Array.of(0))));
  });

  it('gives no path for a leaf that is not in it', () => {
    for (const index of [-1, 5, 6])
      expect(() => inclusionPath(HASHES.slice(0, 5), index)).toThrow(Bug);
  });
});

describe('a path is refused', () => {
  const size = 13;
  const root = merkleRoot(HASHES.slice(0, size));
  const paths = HASHES.slice(0, size).map((_, index) =>
    inclusionPath(HASHES.slice(0, size), index),
  );

  it('for another leaf, another place, another size or another root', () => {
    for (let index = 0; index < size; index++) {
      const own = paths[index]!;
      const leaf = HASHES[index]!;
      expect(isIncluded(HASHES[size]!, index, size, own, root)).toBe(false);
      expect(isIncluded(leaf, index, size, own, HASHES[0]!)).toBe(false);
      for (let other = -2; other < size + 3; other++) {
        if (other !== index) expect(isIncluded(leaf, other, size, own, root)).toBe(false);
      }
    }
    // A size is not signed by a root alone; only where the path would differ is it noticed.
    expect(isIncluded(HASHES[12]!, 12, 14, paths[12]!, root)).toBe(false);
    expect(isIncluded(HASHES[0]!, 0, 17, paths[0]!, root)).toBe(false);
    expect(isIncluded(HASHES[0]!, 0, 0, [], HASHES[0]!)).toBe(false);
  });

  it('with a hash changed, missing, added or moved', () => {
    for (let index = 0; index < size; index++) {
      const own = paths[index]!;
      const leaf = HASHES[index]!;
      expect(isIncluded(leaf, index, size, own.slice(1), root)).toBe(false);
      expect(isIncluded(leaf, index, size, own.slice(0, -1), root)).toBe(false);
      expect(isIncluded(leaf, index, size, [...own, HASHES[0]!], root)).toBe(false);
      expect(isIncluded(leaf, index, size, [HASHES[0]!, ...own], root)).toBe(false);
      if (own.length > 1) {
        expect(isIncluded(leaf, index, size, [...own].reverse(), root)).toBe(false);
      }
      own.forEach((_, at) => {
        const changed = own.map((hash, i) => (i === at ? HASHES[99]! : hash));
        expect(isIncluded(leaf, index, size, changed, root)).toBe(false);
      });
    }
  });

  it('when it shows a node as a leaf', () => {
    const node = nodeHash(HASHES[0]!, HASHES[1]!);
    const own = paths[0]!;
    expect(isIncluded(node, 0, size, own.slice(1), root)).toBe(false);
  });
});
