import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Migration } from './database.ts';
import { StoreFault } from './fault.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-database-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const FIRST: Migration = { number: 1, sql: 'CREATE TABLE note (text TEXT NOT NULL) STRICT' };
const SECOND: Migration = {
  number: 2,
  sql: "ALTER TABLE note ADD COLUMN by TEXT NOT NULL DEFAULT ''",
};
const at = (name = 'a.sqlite'): string => path.join(folder, name);
const open = (
  migrations: readonly Migration[] = [FIRST],
  kind = 'Test',
): ReturnType<typeof openDatabase> => openDatabase({ path: at(), kind, migrations });

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (cause) {
    return cause instanceof StoreFault ? cause.code : String(cause);
  }
  return 'nothing was thrown';
};

test('keeps what a transaction wrote and undoes one that throws', () => {
  const first = open();
  first.transaction(() => first.sql.exec("INSERT INTO note VALUES ('kept')"));
  expect(() =>
    first.transaction(() => {
      first.sql.exec("INSERT INTO note VALUES ('lost')");
      throw new Error('no');
    }),
  ).toThrow('no');
  first.close();
  const again = open();
  expect(again.sql.prepare('SELECT text FROM note').all()).toEqual([{ text: 'kept' }]);
  again.close();
});

test('makes a file with the pages asked for, and leaves those of a file that is there', () => {
  const pagesOf = (pageBytes: 1024 | 4096): unknown => {
    const opened = openDatabase({ path: at(), kind: 'Test', migrations: [FIRST], pageBytes });
    const found = opened.sql.prepare('PRAGMA page_size').get();
    opened.close();
    return found;
  };
  expect(pagesOf(1024)).toEqual({ page_size: 1024 });
  expect(pagesOf(4096)).toEqual({ page_size: 1024 });
});

test('runs the steps a file has not had, once and in order', () => {
  open().close();
  const second = open([FIRST, SECOND]);
  second.sql.exec("INSERT INTO note VALUES ('a', 'b')");
  second.close();
  const third = open([FIRST, SECOND]);
  expect(third.sql.prepare('SELECT by FROM note').all()).toEqual([{ by: 'b' }]);
  third.close();
});

test('refuses steps whose numbers leave a gap', () => {
  expect(() => open([FIRST, { ...SECOND, number: 3 }])).toThrow('without gap');
  expect(fs.existsSync(at())).toBe(false);
});

test('a step that fails leaves the file at the step before', () => {
  open().close();
  expect(() => open([FIRST, { number: 2, sql: 'CREATE TABLE other (n INT); NONSENSE' }])).toThrow();
  const raw = new DatabaseSync(at());
  expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  expect(raw.prepare("SELECT name FROM sqlite_schema WHERE name = 'other'").get()).toBeUndefined();
  raw.close();
});

test('refuses a file of a newer program, of another kind, and one that is no database', () => {
  open([FIRST, SECOND]).close();
  expect(codeOf(() => open([FIRST]))).toBe('store_newer');
  expect(codeOf(() => open([FIRST, SECOND], 'Else'))).toBe('store_foreign');
  fs.writeFileSync(
    at('b.sqlite'),
    'this is a text, and a long one, of no database at all. '.repeat(99),
  );
  const foreign = (): unknown =>
    openDatabase({ path: at('b.sqlite'), kind: 'Test', migrations: [FIRST] });
  expect(codeOf(foreign)).toBe('store_damaged');
});

test('copies itself while it is in use, and never over a file that is there', async () => {
  const source = open();
  source.transaction(() => source.sql.exec("INSERT INTO note VALUES ('kept')"));
  await source.backup(at('copy.sqlite'));
  await expect(source.backup(at('copy.sqlite'))).rejects.toThrow('EEXIST');
  source.close();
  const copy = openDatabase({
    path: at('copy.sqlite'),
    kind: 'Test',
    migrations: [FIRST],
    isReadOnly: true,
  });
  expect(copy.sql.prepare('SELECT text FROM note').all()).toEqual([{ text: 'kept' }]);
  expect(() => copy.sql.exec("INSERT INTO note VALUES ('more')")).toThrow('readonly');
  copy.close();
});

test('makes its file readable by its owner alone', () => {
  open().close();
  expect(fs.statSync(at()).mode & 0o077).toBe(0);
});

test('syncs every commit to a write-ahead log', () => {
  const database = open();
  expect(database.sql.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  expect(database.sql.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  database.close();
});
