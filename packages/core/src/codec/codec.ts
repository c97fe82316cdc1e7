/**
 * The canonical encoding. Everything that is signed, hashed, stored or sent is written by these
 * few combinators. Invariant: a value has exactly one encoding and an encoding at most one value,
 * so decode∘encode and encode∘decode are both the identity. Every read is bounded by the shape and
 * by the bytes that are there; depth is the depth of the shape, which is fixed.
 *
 * Spec: 00 §4.
 * @module
 */
import { assert } from '../base/assert.ts';
import { bytesOfText, compareBytes, textOfBytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import {
  Malformed,
  putBytes,
  putU64,
  putUint,
  takeBytes,
  takeU64,
  takeUint,
  type Sink,
  type Source,
} from './stream.ts';
import type { Shape } from './shape.ts';

/** Writes and reads one kind of value. Use `message` to make something that may leave the house. */
export interface Codec<T> {
  readonly shape: Shape;
  /** Appends the value. A value outside the shape is our bug. */
  write(sink: Sink, value: T): void;
  /** Takes the value off the front. Hostile bytes raise `Malformed`, which `message` turns into a refusal. */
  read(source: Source): T;
}

/** The value type of a codec. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never;

/** Bytes of a number that counts the bytes of a blob, those of a text, the entries of a list. */
const BLOB_LENGTH_BYTES = 4;
const TEXT_LENGTH_BYTES = 2;
const LIST_COUNT_BYTES = 2;

function uint(bits: 8 | 16 | 32 | 48, max: number, means?: 'instant' | 'currency'): Codec<number> {
  const width = bits / 8;
  assert(max >= 0 && max < 2 ** bits, 'the largest number fits its width');
  return {
    shape: means === undefined ? { kind: 'uint', bits, max } : { kind: 'uint', bits, max, means },
    write(sink, value) {
      assert(Number.isInteger(value) && value >= 0 && value <= max, 'a number is within its range');
      putUint(sink, value, width);
    },
    read(source) {
      const value = takeUint(source, width);
      if (value > max) throw new Malformed('value_out_of_range');
      return value;
    },
  };
}

/** Unsigned big-endian numbers of fixed width. There is one width for each field, so none is ever padded. */
export const u8 = uint(8, 0xff);
export const u16 = uint(16, 0xffff);
export const u32 = uint(32, 0xffff_ffff);
export const u48 = uint(48, 2 ** 48 - 1);

/** A number of the given width that may not exceed `max`. */
export function upTo(bits: 8 | 16 | 32 | 48, max: number): Codec<number> {
  return uint(bits, max);
}

/** Milliseconds since 1970 in 48 bits. */
export const instant = uint(48, 2 ** 48 - 1, 'instant') as Codec<Instant>;

/** ISO 4217 number of a currency, at most 999; whether it stands for one is for the rules to say. */
export const currencyNumber = uint(16, 999, 'currency');

/** 64-bit unsigned number as a bigint: sums of money. */
export const u64: Codec<bigint> = {
  shape: { kind: 'u64' },
  write(sink, value) {
    assert(value >= 0n && value < 1n << 64n, 'a 64-bit number fits');
    putU64(sink, value);
  },
  read: takeU64,
};

/** One byte, 0 or 1. */
export const flag: Codec<boolean> = {
  shape: { kind: 'flag' },
  write: (sink, value) => {
    putUint(sink, value ? 1 : 0, 1);
  },
  read(source) {
    const value = takeUint(source, 1);
    if (value > 1) throw new Malformed('encoding_not_canonical');
    return value === 1;
  },
};

/** Exactly `length` bytes. */
export function bytes(length: number): Codec<Uint8Array> {
  return {
    shape: { kind: 'bytes', length },
    write(sink, value) {
      assert(value.length === length, 'a field of fixed length has that length');
      putBytes(sink, value);
    },
    read: (source) => takeBytes(source, length),
  };
}

/** Up to `max` bytes behind a 32-bit length. */
export function blob(max: number): Codec<Uint8Array> {
  return {
    shape: { kind: 'blob', max },
    write(sink, value) {
      assert(value.length <= max, 'a field stays within its length');
      putUint(sink, value.length, BLOB_LENGTH_BYTES);
      putBytes(sink, value);
    },
    read(source) {
      const length = takeUint(source, BLOB_LENGTH_BYTES);
      if (length > max) throw new Malformed('field_too_long');
      return takeBytes(source, length);
    },
  };
}

/**
 * UTF-8 text of at most `max` bytes behind a 16-bit length, plain in the sense of `isPlain`, so
 * that two texts that look alike to the reader's screen are alike in bytes.
 */
export function text(max: number): Codec<string> {
  assert(max <= 0xffff, 'the length of a text fits 16 bits');
  return {
    shape: { kind: 'text', max },
    write(sink, value) {
      const utf8 = bytesOfText(value);
      assert(utf8.length <= max && isPlain(value), 'a text is plain and stays within its length');
      putUint(sink, utf8.length, TEXT_LENGTH_BYTES);
      putBytes(sink, utf8);
    },
    read(source) {
      const length = takeUint(source, TEXT_LENGTH_BYTES);
      if (length > max) throw new Malformed('field_too_long');
      const value = textOfBytes(takeBytes(source, length));
      if (value === undefined || !isPlain(value)) throw new Malformed('text_invalid');
      return value;
    },
  };
}

const ASCII = /^[\x20-\x7e]*$/;
/** Unicode general categories C (control, format, surrogate, private, unassigned), Zl and Zp. */
const NOT_PLAIN = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Whether a text may stand in a message: whole characters in normal form C, none of them invisible,
 * unassigned, a control, or able to change the direction or order in which others are shown.
 */
export function isPlain(value: string): boolean {
  return ASCII.test(value) || (!NOT_PLAIN.test(value) && value.normalize('NFC') === value);
}

function listOf<T>(of: Codec<T>, min: number, max: number, sorted: boolean): Codec<readonly T[]> {
  assert(min <= max && max <= 0xffff, 'the count of a list fits 16 bits');
  return {
    shape: { kind: 'list', of: of.shape, min, max, sorted },
    write(sink, values) {
      assert(values.length >= min && values.length <= max, 'a list stays within its bounds');
      putUint(sink, values.length, LIST_COUNT_BYTES);
      const ascends = sorted ? ascent() : undefined;
      for (const value of values) {
        const start = sink.length;
        of.write(sink, value);
        assert(
          ascends === undefined || sink.isUnjudged || ascends(sink.buffer, start, sink.length),
          'a sorted list is in ascending order of its encoded entries',
        );
      }
    },
    read(source) {
      const count = takeUint(source, LIST_COUNT_BYTES);
      if (count < min || count > max) throw new Malformed('list_length_invalid');
      const values: T[] = [];
      const ascends = sorted ? ascent() : undefined;
      try {
        while (values.length < count) {
          const start = source.position;
          const value = of.read(source);
          if (ascends !== undefined && !ascends(source.input, start, source.position)) {
            throw new Malformed('list_not_sorted');
          }
          values.push(value);
        }
      } catch (cause) {
        if (cause instanceof Malformed) cause.at = `[${values.length}]${cause.at}`;
        throw cause;
      }
      return values;
    },
  };
}

/** Says of each encoded entry in turn whether it stands behind the one before. */
function ascent(): (buffer: Uint8Array, start: number, end: number) => boolean {
  let before: readonly [start: number, end: number] | undefined;
  return (buffer, start, end) => {
    const isBehind =
      before === undefined ||
      compareBytes(buffer.subarray(before[0], before[1]), buffer.subarray(start, end)) < 0;
    before = [start, end];
    return isBehind;
  };
}

/** Between `min` and `max` values behind a 16-bit count. */
export function list<T>(of: Codec<T>, min: number, max: number): Codec<readonly T[]> {
  return listOf(of, min, max, false);
}

/** A list whose encoded entries stand in strictly ascending byte order: a set has one encoding. */
export function sortedList<T>(of: Codec<T>, min: number, max: number): Codec<readonly T[]> {
  return listOf(of, min, max, true);
}

/** A value or nothing, behind one byte 1 or 0. */
export function optional<T>(of: Codec<T>): Codec<T | undefined> {
  return {
    shape: { kind: 'optional', of: of.shape },
    write(sink, value) {
      flag.write(sink, value !== undefined);
      if (value !== undefined) of.write(sink, value);
    },
    read: (source) => (flag.read(source) ? of.read(source) : undefined),
  };
}

/** One of several names, each behind its number in one byte. */
export function choice<const N extends Readonly<Record<string, number>>>(
  names: N,
): Codec<Extract<keyof N, string>> {
  const entries = Object.entries(names);
  const byName = new Map(entries);
  const byNumber = new Map(entries.map(([name, number]) => [number, name]));
  assert(byNumber.size === entries.length, 'the numbers of a choice differ');
  return {
    shape: { kind: 'choice', names: entries },
    write(sink, value) {
      const number = byName.get(value);
      assert(number !== undefined, 'a choice is one of its names');
      putUint(sink, number, 1);
    },
    read(source) {
      const name = byNumber.get(takeUint(source, 1));
      if (name === undefined) throw new Malformed('choice_unknown');
      return name as Extract<keyof N, string>;
    },
  };
}

type StructOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** Named values one behind the other, in the order given. */
export function struct<const F extends Readonly<Record<string, unknown>>>(
  fields: F & { readonly [K in keyof F]: Codec<ValueOf<F[K]>> },
): Codec<StructOf<F>> {
  const given = fields as Readonly<Record<string, Codec<unknown>>>;
  const names = Object.keys(given);
  const codecs = Object.values(given);
  return {
    shape: { kind: 'struct', fields: names.map((name, i) => [name, codecs[i]!.shape]) },
    write(sink, value) {
      const record = value as Readonly<Record<string, unknown>>;
      for (let i = 0; i < names.length; i++) codecs[i]!.write(sink, record[names[i]!]);
    },
    read(source) {
      const record: Record<string, unknown> = {};
      let reached = 0;
      try {
        for (; reached < names.length; reached++)
          record[names[reached]!] = codecs[reached]!.read(source);
      } catch (cause) {
        if (cause instanceof Malformed) cause.at = `.${names[reached]!}${cause.at}`;
        throw cause;
      }
      return record as StructOf<F>;
    },
  };
}

type UnionOf<C> = {
  [K in keyof C]: { readonly is: K } & (C[K] extends readonly [number, infer V]
    ? ValueOf<V>
    : never);
}[keyof C];

/** One of several structs, each behind its number in one byte; the value says which in `is`. */
export function union<const C extends Readonly<Record<string, readonly [number, unknown]>>>(
  cases: C,
): Codec<UnionOf<C>> {
  const entries = Object.entries(cases) as [string, readonly [number, Codec<object>]][];
  const byName = new Map(entries.map(([name, [number, of]]) => [name, { number, of }]));
  const byNumber = new Map(entries.map(([name, [number, of]]) => [number, { name, of }]));
  assert(byNumber.size === entries.length, 'the numbers of a union differ');
  for (const [, [, { shape }]] of entries) {
    assert(
      shape.kind === 'struct' && shape.fields.every(([name]) => name !== 'is'),
      'a case of a union is a struct without a field named is',
    );
  }
  return {
    shape: {
      kind: 'union',
      cases: entries.map(([name, [number, of]]) => [name, number, of.shape]),
    },
    write(sink, value) {
      const { is } = value as { readonly is: string };
      const found = byName.get(is);
      assert(found !== undefined, 'a union is one of its cases');
      putUint(sink, found.number, 1);
      found.of.write(sink, value);
    },
    read(source) {
      const found = byNumber.get(takeUint(source, 1));
      if (found === undefined) throw new Malformed('choice_unknown');
      return { is: found.name, ...found.of.read(source) } as UnionOf<C>;
    },
  };
}
