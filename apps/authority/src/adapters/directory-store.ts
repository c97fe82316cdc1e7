/**
 * The directory of names in SQLite: the present address of each name, and every move it made.
 * @module
 */
import type { Address } from '@specie/core/payment/address';
import { openDatabase, type Migration } from '@specie/stores/database';
import type { DirectoryShelf } from '../directory/directory.ts';

const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE name (
        alias BLOB PRIMARY KEY,
        operator INTEGER NOT NULL,
        wallet BLOB NOT NULL,
        since INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE move (
        number INTEGER PRIMARY KEY,
        alias BLOB NOT NULL,
        operator INTEGER NOT NULL,
        wallet BLOB NOT NULL,
        time INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX move_alias ON move (alias);`,
  },
];

const DIRECTORY_KIND = 'SpNa';

export interface DirectoryStore extends DirectoryShelf {
  readonly size: number;
  backup(target: string): Promise<void>;
  close(): void;
}

export function openDirectoryStore(
  file: string,
  { isReadOnly = false }: { readonly isReadOnly?: boolean } = {},
): DirectoryStore {
  const kind = DIRECTORY_KIND;
  const database = openDatabase({ path: file, kind, migrations: MIGRATIONS, isReadOnly });
  const { sql } = database;
  const find = sql.prepare('SELECT operator, wallet FROM name WHERE alias = ?');
  const put = sql.prepare(
    `INSERT INTO name VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (alias) DO UPDATE SET operator = ?2, wallet = ?3, since = ?4`,
  );
  const move = sql.prepare('INSERT INTO move (alias, operator, wallet, time) VALUES (?, ?, ?, ?)');
  const get = (alias: Uint8Array): Address | undefined => {
    const row = find.get(alias);
    const wallet = row?.['wallet'];
    if (row === undefined || !(wallet instanceof Uint8Array)) return undefined;
    return { operator: Number(row['operator']), wallet: Uint8Array.from(wallet) };
  };
  return {
    get,
    put(alias, { operator, wallet }, time) {
      const before = get(alias);
      const isSame = before?.operator === operator && Buffer.compare(before.wallet, wallet) === 0;
      if (isSame) return;
      database.transaction(() => {
        put.run(alias, operator, wallet, time);
        move.run(alias, operator, wallet, time);
      });
    },
    get size() {
      return Number(sql.prepare('SELECT count(*) AS n FROM name').get()?.['n'] ?? 0);
    },
    backup: (target) => database.backup(target),
    close: () => database.close(),
  };
}
