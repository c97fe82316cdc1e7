/**
 * A fault is one wrong change, planted on purpose, with the command that has to notice it. A guard
 * nobody has ever seen fail may be guarding nothing.
 */

export interface Fault {
  /** Kebab-case; `npm run test:red -- NAME` runs those whose names contain NAME. */
  readonly name: string;
  /** One sentence: what the change breaks. */
  readonly breaks: string;
  /** The file that is changed, from the root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replacement: string;
  readonly caughtBy: Guard;
  /** Part of what the failure has to say: of a failed test's title or message, or of the output. */
  readonly mentions: string;
}

/** A command that passes on the tree as it is and must fail on the changed one. */
export type Guard =
  /** The test files that hold this invariant; `only` narrows it to titles. */
  | { readonly kind: 'tests'; readonly files: readonly string[]; readonly only?: string }
  | { readonly kind: 'tool'; readonly args: readonly string[] };

export const TIDY: Guard = { kind: 'tool', args: ['tools/tidy.ts'] };
export const TYPES: Guard = { kind: 'tool', args: ['tools/typecheck.ts'] };

/** Lint of the files given; the whole tree takes too long for one fault. */
export function lint(...files: readonly string[]): Guard {
  return { kind: 'tool', args: ['node_modules/eslint/bin/eslint.js', ...files] };
}

/** Unit, slow or story tests, by their files. */
export function tests(...files: readonly string[]): Guard {
  return { kind: 'tests', files };
}
