import { describe, expect, it } from 'vitest';
import { type Floor, textsUnder, tidy } from './tidy.ts';
import { ROOT } from './tree.ts';

const NO_FLOOR: Floor = { modules: 0, edges: 0 };
const HEADER = '/** What this file is and which invariant it guards, in one sentence. */\n';

/** A house of five workspaces without a single problem, plus the given files. */
function house(extra: Readonly<Record<string, string>>): Map<string, string> {
  const dependencies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'packages/core': { '@noble/hashes': '2.4.0' },
    'packages/entropy': { '@specie/core': '0.1.0' },
    'packages/stores': { '@specie/core': '0.1.0' },
    'packages/wallet': { '@specie/core': '0.1.0' },
    'apps/authority': { '@specie/core': '0.1.0', '@specie/stores': '0.1.0' },
  };
  const root = {
    version: '0.1.0',
    license: 'Apache-2.0',
    workspaces: ['packages/*', 'apps/*'],
    devDependencies: { vitest: '5.1.1' },
  };
  const files = new Map<string, string>([['package.json', JSON.stringify(root)]]);
  for (const [folder, set] of Object.entries(dependencies)) {
    const manifest = {
      name: `@specie/${folder.slice(folder.indexOf('/') + 1)}`,
      version: '0.1.0',
      license: 'Apache-2.0',
      private: true,
      type: 'module',
      exports: { './*': './src/*.ts' },
      dependencies: set,
    };
    files.set(`${folder}/package.json`, JSON.stringify(manifest));
  }
  const packages: Record<string, object> = {};
  for (const [folder, set] of Object.entries(dependencies)) {
    packages[folder] = { dependencies: set };
  }
  files.set('package-lock.json', JSON.stringify({ packages }));
  files.set('packages/core/src/base/bytes.ts', `${HEADER}export const one = 1;\n`);
  files.set('packages/core/src/coin/coin.ts', `${HEADER}import { one } from '../base/bytes.ts';\n`);
  files.set(
    'packages/stores/src/journal.ts',
    `${HEADER}import { DatabaseSync } from 'node:sqlite';`,
  );
  for (const [file, text] of Object.entries(extra)) files.set(file, text);
  return files;
}

/** The messages about a house with these files in it. */
function messages(extra: Readonly<Record<string, string>>): string[] {
  return tidy(house(extra), NO_FLOOR).problems.map(({ message }) => message);
}

/** The messages about one file with a proper header and this body. */
function about(file: string, body: string): string[] {
  return messages({ [file]: `${HEADER}${body}\n` });
}

describe('the house as it should be', () => {
  it('has no problems', () => {
    expect(messages({})).toEqual([]);
  });

  it('fails on too few modules, whatever else holds', () => {
    const { problems } = tidy(house({}), { modules: 4, edges: 0 });
    expect(problems.map(({ message }) => message)).toEqual([
      'only 3 modules and 2 edges were seen, fewer than the floor of 4 and 0',
    ]);
  });

  it('fails on too few edges, whatever else holds', () => {
    expect(tidy(house({}), { modules: 0, edges: 3 }).problems).toHaveLength(1);
  });

  it('is read from a folder without what was installed', () => {
    const files = textsUnder(ROOT);
    expect(files.has('tools/tidy.test.ts')).toBe(true);
    expect([...files.keys()].some((file) => file.includes('node_modules'))).toBe(false);
  });
});

describe('arrows between packages', () => {
  it.each([
    ['packages/core/src/coin/x.ts', `import '@specie/stores/journal';`, 'packages/core may not'],
    ['packages/entropy/src/x.ts', `import '@specie/wallet/x';`, 'packages/entropy may not'],
    ['apps/authority/src/x.ts', `import '@specie/operator/x';`, 'apps/authority may not'],
    ['packages/wallet/src/x.ts', `export * from '@specie/stores/x';`, 'packages/wallet may not'],
    ['packages/wallet/src/x.ts', `type X = import('@specie/stores/x').X;`, 'packages/wallet may'],
    ['packages/wallet/src/x.ts', `void import('@specie/stores/x');`, 'packages/wallet may not'],
    [
      'packages/wallet/src/x.ts',
      `import '../../core/src/base/bytes.ts';`,
      'reaches into packages/core',
    ],
    ['packages/wallet/src/x.ts', `import '@specie/wallet/y';`, 'imports its own package by name'],
    ['packages/wallet/src/x.ts', `import '@specie/protocol/y';`, 'is not among the dependencies'],
    ['packages/wallet/src/x.ts', `import 'left-pad';`, 'left-pad is not among the dependencies'],
    ['packages/core/src/base/x.ts', `import 'zod';`, 'core may not import zod'],
    ['packages/core/src/base/x.ts', `import 'node:fs';`, 'where there is no Node'],
    ['packages/wallet/src/x.ts', `import 'node:fs';`, 'where there is no Node'],
    ['packages/wallet/src/x.ts', `import './y';`, 'which is no file'],
    ['packages/wallet/src/x.ts', `void import(name);`, 'only known when it runs'],
    ['packages/wallet/src/x.ts', `import '@specie/core/base/x.fixture';`, 'which is for tests'],
    ['packages/core/src/base/x.ts', `import '../base/x.fixture.ts';`, 'which is for tests'],
    ['packages/unknown/src/x.ts', ``, 'has no arrows'],
  ])('refuses in %s: %s', (file, body, message) => {
    const fixture = { 'packages/core/src/base/x.fixture.ts': HEADER };
    expect(messages({ ...fixture, [file]: `${HEADER}${body}\n` })).toContainEqual(
      expect.stringContaining(message),
    );
  });

  it.each([
    ['packages/wallet/src/x.ts', `import '@specie/core/base/bytes';`],
    ['apps/authority/src/x.ts', `import '@specie/core/base/bytes';`],
    ['tests/x.story.test.ts', `import '@specie/wallet/x';`],
    ['packages/core/src/base/x.test.ts', `import 'vitest'; import 'node:fs';`],
    ['packages/wallet/src/node/x.ts', `import 'node:fs';`],
    ['packages/wallet/src/x.test.ts', `import '@specie/core/base/x.fixture';`],
    ['bench/main.ts', `void import(name);`],
    ['packages/core/src/base/x.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
  ])('allows in %s: %s', (file, body) => {
    expect(about(file, body)).toEqual([]);
  });
});

describe('the order of folders in core', () => {
  it('refuses an import of a folder to the right', () => {
    expect(about('packages/core/src/base/x.ts', `import '../coin/coin.ts';`)).toEqual([
      'core/base may not import core/coin, which is to its right',
    ]);
  });

  it('refuses it for types too', () => {
    const body = `import type { Coin } from '../coin/coin.ts';`;
    expect(about('packages/core/src/base/x.ts', body)).toHaveLength(1);
  });

  it('allows the own folder and everything to the left', () => {
    const body = `import '../base/bytes.ts'; import './coin.ts';`;
    expect(about('packages/core/src/coin/x.ts', body)).toEqual([]);
  });

  it('ends where the sources of core end', () => {
    const extra = { 'packages/core/tools/build.ts': `${HEADER}import '../src/coin/coin.ts';` };
    expect(messages(extra)).toEqual([]);
    const body = `${HEADER}import '../../tools/build.ts';`;
    expect(messages({ ...extra, 'packages/core/src/base/x.ts': body })).toHaveLength(1);
  });

  it('refuses a folder that is not on the plan', () => {
    expect(about('packages/core/src/extras/x.ts', '')).toHaveLength(1);
    expect(about('packages/core/src/x.ts', '')).toHaveLength(1);
  });
});

describe('what core leans on', () => {
  it.each([
    `const now = Date.now();`,
    `const at = new Date(0);`,
    `export async function f() {}`,
    `const f = async () => 1;`,
    `console.log(1);`,
    `process.exit(1);`,
    `setTimeout(f, 1);`,
    `globalThis.fetch('/');`,
    `const x: Promise<number> = f();`,
    `crypto.subtle;`,
    `(1.5).toLocaleString();`,
    `const f = (x = process) => x;`,
    `const o = { process };`,
    `declare const process: { exit(): void }; process.exit();`,
    `declare function fetch(): void; fetch();`,
  ])('refuses %s', (body) => {
    expect(about('packages/core/src/base/x.ts', body)).not.toEqual([]);
  });

  it.each([
    `const o = { process: 1 }; o.process;`,
    `export function claim(window: number) { return window; }`,
    `// the process and its Date, as a comment`,
    `const text = 'await process.exit';`,
    `interface Row { readonly fetch: number }`,
  ])('allows %s', (body) => {
    expect(about('packages/core/src/base/x.ts', body)).toEqual([]);
  });

  it('lets tests use what they need', () => {
    expect(about('packages/core/src/base/x.test.ts', `await f(); console.log(1);`)).toEqual([]);
  });
});

describe('chance', () => {
  const SOURCES = [
    `Math.random();`,
    `import { randomBytes } from 'node:crypto';`,
    `import { randomUUID as id } from 'node:crypto';`,
    `import crypto from 'node:crypto'; crypto.randomFillSync(bytes);`,
    `globalThis.crypto.getRandomValues(bytes);`,
    `const keys = suite.keygen();`,
  ];

  it.each(SOURCES)('is refused outside entropy: %s', (body) => {
    expect(about('apps/authority/src/main.ts', body)).toHaveLength(1);
  });

  it.each(SOURCES)('is refused in tests too: %s', (body) => {
    expect(about('packages/wallet/src/x.test.ts', body)).toHaveLength(1);
  });

  it.each(SOURCES)('is allowed in entropy: %s', (body) => {
    expect(about('packages/entropy/src/x.ts', body)).toEqual([]);
  });

  it('is not what a key made from a seed is', () => {
    expect(about('apps/authority/src/x.ts', `suite.keygen(seed);`)).toEqual([]);
  });
});

describe('clocks', () => {
  it.each([
    `Date.now();`,
    `new Date();`,
    `Date();`,
    `performance.now();`,
    `process.hrtime.bigint();`,
  ])('are refused outside main and adapters: %s', (body) => {
    expect(about('packages/wallet/src/x.ts', body)).toHaveLength(1);
    expect(about('packages/wallet/src/x.test.ts', body)).toHaveLength(1);
    expect(about('apps/authority/src/main.ts', body)).toEqual([]);
    expect(about('apps/authority/src/adapters/clock.ts', body)).toEqual([]);
    expect(about('bench/x.ts', body)).toEqual([]);
  });

  it('may be written out as dates anywhere but in core', () => {
    expect(about('apps/authority/src/x.ts', `new Date(at).toISOString();`)).toEqual([]);
  });
});

describe('adapters', () => {
  it('may not be written outside their folders', () => {
    expect(about('apps/authority/src/x.ts', `import { createServer } from 'node:http';`)).toEqual([
      'imports node:http outside the folders for adapters',
    ]);
  });

  it('may not be built outside main and adapters', () => {
    const body = `import { Journal } from '@specie/stores/journal';`;
    expect(about('apps/authority/src/x.ts', body)).toHaveLength(1);
    expect(about('apps/authority/src/main.ts', body)).toEqual([]);
    expect(about('apps/authority/src/adapters/x.ts', body)).toEqual([]);
  });

  it('may be named as types anywhere', () => {
    const body = `import type { Journal } from '@specie/stores/journal';`;
    expect(about('apps/authority/src/x.ts', body)).toEqual([]);
  });
});

describe('names and headers', () => {
  it.each([
    ['packages/wallet/src/Wallet.ts', 'kebab-case'],
    ['packages/wallet/src/two_words.ts', 'kebab-case'],
    ['packages/wallet/src/utils.ts', 'says nothing'],
    ['packages/wallet/src/index.ts', 'says nothing'],
    ['packages/wallet/src/helpers/x.ts', 'says nothing'],
    ['packages/wallet/src/types.test.ts', 'says nothing'],
  ])('refuses %s', (file, message) => {
    expect(about(file, '')).toEqual([expect.stringContaining(message)]);
  });

  it('asks every source but a unit test for its opening comment', () => {
    const bare = `export const one = 1;\n`;
    expect(messages({ 'packages/wallet/src/x.ts': bare })).toHaveLength(1);
    expect(messages({ 'packages/wallet/src/x.ts': `// Short.\n${bare}` })).toHaveLength(1);
    expect(messages({ 'tests/x.story.test.ts': bare })).toHaveLength(1);
    expect(messages({ 'packages/wallet/src/x.test.ts': bare })).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    ['README.md', ['see /wo', 'rk/main'], 'a path of one machine'],
    ['.ci/run', ['cat /tmp/', 'bash_jobs'], 'a path of one machine'],
    ['README.md', ['written by Cla', 'ude'], 'speaks of the product'],
    ['README.md', ['an age', 'nt wrote it'], 'speaks of the product'],
    [
      'apps/authority/src/x.ts',
      [`${HEADER}// a coding age`, 'nt wrote it'],
      'speaks of the product',
    ],
    ['README.md', ['see issue ', '#12'], 'speaks of the product'],
    ['README.md', ['the session', ' limit'], 'speaks of the product'],
    ['README.md', ['https://registry.', 'example.org/x'], 'address of a registry'],
    ['package-lock.json', ['{"resolved": "ht', 'tps://x"}'], 'download address'],
    ['apps/authority/src/x.ts', [`${HEADER}// TO`, 'DO: later'], 'a reminder'],
    ['apps/authority/src/x.ts', [`${HEADER}// FIX`, 'ME now please do'], 'a reminder'],
    ['apps/authority/src/x.ts', [`${HEADER}// eslint-`, 'disable-next-line x'], 'silences a rule'],
  ])('refuses in %s: %j', (file, halves, message) => {
    expect(messages({ [file]: halves.join('') })).toContainEqual(expect.stringContaining(message));
  });

  it.each([
    'A session is a connection; a command carries its session and sequence.',
    'The User-Agent header and the debtor agent of a bank message.',
    'The work of a root key: GET /v1/root/key and /v1/work/x.',
    'Issue 100 coins against reserves.',
    'XXX is the code of no currency.',
  ])('allows: %s', (text) => {
    expect(messages({ 'README.md': text })).toEqual([]);
  });

  it('allows words of the trade in sources and a reminder that says what is to be done', () => {
    expect(about('apps/authority/src/x.ts', `new Agent(); // the agent keeps sockets`)).toEqual([]);
    expect(about('apps/authority/src/x.ts', `// TODO: read the limit from settings.`)).toEqual([]);
  });
});

describe('workspaces', () => {
  it('have a manifest each', () => {
    const files = house({ 'packages/ui/src/x.css': '' });
    expect(tidy(files, NO_FLOOR).problems).toEqual([
      { file: 'packages/ui', line: 0, message: 'is no workspace: it has no package.json' },
    ]);
  });

  it('are in the lock file as they are in their manifest', () => {
    const files = house({});
    const text = files.get('packages/core/package.json') ?? '';
    files.set('packages/core/package.json', text.replace('2.4.0', '2.4.1'));
    expect(tidy(files, NO_FLOOR).problems.map(({ message }) => message)).toEqual([
      'is not what package-lock.json says; run npm install',
    ]);
  });

  it('pin exact versions', () => {
    const files = house({});
    for (const file of ['packages/core/package.json', 'package-lock.json']) {
      files.set(file, (files.get(file) ?? '').replace('2.4.0', '^2.4.0'));
    }
    expect(tidy(files, NO_FLOOR).problems.map(({ message }) => message)).toEqual([
      '@noble/hashes is at "^2.4.0"; pin one exact version',
    ]);
  });

  it('that are gone are gone from the lock file', () => {
    const files = house({});
    files.delete('packages/entropy/package.json');
    expect(tidy(files, NO_FLOOR).problems.map(({ message }) => message)).toEqual([
      'names packages/entropy, which is not there; run npm install',
    ]);
  });
});
