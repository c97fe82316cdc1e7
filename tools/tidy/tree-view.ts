/**
 * The whole tree in memory: every text file by its path, every source as a module, every workspace
 * with its manifest. The rules are functions of this and of nothing else, so a test can build one
 * from three lines.
 */
import path from 'node:path';
import { readModule, type Import, type Module } from './module.ts';

export interface Problem {
  readonly file: string;
  /** 0 where the whole file is meant. */
  readonly line: number;
  readonly message: string;
}

export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface TreeView {
  readonly files: ReadonlyMap<string, string>;
  readonly modules: readonly Module[];
  readonly edges: readonly Edge[];
}

/** One import, with what it leads to. */
export interface Edge {
  readonly from: Module;
  readonly import: Import;
  readonly to: Target;
}

export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly workspace: string; readonly path: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'library'; readonly name: string };

const SOURCE = /\.(?:ts|tsx|js|mjs)$/;

export function viewOf(files: ReadonlyMap<string, string>): TreeView {
  const modules = [...files]
    .filter(([file]) => SOURCE.test(file))
    .map(([file, text]) => readModule(file, text));
  const edges = modules.flatMap((from) =>
    from.imports.map((one) => ({ from, import: one, to: targetOf(from.path, one.specifier) })),
  );
  return { files, modules, edges };
}

function targetOf(from: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    return { kind: 'file', path: path.posix.join(path.posix.dirname(from), specifier) };
  }
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier };
  const ours = /^@specie\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  if (ours !== null) {
    const [, workspace = '', inside = ''] = ours;
    return { kind: 'package', workspace, path: `packages/${workspace}/src/${inside}.ts` };
  }
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
  return { kind: 'library', name };
}

/** `packages/core` of `packages/core/src/base/bytes.ts`; undefined outside every workspace. */
export function workspaceOf(file: string): string | undefined {
  return /^(?:packages|apps)\/[^/]+/.exec(file)?.[0];
}

export function isTest(file: string): boolean {
  return /\.(?:test|conformance|fixture)\.tsx?$/.test(file) || file.startsWith('tests/');
}

/** The manifest at this path, or undefined where there is none or it is no JSON. */
export function manifestAt(files: ReadonlyMap<string, string>, file: string): Manifest | undefined {
  const text = files.get(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    return undefined;
  }
}
