/**
 * Seals of sessions in SQLite: a row for each session with its handshake and its newest seal, a row
 * for each second of it with the authenticators that came since, a row for each chain of trust.
 * Seals that come together are one commit. Invariant: what `keep` resolved for is on the disk, and a
 * session's authenticators are there without gap up to its newest seal.
 *
 * Spec: 10 §4.
 * @module
 */
import { hash } from 'node:crypto';
import { openDatabase, type Database, type Migration } from './database.ts';
import { StoreFault } from './fault.ts';

/** One seal to be kept; `after` and `authenticators` say what it covers beyond the one before. */
export interface SealRow {
  readonly handshake: Uint8Array;
  readonly session: Uint8Array;
  readonly caller: number;
  readonly callee: number;
  readonly openedAt: number;
  readonly open: Uint8Array;
  readonly accept: Uint8Array;
  readonly openingBy: 'caller' | 'callee';
  readonly opening: Uint8Array;
  readonly trust: Uint8Array;
  readonly counter: number;
  readonly sealedAt: number;
  readonly byCaller: Uint8Array;
  readonly byCallee: Uint8Array;
  readonly after: number;
  readonly authenticators: Uint8Array;
}

/** A session with all its authenticators up to its newest seal. */
export type SealedSession = Omit<SealRow, 'after'>;

export interface SealStore {
  /** Resolves when the seal is durable; whatever else came in this turn is in the same commit. */
  keep(row: SealRow): Promise<void>;
  /** Forgets every session whose newest seal is older. */
  forget(before: number): void;
  /** Every session, newest seal first, read one by one. */
  sessions(): Iterable<SealedSession>;
  /** Commits what is waiting now. */
  flush(): void;
  backup(target: string): Promise<void>;
  close(): void;
}

const SEAL_KIND = 'SPsl';

const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE trust (
        id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, chain BLOB NOT NULL
      ) STRICT;
      CREATE TABLE session (
        id INTEGER PRIMARY KEY, handshake BLOB NOT NULL UNIQUE, session BLOB NOT NULL,
        caller INTEGER NOT NULL, callee INTEGER NOT NULL, opened_at INTEGER NOT NULL,
        open BLOB NOT NULL, accept BLOB NOT NULL, opening_by TEXT NOT NULL, opening BLOB NOT NULL,
        trust INTEGER NOT NULL REFERENCES trust, counter INTEGER NOT NULL,
        sealed_at INTEGER NOT NULL, by_caller BLOB NOT NULL, by_callee BLOB NOT NULL
      ) STRICT;
      CREATE INDEX session_by_age ON session (sealed_at);
      CREATE TABLE link (
        session INTEGER NOT NULL REFERENCES session, after INTEGER NOT NULL,
        authenticators BLOB NOT NULL, PRIMARY KEY (session, after)
      ) STRICT, WITHOUT ROWID;`,
  },
];

interface Waiting {
  readonly row: SealRow;
  readonly done: () => void;
  readonly failed: (cause: unknown) => void;
}

/** Opens the seals of a party; made when they are not there. */
export function openSealStore(
  file: string,
  { isReadOnly = false }: { readonly isReadOnly?: boolean } = {},
): SealStore {
  const database = openDatabase({
    path: file,
    kind: SEAL_KIND,
    migrations: MIGRATIONS,
    isReadOnly,
  });
  const { sql } = database;
  const put = isReadOnly ? undefined : putter(database);
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      database.transaction(() => {
        for (const { row } of batch) put?.(row);
      });
    } catch (cause) {
      const fault = new StoreFault('append_failed', `${file} could not keep a seal`, cause);
      for (const { failed } of batch) failed(fault);
      return;
    }
    for (const { done } of batch) done();
  };
  return {
    keep: (row) =>
      new Promise((done, failed) => {
        if (waiting.push({ row, done: () => done(), failed }) === 1) setImmediate(flush);
      }),
    forget(before) {
      flush();
      database.transaction(() => {
        const old = 'SELECT id FROM session WHERE sealed_at < ?';
        sql.prepare(`DELETE FROM link WHERE session IN (${old})`).run(before);
        sql.prepare('DELETE FROM session WHERE sealed_at < ?').run(before);
        sql.exec('DELETE FROM trust WHERE id NOT IN (SELECT trust FROM session)');
      });
    },
    sessions: () => sessionsOf(database),
    flush,
    async backup(target) {
      flush();
      await database.backup(target);
    },
    close() {
      flush();
      database.close();
    },
  };
}

/** Writes a row inside a transaction. */
function putter({ sql }: Database): (row: SealRow) => void {
  const findTrust = sql.prepare('SELECT id FROM trust WHERE hash = ?');
  const putTrust = sql.prepare('INSERT INTO trust (hash, chain) VALUES (?, ?)');
  let hashed: { readonly chain: Uint8Array; readonly hash: Uint8Array } | undefined;
  const putSession = sql.prepare(
    `INSERT INTO session (handshake, session, caller, callee, opened_at, open, accept, opening_by,
       opening, trust, counter, sealed_at, by_caller, by_callee)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
     ON CONFLICT (handshake) DO UPDATE
       SET trust = ?10, counter = ?11, sealed_at = ?12, by_caller = ?13, by_callee = ?14
     RETURNING id`,
  );
  const putLink = sql.prepare('INSERT INTO link (session, after, authenticators) VALUES (?, ?, ?)');
  return (row) => {
    // The same chain comes as the same object, so it is hashed once.
    if (hashed?.chain !== row.trust)
      hashed = { chain: row.trust, hash: hash('sha256', row.trust, 'buffer') };
    const known = findTrust.get(hashed.hash)?.['id'];
    const trust = Number(known ?? putTrust.run(hashed.hash, row.trust).lastInsertRowid);
    const { handshake, session, caller, callee, openedAt, open, accept } = row;
    const { openingBy, opening, counter, sealedAt, byCaller, byCallee } = row;
    const id = putSession.get(
      ...[handshake, session, caller, callee, openedAt, open, accept, openingBy, opening],
      ...[trust, counter, sealedAt, byCaller, byCallee],
    )?.['id'];
    putLink.run(Number(id), row.after, row.authenticators);
  };
}

function* sessionsOf({ sql }: Database): Iterable<SealedSession> {
  const select = sql.prepare(
    `SELECT session.*, trust.chain FROM session JOIN trust ON trust.id = session.trust
     ORDER BY sealed_at DESC, session.id DESC`,
  );
  const links = sql.prepare('SELECT authenticators FROM link WHERE session = ? ORDER BY after');
  for (const row of select.iterate()) {
    const bytes = (name: string): Uint8Array => Uint8Array.from(row[name] as Uint8Array);
    const parts = links.all(Number(row['id'])).map((each) => each['authenticators'] as Uint8Array);
    yield {
      handshake: bytes('handshake'),
      session: bytes('session'),
      caller: Number(row['caller']),
      callee: Number(row['callee']),
      openedAt: Number(row['opened_at']),
      open: bytes('open'),
      accept: bytes('accept'),
      openingBy: row['opening_by'] === 'caller' ? 'caller' : 'callee',
      opening: bytes('opening'),
      trust: bytes('chain'),
      counter: Number(row['counter']),
      sealedAt: Number(row['sealed_at']),
      byCaller: bytes('by_caller'),
      byCallee: bytes('by_callee'),
      authenticators: Uint8Array.from(Buffer.concat(parts)),
    };
  }
}
