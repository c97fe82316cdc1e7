import { expect, it } from 'vitest';
import { Bug } from './assert.ts';
import { after, DAY, INSTANT_MAX, instantOf } from './instant.ts';

it('an instant is a whole number of milliseconds within 48 bits', () => {
  expect(instantOf(0)).toBe(0);
  expect(instantOf(INSTANT_MAX)).toBe(2 ** 48 - 1);
  for (const wrong of [-1, 1.5, NaN, 2 ** 48]) expect(() => instantOf(wrong)).toThrow(Bug);
});

it('a later instant is held at the last one there is', () => {
  expect(after(instantOf(5), DAY)).toBe(86_400_005);
  expect(after(instantOf(INSTANT_MAX - 1), DAY)).toBe(INSTANT_MAX);
});
