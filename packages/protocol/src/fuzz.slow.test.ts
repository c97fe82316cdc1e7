import { expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { fuzz } from '@specie/core/codec/fuzz.fixture';
import { messagesKnown } from '@specie/core/codec/message';
import { PROTOCOL_MESSAGES } from './messages.fixture.ts';

const MUTANTS = 100_000;

it('knows every message of the protocol', () => {
  const types = PROTOCOL_MESSAGES.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  const ours = messagesKnown().filter(({ type }) => type >= 0x30 && type <= 0x7f);
  expect(ours.map(({ name }) => name).sort()).toEqual(
    PROTOCOL_MESSAGES.map(({ name }) => name).sort(),
  );
});

it.each(PROTOCOL_MESSAGES.map((kind) => [kind.name, kind] as const))(
  'reads hostile bytes for a %s as a refusal, or as the one value that they encode',
  (_, kind) => {
    const findings = fuzz(kind, MUTANTS, chanceOf(kind.type));
    expect(findings.wrong).toEqual([]);
    expect(findings.decoded).toBe(MUTANTS);
    // A fuzzer that never gets past the header tells nothing about what stands behind it.
    expect(findings.pastHeader).toBeGreaterThan(MUTANTS / 2);
    expect(findings.refusals.size).toBeGreaterThan(3);
  },
);
