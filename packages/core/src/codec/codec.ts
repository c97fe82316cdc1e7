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
import { Malformed, Sink, Source } from './stream.ts';
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

function uint(bits: 8 | 16 | 32 | 48, max: number, means?: 'instant' | 'currency'): Codec<number> {
  return {
    shape: means === undefined ? { kind: 'uint', bits, max } : { kind: 'uint', bits, max, means },
    write(sink, value) {
      assert(Number.isInteger(value) && value >= 0 && value <= max, `a ${bits}-bit number fits`);
      sink.uint(value, bits / 8);
    },
    read(source) {
      const value = source.uint(bits / 8);
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
export const instant = uint(48, 2 ** 48 - 1, 'instant') as Codec<number> as Codec<Instant>;

/** ISO 4217 number of a currency, 1 to 999; whether it is a known one is for the rules to say. */
export const currencyNumber = uint(16, 999, 'currency');

/** 64-bit unsigned number as a bigint: sums of money. */
export const u64: Codec<bigint> = {
  shape: { kind: 'u64' },
  write(sink, value) {
    assert(value >= 0n && value < 1n << 64n, 'a 64-bit number fits');
    sink.u64(value);
  },
  read: (source) => source.u64(),
};

/** One byte, 0 or 1. */
export const flag: Codec<boolean> = {
  shape: { kind: 'flag' },
  write: (sink, value) => {
    sink.uint(value ? 1 : 0, 1);
  },
  read(source) {
    const value = source.uint(1);
    if (value > 1) throw new Malformed('encoding_not_canonical');
    return value === 1;
  },
};

/** Exactly `length` bytes. */
export function bytes(length: number): Codec<Uint8Array> {
  return {
    shape: { kind: 'bytes', length },
    write(sink, value) {
      assert(value.length === length, `exactly ${length} bytes`);
      sink.bytes(value);
    },
    read: (source) => source.bytes(length),
  };
}

/** Up to `max` bytes behind a 32-bit length. */
export function blob(max: number): Codec<Uint8Array> {
  return {
    shape: { kind: 'blob', max },
    write(sink, value) {
      assert(value.length <= max, `at most ${max} bytes`);
      sink.uint(value.length, 4);
      sink.bytes(value);
    },
    read(source) {
      const length = source.uint(4);
      if (length > max) throw new Malformed('field_too_long');
      return source.bytes(length);
    },
  };
}

/**
 * UTF-8 text of at most `max` bytes behind a 16-bit length: in normal form C and without control
 * characters, so that two texts that look alike to the reader's screen are alike in bytes.
 */
export function text(max: number): Codec<string> {
  return {
    shape: { kind: 'text', max },
    write(sink, value) {
      const utf8 = bytesOfText(value);
      assert(utf8.length <= max && isPlain(value), `plain text of at most ${max} bytes`);
      sink.uint(utf8.length, 2);
      sink.bytes(utf8);
    },
    read(source) {
      const length = source.uint(2);
      if (length > max) throw new Malformed('field_too_long');
      const value = textOfBytes(source.bytes(length));
      if (value === undefined || !isPlain(value)) throw new Malformed('text_invalid');
      return value;
    },
  };
}

/** Whether a text may stand in a message: normal form C, no control or direction-changing characters. */
export function isPlain(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is refused.
  return (
    value.normalize('NFC') === value &&
    !/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(value)
  );
}

/** Between `min` and `max` values behind a 16-bit count. */
export function list<T>(of: Codec<T>, min: number, max: number): Codec<readonly T[]> {
  return {
    shape: { kind: 'list', of: of.shape, min, max, sorted: false },
    write(sink, values) {
      assert(values.length >= min && values.length <= max, `between ${min} and ${max} entries`);
      sink.uint(values.length, 2);
      for (const value of values) of.write(sink, value);
    },
    read(source) {
      const count = source.uint(2);
      if (count < min || count > max) throw new Malformed('list_length_invalid');
      const values: T[] = [];
      for (let i = 0; i < count; i++) values.push(inside(`[${i}]`, () => of.read(source)));
      return values;
    },
  };
}

/** A list whose encoded entries stand in strictly ascending byte order: a set has one encoding. */
export function sortedList<T>(of: Codec<T>, min: number, max: number): Codec<readonly T[]> {
  const plain = list(of, min, max);
  const encoded = (value: T): Uint8Array => {
    const sink = new Sink();
    of.write(sink, value);
    return sink.taken();
  };
  const isAscending = (values: readonly T[]): boolean =>
    values.every(
      (value, i) => i === 0 || compareBytes(encoded(values[i - 1]!), encoded(value)) < 0,
    );
  return {
    shape: { kind: 'list', of: of.shape, min, max, sorted: true },
    write(sink, values) {
      assert(
        sink.isUnjudged || isAscending(values),
        'a sorted list is in ascending order of its encoded entries',
      );
      plain.write(sink, values);
    },
    read(source) {
      const values = plain.read(source);
      if (!isAscending(values)) throw new Malformed('list_not_sorted');
      return values;
    },
  };
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
  const byNumber = new Map(entries.map(([name, number]) => [number, name]));
  assert(byNumber.size === entries.length, 'the numbers of a choice differ');
  return {
    shape: { kind: 'choice', names: entries },
    write(sink, value) {
      const number = names[value];
      assert(number !== undefined, 'a choice is one of its names');
      sink.uint(number, 1);
    },
    read(source) {
      const name = byNumber.get(source.uint(1));
      if (name === undefined) throw new Malformed('choice_unknown');
      return name as Extract<keyof N, string>;
    },
  };
}

type Fields = Readonly<Record<string, Codec<never>>>;
type StructOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** Named values one behind the other, in the order given. */
export function struct<const F extends Readonly<Record<string, unknown>>>(
  fields: F & { readonly [K in keyof F]: Codec<ValueOf<F[K]>> },
): Codec<StructOf<F>> {
  const entries = Object.entries(fields as unknown as Fields) as [string, Codec<unknown>][];
  return {
    shape: { kind: 'struct', fields: entries.map(([name, field]) => [name, field.shape]) },
    write(sink, value) {
      const record = value as Readonly<Record<string, unknown>>;
      for (const [name, field] of entries) field.write(sink, record[name]);
    },
    read(source) {
      const record: Record<string, unknown> = {};
      for (const [name, field] of entries)
        record[name] = inside(`.${name}`, () => field.read(source));
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
  const byNumber = new Map(entries.map(([name, [number, of]]) => [number, { name, of }]));
  assert(byNumber.size === entries.length, 'the numbers of a union differ');
  return {
    shape: {
      kind: 'union',
      cases: entries.map(([name, [number, of]]) => [name, number, of.shape]),
    },
    write(sink, value) {
      const { is } = value as { readonly is: string };
      const found = (cases as Readonly<Record<string, readonly [number, unknown]>>)[is];
      assert(found !== undefined, 'a union is one of its cases');
      sink.uint(found[0], 1);
      (found[1] as Codec<object>).write(sink, value as object);
    },
    read(source) {
      const found = byNumber.get(source.uint(1));
      if (found === undefined) throw new Malformed('choice_unknown');
      const value = inside(`.${found.name}`, () => found.of.read(source));
      return { is: found.name, ...value } as UnionOf<C>;
    },
  };
}

/** Runs a read and says where it was when it failed. */
function inside<T>(step: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Malformed) cause.at = step + cause.at;
    throw cause;
  }
}
