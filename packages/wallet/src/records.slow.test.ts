import { describe, expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { fuzz } from '@specie/core/codec/fuzz.fixture';
import { messagesKnown } from '@specie/core/codec/message';
import './records.ts';

const MUTANTS = 30_000;
/** What a wallet keeps has types from here on. */
const FIRST_TYPE = 0xe0;

describe('what a wallet keeps on its disk', () => {
  it.each(
    messagesKnown()
      .filter(({ type }) => type >= FIRST_TYPE)
      .map((kind) => [kind.name, kind] as const),
  )('%s: damaged, it is refused or is the one encoding of another value', (_, kind) => {
    const found = fuzz(kind, MUTANTS, chanceOf(kind.type));
    expect(found.wrong).toEqual([]);
    expect(found.pastHeader).toBeGreaterThan(MUTANTS / 3);
  });
});
