import { describe, expect, it } from 'vitest';
import { memoryPlace, openMemoryStorage } from './memory.ts';
import { migrated, type Migration } from './migration.ts';
import type { Storage } from './storage.ts';

function opened(): Storage {
  const storage = openMemoryStorage(memoryPlace());
  if (!storage.ok) throw new Error('it opens');
  return storage.value;
}

const renames = (to: number, from: string, kind: string): Migration => ({
  to,
  changes: (records) =>
    records
      .filter((record) => record.kind === from)
      .flatMap(({ key, value }) => [
        { is: 'remove', kind: from, key } as const,
        { is: 'put', kind, key, value } as const,
      ]),
});
const SECOND = renames(2, 'a', 'b');
const THIRD = renames(3, 'b', 'c');

describe('formats', () => {
  it('are migrated one by one, each once', async () => {
    const storage = opened();
    await migrated(storage, []);
    await storage.write([{ is: 'put', kind: 'a', key: '1', value: Uint8Array.of(1) }]);
    expect(await migrated(storage, [SECOND])).toMatchObject({ value: [{ kind: 'b' }] });
    expect(await migrated(storage, [SECOND, THIRD])).toMatchObject({ value: [{ kind: 'c' }] });
    expect(await migrated(storage, [SECOND, THIRD])).toMatchObject({ value: [{ kind: 'c' }] });
  });

  it('that are newer than the program are refused', async () => {
    const storage = opened();
    await migrated(storage, [SECOND]);
    expect(await migrated(storage, [])).toMatchObject({ refusal: { code: 'storage_newer' } });
  });

  it('that are missing mean that the file is no wallet', async () => {
    const storage = opened();
    await storage.write([{ is: 'put', kind: 'a', key: '1', value: Uint8Array.of(1) }]);
    expect(await migrated(storage)).toMatchObject({ refusal: { code: 'storage_damaged' } });
  });
});
