/**
 * The operator's data folder: where each thing is, and how it is made and read. Invariant: format,
 * kind and rights are checked before anything in it is believed; keys are never overwritten.
 *
 * Spec: 06 §9.
 * @module
 */
import fs from 'node:fs';
import path from 'node:path';
import { hexOf } from '@specie/core/base/bytes';
import { Fault } from '@specie/protocol/fault';
import {
  createFolder,
  FOLDER_MODE,
  openFolder,
  readJson,
  readKeyFile,
  writeDurably,
  writeKeyFile,
} from '@specie/protocol/node/folder';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import { openDatabase, type Database } from '@specie/stores/database';
import { BOOK_KIND, BOOK_MIGRATIONS, VAULT_KIND, VAULT_MIGRATIONS } from '../book/schema.ts';
import type { OperatorKeys } from '../desk/office.ts';
import { settingsJson, settingsOf, type Settings } from '../settings.ts';

export const KIND = 'operator';

export const PLACES = {
  settings: 'settings.json',
  card: 'card.json',
  trust: 'trust.chain',
  book: 'book.sqlite',
  vault: 'vault.sqlite',
  seals: 'seals.sqlite',
  keys: 'keys',
  clock: 'clock.json',
  service: 'service.json',
  restored: 'restored.json',
} as const;

export const KEY_NAMES = ['session', 'statement', 'stock', 'vault'] as const;
const KEY_BYTES = 32;

export interface DataFolder {
  readonly path: string;
  readonly isSandbox: boolean;
  readonly settings: Settings;
  at(place: keyof typeof PLACES): string;
}

/** Opens a folder that `init` made. */
export function openDataFolder(directory: string): DataFolder {
  const { sandbox } = openFolder(directory, KIND);
  const at = (place: keyof typeof PLACES): string => path.join(directory, PLACES[place]);
  const settings = settingsOf(readJson(at('settings')));
  if (settings.sandboxUrl !== undefined && !sandbox)
    throw new Fault('sandbox_only', 'never', 'a test bank is for sandbox data alone');
  return { path: directory, isSandbox: sandbox, settings, at };
}

/** Makes a folder with fresh keys and the public card that the authority registers. */
export function initDataFolder(
  directory: string,
  settings: Settings,
  isSandbox: boolean,
  random: (length: number) => Uint8Array,
): void {
  const parsed = parseAuthority(settings.authority);
  if (!parsed.ok)
    throw new Fault('authority_unreadable', 'never', `${settings.authority} is no fingerprint`);
  createFolder(directory, { kind: KIND, sandbox: isSandbox });
  const keys = path.join(directory, PLACES.keys);
  fs.mkdirSync(keys, { mode: FOLDER_MODE });
  for (const name of KEY_NAMES) writeKeyFile(path.join(keys, `${name}.key`), random(KEY_BYTES));
  writeDurably(path.join(directory, PLACES.settings), settingsJson(settings));
  const { session, statement } = readKeys(directory);
  const card = {
    operator: settings.number,
    name: settings.name,
    url: settings.url,
    sessionKey: hexOf(mlDsaNative.publicKeyOf(session)),
    statementKey: hexOf(mlDsaNative.publicKeyOf(statement)),
  };
  writeDurably(path.join(directory, PLACES.card), `${JSON.stringify(card, undefined, 2)}\n`);
}

/** The keys of a folder. */
export function readKeys(directory: string): OperatorKeys {
  const read = (name: (typeof KEY_NAMES)[number]): Uint8Array =>
    readKeyFile(path.join(directory, PLACES.keys, `${name}.key`), KEY_BYTES);
  return {
    session: read('session'),
    statement: read('statement'),
    stock: read('stock'),
    vault: read('vault'),
  };
}

/** The two databases of a folder. */
export function openDatabases(folder: DataFolder): {
  readonly book: Database;
  readonly vault: Database;
} {
  return {
    book: openDatabase({
      path: folder.at('book'),
      kind: BOOK_KIND,
      migrations: BOOK_MIGRATIONS,
      // A payment touches a few small rows of two wallets, each on a page of its own. Against 4096
      // this logs a quarter less; 1024 logs no less and takes more writes.
      pageBytes: 2048,
      // At thousands of payments a second a checkpoint of the default size would come all the time.
      checkpointPages: 32_768,
    }),
    vault: openDatabase({
      path: folder.at('vault'),
      kind: VAULT_KIND,
      migrations: VAULT_MIGRATIONS,
    }),
  };
}

/** How far the clock of sandbox data is shifted, in milliseconds. */
export function clockOffset(folder: DataFolder): number {
  const shift = readJson(folder.at('clock'));
  if (shift === undefined) return 0;
  if (!folder.isSandbox)
    throw new Fault('sandbox_only', 'never', 'only the clock of sandbox data can be shifted');
  const { offsetMs } = shift as { readonly offsetMs?: unknown };
  if (typeof offsetMs !== 'number' || !Number.isInteger(offsetMs))
    throw new Fault('file_malformed', 'never', `${folder.at('clock')} has no offsetMs`);
  return offsetMs;
}
