import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOVE_RULES, RETIRE_RULES } from '@specie/core/ledger/move-rules.fixture';
import {
  ADMIT_RULES,
  ISSUE_RULES,
  POLICY_RULES,
  type Rule,
  SESSION_RULES,
} from '@specie/core/ledger/rules.fixture';
import { ROOT } from './tree.ts';

const chapter = fs.readFileSync(path.join(ROOT, 'spec/07-ledger.md'), 'utf8');

/** `refusal at place` for every row of the tables of a section. */
function rowsOf(section: string): readonly string[] {
  const from = chapter.indexOf(`### §${section} `);
  const to = chapter.indexOf('\n##', from + 1);
  const rows = chapter.slice(from, to).matchAll(/^\| `(\w+)` \| (\S*) \|/gm);
  return [...rows].map(([, code = '', at = '']) => `${code} ${at}`);
}

const rowOf = ({ code, at }: Rule<never>): string => `${code} ${at.replaceAll(/\[\d+\]/g, '[]')}`;
const AUTHORITY_ONLY = 'authority_only .operator';
const session = SESSION_RULES.map(rowOf);
const own = (rules: readonly Rule<never>[]): readonly string[] =>
  rules.map(rowOf).filter((row) => !session.includes(row) && row !== AUTHORITY_ONLY);

describe('the tables of chapter 07 are the rules that the tests hold, in the same order', () => {
  it('for every command', () => {
    expect(rowsOf('4.1')).toEqual(session);
  });

  it('for policies and operators', () => {
    expect(rowsOf('4.2')).toEqual([...own(POLICY_RULES), ...own(ADMIT_RULES)]);
  });

  it('for an issue', () => {
    expect(rowsOf('4.3')).toEqual(own(ISSUE_RULES));
  });

  it('for a move, where redeeming stands beside merging', () => {
    const rows = rowsOf('4.4');
    expect(rows.filter((row) => !row.startsWith('redeem_not_to_stock'))).toEqual(own(MOVE_RULES));
    const merge = rows.findIndex((row) => row.startsWith('merge_invalid'));
    expect(rows.slice(merge + 1, merge + 3)).toEqual([
      'redeem_not_to_stock .body.order.parts[].outputs[].tag',
      'redeem_not_to_stock .body.order.parts[].outputs',
    ]);
  });

  it('for a retirement', () => {
    expect(rowsOf('4.5')).toEqual(own(RETIRE_RULES));
  });

  it('and the three kinds that are the authority’s ask for it behind the common rules', () => {
    for (const rules of [POLICY_RULES, ADMIT_RULES, ISSUE_RULES] as const) {
      expect(rules.map(rowOf).indexOf(AUTHORITY_ONLY)).toBe(session.length);
    }
  });
});
