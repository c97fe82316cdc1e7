/**
 * A wallet's storage in memory, for tests and for a wallet that shall leave no trace. A place
 * outlives the storages opened on it, as a file does, and holds one of them at a time.
 *
 * Spec: 05 §12.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { compareRecords, type Storage, type StoredChange, type StoredRecord } from './storage.ts';

/** What a file is to the other adapter. */
export interface MemoryPlace {
  records: Map<string, StoredRecord>;
  isOpen: boolean;
}

/** A place with nothing in it. */
export function memoryPlace(): MemoryPlace {
  return { records: new Map(), isOpen: false };
}

const placeOf = (change: { readonly kind: string; readonly key: string }): string =>
  JSON.stringify([change.kind, change.key]);

/** Opens the place, unless another storage has it open. */
export function openMemoryStorage(place: MemoryPlace): Result<Storage> {
  if (place.isOpen) return refuse('storage_in_use');
  place.isOpen = true;
  let isClosed = false;
  const mustBeOpen = (): void => {
    assert(!isClosed, 'a closed storage is not asked');
  };
  return accept({
    async readAll() {
      mustBeOpen();
      return [...place.records.values()]
        .map((record) => ({ ...record, value: record.value.slice() }))
        .sort(compareRecords);
    },
    async write(changes: readonly StoredChange[]) {
      mustBeOpen();
      const records = new Map(place.records);
      for (const change of changes) {
        if (change.is === 'remove') records.delete(placeOf(change));
        else {
          const { kind, key, value } = change;
          records.set(placeOf(change), { kind, key, value: value.slice() });
        }
      }
      place.records = records;
    },
    async close() {
      mustBeOpen();
      isClosed = true;
      place.isOpen = false;
    },
  });
}
