/**
 * A SQLite database under this house's settings: write-ahead log, every commit synced, migrations
 * numbered from 1 without gap. Invariant: a database is opened only by a program that knows every
 * migration it has had, and what a transaction wrote is on the disk when it returns.
 *
 * Spec: 07 §8.
 * @module
 */
import fs from 'node:fs';
import path from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { assert } from '@specie/core/base/assert';
import { bytesOfText } from '@specie/core/base/bytes';
import { StoreFault } from './fault.ts';

/** One step of a schema's history. What was once released is never edited; a change is a new step. */
export interface Migration {
  /** 1, 2, 3 …, without gap. */
  readonly number: number;
  readonly sql: string;
}

export interface DatabaseOptions {
  /** Path of the file; `:memory:` for tests. */
  readonly path: string;
  /** Four letters that say whose file it is, kept in the file's header (SQLite's application id). */
  readonly kind: string;
  readonly migrations: readonly Migration[];
  /** Opens an existing file without ever writing to it; its schema must be the newest. */
  readonly isReadOnly?: boolean;
  /** Pages in the write-ahead log that make a checkpoint; fewer stall shorter, more stall rarer. */
  readonly checkpointPages?: number;
  /**
   * Bytes of a page of a file that is made now. A commit logs every page it touched whole: where
   * rows are small and touched here and there, small pages log less.
   */
  readonly pageBytes?: 1024 | 2048 | 4096;
}

/** An open database. */
export interface Database {
  readonly sql: DatabaseSync;
  /**
   * Runs `work` as one transaction: durable when it returns, undone whole when it throws. It may not
   * be nested, and `work` may not wait for anything.
   */
  transaction<T>(work: () => T): T;
  /** Copies the database as it is, while it is in use, into a file that must not exist yet. */
  backup(target: string): Promise<void>;
  close(): void;
}

const BUSY_MS = 5000;
const PAGE_BYTES = 4096;

/** Opens a database, makes it when it is not there, and brings its schema up to the newest step. */
export function openDatabase(options: DatabaseOptions): Database {
  options.migrations.forEach(({ number }, i) => {
    assert(number === i + 1, 'migrations are numbered from 1 without gap');
  });
  const isNew = options.path !== ':memory:' && !fs.existsSync(options.path);
  const isReadOnly = options.isReadOnly ?? false;
  if (isNew && isReadOnly) throw new StoreFault('store_foreign', `there is no ${options.path}`);
  // A name that is not there yet is made under 0600 before SQLite would make it under the umask.
  if (isNew) fs.closeSync(fs.openSync(options.path, 'ax', 0o600));
  const sql = new DatabaseSync(options.path, { readOnly: isReadOnly });
  try {
    prepare(sql, options, isReadOnly);
  } catch (cause) {
    sql.close();
    throw asFault(options.path, cause);
  }
  if (isNew) syncFolder(path.dirname(options.path));
  return {
    sql,
    transaction: (work) => transact(sql, work),
    backup: copyOf(sql),
    close: closing(sql),
  };
}

function prepare(sql: DatabaseSync, options: DatabaseOptions, isReadOnly: boolean): void {
  sql.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  const kind = numberOf(options.kind);
  const found = pragma(sql, 'application_id');
  const version = pragma(sql, 'user_version');
  const isEmpty = found === 0 && version === 0 && tableCount(sql) === 0;
  if (!isEmpty && found !== kind) {
    throw new StoreFault('store_foreign', `${options.path} is not a store of kind ${options.kind}`);
  }
  if (version > options.migrations.length) {
    throw new StoreFault(
      'store_newer',
      `${options.path} has format ${version}; this program knows ${options.migrations.length}`,
    );
  }
  if (isReadOnly) {
    if (version === options.migrations.length) return;
    throw new StoreFault('store_foreign', `${options.path} has the older format ${version}`);
  }
  // Heard only by a file without pages; every other keeps the size it was made with.
  if (isEmpty) sql.exec(`PRAGMA page_size = ${options.pageBytes ?? PAGE_BYTES}`);
  sql.exec('PRAGMA journal_mode = WAL');
  sql.exec('PRAGMA synchronous = FULL');
  sql.exec('PRAGMA foreign_keys = ON');
  sql.exec('PRAGMA trusted_schema = OFF');
  sql.exec('PRAGMA temp_store = MEMORY');
  sql.exec(`PRAGMA wal_autocheckpoint = ${options.checkpointPages ?? 1000}`);
  if (isEmpty) sql.exec(`PRAGMA application_id = ${kind}`);
  for (const { number, sql: text } of options.migrations.slice(version)) {
    transact(sql, () => {
      sql.exec(text);
      sql.exec(`PRAGMA user_version = ${number}`);
    });
  }
}

function transact<T>(sql: DatabaseSync, work: () => T): T {
  assert(!isInside(sql), 'transactions are not nested');
  sql.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    sql.exec('COMMIT');
    return value;
  } catch (cause) {
    // SQLite may have rolled back by itself (a full disk); a second time would hide the first cause.
    if (isInside(sql)) sql.exec('ROLLBACK');
    throw cause;
  }
}

function isInside(sql: DatabaseSync): boolean {
  return sql.isTransaction;
}

function copyOf(sql: DatabaseSync): Database['backup'] {
  return async (target) => {
    fs.closeSync(fs.openSync(target, 'ax', 0o600));
    await backup(sql, target);
    const file = fs.openSync(target, 'r+');
    fs.fsyncSync(file);
    fs.closeSync(file);
    syncFolder(path.dirname(target));
  };
}

function closing(sql: DatabaseSync): () => void {
  return () => {
    if (sql.isOpen) sql.close();
  };
}

function pragma(sql: DatabaseSync, name: string): number {
  const row = sql.prepare(`PRAGMA ${name}`).get();
  return Number(Object.values(row ?? {})[0] ?? 0);
}

function tableCount(sql: DatabaseSync): number {
  return Number(sql.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0);
}

function numberOf(kind: string): number {
  assert(/^[A-Za-z]{4}$/.test(kind), 'a kind of store is four letters');
  const bytes = bytesOfText(kind);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** What SQLite throws, as one of our faults where its cause is known. */
export function asFault(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : -1;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (code === 5 || code === 6) return new StoreFault('store_locked', `${file} is in use`, cause);
  if (code === 11 || code === 26) {
    return new StoreFault('store_damaged', `${file} is damaged: ${reason}`, cause);
  }
  return cause;
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
