import { expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { lockKey, lockOfSecret, opens } from './lock.ts';

const SECRET = new Uint8Array(32).fill(1);

it('a secret opens the lock made of it and no other', () => {
  const lock = lockOfSecret(SECRET);
  expect(hexOf(lock.hash)).toBe('72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793');
  expect(opens(SECRET, lock)).toBe(true);
  expect(opens(new Uint8Array(32), lock)).toBe(false);
  expect(opens(new Uint8Array(31).fill(1), lock)).toBe(false);
  expect(opens(lock.hash, lock)).toBe(false);
});

it('no secret opens a purse, not even one that hashes to it', () => {
  expect(opens(SECRET, { ...lockOfSecret(SECRET), kind: 'purse' })).toBe(false);
});

it('a purse and a secret with one hash are two locks', () => {
  const lock = lockOfSecret(SECRET);
  expect(lockKey(lock)).not.toBe(lockKey({ ...lock, kind: 'purse' }));
  expect(lockKey(lock)).toBe(lockKey({ ...lock, hash: lock.hash.slice() }));
});
