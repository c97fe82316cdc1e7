/**
 * What lint may leave out because nothing it depends on has changed since it was clean.
 *
 * A rule that knows types can change its mind about a file when another file changes, so ESLint's
 * own cache, which goes by the file alone, would be wrong. But what a workspace's types depend on is
 * known: its own sources, those of the workspaces it declares (tidy refuses an import of any other),
 * whatever declares something for everybody, and the tools and settings. A group is left out when
 * all of that is what it was, byte for byte.
 */
import { createHash } from 'node:crypto';
import { type Manifest, manifestAt, workspaceOf } from './tidy/tree-view.ts';

export interface LintGroup {
  /** A workspace's folder, or '.' for everything outside the workspaces. */
  readonly name: string;
  readonly files: readonly string[];
  /** A hash of everything that the verdict on these files depends on. */
  readonly key: string;
}

const SOURCE = /\.(?:ts|tsx|js|mjs)$/;
const SETTINGS =
  /(?:^|\/)(?:tsconfig[^/]*\.json|package-lock\.json)$|^eslint\.config\.js$|^tools\/lint/;

export function lintGroups(files: ReadonlyMap<string, string>): LintGroup[] {
  const forEverybody: string[] = [];
  const sourcesOf = new Map<string, string[]>([['.', []]]);
  for (const [file, text] of files) {
    const isDeclaration = file.endsWith('.d.ts') || text.includes('declare global');
    if (SETTINGS.test(file) || isDeclaration) forEverybody.push(file);
    if (!SOURCE.test(file) || file.endsWith('.d.ts')) continue;
    const group = workspaceOf(file) ?? '.';
    sourcesOf.set(group, [...(sourcesOf.get(group) ?? []), file]);
  }
  return [...sourcesOf].map(([name, sources]) => {
    const reach = name === '.' ? [...sourcesOf.keys()] : [...reachOf(name, files)];
    const inputs = [...forEverybody, ...reach.flatMap((group) => sourcesOf.get(group) ?? [])];
    return { name, files: sources, key: hashOf(inputs, files) };
  });
}

/** The workspace itself and all that it depends on, however far away. */
function reachOf(
  workspace: string,
  files: ReadonlyMap<string, string>,
  seen = new Set<string>(),
): ReadonlySet<string> {
  if (seen.has(workspace)) return seen;
  seen.add(workspace);
  const manifest: Manifest | undefined = manifestAt(files, `${workspace}/package.json`);
  for (const name of Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies })) {
    if (!name.startsWith('@specie/')) continue;
    for (const place of ['packages', 'apps']) {
      reachOf(`${place}/${name.slice('@specie/'.length)}`, files, seen);
    }
  }
  return seen;
}

function hashOf(inputs: readonly string[], files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const file of [...new Set(inputs)].sort()) {
    const text = files.get(file) ?? '';
    hash.update(`${file.length} ${file} ${text.length} ${text}\n`);
  }
  return hash.digest('hex');
}
