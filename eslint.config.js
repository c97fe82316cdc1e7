/**
 * What lint holds: the rules of CONTRIBUTING.md that can be seen in one file with its types. Arrows
 * between folders, names of files and forbidden sources are held by tools/tidy.ts.
 */
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const nodeGlobals = ['process', 'setTimeout', 'setInterval', 'clearInterval', 'console', 'URL'];
const tests = [
  '**/*.test.ts',
  '**/*.conformance.ts',
  '**/*.fixture.ts',
  'tests/**',
  '**/testing/**',
];

const doubleAssertion = {
  selector:
    'TSAsExpression > TSAsExpression.expression:not([typeAnnotation.typeName.name="const"])',
  message: 'Two assertions in a row can claim anything; write a check that narrows the type.',
};
const defaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'A thing has one name everywhere; export it by that name.',
};
const surePresence = {
  selector:
    'TSNonNullExpression:not([expression.type="MemberExpression"][expression.computed=true])',
  message: 'Only an index whose bounds are plain from the code may be taken as present: list[i]!.',
};
const everywhere = [doubleAssertion, defaultExport, surePresence];
const plainClass = {
  selector: 'ClassDeclaration:not([superClass])',
  message: 'In core, data is readonly records and behaviour is functions; only errors are classes.',
};

export default defineConfig(
  {
    ignores: ['**/node_modules/', '**/dist/', '**/coverage/', '.cache/', '**/*.d.ts', '.specie/'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      // Two programs for the whole tree. Finding each file's own tsconfig.json would read core again
      // for every package that imports it, and takes twice as long.
      parserOptions: {
        project: ['./tsconfig.json', './packages/ui/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
      'no-restricted-syntax': ['error', ...everywhere],

      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: false },
      ],
      // Held by `surePresence` above, which knows the one place where `!` is honest.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          destructuredArrayIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],

      // Numbers read well in a sentence; everything else has to be turned into text on purpose.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A port is asynchronous even where one adapter, such as memory, has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Ports are records of functions that close over what they need; there is hardly a `this`.
      '@typescript-eslint/unbound-method': 'off',
      // There are no enums here and hardly a class; looking for their misuse takes a fifth of the time.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-mixed-enums': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...everywhere, plainClass] },
  },
  {
    // The one registry is a table; it is read by looking up a row.
    files: ['packages/core/src/base/refusals.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    // These speak to a person at a terminal.
    files: ['apps/cli/**', 'apps/sandbox/**', 'tools/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // A story is long and reads from top to bottom; an index that is wrong fails the test anyway.
    files: tests,
    rules: {
      'max-lines-per-function': 'off',
      // What vitest offers to match a part of a value has no type.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'no-restricted-syntax': ['error', doubleAssertion, defaultExport],
    },
  },
  {
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', doubleAssertion] },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])),
    },
  },
);
