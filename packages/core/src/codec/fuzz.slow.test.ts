import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../base/chance.fixture.ts';
import { REFUSALS, type RefusalCode } from '../base/refusals.ts';
import '../ledger/entry.ts';
import '../ledger/snapshot.ts';
import '../payment/address.ts';
import '../payment/lock-batch.ts';
import '../payment/order.ts';
import './everything.fixture.ts';
import { fuzz } from './fuzz.fixture.ts';
import { messagesKnown } from './message.ts';

const MUTANTS = 100_000;
/** Mean over all mutants of a kind, in milliseconds: a hundred times what one takes. */
const MEAN_MAX = 1;

const met = new Set<RefusalCode>();

describe('every message of core', () => {
  it('is among those tried', () => {
    const root = path.join(import.meta.dirname, '..');
    const defined = fs
      .readdirSync(root, { recursive: true, encoding: 'utf8' })
      // Those of the purse are tried beside it.
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|^purse/.test(file))
      .flatMap((file) => {
        const text = fs.readFileSync(path.join(root, file), 'utf8');
        return [...text.matchAll(/\bmessage\(\s*'(\w+)'/g)].map(([, name]) => name);
      });
    expect(
      messagesKnown()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(defined.sort());
    expect(defined.length).toBeGreaterThanOrEqual(11);
  });

  it.each(messagesKnown().map((kind) => [kind.name, kind] as const))(
    '%s: a damaged one is refused or is the one encoding of another value',
    (_, kind) => {
      const start = performance.now();
      const found = fuzz(kind, MUTANTS, chanceOf(kind.type));
      expect(found.wrong).toEqual([]);
      expect(found.pastHeader).toBeGreaterThan(MUTANTS / 3);
      expect(found.accepted).toBeGreaterThan(0);
      expect((performance.now() - start) / MUTANTS).toBeLessThan(MEAN_MAX);
      for (const code of found.refusals) met.add(code);
    },
  );

  it('meets every refusal of the binary form, and no other', () => {
    // The readable form has 1014 to itself.
    const encoding = (Object.keys(REFUSALS) as RefusalCode[]).filter(
      (code) => REFUSALS[code].number >= 1001 && REFUSALS[code].number <= 1013,
    );
    expect(encoding).toHaveLength(13);
    expect([...met].sort()).toEqual(encoding.sort());
  });
});
