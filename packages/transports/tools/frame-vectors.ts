/**
 * The vectors of frames, made by this house's code. Run, it writes `spec/vectors/13-frames.json` anew,
 * which is to be read before it is committed: vectors that follow the code prove nothing by
 * themselves. A test compares them with a second implementation made from the spec's words alone.
 *
 * Spec: 13 §8.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { hexOf } from '@specie/core/base/bytes';
import { sha256 } from '@specie/core/crypto/hash';
import { animatedCode } from '../src/animated-code.ts';
import { newDecoder } from '../src/decoder.ts';
import { fieldTables } from '../src/field.ts';
import { digestOf, PART_FRAME_OVERHEAD, partFrameOf, wholeFrameOf } from '../src/frame.ts';
import { textOf } from '../src/message-text.ts';

export interface FrameVectors {
  readonly about: string;
  readonly products: readonly (readonly [a: number, b: number, product: number])[];
  readonly whole: readonly {
    readonly length: number;
    readonly frame: string;
    readonly text: string;
  }[];
  readonly parts: readonly {
    readonly length: number;
    readonly blockBytes: number;
    readonly needed: number;
    /** Part frames by number: in full when short, by their SHA-256 otherwise. */
    readonly frames: readonly {
      readonly number: number;
      readonly frame?: string;
      readonly sha256: string;
    }[];
    /** Sets of numbers each of which gives the message. */
    readonly enough: readonly (readonly number[])[];
  }[];
  readonly refused: readonly {
    readonly because: string;
    readonly frame: string;
    readonly refusal: string;
    readonly at: string;
  }[];
}

/** The message of a length that vectors speak of. */
export function vectorMessage(length: number): Uint8Array {
  const made = new Uint8Array(length);
  const number = new Uint8Array(4);
  for (let at = 0; at < length; at += 32) {
    new DataView(number.buffer).setUint32(0, at / 32);
    made.set(sha256(number).subarray(0, Math.min(32, length - at)), at);
  }
  return made;
}

/** All vectors. */
export function frameVectors(): FrameVectors {
  return {
    about: 'Frames of transports, chapter 13. Bytes in hexadecimal; messages by their length, §8.',
    products: products(),
    whole: [1, 2, 3, 40].map((length) => ({
      length,
      frame: hexOf(wholeFrameOf(vectorMessage(length))),
      text: textOf(vectorMessage(length)),
    })),
    parts: [
      partsOf(1, 2, [0, 1, 65_535], [[0], [9], [65_535]]),
      partsOf(
        20,
        8,
        [0, 1, 2, 3, 4, 5, 256, 4097, 65_535],
        [
          [0, 1, 2],
          [3, 1, 65_535],
          [256, 4097, 5],
        ],
      ),
      partsOf(
        4096,
        1024,
        [0, 3, 4, 5, 1000, 65_535],
        [
          [4, 5, 1000, 65_535],
          [0, 3, 4, 5],
        ],
      ),
      partsOf(65_536, 64, [0, 1023, 1024, 65_535], []),
    ],
    refused: refused(),
  };
}

function products(): FrameVectors['products'] {
  const { logOf, powerOf } = fieldTables();
  const pairs: readonly (readonly [number, number])[] = [
    [0, 7],
    [1, 0xffff],
    [2, 0x8000],
    [3, 3],
    [0x1234, 0xabcd],
    [0xffff, 0xffff],
    [256, 256],
  ];
  return pairs.map(([a, b]) => {
    const isZero = a === 0 || b === 0;
    return [a, b, isZero ? 0 : powerOf[logOf[a]! + logOf[b]!]!];
  });
}

function partsOf(
  length: number,
  blockBytes: number,
  numbers: readonly number[],
  enough: readonly (readonly number[])[],
): FrameVectors['parts'][number] {
  const encoded = animatedCode.encode(vectorMessage(length), {
    frameBytesMax: PART_FRAME_OVERHEAD + blockBytes,
  });
  if (!encoded.ok) throw new Error(encoded.refusal.code);
  const frames = encoded.value;
  return {
    length,
    blockBytes,
    needed: frames.needed,
    frames: numbers.map((number) => {
      const frame = frames.at(number);
      const hash = hexOf(sha256(frame));
      return frame.length <= 64
        ? { number, frame: hexOf(frame), sha256: hash }
        : { number, sha256: hash };
    }),
    enough,
  };
}

function refused(): FrameVectors['refused'] {
  const message = vectorMessage(20);
  const digest = digestOf(message);
  const part = { digest, length: 20, number: 7, block: message.slice(0, 8) };
  const whole = wholeFrameOf(message);
  const altered = (frame: Uint8Array, at: number): Uint8Array => {
    const copy = Uint8Array.from(frame);
    copy[at]! ^= 1;
    return copy;
  };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['it is empty', new Uint8Array(0)],
    ['it is a link', bytes('https://example.org/')],
    ['it is another message', Uint8Array.of(0x53, 0x43, 0x10, 1)],
    ['its version is not known', altered(altered(whole, 3), 3).with(3, 2)],
    ['it ends within the digest', whole.slice(0, 12)],
    ['it ends before its message does', whole.slice(0, -1)],
    ['bytes follow', Uint8Array.from([...whole, 0])],
    ['its message is not that of the digest', altered(whole, whole.length - 1)],
    ['its message is empty', wholeFrameOf(new Uint8Array(0))],
    ['its digest was altered', altered(partFrameOf(part), 4)],
    ['its number was altered', altered(partFrameOf(part), 25)],
    ['its length is 65,537', altered(partFrameOf({ ...part, length: 65_536 }), 23)],
    ['its length is nothing', partFrameOf({ ...part, length: 0 })],
    ['its block is empty', partFrameOf({ ...part, block: new Uint8Array(0) })],
    ['its block has an odd number of bytes', partFrameOf({ ...part, block: new Uint8Array(7) })],
    [
      'its message would have 1,025 blocks',
      partFrameOf({ ...part, length: 2049, block: new Uint8Array(2) }),
    ],
    ['its text has padding', bytes(`${textOf(message)}=`)],
    ['its text has a space inside', bytes(textOf(message).replace('specie:', 'specie: '))],
    ['its text has spare bits that are not zero', bytes('specie:AB')],
    ['its text is cut short', bytes(textOf(message).slice(0, 40))],
  ];
  return cases.map(([because, frame]) => {
    const taken = newDecoder().take(frame);
    if (taken.at !== 'refused') throw new Error(`not refused although ${because}`);
    return { because, frame: hexOf(frame), refusal: taken.refusal.code, at: taken.refusal.at };
  });
}

if (import.meta.main) {
  const file = new URL('../../../spec/vectors/13-frames.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify(frameVectors(), null, 1)}\n`);
}
