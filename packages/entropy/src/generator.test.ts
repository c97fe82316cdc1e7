import { hexToBytes, bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { generate, reseed, startGenerator, wipeGenerator } from './generator.ts';

test('is the HMAC_DRBG that RFC 6979 derives its k with (A.2.5, P-256, "sample")', () => {
  const secret = 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721';
  const digest = 'af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf';
  const k = generate(startGenerator(hexToBytes(secret + digest)), 32);
  expect(bytesToHex(k)).toBe('a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60');
});

test('gives what NIST publishes for HMAC_DRBG with SHA-256, second request of 1,024 bits', () => {
  const entropy = 'ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488';
  const nonce = '659ba96c601dc69fc902940805ec0ca8';
  const generator = startGenerator(hexToBytes(entropy + nonce));
  generate(generator, 128);
  expect(bytesToHex(generate(generator, 128))).toBe(
    'e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89' +
      'd54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1' +
      '07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668' +
      '961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8',
  );
});

test('a seed changes all that follows and undoes nothing that went before', () => {
  const [a, b] = [startGenerator(Uint8Array.of(1)), startGenerator(Uint8Array.of(1))];
  expect(generate(a, 48)).toEqual(generate(b, 48));
  reseed(a, Uint8Array.of(2));
  expect(generate(a, 48)).not.toEqual(generate(b, 48));
});

test('lengths that are no multiple of a block are beginnings of longer ones', () => {
  const long = generate(startGenerator(Uint8Array.of(1)), 100);
  expect(generate(startGenerator(Uint8Array.of(1)), 33)).toEqual(long.subarray(0, 33));
  expect(generate(startGenerator(Uint8Array.of(1)), 0).length).toBe(0);
});

test('wiping leaves nothing of the state', () => {
  const generator = startGenerator(Uint8Array.of(1));
  wipeGenerator(generator);
  expect([...generator.key, ...generator.value].every((byte) => byte === 0)).toBe(true);
});
