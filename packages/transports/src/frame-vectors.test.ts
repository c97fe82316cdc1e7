import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newDecoder } from './decoder.ts';
import { type FrameVectors, frameVectors } from '../tools/frame-vectors.ts';

/*
 * The chapter a second time, word by word and without haste, sharing nothing with the sources.
 */
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const u32 = (value: number): Buffer => Buffer.from([value >>> 24, value >> 16, value >> 8, value]);

function messageOf(length: number): Buffer {
  const hashes = Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(u32(i)));
  return Buffer.concat(hashes).subarray(0, length);
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 16; bit++) if ((b >> bit) & 1) product ^= a << bit;
  for (let bit = 31; bit >= 16; bit--) if ((product >>> bit) & 1) product ^= 0x1100b << (bit - 16);
  return product;
}

/** a^(2^16 − 2), which is 1 / a. */
function inverse(a: number): number {
  let [power, square] = [1, a];
  for (let bit = 1; bit < 16; bit++) {
    square = times(square, square);
    power = times(power, square);
  }
  return power;
}

/** Lagrange's formula for every word of the blocks. */
function valueAt(n: number, given: ReadonlyMap<number, Buffer>): Buffer {
  const known = given.get(n);
  if (known !== undefined) return known;
  const size = [...given.values()][0]!.length;
  const sum = Buffer.alloc(size);
  for (const [i, block] of given) {
    let factor = 1;
    for (const j of given.keys()) if (j !== i) factor = times(factor, times(n ^ j, inverse(i ^ j)));
    for (let at = 0; at < size; at += 2) {
      sum.writeUInt16BE(sum.readUInt16BE(at) ^ times(factor, block.readUInt16BE(at)), at);
    }
  }
  return sum;
}

function partFrame(message: Buffer, blockBytes: number, number: number): Buffer {
  const count = Math.ceil(message.length / blockBytes);
  const filled = Buffer.concat([message, Buffer.alloc(count * blockBytes - message.length)]);
  const blocks = new Map(
    Array.from({ length: count }, (_, i) => [
      i,
      filled.subarray(i * blockBytes, (i + 1) * blockBytes),
    ]),
  );
  const before = Buffer.concat([
    Buffer.from([0x53, 0x43, 0xd1, 1]),
    sha256(message).subarray(0, 16),
    u32(message.length),
    Buffer.from([number >> 8, number & 0xff]),
    u32(blockBytes),
    valueAt(number, blocks),
  ]);
  return Buffer.concat([before, sha256(before).subarray(0, 4)]);
}

function wholeFrame(message: Buffer): Buffer {
  const head = Buffer.from([0x53, 0x43, 0xd0, 1]);
  return Buffer.concat([head, sha256(message).subarray(0, 16), u32(message.length), message]);
}

const file = new URL('../../../spec/vectors/13-frames.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as FrameVectors;

describe('the vectors of the spec', () => {
  it('are what this code makes', () => {
    expect(frameVectors()).toEqual(vectors);
  });

  it('agree with the chapter done a second time', () => {
    for (const [a, b, product] of vectors.products) expect(times(a, b)).toBe(product);
    for (const { length, frame, text } of vectors.whole) {
      const made = wholeFrame(messageOf(length));
      expect(made.toString('hex')).toBe(frame);
      expect(`specie:${made.toString('base64url')}`).toBe(text);
    }
    for (const { length, blockBytes, frames } of vectors.parts) {
      // Lagrange's formula by hand takes a minute for a thousand blocks.
      const few = length > 5000 ? frames.filter(({ number }) => number < 1024) : frames;
      for (const { number, frame, sha256: hash } of few) {
        const made = partFrame(messageOf(length), blockBytes, number);
        if (frame !== undefined) expect(made.toString('hex')).toBe(frame);
        expect(sha256(made).toString('hex'), `${length} bytes, part ${number}`).toBe(hash);
      }
    }
  });

  it('name parts from which the message comes out, as the second way makes them', () => {
    for (const { length, blockBytes, enough } of vectors.parts) {
      for (const numbers of enough) {
        const decoder = newDecoder();
        const answers = numbers.map((n) =>
          decoder.take(partFrame(messageOf(length), blockBytes, n)),
        );
        expect(answers.at(-1)).toEqual({ at: 'done', message: Uint8Array.from(messageOf(length)) });
      }
    }
  });

  it('hold the example of the chapter', () => {
    const message = Buffer.from('00010002', 'hex');
    const block = (number: number): string =>
      partFrame(message, 2, number).subarray(-6, -4).toString('hex');
    expect([0, 1, 2, 3].map(block)).toEqual(['0001', '0002', '0007', '0004']);
  });

  it('refuse each wrong frame for its own reason', () => {
    for (const { because, frame, refusal, at } of vectors.refused) {
      const taken = newDecoder().take(Uint8Array.from(Buffer.from(frame, 'hex')));
      expect(taken, because).toEqual({ at: 'refused', refusal: { code: refusal, at } });
    }
    expect(vectors.refused.length).toBeGreaterThanOrEqual(20);
  });
});
