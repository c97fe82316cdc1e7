import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { everythingMessage, SOMETHING } from '../codec/everything.fixture.ts';
import { authenticate, deriveKey, hashOf, sha256 } from './hash.ts';

describe('hashing', () => {
  it('gives the digests of FIPS 180-4', () => {
    const text = (words: string): Uint8Array => new TextEncoder().encode(words);
    expect(hexOf(sha256(text('')))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(hexOf(sha256(text('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it("agrees with the machine's own for every length around a block", () => {
    const chance = chanceOf(5);
    for (let length = 0; length < 200; length++) {
      const [bytes, key] = [chance.bytes(length), chance.bytes(length % 97)];
      expect(hexOf(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
      const mac = createHmac('sha256', key).update(bytes).digest('hex');
      expect(hexOf(authenticate(key, bytes))).toBe(mac);
    }
  });

  it('derives keys with HKDF under a label of this house, without salt', () => {
    const secret = chanceOf(6).bytes(32);
    for (const length of [16, 32, 64]) {
      const expected = hkdfSync('sha256', secret, new Uint8Array(0), 'specie/1/lock', length);
      expect(hexOf(deriveKey(secret, 'lock', length))).toBe(hexOf(new Uint8Array(expected)));
    }
    expect(hexOf(deriveKey(secret, 'lock'))).not.toBe(hexOf(deriveKey(secret, 'locks')));
  });

  it('of a message is over its canonical bytes, header and all', () => {
    const bytes = everythingMessage.encode(SOMETHING);
    expect(hexOf(hashOf(everythingMessage, SOMETHING))).toBe(hexOf(sha256(bytes)));
  });
});
