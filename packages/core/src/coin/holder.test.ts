import { expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { isStock, OPERATOR_MAX, operatorOf, stockTag, tagKey, tagOf } from './holder.ts';

const RANDOM = new Uint8Array(12).fill(7);

it('a tag begins with its operator, whatever lies before it in memory', () => {
  for (const operator of [0, 1, 0x01020304, OPERATOR_MAX]) {
    expect(operatorOf(tagOf(operator, RANDOM))).toBe(operator);
    const inside = new Uint8Array(40).fill(0xee);
    inside.set(tagOf(operator, RANDOM), 9);
    expect(operatorOf(inside.subarray(9, 25))).toBe(operator);
  }
  expect(tagKey(tagOf(0x01020304, RANDOM))).toBe('01020304' + '07'.repeat(12));
});

it('stock is the tag without a random byte, and no other', () => {
  expect(isStock(stockTag(OPERATOR_MAX))).toBe(true);
  for (let i = 0; i < 12; i++) {
    const tag = stockTag(7);
    tag[4 + i] = 1;
    expect(isStock(tag)).toBe(false);
  }
});

it('a tag takes exactly twelve random bytes', () => {
  expect(() => tagOf(1, RANDOM.subarray(1))).toThrow(Bug);
});
