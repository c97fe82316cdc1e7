import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { mlDsaPortable, type SignatureSuite, slhDsaPortable } from '@specie/core/crypto/signature';
import { digestPortable } from '../session/digest.ts';
import { KEM_COIN_BYTES, KEM_SEED_BYTES, kemPortable } from '../session/kem.ts';
import { digestNative, kemNative, mlDsaNative, slhDsaNative } from './native-crypto.ts';

const chance = chanceOf(11);

const SUITES: [string, SignatureSuite, SignatureSuite, number][] = [
  ['ML-DSA-44', mlDsaNative, mlDsaPortable, 12],
  // The library takes seconds for one signature of the root's kind.
  ['SLH-DSA-SHA2-128s', slhDsaNative, slhDsaPortable, 1],
];

describe.each(SUITES)('%s of the runtime and of the library', (_, native, portable, runs) => {
  it('make the same key of a seed, and accept each other’s signatures', { timeout: 60_000 }, () => {
    for (let i = 0; i < runs; i++) {
      const seed = chance.bytes(native.seedBytes);
      const message = chance.bytes(chance.below(300));
      const key = native.publicKeyOf(seed);
      expect(key).toEqual(portable.publicKeyOf(seed));
      expect(key).toHaveLength(native.publicKeyBytes);
      const ours = native.sign(seed, message);
      const theirs = portable.sign(seed, message);
      expect(ours).toHaveLength(native.signatureBytes);
      for (const signature of [ours, theirs]) {
        expect(native.verify(key, message, signature)).toBe(true);
        expect(portable.verify(key, message, signature)).toBe(true);
      }
    }
  });

  it('both answer false to everything malformed', { timeout: 60_000 }, () => {
    const seed = chance.bytes(native.seedBytes);
    const message = chance.bytes(40);
    const key = native.publicKeyOf(seed);
    const signature = native.sign(seed, message);
    const bent = (bytes: Uint8Array, at: number): Uint8Array => {
      const copy = bytes.slice();
      copy[at] = copy[at]! ^ 0x80;
      return copy;
    };
    const wrong: [Uint8Array, Uint8Array, Uint8Array][] = [
      [key, bent(message, 0), signature],
      [key, new Uint8Array(), signature],
      [key, message, new Uint8Array()],
      [key, message, signature.slice(1)],
      [key, message, Uint8Array.of(...signature, 0)],
      [key, message, new Uint8Array(signature.length)],
      [key, message, new Uint8Array(signature.length).fill(0xff)],
      [new Uint8Array(), message, signature],
      [key.slice(1), message, signature],
      [Uint8Array.of(...key, 0), message, signature],
      [new Uint8Array(key.length), message, signature],
      [new Uint8Array(key.length).fill(0xff), message, signature],
      ...[0, 31, 32, signature.length >> 1, signature.length - 1].map(
        (at): [Uint8Array, Uint8Array, Uint8Array] => [key, message, bent(signature, at)],
      ),
      ...[0, key.length - 1].map((at): [Uint8Array, Uint8Array, Uint8Array] => [
        bent(key, at),
        message,
        signature,
      ]),
    ];
    for (const [publicKey, said, signed] of wrong) {
      expect(native.verify(publicKey, said, signed)).toBe(false);
      expect(portable.verify(publicKey, said, signed)).toBe(false);
    }
  });
});

it('keeps more keys apart than it keeps', () => {
  const seeds = Array.from({ length: 80 }, () => chance.bytes(32));
  const signed = seeds.map((seed) => mlDsaNative.sign(seed, seed));
  for (const [i, seed] of seeds.entries()) {
    const key = mlDsaNative.publicKeyOf(seed);
    expect(mlDsaNative.verify(key, seed, signed[i]!)).toBe(true);
    expect(mlDsaNative.verify(key, seed, signed[(i + 1) % 80]!)).toBe(false);
  }
});

it('does not take a key for another when the bytes it was given change afterwards', () => {
  const seed = chance.bytes(32);
  const key = mlDsaNative.publicKeyOf(seed);
  const message = chance.bytes(9);
  const signature = mlDsaNative.sign(seed, message);
  const given = key.slice();
  expect(mlDsaNative.verify(given, message, signature)).toBe(true);
  given.fill(0);
  expect(mlDsaNative.verify(given, message, signature)).toBe(false);
  expect(mlDsaNative.verify(key, message, signature)).toBe(true);
});

describe('ML-KEM-768 of the runtime and of the library', () => {
  it('make the same keys, ciphertexts and secrets', () => {
    for (let i = 0; i < 10; i++) {
      const seed = chance.bytes(KEM_SEED_BYTES);
      const coin = chance.bytes(KEM_COIN_BYTES);
      const key = kemNative.publicKeyOf(seed);
      expect(key).toEqual(kemPortable.publicKeyOf(seed));
      const made = kemPortable.encapsulate(key, coin)!;
      expect(kemNative.encapsulate(key, coin)).toEqual(made);
      expect(kemNative.decapsulate(seed, made.ciphertext)).toEqual(made.secret);
      expect(kemPortable.decapsulate(seed, made.ciphertext)).toEqual(made.secret);
    }
  });

  it('agree about a forged ciphertext: the same secret, which fits nothing', () => {
    const seed = chance.bytes(KEM_SEED_BYTES);
    const made = kemNative.encapsulate(kemNative.publicKeyOf(seed), chance.bytes(32))!;
    const forged = made.ciphertext.slice();
    forged[100] = forged[100]! ^ 1;
    const secret = kemNative.decapsulate(seed, forged);
    expect(secret).toEqual(kemPortable.decapsulate(seed, forged));
    expect(secret).not.toEqual(made.secret);
  });

  it('take no key and no ciphertext of another size, and no key outside the field', () => {
    const seed = chance.bytes(KEM_SEED_BYTES);
    const key = kemNative.publicKeyOf(seed);
    for (const kem of [kemNative, kemPortable]) {
      expect(kem.encapsulate(key.slice(1), chance.bytes(32))).toBeUndefined();
      expect(kem.encapsulate(new Uint8Array(1184).fill(0xff), chance.bytes(32))).toBeUndefined();
      expect(kem.decapsulate(seed, new Uint8Array(1087))).toBeUndefined();
      expect(kem.decapsulate(seed, new Uint8Array())).toBeUndefined();
    }
  });
});

it('hashes and authenticates alike in the runtime and in the library', () => {
  for (const length of [0, 1, 63, 64, 65, 5000]) {
    const bytes = chance.bytes(length);
    const key = chance.bytes(32);
    const hash = new Uint8Array(createHash('sha256').update(bytes).digest());
    const mac = new Uint8Array(createHmac('sha256', key).update(bytes).digest());
    for (const digest of [digestNative, digestPortable]) {
      expect(digest.sha256(bytes)).toEqual(hash);
      expect(digest.hmac(key, bytes)).toEqual(mac);
    }
  }
});
