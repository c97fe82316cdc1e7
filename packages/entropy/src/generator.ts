/**
 * The generator behind every draw: HMAC_DRBG with SHA-256. Everything absorbed stays in its state, so
 * one good block is enough whatever the others were, and a draw reveals nothing of earlier draws.
 *
 * K = `key`, V = `value`       SP 800-90A Rev. 1 §10.1.2
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** Strength of the generator in bits: no seed is credited with more. SP 800-90A §10.1, table 2. */
export const STRENGTH_BITS = 256;

/** Bytes one request may ask for: 2^19 bits. SP 800-90A §10.1, table 2. */
export const REQUEST_BYTES_MAX = 1 << 16;

/** The state. Holding it is holding every draw to come, so it never leaves this package. */
export type Generator = { key: Uint8Array; value: Uint8Array };

/** A generator seeded with `seed`, which must hold the entropy. SP 800-90A §10.1.2.3. */
export function startGenerator(seed: Uint8Array): Generator {
  const generator = { key: new Uint8Array(32), value: new Uint8Array(32).fill(1) };
  update(generator, seed);
  return generator;
}

/** Adds `seed` to what the state holds; nothing that was in it is lost. SP 800-90A §10.1.2.4. */
export function reseed(generator: Generator, seed: Uint8Array): void {
  update(generator, seed);
}

/** The next `length` bytes, at most REQUEST_BYTES_MAX. SP 800-90A §10.1.2.5. */
export function generate(generator: Generator, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const keyed = hmac.create(sha256, generator.key);
  for (let at = 0; at < length; at += 32) {
    generator.value = keyed.clone().update(generator.value).digest();
    bytes.set(at + 32 <= length ? generator.value : generator.value.subarray(0, length - at), at);
  }
  keyed.destroy();
  update(generator, new Uint8Array(0));
  return bytes;
}

/** Overwrites the state. */
export function wipeGenerator(generator: Generator): void {
  generator.key.fill(0);
  generator.value.fill(0);
}

/** HMAC_DRBG_Update. SP 800-90A §10.1.2.2. */
function update(generator: Generator, provided: Uint8Array): void {
  const rounds = provided.length === 0 ? 1 : 2;
  for (let round = 0; round < rounds; round++) {
    const key = hmac
      .create(sha256, generator.key)
      .update(generator.value)
      .update(Uint8Array.of(round))
      .update(provided)
      .digest();
    generator.key.fill(0);
    generator.key = key;
    generator.value = hmac(sha256, key, generator.value);
  }
}
