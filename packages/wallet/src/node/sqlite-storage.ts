/**
 * A wallet's storage as one SQLite file. The file is held with an exclusive lock for as long as it
 * is open, because two programs that sign from one wallet would use a lock twice; a commit is synced
 * to disk before it is answered (WAL with synchronous=FULL).
 *
 * Spec: 05 §12.
 * @module
 */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Storage, StoredChange, StoredRecord } from '../storage/storage.ts';

const APPLICATION_ID = 0x53706563;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_NOT_A_DATABASE = 26;
const SQLITE_CORRUPT = 11;

/** Opens the file, making it and its folder readable by their owner alone when they are missing. */
export function openSqliteStorage(file: string): Result<Storage> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const database = new DatabaseSync(file);
  try {
    const isOurs = prepare(database);
    if (!isOurs) {
      database.close();
      return refuse('storage_damaged');
    }
  } catch (cause) {
    database.close();
    const code = errorCode(cause);
    if (code === SQLITE_BUSY || code === SQLITE_LOCKED) return refuse('storage_in_use');
    if (code === SQLITE_NOT_A_DATABASE || code === SQLITE_CORRUPT) return refuse('storage_damaged');
    throw cause;
  }
  return accept(storageOver(database));
}

/** Takes the lock and makes the table in an empty file. False when the file is another program's. */
function prepare(database: DatabaseSync): boolean {
  database.exec('PRAGMA locking_mode=EXCLUSIVE');
  database.exec('PRAGMA journal_mode=WAL');
  database.exec('PRAGMA synchronous=FULL');
  // A write lock that is never given back while the file is open.
  database.exec('BEGIN EXCLUSIVE');
  const id = database.prepare('PRAGMA application_id').get()?.['application_id'];
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
  if (id !== APPLICATION_ID && tables !== 0) {
    database.exec('ROLLBACK');
    return false;
  }
  database.exec(`PRAGMA application_id=${APPLICATION_ID}`);
  database.exec(
    'CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID',
  );
  database.exec('COMMIT');
  return true;
}

function errorCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause)) return undefined;
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : undefined;
}

function storageOver(database: DatabaseSync): Storage {
  const all = database.prepare('SELECT kind, key, value FROM record ORDER BY kind, key');
  const put = database.prepare('INSERT OR REPLACE INTO record (kind, key, value) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM record WHERE kind = ? AND key = ?');
  return {
    async readAll() {
      return all.all().map(recordOf);
    },
    async write(changes: readonly StoredChange[]) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const change of changes) {
          if (change.is === 'put') put.run(change.kind, change.key, change.value);
          else remove.run(change.kind, change.key);
        }
        database.exec('COMMIT');
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw cause;
      }
    },
    async close() {
      database.close();
    },
  };
}

function recordOf(row: Readonly<Record<string, unknown>>): StoredRecord {
  const { kind, key, value } = row;
  if (typeof kind !== 'string' || typeof key !== 'string' || !(value instanceof Uint8Array)) {
    throw new TypeError('a row of the wallet file is not a record');
  }
  return { kind, key, value };
}
