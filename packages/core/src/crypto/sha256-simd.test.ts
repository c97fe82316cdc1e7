import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hashingMachine } from './lms/hashing-machine.ts';
import { START_AT } from './lms/sha256-layout.ts';
import { sha256Batch } from './sha256-simd.ts';

function oneByOne(messages: Uint8Array, length: number): Uint8Array {
  const digests: number[] = [];
  for (let at = 0; at < messages.length; at += length) {
    digests.push(...sha256(messages.subarray(at, at + length)));
  }
  return Uint8Array.from(digests);
}

function filled(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 167 + (i >> 8) * 13) & 0xff);
}

describe('SHA-256 of a batch', () => {
  it('is that of each message, for any number of messages of 32 bytes', () => {
    expect(hashingMachine()).toBeDefined();
    for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 511, 512, 513, 1500]) {
      const messages = filled(32 * count);
      expect(sha256Batch(messages, 32)).toEqual(oneByOne(messages, 32));
    }
  });

  it('is that of each message, for every length up to five blocks', () => {
    for (let length = 1; length <= 320; length++) {
      const messages = filled(length * (1 + (length % 9)));
      expect(sha256Batch(messages, length), `length ${length}`).toEqual(oneByOne(messages, length));
    }
  });

  it('is that of each message, when they fill the module’s memory more than once', () => {
    for (const [length, count] of [
      [65, 700],
      [193, 300],
      [1000, 33],
      [4087, 9],
      [4088, 3],
    ] as const) {
      const messages = filled(length * count);
      expect(sha256Batch(messages, length)).toEqual(oneByOne(messages, length));
    }
  });

  it('is that of each message, for random messages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.uint8Array({ maxLength: 4000 }),
        (length, all) => {
          const messages = all.subarray(0, all.length - (all.length % length));
          expect(sha256Batch(messages, length)).toEqual(oneByOne(messages, length));
        },
      ),
    );
  });

  it('refuses a batch that is not whole messages', () => {
    expect(() => sha256Batch(filled(33), 32)).toThrow('whole messages');
    expect(() => sha256Batch(filled(0), 0)).toThrow('length');
    expect(() => sha256Batch(filled(3), 1.5)).toThrow('length');
  });

  it('leaves nothing of its inputs in the module’s memory', () => {
    const secret = filled(32 * 600).map((byte) => byte | 1);
    for (const length of [32, 64, 300]) {
      sha256Batch(secret, length);
      const memory = Buffer.from(hashingMachine()!.bytes.subarray(START_AT));
      for (let at = 0; at + 8 <= secret.length; at += 32) {
        expect(memory.includes(secret.subarray(at, at + 8))).toBe(false);
      }
    }
  });
});

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('hashes a batch to the same', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const alone = await import('./sha256-simd.ts');
    expect(alone.sha256Batch(filled(320), 32)).toEqual(oneByOne(filled(320), 32));
    expect(alone.sha256Batch(filled(330), 33)).toEqual(oneByOne(filled(330), 33));
  });
});
