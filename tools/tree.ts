/**
 * The files of this repository, as the tools see them: what a person wrote, without what was
 * installed, built or run. It works in a copy without git too, so it goes by folders' names.
 */
import fs from 'node:fs';
import path from 'node:path';

/** The root of the tree these tools lie in; in a copy, the copy's. */
export const ROOT = path.resolve(import.meta.dirname, '..');

/** Never written by a person: installed, built, measured or run. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.cache',
  '.specie',
  'coverage',
  'dist',
]);

/** Paths relative to `root` with forward slashes on every machine, sorted. */
export function filesUnder(root: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) visit(place);
      } else if (entry.isFile()) {
        found.push(place);
      }
    }
  };
  visit('');
  return found.sort();
}
