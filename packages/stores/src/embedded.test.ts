import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { describeJournal, entryFor, fillThree, type JournalBench } from './journal.conformance.ts';
import { markPath, openEmbeddedJournal } from './embedded.ts';
import { takeOwnerLock } from './owner-lock.ts';

function embeddedBench(): JournalBench {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-journal-'));
  const file = path.join(folder, 'journal.sqlite');
  const behind = (work: (sql: DatabaseSync) => void): void => {
    const sql = new DatabaseSync(file);
    work(sql);
    sql.close();
  };
  return {
    open: () => openEmbeddedJournal(file),
    failNext(when) {
      // A trigger that another connection adds, so that the journal's own transaction fails in SQLite.
      const where = when === 'before' ? 'BEFORE INSERT ON batch' : 'AFTER INSERT ON span';
      behind((sql) => {
        sql.exec(`DROP TRIGGER IF EXISTS failing; CREATE TRIGGER failing ${where}
          BEGIN SELECT RAISE(ABORT, 'the disk failed'); END`);
      });
    },
    changeByte(batch, at) {
      behind((sql) => {
        const row = sql.prepare('SELECT encoded FROM batch WHERE number = ?').get(batch);
        const encoded = Uint8Array.from(row?.['encoded'] as Uint8Array);
        const index = at < 0 ? encoded.length + at : at;
        encoded[index] = (encoded[index] ?? 0) ^ 1;
        sql.prepare('UPDATE batch SET encoded = ? WHERE number = ?').run(encoded, batch);
      });
    },
    dropLast() {
      behind((sql) => {
        sql.exec('DELETE FROM span WHERE batch = (SELECT max(number) FROM batch)');
        sql.exec('DELETE FROM batch WHERE number = (SELECT max(number) FROM batch)');
      });
    },
    dispose() {
      fs.rmSync(folder, { recursive: true });
    },
  };
}

describeJournal('the embedded journal', embeddedBench);

let folder = '';
const file = (): string => path.join(folder, 'journal.sqlite');
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-embedded-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

test('names damage in the index, the hash and the position of a batch, and a batch that is gone', async () => {
  const first = openEmbeddedJournal(file());
  await fillThree(first);
  first.close();
  const whole = fs.readFileSync(file());
  const says = (change: string): string => {
    const sql = new DatabaseSync(file());
    sql.exec(`PRAGMA foreign_keys = OFF; ${change}`);
    sql.close();
    try {
      openEmbeddedJournal(file()).close();
      return 'nothing was found';
    } catch (cause) {
      return String(cause);
    } finally {
      fs.writeFileSync(file(), whole);
    }
  };
  expect(says('UPDATE span SET last = 8 WHERE batch = 3 AND operator = 1')).toContain('batch 3');
  expect(says('DELETE FROM span WHERE batch = 2')).toContain('batch 2');
  expect(says('DELETE FROM span WHERE batch = 1 AND operator = 2')).toContain('batch 1');
  expect(says("INSERT INTO span VALUES (5, x'00', 1, 1, 9)")).toContain(
    'batch 9, which is missing',
  );
  expect(says('UPDATE batch SET hash = zeroblob(32) WHERE number = 2')).toContain('batch 2');
  expect(says('UPDATE batch SET position = 99 WHERE number = 2')).toContain('another position');
  expect(says('DELETE FROM batch WHERE number = 2')).toContain('batch 2');
});

test('finds a changed byte in the file itself, in every page of it', async () => {
  const first = openEmbeddedJournal(file());
  await fillThree(first);
  first.close();
  const whole = fs.readFileSync(file());
  const expected = openEmbeddedJournal(file());
  const end = expected.last();
  expected.close();
  let found = 0;
  for (let at = 0; at < whole.length; at += 97) {
    const bytes = Uint8Array.from(whole);
    bytes[at] = bytes[at]! ^ 0x20;
    fs.writeFileSync(file(), bytes);
    try {
      const journal = openEmbeddedJournal(file());
      // A byte that holds nothing (free space, a counter of SQLite's own) changes nothing either.
      expect({ ...journal.last() }).toEqual({ ...end });
      expect([...journal.read(1)].length).toBe(3);
      journal.close();
    } catch {
      found += 1;
    }
  }
  expect(found).toBeGreaterThan(10);
});

test('tells a write that was cut off from one that was acknowledged and lost', async () => {
  const writer = openEmbeddedJournal(file());
  await fillThree(writer);
  // The files as they are while the last batch is in the write-ahead log alone.
  const kept = ['', '-wal', '.mark'].map((end) => [end, fs.readFileSync(file() + end)] as const);
  writer.close();
  const lay = (cut: number, mark: number): void => {
    for (const end of ['-wal', '-shm']) fs.rmSync(file() + end, { force: true });
    for (const [end, bytes] of kept) {
      fs.writeFileSync(
        file() + end,
        end === '-wal' ? bytes.subarray(0, bytes.length - cut) : bytes,
      );
    }
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(mark));
    fs.writeFileSync(markPath(file()), number);
  };
  lay(0, 3);
  const whole = openEmbeddedJournal(file());
  expect([whole.last().number, whole.isShortened]).toEqual([3, false]);
  whole.close();
  lay(10, 2);
  const torn = openEmbeddedJournal(file());
  expect([torn.last().number, torn.isShortened]).toEqual([2, false]);
  torn.close();
  lay(10, 3);
  const lost = openEmbeddedJournal(file());
  expect([lost.last().number, lost.isShortened]).toEqual([2, true]);
  lost.close();
});

test('is read beside its writer, and copied while it is written', async () => {
  const writer = openEmbeddedJournal(file());
  await fillThree(writer);
  const reader = openEmbeddedJournal(file(), { isReadOnly: true });
  expect(reader.last()).toEqual(writer.last());
  await reader.backup(path.join(folder, 'copy.sqlite'));
  await writer.append({ time: instantOf(200), entries: [entryFor(6, 200, 1, 7, 10)] });
  reader.close();
  writer.close();
  const copy = openEmbeddedJournal(path.join(folder, 'copy.sqlite'));
  expect(copy.last()).toMatchObject({ number: 3, position: 6 });
  copy.close();
});

test('the lock of an owner goes with its process, however that ends', async () => {
  const lock = path.join(folder, 'owner.lock');
  const held = takeOwnerLock(lock);
  expect(() => takeOwnerLock(lock)).toThrow('held by another process');
  held.release();
  const url = new URL('./owner-lock.ts', import.meta.url).href;
  const holding = `const { takeOwnerLock } = await import(${JSON.stringify(url)});
    takeOwnerLock(${JSON.stringify(lock)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', holding], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(() => takeOwnerLock(lock)).toThrow('held by another process');
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  takeOwnerLock(lock).release();
});
