/**
 * Backups: the databases as they are at one moment, the keys and settings, and a manifest with the
 * hash of each file. Invariant: a folder is restored only when every file is what the manifest says,
 * and a restored folder offers no lock that was left before, because some may have been offered
 * after the backup.
 *
 * Spec: 06 §9.
 * @module
 */
import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Fault } from '@specie/protocol/fault';
import { FOLDER_MODE, KEY_FILE_MODE, readJson, writeDurably } from '@specie/protocol/node/folder';
import { openDatabase } from '@specie/stores/database';
import { openSealStore } from '@specie/stores/seal-store';
import { openCoins } from '../book/coins.ts';
import { BOOK_KIND, BOOK_MIGRATIONS } from '../book/schema.ts';
import { openStockBook, type StockBook } from '../book/stock.ts';
import { KEY_NAMES, openDataFolder, openDatabases, PLACES } from './data-folder.ts';

const MANIFEST = 'manifest.json';
const FORMAT = 'format.json';
const COPIED = [
  FORMAT,
  PLACES.settings,
  PLACES.card,
  PLACES.trust,
  PLACES.clock,
  ...KEY_NAMES.map((name) => path.join(PLACES.keys, `${name}.key`)),
];
const STORES = [PLACES.book, PLACES.vault, PLACES.seals];

/** Copies a folder, also while it is in use, into one that must not exist yet. */
export async function backUp(directory: string, target: string): Promise<void> {
  const folder = openDataFolder(directory);
  if (fs.existsSync(target)) throw new Fault('folder_not_empty', 'never', `${target} exists`);
  fs.mkdirSync(path.join(target, PLACES.keys), { recursive: true, mode: FOLDER_MODE });
  fs.chmodSync(target, FOLDER_MODE);
  const { book, vault } = openDatabases(folder);
  try {
    // The book first: a name whose wallet is missing can be proven again, the other way round it could not.
    await book.backup(path.join(target, PLACES.book));
    await vault.backup(path.join(target, PLACES.vault));
  } finally {
    book.close();
    vault.close();
  }
  if (fs.existsSync(folder.at('seals'))) {
    const seals = openSealStore(folder.at('seals'), { isReadOnly: true });
    await seals.backup(path.join(target, PLACES.seals));
    seals.close();
  }
  const files: Record<string, string> = {};
  for (const name of COPIED) {
    if (!fs.existsSync(path.join(directory, name))) continue;
    const content = fs.readFileSync(path.join(directory, name));
    writeDurably(path.join(target, name), content, KEY_FILE_MODE);
  }
  for (const name of [...COPIED, ...STORES]) {
    const file = path.join(target, name);
    if (fs.existsSync(file)) files[name] = hash('sha256', fs.readFileSync(file), 'hex');
  }
  writeDurably(
    path.join(target, MANIFEST),
    `${JSON.stringify({ format: 1, files }, undefined, 2)}\n`,
  );
}

/** Makes a folder of a backup. */
export function restore(source: string, directory: string): void {
  const files = manifestOf(source);
  if (fs.existsSync(directory) && fs.readdirSync(directory).length > 0)
    throw new Fault('folder_not_empty', 'never', `${directory} is not empty`);
  fs.mkdirSync(path.join(directory, PLACES.keys), { recursive: true, mode: FOLDER_MODE });
  fs.chmodSync(directory, FOLDER_MODE);
  for (const [name, expected] of files) {
    const content = fs.readFileSync(path.join(source, name));
    if (hash('sha256', content, 'hex') !== expected)
      throw new Fault('backup_damaged', 'never', `${name} is not what the manifest says`);
    writeDurably(path.join(directory, name), content, KEY_FILE_MODE);
  }
  const book = openDatabase({
    path: path.join(directory, PLACES.book),
    kind: BOOK_KIND,
    migrations: BOOK_MIGRATIONS,
  });
  book.transaction(() => {
    // What was offered after the backup is not known here; wallets leave new locks when they come.
    book.sql.exec('UPDATE batch SET next = count');
    // The stock's next batches would be those that were left after the backup: their nonces derive
    // from numbers counted up. It goes on from the second of this restore, which no count reaches.
    leap(openStockBook(book, openCoins(book)), Math.floor(Date.now() / 1000));
  });
  book.close();
}

/** Counts the stock's batches on from a number; where pieces on lost ones are looked for is kept. */
function leap(stock: StockBook, number: number): void {
  stock.set('batch-lost', stock.counted('batch'));
  stock.set('batch', Math.max(stock.counted('batch') + 1, number));
}

function manifestOf(source: string): readonly (readonly [string, string])[] {
  const manifest = readJson(path.join(source, MANIFEST));
  const files: unknown = (manifest as { readonly files?: unknown } | undefined)?.files;
  if (typeof files !== 'object' || files === null)
    throw new Fault('backup_damaged', 'never', `${source} has no manifest`);
  const known = new Set([...COPIED, ...STORES]);
  return Object.entries(files as Record<string, unknown>).map(([name, expected]) => {
    if (!known.has(name) || typeof expected !== 'string')
      throw new Fault('backup_damaged', 'never', `the manifest names ${name}`);
    return [name, expected] as const;
  });
}
