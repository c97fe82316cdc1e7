import { describe, expect, it } from 'vitest';
import { equalBytes, hexOf } from '../base/bytes.ts';
import { REFUSALS, type RefusalCode } from '../base/refusals.ts';
import { decide } from './decide.ts';
import type { Command, CommandBody } from './command.ts';
import { brokenInvariants } from './invariants.ts';
import { goodMove, goodRetire, MOVE_RULES, RETIRE_RULES } from './move-rules.fixture.ts';
import {
  ADMIT_RULES,
  goodAdmit,
  goodIssue,
  goodPolicy,
  ISSUE_RULES,
  POLICY_RULES,
  type Rule,
} from './rules.fixture.ts';
import { draftOf, fullScene, type Scene } from './scene.fixture.ts';
import { stateHash } from './snapshot.ts';

interface Book {
  readonly is: CommandBody['is'];
  readonly good: (scene: Scene) => Command;
  readonly rules: readonly Rule<never>[];
}

const BOOKS: readonly Book[] = [
  { is: 'policy', good: goodPolicy, rules: POLICY_RULES },
  { is: 'admit', good: goodAdmit, rules: ADMIT_RULES },
  { is: 'issue', good: goodIssue, rules: ISSUE_RULES },
  { is: 'move', good: goodMove, rules: MOVE_RULES },
  { is: 'retire', good: goodRetire, rules: RETIRE_RULES },
];

/** The answer to a good command in which these rules were broken, and that nothing else happened. */
function answerTo(book: Book, broken: readonly Rule<never>[]): string {
  const scene = fullScene();
  const command = draftOf(book.good(scene));
  for (const rule of broken) rule.broken(command, command.body as never, scene);
  const answer = decide(scene.state, command, scene.now);
  return answer.ok ? 'accepted' : `${answer.refusal.code} at ${answer.refusal.at}`;
}

for (const book of BOOKS) {
  describe(`the rules of ${book.is}`, () => {
    it('accept a good one, and deciding changes nothing', () => {
      const scene = fullScene();
      const before = stateHash(scene.state);
      expect(decide(scene.state, book.good(scene), scene.now).ok).toBe(true);
      expect(equalBytes(before, stateHash(scene.state))).toBe(true);
      expect(brokenInvariants(scene.state)).toEqual([]);
    });

    it.each(book.rules.map((rule) => [rule.title, rule, rule.code] as const))(
      '%s',
      (_, rule, code) => {
        expect(answerTo(book, [rule])).toBe(`${code} at ${rule.at}`);
      },
    );

    it('answer with the first that is broken, whichever other is broken too', () => {
      for (const [i, first] of book.rules.entries()) {
        for (const later of book.rules.slice(i + 1)) {
          // The earlier is broken last, so that it has the last word where both touch one thing.
          expect([later.title, answerTo(book, [later, first])]).toEqual([
            later.title,
            `${first.code} at ${first.at}`,
          ]);
        }
      }
    });
  });
}

it('every refusal of the ledger that a command can meet is in the book', () => {
  const inBook = new Set<RefusalCode>(BOOKS.flatMap(({ rules }) => rules.map(({ code }) => code)));
  const met = (Object.keys(REFUSALS) as RefusalCode[]).filter((code) => {
    const { number } = REFUSALS[code];
    return number >= 2000 && number < 3000 && !inBook.has(code);
  });
  // Redeeming has tests of its own; the others are answered by the service, which has the journal,
  // the clocks and the sources of randomness.
  expect(met.sort()).toEqual([
    'entropy_below_floor',
    'ledger_behind',
    'ledger_clock_stepped',
    'redeem_not_to_stock',
    'sequence_reused',
  ]);
});

it('scenes are told apart by their hash', () => {
  expect(hexOf(stateHash(fullScene().state))).toBe(hexOf(stateHash(fullScene().state)));
});
