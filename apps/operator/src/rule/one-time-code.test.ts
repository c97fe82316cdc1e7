/** The code of an opening: six fair digits, and refusals in the order of the chapter. */
import { expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { checkCode, codeHash, drawCode, type CodeState } from './one-time-code.ts';

const key = new Uint8Array(32).fill(1);
const ticket = new Uint8Array(16).fill(2);
const state: CodeState = { endsAt: 1000, attempts: 0, hash: codeHash(key, ticket, '012345') };

const bytes = (value: number): Uint8Array => {
  const drawn = new Uint8Array(4);
  new DataView(drawn.buffer).setUint32(0, value);
  return drawn;
};

test('keeps leading zeros and draws again where a draw would favour small codes', () => {
  expect(drawCode(() => bytes(42))).toBe('000042');
  const draws = [4_294_000_000, 2 ** 32 - 1, 4_293_999_999];
  expect(drawCode(() => bytes(draws.shift()!))).toBe('999999');
  expect(draws).toEqual([]);
});

const ROWS: readonly (readonly [string, Partial<CodeState>, string, number, string])[] = [
  ['the right code', {}, '012345', 999, 'accepted'],
  ['a wrong code', {}, '012346', 999, 'code_wrong'],
  ['the right code at its end', {}, '012345', 1000, 'code_ended'],
  ['the right code after five wrong ones', { attempts: 5 }, '012345', 999, 'code_attempts_spent'],
  ['any code after the end and five wrong ones', { attempts: 5 }, '9', 1000, 'code_ended'],
];

test.each(ROWS)('answers %s', (_, change, code, now, answer) => {
  const verdict = checkCode({ ...state, ...change }, codeHash(key, ticket, code), instantOf(now));
  expect(verdict.ok ? 'accepted' : verdict.refusal.code).toBe(answer);
});

test('fits one ticket only', () => {
  const other = codeHash(key, new Uint8Array(16).fill(3), '012345');
  expect(checkCode(state, other, instantOf(0)).ok).toBe(false);
});
