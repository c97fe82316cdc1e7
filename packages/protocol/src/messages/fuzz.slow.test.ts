import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { fuzz } from '@specie/core/codec/fuzz.fixture';
import { messagesKnown } from '@specie/core/codec/message';
import './ledger.ts';
import './session.ts';
import './wallet.ts';
import '../trust/key-set.ts';

const MUTANTS = 100_000;
/** Types below are core's own and are tried there. */
const FIRST_TYPE = 0x30;

const ours = messagesKnown().filter(({ type }) => type >= FIRST_TYPE);

/** Calls of `message` in the sources, by name: what a module that nobody imported would hide. */
function namesInSources(): readonly string[] {
  const root = path.join(import.meta.dirname, '..');
  return fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(?:test|fixture)\.ts$/.test(file))
    .flatMap((file) => [
      ...fs.readFileSync(path.join(root, file), 'utf8').matchAll(/\bmessage\(\s*'(\w+)'/g),
    ])
    .map(([, name = '']) => name);
}

describe('every message between the parties', () => {
  it('is among those tried', () => {
    expect(ours.map(({ name }) => name).sort()).toEqual([...namesInSources()].sort());
  });

  it.each(ours.map((kind) => [kind.name, kind] as const))(
    '%s: a damaged one is refused or is the one encoding of another value',
    (_, kind) => {
      const found = fuzz(kind, MUTANTS, chanceOf(kind.type));
      expect(found.wrong).toEqual([]);
      expect(found.pastHeader).toBeGreaterThan(MUTANTS / 3);
      expect(found.accepted).toBeGreaterThan(0);
    },
  );
});
