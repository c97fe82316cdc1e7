import { expect, it } from 'vitest';
import { chanceOf } from '../base/chance.fixture.ts';
import { REFUSALS, type RefusalCode } from '../base/refusals.ts';
import { fuzz } from '../codec/fuzz.fixture.ts';
import { tryHandOvers } from './fuzz.fixture.ts';
import { purseMessages } from './messages.fixture.ts';

const MUTANTS = 100_000;

it.each(purseMessages().map((kind) => [kind.name, kind] as const))(
  '%s: a hundred thousand damaged ones are refused or are other values',
  { timeout: 600_000 },
  (_, kind) => {
    const found = fuzz(kind, MUTANTS, chanceOf(kind.type));
    expect(found.wrong).toEqual([]);
    expect(found.pastHeader).toBeGreaterThan(MUTANTS / 3);
  },
);

/** Refusals of what a payee judges that no hand-over of this scene can meet; other tests meet them. */
const ELSEWHERE: readonly RefusalCode[] = [
  // A grant has its authority from the hand-over, which is judged before it.
  'grant_foreign',
  // The authority signs no such grant, and a mutant of one is no longer signed.
  'grant_revoked',
  // Coins of other baskets are loaded by nobody, and a described coin is the one that was loaded.
  'basket_unsuitable',
  // More chains and hops than the scene has money for.
  'chains_exceeded',
];

it(
  'a hundred thousand mutated hand-overs move nothing, and meet every refusal there is for them',
  { timeout: 600_000 },
  () => {
    const tried = tryHandOvers(MUTANTS, chanceOf(88));
    expect(tried.wrong).toEqual([]);
    expect(tried.pastHeader).toBeGreaterThan(MUTANTS / 3);
    const due = (Object.keys(REFUSALS) as RefusalCode[]).filter((code) => {
      const { number } = REFUSALS[code];
      return number >= 8001 && number <= 8034 && !ELSEWHERE.includes(code);
    });
    expect(due.filter((code) => !tried.refusals.has(code))).toEqual([]);
  },
);
