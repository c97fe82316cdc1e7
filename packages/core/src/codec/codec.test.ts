import { describe, expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { INSTANT_MAX, instantOf } from '../base/instant.ts';
import type { RefusalCode } from '../base/refusals.ts';
import { arbitraryValue, encodedBytesMax, writtenOf } from './arbitrary.fixture.ts';
import {
  blob,
  bytes,
  choice,
  currencyNumber,
  flag,
  instant,
  isPlain,
  list,
  optional,
  sortedList,
  struct,
  text,
  u16,
  u32,
  u48,
  u64,
  u8,
  union,
  upTo,
  type Codec,
} from './codec.ts';
import { everythingMessage } from './everything.fixture.ts';
import { left, Malformed, newSink, sourceOf, taken } from './stream.ts';

function encoded<T>(codec: Codec<T>, value: T): string {
  const sink = newSink();
  codec.write(sink, value);
  return hexOf(taken(sink));
}

/** The value of hexadecimal bytes that are used up, or the refusal with its place. */
function decoded(codec: Codec<unknown>, hex: string): unknown {
  const source = sourceOf(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
  try {
    const value = codec.read(source);
    return left(source) === 0 ? value : 'bytes left over';
  } catch (cause) {
    if (cause instanceof Malformed) return `${cause.code} at "${cause.at}"`;
    throw cause;
  }
}

const refused = (code: RefusalCode, at = ''): string => `${code} at "${at}"`;
const ofBytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('numbers', () => {
  it('are big-endian and of fixed width', () => {
    expect(encoded(u8, 0xab)).toBe('ab');
    expect(encoded(u16, 0x0102)).toBe('0102');
    expect(encoded(u32, 0x80000001)).toBe('80000001');
    expect(encoded(u48, 0xfedcba987654)).toBe('fedcba987654');
    expect(encoded(u64, 0x0102030405060708n)).toBe('0102030405060708');
  });

  it.each([
    [u8, [0, 1, 0x7f, 0x80, 0xff]],
    [u16, [0, 0xff, 0x100, 0xffff]],
    [u32, [0, 0x7fffffff, 0x80000000, 0xffffffff]],
    [u48, [0, 0xffffffff, 0x100000000, 2 ** 47, 2 ** 48 - 1]],
  ] as const)('come back as they went at every edge of their width', (codec, values) => {
    for (const value of values) expect(decoded(codec, encoded(codec, value))).toBe(value);
  });

  it('of 64 bits come back as bigints', () => {
    for (const value of [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(decoded(u64, encoded(u64, value))).toBe(value);
    }
  });

  it('above their bound are refused when read', () => {
    expect(decoded(upTo(16, 300), '012c')).toBe(300);
    expect(decoded(upTo(16, 300), '012d')).toBe(refused('value_out_of_range'));
    expect(decoded(currencyNumber, '03e7')).toBe(999);
    expect(decoded(currencyNumber, '03e8')).toBe(refused('value_out_of_range'));
  });

  it('that do not fit are our bug when written', () => {
    for (const wrong of [-1, 256, 1.5, NaN, Infinity])
      expect(() => encoded(u8, wrong)).toThrow(Bug);
    expect(() => encoded(upTo(16, 300), 301)).toThrow(Bug);
    expect(() => encoded(u48, 2 ** 48)).toThrow(Bug);
    for (const wrong of [-1n, 2n ** 64n]) expect(() => encoded(u64, wrong)).toThrow(Bug);
  });

  it('may not be given a bound above their width', () => {
    expect(() => upTo(8, 256)).toThrow(Bug);
  });

  it('stand for instants of 48 bits', () => {
    expect(decoded(instant, encoded(instant, instantOf(INSTANT_MAX)))).toBe(INSTANT_MAX);
    expect(encoded(instant, instantOf(1))).toBe('000000000001');
  });
});

describe('a flag', () => {
  it('is one byte, 0 or 1', () => {
    expect([encoded(flag, false), encoded(flag, true)]).toEqual(['00', '01']);
    expect([decoded(flag, '00'), decoded(flag, '01')]).toEqual([false, true]);
  });

  it('of any other byte has no meaning', () => {
    for (const hex of ['02', '80', 'ff']) {
      expect(decoded(flag, hex)).toBe(refused('encoding_not_canonical'));
    }
  });
});

describe('bytes', () => {
  it('of fixed length stand as they are', () => {
    expect(encoded(bytes(3), ofBytes(1, 2, 3))).toBe('010203');
    expect(decoded(bytes(3), '010203')).toEqual(ofBytes(1, 2, 3));
    expect(decoded(bytes(3), '0102')).toBe(refused('message_truncated'));
    expect(() => encoded(bytes(3), ofBytes(1, 2))).toThrow(Bug);
  });

  it('of free length stand behind a 32-bit length', () => {
    expect(encoded(blob(4), ofBytes(7, 8))).toBe('000000020708');
    expect(decoded(blob(4), '000000020708')).toEqual(ofBytes(7, 8));
    expect(decoded(blob(4), '00000000')).toEqual(ofBytes());
    expect(() => encoded(blob(1), ofBytes(7, 8))).toThrow(Bug);
  });

  it('with a length above the bound are refused before anything is read', () => {
    expect(decoded(blob(4), 'ffffffff')).toBe(refused('field_too_long'));
    expect(decoded(blob(4), '000000050102030405')).toBe(refused('field_too_long'));
    expect(decoded(blob(4), '0000000401')).toBe(refused('message_truncated'));
  });

  it('that were read are copies, even out of a buffer that slices without copying', () => {
    const input = Buffer.from([1, 2, 3]);
    const value = bytes(3).read(sourceOf(input));
    input.fill(9);
    expect(value).toEqual(ofBytes(1, 2, 3));
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
  });
});

describe('text', () => {
  it('is UTF-8 behind a 16-bit length in bytes', () => {
    expect(encoded(text(8), 'é中')).toBe('0005c3a9e4b8ad');
    expect(decoded(text(8), '0005c3a9e4b8ad')).toBe('é中');
    expect(decoded(text(8), '0000')).toBe('');
  });

  it('is bounded in bytes and not in letters', () => {
    expect(() => encoded(text(4), '中中')).toThrow(Bug);
    expect(decoded(text(4), '0006e4b8ade4b8ad')).toBe(refused('field_too_long'));
    expect(decoded(text(4), '000361')).toBe(refused('message_truncated'));
  });

  it.each([
    ['an overlong form', 'c0af'],
    ['a surrogate', 'eda080'],
    ['a letter cut off', 'e282'],
    ['a number above the last character', 'f4908080'],
    ['a byte that begins nothing', 'ff'],
  ])('with %s is not UTF-8', (_, hex) => {
    expect(decoded(text(8), `000${hex.length / 2}${hex}`)).toBe(refused('text_invalid'));
  });

  it.each([
    ['a letter and its accent apart', 'e\u0301'],
    ['the Angstrom sign for the letter it looks like', '\u212b'],
    ['a bell', '\u0007'],
    ['a new line', '\n'],
    ['a delete', '\u007f'],
    ['a C1 control', '\u0085'],
    ['a soft hyphen', 'a\u00adb'],
    ['a zero-width space', 'a\u200bb'],
    ['a zero-width joiner', 'a\u200db'],
    ['a word joiner', 'a\u2060b'],
    ['a byte order mark', '\ufeffa'],
    ['a right-to-left override', '\u202eabc'],
    ['an isolate', '\u2066abc'],
    ['an Arabic letter mark', '\u061c'],
    ['a line separator', '\u2028'],
    ['a tag character', '\u{e0041}'],
    ['a private character', '\ue000'],
    ['a noncharacter', '\uffff'],
    ['half a pair', '\ud83d'],
  ])('with %s is not plain', (_, value) => {
    expect(isPlain(value)).toBe(false);
    expect(() => encoded(text(64), value)).toThrow(Bug);
    const utf8 = new TextEncoder().encode(value);
    if (value === '\ud83d') return;
    const hex = `00${hexOf(ofBytes(utf8.length))}${hexOf(utf8)}`;
    expect(decoded(text(64), hex)).toBe(refused('text_invalid'));
  });

  it('may hold what people write', () => {
    for (const value of [
      'Café № 5',
      '李娜的店 🏮',
      'ñandú',
      'Ὀδυσσεύς',
      'שלום',
      'नमस्ते',
      'a\u00a0b',
    ]) {
      expect(decoded(text(64), encoded(text(64), value))).toBe(value);
    }
  });
});

describe('a list', () => {
  it('stands behind a 16-bit count', () => {
    expect(encoded(list(u8, 0, 3), [1, 2])).toBe('00020102');
    expect(decoded(list(u8, 0, 3), '00020102')).toEqual([1, 2]);
  });

  it('keeps its bounds both ways', () => {
    expect(decoded(list(u8, 1, 3), '0000')).toBe(refused('list_length_invalid'));
    expect(decoded(list(u8, 1, 3), '000401020304')).toBe(refused('list_length_invalid'));
    expect(() => encoded(list(u8, 1, 3), [])).toThrow(Bug);
    expect(() => encoded(list(u8, 1, 3), [1, 2, 3, 4])).toThrow(Bug);
  });

  it('says which entry was wrong', () => {
    expect(decoded(list(flag, 0, 3), '0003000102')).toBe(refused('encoding_not_canonical', '[2]'));
    expect(decoded(list(u16, 0, 3), '00020102')).toBe(refused('message_truncated', '[1]'));
  });

  it('with a count above the bytes that are there takes nothing but those bytes', () => {
    expect(decoded(list(u8, 0, 0xffff), 'ffff01')).toBe(refused('message_truncated', '[1]'));
  });
});

describe('a sorted list', () => {
  const set = sortedList(blob(3), 0, 4);

  it('ascends strictly by its encoded entries', () => {
    const values = [ofBytes(), ofBytes(0), ofBytes(9), ofBytes(0, 1)];
    expect(decoded(set, encoded(set, values))).toEqual(values);
  });

  it('out of order or with an entry twice is refused at the entry', () => {
    expect(decoded(set, '0002' + '0000000109' + '0000000108')).toBe(
      refused('list_not_sorted', '[1]'),
    );
    expect(decoded(set, '0002' + '0000000109' + '0000000109')).toBe(
      refused('list_not_sorted', '[1]'),
    );
    expect(() => encoded(set, [ofBytes(9), ofBytes(8)])).toThrow(Bug);
    expect(() => encoded(set, [ofBytes(9), ofBytes(9)])).toThrow(Bug);
  });

  it('may hold sorted lists', () => {
    const sets = sortedList(sortedList(u8, 0, 3), 0, 3);
    expect(decoded(sets, encoded(sets, [[], [1, 2], [3, 4]]))).toEqual([[], [1, 2], [3, 4]]);
    expect(decoded(sets, '000200020102' + '00020302')).toBe(refused('list_not_sorted', '[1][1]'));
    expect(decoded(sets, '000200020102' + '00020101')).toBe(refused('list_not_sorted', '[1][1]'));
    expect(decoded(sets, '000200020304' + '00020102')).toBe(refused('list_not_sorted', '[1]'));
  });
});

describe('an optional value', () => {
  it('is a flag and then perhaps the value', () => {
    expect(encoded(optional(u8), undefined)).toBe('00');
    expect(encoded(optional(u8), 0)).toBe('0100');
    expect([decoded(optional(u8), '00'), decoded(optional(u8), '0107')]).toEqual([undefined, 7]);
    expect(decoded(optional(u8), '0207')).toBe(refused('encoding_not_canonical'));
    expect(decoded(optional(u8), '01')).toBe(refused('message_truncated'));
  });
});

describe('a choice', () => {
  const colour = choice({ red: 1, blue: 7 });

  it('is the number of its name', () => {
    expect(encoded(colour, 'blue')).toBe('07');
    expect(decoded(colour, '01')).toBe('red');
    expect(decoded(colour, '02')).toBe(refused('choice_unknown'));
  });

  it('knows no names but its own, not even those every object has', () => {
    expect(() => encoded(colour, 'toString' as 'red')).toThrow(Bug);
  });

  it('gives every name its own number', () => {
    expect(() => choice({ red: 1, blue: 1 })).toThrow(Bug);
  });
});

describe('a struct', () => {
  const point = struct({ x: u8, y: struct({ deep: flag }) });

  it('is its fields in the order given', () => {
    expect(encoded(point, { y: { deep: true }, x: 5 })).toBe('0501');
    expect(decoded(point, '0501')).toEqual({ x: 5, y: { deep: true } });
  });

  it('says which field was wrong', () => {
    expect(decoded(point, '0502')).toBe(refused('encoding_not_canonical', '.y.deep'));
    expect(decoded(list(point, 0, 3), '0002' + '0501' + '0502')).toBe(
      refused('encoding_not_canonical', '[1].y.deep'),
    );
    expect(decoded(point, '')).toBe(refused('message_truncated', '.x'));
  });
});

describe('a union', () => {
  const shape = union({ dot: [1, struct({})], line: [3, struct({ to: u8 })] });

  it('is the number of its case and then its fields', () => {
    expect(encoded(shape, { is: 'line', to: 4 })).toBe('0304');
    expect(decoded(shape, '0304')).toEqual({ is: 'line', to: 4 });
    expect(decoded(shape, '01')).toEqual({ is: 'dot' });
    expect(decoded(shape, '02')).toBe(refused('choice_unknown'));
  });

  it('names a wrong field as the value has it, without the case', () => {
    expect(decoded(shape, '03')).toBe(refused('message_truncated', '.to'));
  });

  it('knows no case but its own', () => {
    expect(() => encoded(shape, { is: 'constructor' } as never)).toThrow(Bug);
  });

  it('is made of structs that leave the word is alone, with different numbers', () => {
    expect(() => union({ a: [1, struct({ is: u8 })] })).toThrow(Bug);
    expect(() => union({ a: [1, u8] })).toThrow(Bug);
    expect(() => union({ a: [1, struct({})], b: [1, struct({})] })).toThrow(Bug);
  });
});

describe('every shape', () => {
  it('is written as the spec alone would write it, and comes back', () => {
    const chance = chanceOf(1);
    for (let i = 0; i < 2000; i++) {
      const value = arbitraryValue(everythingMessage.shape, chance) as never;
      const { bytes: body } = writtenOf(everythingMessage.shape, value);
      const message = everythingMessage.encode(value);
      expect(hexOf(message.subarray(4))).toBe(hexOf(body));
      expect(everythingMessage.decode(message)).toEqual({ ok: true, value });
      expect(message.length - 4).toBeLessThanOrEqual(encodedBytesMax(everythingMessage.shape));
    }
  });

  it('cut short anywhere is refused and nothing is made up', () => {
    const value = arbitraryValue(everythingMessage.shape, chanceOf(7)) as never;
    const whole = everythingMessage.encode(value);
    for (let length = 0; length < whole.length; length++) {
      const cut = everythingMessage.decode(whole.subarray(0, length));
      expect(cut).toMatchObject({ ok: false, refusal: { code: 'message_truncated' } });
    }
  });
});
