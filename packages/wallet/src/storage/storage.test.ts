import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteStorage } from '../node/sqlite-storage.ts';
import { memoryPlace, openMemoryStorage } from './memory.ts';
import { storageConformance } from './storage.conformance.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'specie-wallet-'));
let places = 0;
const newFile = (): string => path.join(folder, `${(places += 1)}`, 'wallet');
afterAll(() => rmSync(folder, { recursive: true }));

storageConformance('storage in memory', () => {
  const place = memoryPlace();
  return () => openMemoryStorage(place);
});

storageConformance('storage in a SQLite file', () => {
  const file = newFile();
  return () => openSqliteStorage(file);
});

describe('a wallet file', () => {
  it('is readable by its owner alone', async () => {
    const file = newFile();
    const opened = openSqliteStorage(file);
    if (!opened.ok) throw new Error('it opens');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    await opened.value.close();
  });

  it('is refused to another process while open', async () => {
    const file = newFile();
    const opened = openSqliteStorage(file);
    if (!opened.ok) throw new Error('it opens');
    const program = `
      const { openSqliteStorage } = await import(${JSON.stringify(new URL('../node/sqlite-storage.ts', import.meta.url).href)});
      const opened = openSqliteStorage(${JSON.stringify(file)});
      console.log(opened.ok ? 'opened' : opened.refusal.code);`;
    const run = (): string =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
        .stdout;
    expect(run()).toBe('storage_in_use\n');
    await opened.value.close();
    expect(run()).toBe('opened\n');
  });

  it('is refused when it is something else', () => {
    const file = path.join(folder, 'letter');
    writeFileSync(file, 'Dear Sir or Madam, this is no wallet at all.'.repeat(40));
    expect(openSqliteStorage(file)).toMatchObject({ refusal: { code: 'storage_damaged' } });
  });
});
