/**
 * A copy of the tree to plant faults in: what people wrote is copied, what npm installed is linked,
 * and the house's own packages lead to the copy, or a fault in core would be run past.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SKIPPED_FOLDERS } from '../tree.ts';

export interface Copy {
  readonly root: string;
  readonly remove: () => void;
}

export function copyOf(root: string): Copy {
  const copy = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'specie-red-'));
  fs.cpSync(root, copy, {
    recursive: true,
    filter: (source) => !SKIPPED_FOLDERS.has(path.basename(source)),
  });
  for (const folder of foldersWithModules(root)) linkModules(root, copy, folder);
  return { root: copy, remove: () => fs.rmSync(copy, { recursive: true, force: true }) };
}

/** The root, the runtime and every workspace that npm gave a `node_modules` of its own. */
function foldersWithModules(root: string): string[] {
  const workspaces = ['packages', 'apps'].flatMap((place) =>
    fs.readdirSync(path.join(root, place)).map((name) => path.join(place, name)),
  );
  return ['.', 'runtime', ...workspaces].filter((folder) =>
    fs.existsSync(path.join(root, folder, 'node_modules')),
  );
}

function linkModules(root: string, copy: string, folder: string): void {
  const from = path.join(root, folder, 'node_modules');
  const to = path.join(copy, folder, 'node_modules');
  fs.mkdirSync(to);
  for (const name of fs.readdirSync(from)) {
    // What tools keep for themselves in there speaks of the original.
    if (name === '.vite' || name === '.vitest' || name === '.cache') continue;
    if (name === '@specie') linkOwnPackages(path.join(from, name), path.join(to, name));
    else fs.symlinkSync(path.join(from, name), path.join(to, name));
  }
}

/** npm's links are relative and lead to the copy's packages as they stand. */
function linkOwnPackages(from: string, to: string): void {
  fs.mkdirSync(to);
  for (const name of fs.readdirSync(from)) {
    fs.symlinkSync(fs.readlinkSync(path.join(from, name)), path.join(to, name));
  }
}
