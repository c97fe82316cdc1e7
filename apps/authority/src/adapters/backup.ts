/**
 * Backups: a copy of everything an authority needs to go on, made beside a running service, with a
 * manifest of hashes. Invariant: what is restored is byte for byte what was backed up, into a folder
 * where nothing was.
 *
 * Spec: 09 §9.
 * @module
 */
import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hexOf } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { Fault } from '@specie/protocol/fault';
import { FOLDER_MODE, readJson, writeDurably } from '@specie/protocol/node/folder';
import { openEmbeddedJournal } from '@specie/stores/embedded';
import { openSealStore } from '@specie/stores/seal-store';
import { openDataFolder, PLACES } from './data-folder.ts';
import { openDirectoryStore } from './directory-store.ts';

const MANIFEST = 'manifest.json';
/** What is copied as it lies; folders with what is in them. */
const PLAIN = [
  'format.json',
  PLACES.settings,
  'keys',
  'root',
  PLACES.chain,
  PLACES.operators,
  PLACES.halt,
  PLACES.clock,
  'releases.jsonl',
] as const;

interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Copies an authority into a new folder. Gives the position of the journal that was copied. */
export async function backUp(data: string, target: string, now: Instant): Promise<number> {
  const folder = openDataFolder(data);
  if (fs.existsSync(target)) throw new Fault('folder_not_empty', 'never', `${target} exists`);
  fs.mkdirSync(target, { recursive: true, mode: FOLDER_MODE });
  // Keys and settings first: a journal newer than they are can be read with them, not the reverse.
  for (const name of PLAIN) {
    const from = path.join(data, name);
    if (fs.existsSync(from)) fs.cpSync(from, path.join(target, name), { recursive: true });
  }
  const names = openDirectoryStore(folder.at('directory'), { isReadOnly: true });
  await names.backup(path.join(target, PLACES.directory));
  names.close();
  const journal = openEmbeddedJournal(folder.at('journal'), { isReadOnly: true });
  await journal.backup(path.join(target, PLACES.journal));
  journal.close();
  if (fs.existsSync(folder.at('seals'))) {
    const seals = openSealStore(folder.at('seals'), { isReadOnly: true });
    await seals.backup(path.join(target, PLACES.seals));
    seals.close();
  }
  // The copy is opened and checked whole before anybody relies on it.
  const copy = openEmbeddedJournal(path.join(target, PLACES.journal), { isReadOnly: true });
  const { position, number, hash: head } = copy.last();
  copy.close();
  for (const end of ['-wal', '-shm'])
    for (const name of [PLACES.journal, PLACES.directory, PLACES.seals])
      fs.rmSync(path.join(target, name + end), { force: true });
  const files = filesIn(target).map((name) => describe(target, name));
  const about = { format: 1, kind: 'authority-backup', time: now, position, batches: number };
  const manifest = { ...about, head: hexOf(head), files };
  writeDurably(path.join(target, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return position;
}

/** Puts a backup into an empty folder, after checking every byte of it. Gives the journal's position. */
export function restore(backup: string, data: string): number {
  const manifest = readManifest(backup);
  if (fs.existsSync(data) && fs.readdirSync(data).length > 0)
    throw new Fault('folder_not_empty', 'never', `${data} is not empty`);
  const there = filesIn(backup).filter((name) => name !== MANIFEST);
  const named = new Set(manifest.files.map((file) => file.path));
  const stray = there.find((name) => !named.has(name));
  if (stray !== undefined)
    throw new Fault('backup_damaged', 'never', `${stray} is not in the manifest`);
  for (const file of manifest.files) {
    if (!there.includes(file.path))
      throw new Fault('backup_damaged', 'never', `${file.path} is missing`);
    if (describe(backup, file.path).sha256 !== file.sha256)
      throw new Fault('backup_damaged', 'never', `${file.path} is not what was backed up`);
  }
  fs.mkdirSync(data, { recursive: true, mode: FOLDER_MODE });
  fs.chmodSync(data, FOLDER_MODE);
  for (const { path: name } of manifest.files) {
    fs.mkdirSync(path.dirname(path.join(data, name)), { recursive: true, mode: FOLDER_MODE });
    fs.copyFileSync(path.join(backup, name), path.join(data, name), fs.constants.COPYFILE_EXCL);
    fs.chmodSync(path.join(data, name), 0o600);
  }
  const folder = openDataFolder(data);
  const journal = openEmbeddedJournal(folder.at('journal'));
  const { position } = journal.last();
  journal.close();
  if (position !== manifest.position)
    throw new Fault('backup_damaged', 'never', 'the journal is not as long as the manifest says');
  return position;
}

function filesIn(root: string): readonly string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => path.relative(root, path.join(each.parentPath, each.name)))
    .sort();
}

function describe(root: string, name: string): ManifestFile {
  const content = fs.readFileSync(path.join(root, name));
  return { path: name, bytes: content.length, sha256: hash('sha256', content, 'hex') };
}

function readManifest(backup: string): {
  readonly position: number;
  readonly files: readonly ManifestFile[];
} {
  const json = readJson(path.join(backup, MANIFEST)) as
    Readonly<Record<string, unknown>> | undefined;
  const { format, kind, position, files } = json ?? {};
  const isKnown = format === 1 && kind === 'authority-backup' && typeof position === 'number';
  if (!isKnown || !Array.isArray(files))
    throw new Fault('backup_damaged', 'never', `${backup} has no readable ${MANIFEST}`);
  const named = files.map((each: unknown) => {
    const { path: name, bytes, sha256 } = each as Readonly<Record<string, unknown>>;
    const isPlain = typeof name === 'string' && !path.isAbsolute(name) && !name.includes('..');
    if (!isPlain || typeof bytes !== 'number' || typeof sha256 !== 'string')
      throw new Fault('backup_damaged', 'never', `${MANIFEST} names a file that cannot be`);
    return { path: name, bytes, sha256 };
  });
  return { position, files: named };
}
