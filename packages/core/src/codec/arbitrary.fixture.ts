/**
 * Values, encodings and damage made from shapes. The encoder here was written a second time from the
 * spec and shares nothing with the one it tests; it also notes where each field lies, so that damage
 * can be done where it hurts.
 * @module
 */
import type { Chance } from '../base/chance.fixture.ts';
import { compareBytes } from '../base/bytes.ts';
import type { Message } from './message.ts';
import type { Shape } from './shape.ts';

/** Where a field lies in an encoding: what a mutation may aim at. */
export interface Spot {
  readonly at: number;
  readonly length: number;
  readonly role: 'number' | 'flag' | 'choice' | 'length' | 'count' | 'utf8' | 'bytes' | 'entry';
  readonly shape: Shape;
}

export interface Written {
  readonly bytes: Uint8Array;
  readonly spots: readonly Spot[];
}

const PLAIN = ['a', 'Z', '7', ' ', '.', 'é', 'ß', '中', '付', '€', '🪙', 'ñ', '@', '+'];

/** A value of a shape: small most of the time, at its bounds now and then. */
export function arbitraryValue(shape: Shape, chance: Chance): unknown {
  switch (shape.kind) {
    case 'uint':
      return chance.pick([
        0,
        shape.max,
        chance.below(shape.max + 1),
        chance.below(256) % (shape.max + 1),
      ]);
    case 'u64':
      return chance.pick([
        0n,
        2n ** 64n - 1n,
        BigInt(chance.below(2 ** 48)),
        1n << BigInt(chance.below(64)),
      ]);
    case 'flag':
      return chance.once(2);
    case 'bytes':
      return chance.bytes(shape.length);
    case 'blob':
      return chance.bytes(chance.below(Math.min(shape.max, 24) + 1));
    case 'text':
      return arbitraryText(shape.max, chance);
    case 'list':
      return arbitraryList(shape, chance);
    case 'optional':
      return chance.once(2) ? undefined : arbitraryValue(shape.of, chance);
    case 'choice':
      return chance.pick(shape.names)[0];
    case 'struct':
      return Object.fromEntries(
        shape.fields.map(([name, of]) => [name, arbitraryValue(of, chance)]),
      );
    case 'union': {
      const [is, , of] = chance.pick(shape.cases);
      return { is, ...(arbitraryValue(of, chance) as object) };
    }
  }
}

function arbitraryText(max: number, chance: Chance): string {
  let text = '';
  const wanted = chance.below(12);
  const encoder = new TextEncoder();
  for (let i = 0; i < wanted; i++) {
    const more = text + chance.pick(PLAIN);
    if (encoder.encode(more).length > max) break;
    text = more;
  }
  return text;
}

function arbitraryList(
  shape: Extract<Shape, { kind: 'list' }>,
  chance: Chance,
): readonly unknown[] {
  // Entries of many kilobytes cost time and show nothing new.
  const more = encodedBytesMax(shape.of) > 1024 ? [0, 0, 0, 1] : [0, 0, 1, 1, 2, 3];
  const wanted = Math.min(shape.max, shape.min + chance.pick(more));
  const values: unknown[] = [];
  for (let i = 0; i < wanted; i++) values.push(arbitraryValue(shape.of, chance));
  if (!shape.sorted) return values;
  const byBytes = new Map<string, { value: unknown; bytes: Uint8Array }>();
  for (let tries = 0; byBytes.size < Math.max(shape.min, values.length) && tries < 1000; tries++) {
    const value = arbitraryValue(shape.of, chance);
    const { bytes } = writtenOf(shape.of, value);
    byBytes.set(bytes.toString(), { value, bytes });
  }
  return [...byBytes.values()]
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ value }) => value);
}

/** The encoding of a value by the spec alone (00 §4), with the places of its fields. */
export function writtenOf(shape: Shape, value: unknown): Written {
  const bytes: number[] = [];
  const spots: Spot[] = [];
  write(shape, value, bytes, spots);
  return { bytes: Uint8Array.from(bytes), spots };
}

function bigEndian(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, i) =>
    Number((value >> BigInt(8 * (width - 1 - i))) & 255n),
  );
}

function write(shape: Shape, value: unknown, bytes: number[], spots: Spot[]): void {
  const put = (role: Spot['role'], more: ArrayLike<number>): void => {
    spots.push({ at: bytes.length, length: more.length, role, shape });
    for (let i = 0; i < more.length; i++) bytes.push(more[i] ?? 0);
  };
  switch (shape.kind) {
    case 'uint':
      return put('number', bigEndian(BigInt(value as number), shape.bits / 8));
    case 'u64':
      return put('number', bigEndian(value as bigint, 8));
    case 'flag':
      return put('flag', [value === true ? 1 : 0]);
    case 'bytes':
      return put('bytes', value as Uint8Array);
    case 'blob':
      put('length', bigEndian(BigInt((value as Uint8Array).length), 4));
      return put('bytes', value as Uint8Array);
    case 'text': {
      const utf8 = new TextEncoder().encode(value as string);
      put('length', bigEndian(BigInt(utf8.length), 2));
      return put('utf8', utf8);
    }
    case 'list': {
      const values = value as readonly unknown[];
      put('count', bigEndian(BigInt(values.length), 2));
      for (const each of values) {
        const at = bytes.length;
        write(shape.of, each, bytes, spots);
        spots.push({ at, length: bytes.length - at, role: 'entry', shape });
      }
      return;
    }
    case 'optional':
      put('flag', [value === undefined ? 0 : 1]);
      if (value !== undefined) write(shape.of, value, bytes, spots);
      return;
    case 'choice':
      return put('choice', [shape.names.find(([name]) => name === value)?.[1] ?? 0]);
    case 'struct':
      for (const [name, of] of shape.fields) {
        write(of, (value as Readonly<Record<string, unknown>>)[name], bytes, spots);
      }
      return;
    case 'union': {
      const { is } = value as { readonly is: string };
      const found = shape.cases.find(([name]) => name === is);
      if (found === undefined) throw new Error(`no case ${is}`);
      put('choice', [found[1]]);
      write(found[2], value, bytes, spots);
    }
  }
}

/** The whole message: header and value, with places counted from the header's first byte. */
export function writtenMessage(kind: Message<unknown>, value: unknown): Written {
  const { bytes, spots } = writtenOf(kind.shape, value);
  return {
    bytes: Uint8Array.of(0x53, 0x43, kind.type, kind.version, ...bytes),
    spots: spots.map((spot) => ({ ...spot, at: spot.at + 4 })),
  };
}

/** Bytes of the longest encoding a shape allows, header not included. */
export function encodedBytesMax(shape: Shape): number {
  switch (shape.kind) {
    case 'uint':
      return shape.bits / 8;
    case 'u64':
      return 8;
    case 'flag':
    case 'choice':
      return 1;
    case 'bytes':
      return shape.length;
    case 'blob':
      return 4 + shape.max;
    case 'text':
      return 2 + shape.max;
    case 'list':
      return 2 + shape.max * encodedBytesMax(shape.of);
    case 'optional':
      return 1 + encodedBytesMax(shape.of);
    case 'struct':
      return shape.fields.reduce((sum, [, of]) => sum + encodedBytesMax(of), 0);
    case 'union':
      return 1 + Math.max(...shape.cases.map(([, , of]) => encodedBytesMax(of)));
  }
}

/** UTF-8 that must not pass: overlong, surrogate, cut off, control, bidi, decomposed, unassigned. */
const BAD_UTF8: readonly (readonly number[])[] = [
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x82],
  [0x07],
  [0xe2, 0x80, 0xae],
  [0x65, 0xcc, 0x81],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbf, 0xbf],
  [0xd8, 0x9c],
];

/** Damages an encoded message in one of many ways. The input stays as it is. */
export function mutantOf({ bytes, spots }: Written, bytesMax: number, chance: Chance): Uint8Array {
  const way = chance.below(16);
  switch (way) {
    case 0:
      return bytes.slice(0, chance.below(bytes.length));
    case 1:
      return longer(bytes, chance.bytes(1 + chance.below(8)));
    case 2:
      return changed(bytes, chance.below(4), chance.below(256));
    case 3:
      return bytesMax <= 4096 && chance.once(8)
        ? longer(bytes, new Uint8Array(bytesMax))
        : changed(bytes, 2 + chance.below(2), chance.below(256));
    case 4:
    case 5:
    case 6: {
      const flipped = bytes.slice();
      for (let i = chance.below(4); i >= 0; i--) {
        const at = 4 + chance.below(Math.max(1, bytes.length - 4));
        if (at < flipped.length) flipped[at] = flipped[at]! ^ (1 << chance.below(8));
      }
      return flipped;
    }
    default: {
      if (spots.length === 0) return longer(bytes, chance.bytes(1));
      return aimed(bytes, spots, chance.pick(spots), chance);
    }
  }
}

function changed(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = byte;
  return copy;
}

function longer(bytes: Uint8Array, more: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + more.length);
  copy.set(bytes);
  copy.set(more, bytes.length);
  return copy;
}

/** `bytes` with the stretch from `at` replaced by another, which may be longer or shorter. */
function spliced(bytes: Uint8Array, at: number, length: number, by: ArrayLike<number>): Uint8Array {
  const copy = new Uint8Array(bytes.length - length + by.length);
  copy.set(bytes.subarray(0, at));
  copy.set(by, at);
  copy.set(bytes.subarray(at + length), at + by.length);
  return copy;
}

/** Damage that knows what it hits: bombs in lengths, numbers past their bounds, lists out of order. */
function aimed(bytes: Uint8Array, spots: readonly Spot[], spot: Spot, chance: Chance): Uint8Array {
  const { at, length, role, shape } = spot;
  switch (role) {
    case 'flag':
    case 'choice':
      return changed(bytes, at, chance.below(256));
    case 'number': {
      const past = shape.kind === 'uint' ? shape.max + chance.pick([0, 1, 1, 2]) : 0;
      const put = chance.once(3) ? BigInt(past) : BigInt(chance.below(2 ** 48));
      return spliced(bytes, at, length, bigEndian(put, length));
    }
    case 'length':
    case 'count': {
      const bomb = chance.pick([
        2 ** (8 * length) - 1,
        chance.below(2 ** (8 * length)),
        chance.below(4),
      ]);
      return spliced(bytes, at, length, bigEndian(BigInt(bomb), length));
    }
    case 'utf8': {
      const bad = chance.pick(BAD_UTF8);
      // The length in front is put right, so that what is inside is looked at.
      const counted = spliced(bytes, at - 2, 2, bigEndian(BigInt(bad.length), 2));
      return spliced(counted, at, length, bad);
    }
    case 'bytes':
      return length === 0
        ? changed(bytes, at - 1, 1)
        : spliced(bytes, at, length, chance.bytes(length));
    case 'entry': {
      const other = chance.pick(
        spots.filter((each) => each.role === 'entry' && each.shape === shape),
      );
      return spliced(bytes, at, length, bytes.subarray(other.at, other.at + other.length));
    }
  }
}
