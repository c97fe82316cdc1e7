import { expect, it } from 'vitest';
import { REFUSALS, type RefusalCode } from '@specie/core/base/refusals';
import { problemBytesOf, problemOf, refusalOfProblem } from './problem.ts';

const CODES = Object.keys(REFUSALS) as RefusalCode[];

it('says every refusal of the registry with its number, status and both sentences, and reads it back', async () => {
  for (const code of CODES) {
    const refusal = { code, at: '.parts[1].lock' };
    const response = problemOf(refusal);
    expect(response.status).toBe(REFUSALS[code].status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const document: unknown = await response.json();
    expect(document).toMatchObject({
      type: `urn:specie:refusal:${code}`,
      number: REFUSALS[code].number,
      title: REFUSALS[code].en,
      zh: REFUSALS[code].zh,
    });
    expect(refusalOfProblem(document)).toEqual(refusal);
    expect(refusalOfProblem(problemBytesOf(refusal))).toEqual(refusal);
  }
});

it.each([
  ['nothing', undefined],
  ['text that is no JSON', '<html>'],
  ['a list', []],
  ['a number nobody gave', { number: 9999, code: 'coin_unknown', at: '' }],
  ['a code that is not the number', { number: 5001, code: 'coin_unknown', at: '' }],
  ['bytes that are no text', Uint8Array.of(0xff)],
  [
    'more than any refusal needs',
    new TextEncoder().encode(
      `${JSON.stringify({ number: 5001, code: 'session_unknown', at: '' })}${' '.repeat(9000)}`,
    ),
  ],
])('believes no problem that is %s', (_, body) => {
  expect(refusalOfProblem(body)).toBeUndefined();
});

it('cuts a place that is longer than any place', () => {
  const read = refusalOfProblem({ number: 5001, code: 'session_unknown', at: 'x'.repeat(9000) });
  expect(read?.at).toHaveLength(256);
});
