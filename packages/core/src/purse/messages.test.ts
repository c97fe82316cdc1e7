import { expect, it } from 'vitest';
import { chanceOf } from '../base/chance.fixture.ts';
import { fuzz } from '../codec/fuzz.fixture.ts';
import { encodedBytesMax } from '../codec/arbitrary.fixture.ts';
import { HEADER_BYTES } from '../codec/message.ts';
import { handOverMessage } from './hand-over.ts';
import { tryHandOvers } from './fuzz.fixture.ts';
import { purseMessages } from './messages.fixture.ts';
import { revocationListMessage } from './revocation.ts';

it.each(purseMessages().map((kind) => [kind.name, kind] as const))(
  '%s: a damaged one is refused or is the one encoding of another value',
  (_, kind) => {
    const found = fuzz(kind, 400, chanceOf(kind.type));
    expect(found.wrong).toEqual([]);
    expect(found.pastHeader).toBeGreaterThan(400 / 3);
  },
);

it('are bounded so that whatever their shape allows can be encoded', () => {
  for (const { name, shape, bytesMax } of purseMessages())
    expect(HEADER_BYTES + encodedBytesMax(shape), name).toBeLessThanOrEqual(bytesMax);
  expect(revocationListMessage.bytesMax).toBeLessThan(2 ** 20);
  expect(handOverMessage.bytesMax).toBeLessThan(2 ** 20);
});

it('a mutated hand-over moves nothing but what its payer handed over', () => {
  const tried = tryHandOvers(1_500, chanceOf(77));
  expect(tried.wrong).toEqual([]);
  expect(tried.pastHeader).toBeGreaterThan(500);
  expect(tried.refusals.size).toBeGreaterThan(25);
});
