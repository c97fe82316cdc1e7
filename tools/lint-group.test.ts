import { describe, expect, it } from 'vitest';
import { lintGroups } from './lint-group.ts';

const TREE: Readonly<Record<string, string>> = {
  'eslint.config.js': 'rules',
  'package-lock.json': '{}',
  'tsconfig.json': '{}',
  'README.md': 'words',
  'tools/check.ts': 'a',
  'packages/core/package.json': '{}',
  'packages/core/src/x.ts': 'b',
  'packages/wallet/package.json': '{"dependencies":{"@specie/core":"0.1.0"}}',
  'packages/wallet/src/y.ts': 'c',
  'packages/stores/package.json': '{}',
  'packages/stores/src/z.ts': 'd',
  'apps/till/package.json': '{"dependencies":{"@specie/wallet":"0.1.0"}}',
  'apps/till/src/main.ts': 'e',
};

/** The groups that are linted again after this change. */
function changedBy(change: Readonly<Record<string, string>>): string[] {
  const before = new Map(lintGroups(new Map(Object.entries(TREE))).map((g) => [g.name, g.key]));
  const after = lintGroups(new Map(Object.entries({ ...TREE, ...change })));
  return after.filter(({ name, key }) => before.get(name) !== key).map(({ name }) => name);
}

describe('what is linted again', () => {
  it('is nothing when nothing changed but words', () => {
    expect(changedBy({ 'README.md': 'other words' })).toEqual([]);
  });

  it('is a workspace, whatever stands on it near and far, and everything outside', () => {
    expect(changedBy({ 'packages/core/src/x.ts': 'B' }).sort()).toEqual([
      '.',
      'apps/till',
      'packages/core',
      'packages/wallet',
    ]);
    expect(changedBy({ 'packages/stores/src/z.ts': 'D' }).sort()).toEqual(['.', 'packages/stores']);
  });

  it('is an app alone, and everything outside, when the app changed', () => {
    expect(changedBy({ 'apps/till/src/main.ts': 'E' }).sort()).toEqual(['.', 'apps/till']);
  });

  it.each(['eslint.config.js', 'package-lock.json', 'tsconfig.json', 'tools/lint.ts'])(
    'is everything after a change of %s',
    (file) => expect(changedBy({ [file]: 'changed' })).toHaveLength(5),
  );

  it('is everything when somebody declares something for everybody', () => {
    expect(changedBy({ 'packages/stores/src/z.ts': 'declare global {}' })).toHaveLength(5);
    expect(changedBy({ 'packages/stores/src/w.d.ts': 'declare const w: 1;' })).toHaveLength(5);
  });

  it('holds every source once', () => {
    const groups = lintGroups(new Map(Object.entries(TREE)));
    expect(groups.flatMap(({ files }) => files).sort()).toEqual(
      Object.keys(TREE)
        .filter((file) => /\.(?:ts|js)$/.test(file))
        .sort(),
    );
  });
});
