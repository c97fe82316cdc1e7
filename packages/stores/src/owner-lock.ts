/**
 * A lock that one process holds over a folder or a file. Invariant: two processes never write the
 * same store. It is an exclusive transaction on a small database, which the operating system ends
 * with the process that holds it, however that ends.
 * @module
 */
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreFault } from './fault.ts';

export interface OwnerLock {
  release(): void;
}

/** Takes the lock kept in `file`, or throws `store_locked` at once when another holds it. */
export function takeOwnerLock(file: string): OwnerLock {
  if (!fs.existsSync(file)) fs.closeSync(fs.openSync(file, 'a', 0o600));
  const sql = new DatabaseSync(file);
  try {
    sql.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    sql.close();
    throw new StoreFault('store_locked', `${file} is held by another process`, cause);
  }
  return {
    release() {
      if (sql.isOpen) sql.close();
    },
  };
}
