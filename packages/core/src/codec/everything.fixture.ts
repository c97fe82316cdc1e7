/**
 * A message that has every combinator in it, nested and in lists, so that what is true of it is true
 * of every message. Its type number is kept free for it.
 * @module
 */
import {
  blob,
  bytes,
  choice,
  currencyNumber,
  flag,
  instant,
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
  type ValueOf,
} from './codec.ts';
import { message } from './message.ts';

const inner = struct({ name: text(16), sums: sortedList(struct({ a: u8, b: u64 }), 0, 4) });

const everything = struct({
  small: u8,
  middle: u16,
  large: u32,
  larger: u48,
  bounded: upTo(16, 300),
  money: u64,
  currency: currencyNumber,
  at: instant,
  isSo: flag,
  fixed: bytes(5),
  blob: blob(40),
  name: text(64),
  colour: choice({ red: 1, green: 2, blue: 7 }),
  maybe: optional(inner),
  many: list(inner, 1, 5),
  set: sortedList(blob(4), 0, 6),
  what: union({ nothing: [1, struct({})], some: [9, struct({ count: u16, of: list(u8, 0, 3) })] }),
});

export const everythingMessage = message('Everything', 0xfe, 1, 4096, everything);
export type Everything = ValueOf<typeof everything>;

/** A plain value of it, to be changed field by field. */
export const SOMETHING: Everything = {
  small: 1,
  middle: 258,
  large: 16_909_060,
  larger: 1_108_152_157_446,
  bounded: 300,
  money: 72_623_859_790_382_856n,
  currency: 156,
  at: 1_700_000_000_000 as Everything['at'],
  isSo: true,
  fixed: Uint8Array.of(1, 2, 3, 4, 5),
  blob: Uint8Array.of(0xff, 0xfe),
  name: 'Li Na 李娜',
  colour: 'blue',
  maybe: { name: '', sums: [] },
  many: [
    {
      name: 'é',
      sums: [
        { a: 1, b: 0n },
        { a: 1, b: 1n },
      ],
    },
  ],
  set: [Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(1, 0)],
  what: { is: 'some', count: 3, of: [1, 2, 3] },
};
