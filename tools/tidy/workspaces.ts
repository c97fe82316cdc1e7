/**
 * The workspaces as npm sees them and as they lie in the folders have to be the same, and so have
 * their manifests and the lock file; otherwise an install that works here fails in a fresh clone.
 */
import { ARROWS } from './house.ts';
import {
  type Manifest,
  manifestAt,
  type Problem,
  type TreeView,
  workspaceOf,
} from './tree-view.ts';

const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;

interface Lock {
  readonly packages?: Readonly<Record<string, Manifest>>;
}

export function workspaceProblems(view: TreeView): Problem[] {
  const root = manifestAt(view.files, 'package.json');
  const lock = manifestAt(view.files, 'package-lock.json') as Lock | undefined;
  const folders = [...new Set([...view.files.keys()].flatMap((file) => workspaceOf(file) ?? []))];
  const problems: Problem[] = [];
  const say = (file: string, message: string): number => problems.push({ file, line: 0, message });

  for (const place of ['packages/*', 'apps/*']) {
    if (root?.workspaces?.includes(place) !== true) say('package.json', `lists no ${place}`);
  }
  for (const [file, text] of view.files) {
    if (/(?:^|\/)package\.json$/.test(file)) {
      for (const message of versionMessages(JSON.parse(text) as Manifest)) say(file, message);
    }
  }
  for (const folder of folders) {
    const file = `${folder}/package.json`;
    const manifest = manifestAt(view.files, file);
    if (manifest === undefined) {
      say(folder, 'is no workspace: it has no package.json');
      continue;
    }
    for (const message of manifestMessages(folder, manifest, root)) say(file, message);
    if (!isSame(manifest, lock?.packages?.[folder])) {
      say(file, 'is not what package-lock.json says; run npm install');
    }
  }
  for (const place of Object.keys(lock?.packages ?? {})) {
    if (
      workspaceOf(place) !== undefined &&
      !place.includes('node_modules') &&
      !folders.includes(place)
    ) {
      say('package-lock.json', `names ${place}, which is not there; run npm install`);
    }
  }
  return problems;
}

function versionMessages(manifest: Manifest): string[] {
  const all = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  return Object.entries(all)
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${name} is at "${version}"; pin one exact version`);
}

function manifestMessages(
  folder: string,
  manifest: Manifest,
  root: Manifest | undefined,
): string[] {
  const name = folder.slice(folder.indexOf('/') + 1);
  const messages: string[] = [];
  if (manifest.name !== `@specie/${name}`) messages.push(`is not named @specie/${name}`);
  if (manifest.private !== true) messages.push('is not private');
  if (manifest.type !== 'module') messages.push('is not of type "module"');
  if (manifest.version !== root?.version) messages.push('is not at the version of the root');
  if (manifest.license !== root?.license) messages.push('does not have the license of the root');
  const isOpen = manifest.exports?.['./*'] === './src/*.ts';
  if (!isOpen) messages.push('does not export "./*": "./src/*.ts"');
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    const [, ours] = /^@specie\/(.+)$/.exec(dependency) ?? [];
    if (ours === undefined) continue;
    const allowed = folder.startsWith('apps/') ? Object.keys(ARROWS) : (ARROWS[name] ?? []);
    if (!allowed.includes(ours)) messages.push(`may not depend on ${dependency}`);
  }
  return messages;
}

function isSame(manifest: Manifest, locked: Manifest | undefined): boolean {
  if (locked === undefined) return false;
  const flat = ({ dependencies, devDependencies }: Manifest): string =>
    JSON.stringify([dependencies, devDependencies].map((set) => Object.entries(set ?? {}).sort()));
  return flat(manifest) === flat(locked);
}
