/**
 * The journal in one SQLite file: a row for each batch, and an index row for each session in it.
 * Invariants: every byte of it is checked against the chain when it is opened, damage is named by
 * the batch it is in, and a mark beside the file tells a write that never became durable (nothing
 * is missing) from a journal that has lost its end (entries that were acknowledged are missing).
 *
 * Spec: 07 §8.
 * @module
 */
import fs from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import { equalBytes } from '@specie/core/base/bytes';
import { asFault, openDatabase, type Database, type Migration } from './database.ts';
import { StoreFault } from './fault.ts';
import {
  checkStored,
  entryIn,
  JOURNAL_START,
  nextBatch,
  spanKey,
  type Journal,
  type JournalEnd,
  type SessionSpan,
  type StoredBatch,
} from './journal.ts';
import { takeOwnerLock } from './owner-lock.ts';

const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE batch (
        number INTEGER PRIMARY KEY,
        position INTEGER NOT NULL UNIQUE,
        hash BLOB NOT NULL,
        encoded BLOB NOT NULL
      ) STRICT;
      CREATE TABLE span (
        operator INTEGER NOT NULL,
        session BLOB NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        batch INTEGER NOT NULL REFERENCES batch (number),
        PRIMARY KEY (operator, session, first)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX span_batch ON span (batch);`,
  },
];

/** About 64 MB of log between checkpoints: each batch is written once more then, all of them at once. */
const CHECKPOINT_PAGES = 16_384;
const READ_ROWS = 32;

export interface EmbeddedOptions {
  /** For reading beside a running writer: takes no lock and writes nothing. */
  readonly isReadOnly?: boolean;
}

/** A journal in a file; it can also be copied while it is in use. */
export interface EmbeddedJournal extends Journal {
  backup(target: string): Promise<void>;
}

/** The mark beside a journal: the number of the last batch that was durable. */
export function markPath(file: string): string {
  return `${file}.mark`;
}

/** Opens the journal in `file`, or makes it, and checks all of it. */
export function openEmbeddedJournal(file: string, options: EmbeddedOptions = {}): EmbeddedJournal {
  const isReadOnly = options.isReadOnly ?? false;
  const lock = isReadOnly ? undefined : takeOwnerLock(`${file}.lock`);
  try {
    const database = openDatabase({
      path: file,
      kind: 'SpJo',
      migrations: MIGRATIONS,
      checkpointPages: CHECKPOINT_PAGES,
      isReadOnly,
    });
    try {
      return journalOver(database, file, isReadOnly, () => lock?.release());
    } catch (cause) {
      database.close();
      throw asFault(file, cause);
    }
  } catch (cause) {
    lock?.release();
    throw cause;
  }
}

/** The mark: eight bytes, overwritten after each append and never before it. */
function openMark(
  file: string,
  isReadOnly: boolean,
): { read(): number; write(n: number): void; close(): void } {
  if (isReadOnly && !fs.existsSync(file))
    return { read: () => 0, write: () => undefined, close: () => undefined };
  const handle = fs.openSync(
    file,
    isReadOnly ? 'r' : fs.constants.O_RDWR | fs.constants.O_CREAT,
    0o600,
  );
  const buffer = Buffer.alloc(8);
  return {
    read: () => (fs.readSync(handle, buffer, 0, 8, 0) === 8 ? Number(buffer.readBigUInt64BE()) : 0),
    write(number) {
      buffer.writeBigUInt64BE(BigInt(number));
      fs.writeSync(handle, buffer, 0, 8, 0);
    },
    close: () => fs.closeSync(handle),
  };
}

interface Statements {
  readonly addBatch: StatementSync | undefined;
  readonly addSpan: StatementSync | undefined;
  readonly rows: StatementSync;
  readonly holding: StatementSync;
  readonly spanAt: StatementSync;
}

function statementsOf(sql: Database['sql'], isReadOnly: boolean): Statements {
  return {
    addBatch: isReadOnly ? undefined : sql.prepare('INSERT INTO batch VALUES (?, ?, ?, ?)'),
    addSpan: isReadOnly ? undefined : sql.prepare('INSERT INTO span VALUES (?, ?, ?, ?, ?)'),
    rows: sql.prepare(
      'SELECT number, position, hash, encoded FROM batch WHERE number >= ? ORDER BY number LIMIT ?',
    ),
    holding: sql.prepare(
      'SELECT number FROM batch WHERE position <= ? ORDER BY position DESC LIMIT 1',
    ),
    spanAt: sql.prepare(
      `SELECT last, batch FROM span WHERE operator = ? AND session = ? AND first <= ?
       ORDER BY first DESC LIMIT 1`,
    ),
  };
}

function journalOver(
  database: Database,
  file: string,
  isReadOnly: boolean,
  release: () => void,
): EmbeddedJournal {
  const { sql } = database;
  let end = checkAll(database);
  const mark = openMark(markPath(file), isReadOnly);
  const isShortened = mark.read() > end.number;
  let state: 'open' | 'failed' | 'closed' = 'open';
  const { addBatch, addSpan, rows, holding, spanAt } = statementsOf(sql, isReadOnly);
  const write = (next: ReturnType<typeof nextBatch>): void => {
    addBatch?.run(next.after.number, end.position, next.after.hash, next.encoded);
    for (const { operator, session, first, last } of next.spans) {
      addSpan?.run(operator, session, first, last, next.after.number);
    }
  };
  return {
    isShortened,
    append(draft) {
      if (state !== 'open') throw new StoreFault('store_closed', `the journal has ${state}`);
      if (isReadOnly) throw new StoreFault('store_closed', 'the journal is open for reading');
      if (isShortened) throw new StoreFault('store_damaged', 'the journal lost its end');
      const next = nextBatch(end, draft);
      try {
        database.transaction(() => write(next));
      } catch (cause) {
        state = 'failed';
        throw new StoreFault(
          'append_failed',
          `batch ${next.after.number} may not be on the disk`,
          cause,
        );
      }
      mark.write(next.after.number);
      end = next.after;
      return end;
    },
    *read(from) {
      for (let number = Math.max(1, from); number <= end.number;) {
        const page = readRows(rows, number, READ_ROWS);
        for (const row of page) yield row;
        number += page.length;
        if (page.length === 0) throw new StoreFault('store_damaged', `batch ${number} is missing`);
      }
    },
    batchOf(position) {
      if (position >= end.position || position < 0) return undefined;
      return Number(holding.get(position)?.['number']);
    },
    find(operator, session, sequence) {
      const span = spanAt.get(operator, session, sequence);
      if (span === undefined || Number(span['last']) < sequence) return undefined;
      const [row] = readRows(rows, Number(span['batch']), 1);
      return row && entryIn(row.batch.entries, operator, session, sequence);
    },
    last: () => end,
    backup: (target) => database.backup(target),
    close() {
      if (state === 'closed') return;
      state = 'closed';
      mark.close();
      database.close();
      release();
    },
  };
}

interface BatchRow {
  readonly number: number;
  readonly position: number;
  readonly hash: Uint8Array;
  readonly encoded: Uint8Array;
}

function rowOf(row: Record<string, unknown>): BatchRow {
  const { number, position, hash, encoded } = row;
  if (!(hash instanceof Uint8Array) || !(encoded instanceof Uint8Array)) {
    throw new StoreFault('store_damaged', `batch ${Number(number)} of the journal has no bytes`);
  }
  return { number: Number(number), position: Number(position), hash, encoded };
}

/** Rows read after opening are checked for themselves: the disk may have gone bad since. */
function readRows(rows: StatementSync, from: number, limit: number): readonly StoredBatch[] {
  return rows.all(from, limit).map((found) => {
    const row = rowOf(found);
    const { batch } = checkStored(
      { ...JOURNAL_START, number: row.number - 1, hash: previousIn(row), position: row.position },
      row.encoded,
      row.hash,
    );
    return { batch, hash: row.hash };
  });
}

/** The link a batch carries, behind its header and number; the chain itself was checked at opening. */
function previousIn({ encoded }: BatchRow): Uint8Array {
  return encoded.subarray(10, 42);
}

function checkAll({ sql }: Database): JournalEnd {
  const spans = spansByBatch(sql.prepare('SELECT * FROM span ORDER BY batch, operator, session'));
  let end = JOURNAL_START;
  let waiting = spans.next();
  for (const found of sql.prepare('SELECT * FROM batch ORDER BY number').iterate()) {
    const row = rowOf(found);
    const damaged = (what: string): StoreFault =>
      new StoreFault('store_damaged', `batch ${end.number + 1} of the journal is damaged: ${what}`);
    if (row.number !== end.number + 1) throw damaged('it is missing');
    if (row.position !== end.position) throw damaged('its row names another position');
    const checked = checkStored(end, row.encoded, row.hash);
    if (waiting.done === true || waiting.value.batch !== row.number)
      throw damaged('its index is missing');
    if (!sameSpans(waiting.value.spans, checked.spans)) throw damaged('its index is another');
    waiting = spans.next();
    end = checked.after;
  }
  if (waiting.done !== true) {
    throw new StoreFault(
      'store_damaged',
      `the journal's index names batch ${waiting.value.batch}, which is missing`,
    );
  }
  return end;
}

interface IndexedBatch {
  readonly batch: number;
  readonly spans: SessionSpan[];
}

function* spansByBatch(rows: StatementSync): Generator<IndexedBatch, undefined> {
  let current: IndexedBatch | undefined;
  for (const row of rows.iterate()) {
    const batch = Number(row['batch']);
    if (current?.batch !== batch) {
      if (current !== undefined) yield current;
      current = { batch, spans: [] };
    }
    const session = row['session'];
    current.spans.push({
      operator: Number(row['operator']),
      session: session instanceof Uint8Array ? session : new Uint8Array(0),
      first: Number(row['first']),
      last: Number(row['last']),
    });
  }
  if (current !== undefined) yield current;
  return undefined;
}

function sameSpans(a: readonly SessionSpan[], b: readonly SessionSpan[]): boolean {
  if (a.length !== b.length) return false;
  const byKey = new Map(b.map((span) => [spanKey(span.operator, span.session), span]));
  return a.every((span) => {
    const other = byKey.get(spanKey(span.operator, span.session));
    return (
      other?.first === span.first &&
      other.last === span.last &&
      equalBytes(other.session, span.session)
    );
  });
}
