/**
 * Formats of a wallet's records, by number. A wallet is brought from the format it was written in
 * to the present one by migrations applied one by one, each in one write together with the new
 * number: a crash leaves either format, never a mixture. A newer format is refused unread.
 *
 * Spec: 05 §12.
 * @module
 */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { formatMessage } from '../records.ts';
import type { Storage, StoredChange, StoredRecord } from './storage.ts';

/** From one format to the next. */
export interface Migration {
  /** The format this leads to. */
  readonly to: number;
  changes(records: readonly StoredRecord[]): readonly StoredChange[];
}

/** Every migration there is, ascending. The first format needed none. */
export const MIGRATIONS: readonly Migration[] = [];

const FIRST_FORMAT = 1;
const KIND = 'format';

const formatChange = (format: number): StoredChange => ({
  is: 'put',
  kind: KIND,
  key: '',
  value: formatMessage.encode({ format }),
});

/** Brings the records to the present format and gives them, the format's own record left out. */
export async function migrated(
  storage: Storage,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Result<readonly StoredRecord[]>> {
  const present = migrations.at(-1)?.to ?? FIRST_FORMAT;
  let records = await storage.readAll();
  if (records.length === 0) {
    await storage.write([formatChange(present)]);
    return accept([]);
  }
  const stored = records.find(({ kind }) => kind === KIND);
  const read = stored === undefined ? undefined : formatMessage.decode(stored.value);
  if (read?.ok !== true) return refuse('storage_damaged', KIND);
  const { format } = read.value;
  if (format > present) return refuse('storage_newer', `format ${format}`);
  for (const migration of migrations) {
    if (migration.to <= format) continue;
    await storage.write([...migration.changes(records), formatChange(migration.to)]);
    records = await storage.readAll();
  }
  return accept(records.filter(({ kind }) => kind !== KIND));
}
