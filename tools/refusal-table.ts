/**
 * Writes `spec/refusals.md` from the registry of refusals. The page is committed, so that it can be
 * read without running anything; a test holds it equal to the registry.
 */
import fs from 'node:fs';
import path from 'node:path';
import { REFUSALS } from '@specie/core/base/refusals';
import { ROOT } from './tree.ts';

export const REFUSALS_PAGE = path.join(ROOT, 'spec/refusals.md');

const HEAD = `# Refusals

Every "no" that a person or a program can meet: its number on the wire, its name, the HTTP status it travels with, and the section that gives the rule. A number is given once and
never used for anything else. The sentence says what happened to the money before it says anything else. Written by \`tools/refusal-table.ts\`.

| number | name | status | rule | in English | 中文 |
|---|---|---|---|---|---|
`;

/** The page as it should be. */
export function refusalsPage(): string {
  const rows = Object.entries(REFUSALS)
    .sort(([, a], [, b]) => a.number - b.number)
    .map(
      ([code, { number, status, spec, en, zh }]) =>
        `| ${number} | \`${code}\` | ${status} | ${spec} | ${en} | ${zh} |\n`,
    );
  return HEAD + rows.join('');
}

if (import.meta.main) fs.writeFileSync(REFUSALS_PAGE, refusalsPage());
