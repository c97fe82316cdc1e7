import { describe, expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { hexOf } from '../base/bytes.ts';
import { struct, u8, u16 } from './codec.ts';
import { everythingMessage, SOMETHING } from './everything.fixture.ts';
import { HEADER_BYTES, kindOf, message, messagesKnown } from './message.ts';

const pair = message('Pair', 0xfd, 3, 8, struct({ a: u8, b: u16 }));
const bytesOf = (...values: number[]): Uint8Array => Uint8Array.from(values);
const WHOLE = bytesOf(0x53, 0x43, 0xfd, 3, 7, 1, 2);

describe('a message', () => {
  it('begins with S, C, its type and its version', () => {
    expect(hexOf(pair.encode({ a: 7, b: 258 }))).toBe('5343fd03070102');
    expect(pair.decode(WHOLE)).toEqual({ ok: true, value: { a: 7, b: 258 } });
  });

  it.each([
    ['message_oversized', bytesOf(...WHOLE, 0, 0)],
    ['message_oversized', new Uint8Array(9)],
    ['message_truncated', bytesOf()],
    ['message_truncated', bytesOf(0x53, 0x43, 0xfd)],
    ['message_foreign', bytesOf(0x73, 0x43, 0xfd, 3, 7, 1, 2)],
    ['message_foreign', bytesOf(0x53, 0x44, 0xfd, 3, 7, 1, 2)],
    ['message_foreign', bytesOf(0, 0, 0, 0)],
    ['message_type_unexpected', bytesOf(0x53, 0x43, 0xfc, 3, 7, 1, 2)],
    ['message_version_unknown', bytesOf(0x53, 0x43, 0xfd, 4, 7, 1, 2)],
    ['message_version_unknown', bytesOf(0x53, 0x43, 0xfd, 0, 7, 1, 2)],
    ['message_truncated', bytesOf(0x53, 0x43, 0xfd, 3)],
    ['message_truncated', bytesOf(0x53, 0x43, 0xfd, 3, 7, 1)],
    ['message_trailing', bytesOf(...WHOLE, 0)],
  ])('answers %s when that comes first', (code, bytes) => {
    expect(pair.decode(bytes)).toMatchObject({ ok: false, refusal: { code } });
  });

  it('names the field that is wrong', () => {
    expect(pair.decode(bytesOf(0x53, 0x43, 0xfd, 3, 7, 1))).toEqual({
      ok: false,
      refusal: { code: 'message_truncated', at: '.b' },
    });
  });

  it('reads out of the middle of a buffer and keeps nothing of it', () => {
    const encoded = everythingMessage.encode(SOMETHING);
    const buffer = Buffer.concat([bytesOf(9, 9), encoded, bytesOf(9)]);
    const decoded = everythingMessage.decode(buffer.subarray(2, 2 + encoded.length));
    buffer.fill(0);
    expect(decoded).toEqual({ ok: true, value: SOMETHING });
  });

  it('that would be larger than its bound is our bug', () => {
    const narrow = message('Narrow', 0xfc, 1, HEADER_BYTES + 1, struct({ a: u16 }));
    expect(() => narrow.encode({ a: 1 })).toThrow(Bug);
  });

  it('has a type of its own', () => {
    expect(() => message('Again', 0xfd, 4, 8, struct({}))).toThrow(Bug);
  });

  it('is known by its type, in whatever version', () => {
    expect(kindOf(WHOLE)).toBe(pair);
    expect(kindOf(bytesOf(0x53, 0x43, 0xfd, 99))).toBe(pair);
    expect(kindOf(bytesOf(0x53, 0x43, 0xfb, 1))).toBeUndefined();
    expect(kindOf(bytesOf(0x53, 0x43))).toBeUndefined();
    expect(kindOf(bytesOf(1, 2, 3, 4))).toBeUndefined();
    expect(messagesKnown().map(({ type }) => type)).toEqual(
      [...messagesKnown().map(({ type }) => type)].sort((a, b) => a - b),
    );
  });
});
