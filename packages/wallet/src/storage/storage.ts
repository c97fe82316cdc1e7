/**
 * Where a wallet keeps what it must not forget, as a port: small records by kind and key. Invariant:
 * one write is taken whole or not at all, and it is on disk when its promise resolves, because a
 * signature or a shown secret may follow at once.
 *
 * Spec: 05 §12.
 * @module
 */

/** One record. What its bytes mean is for its kind to say. */
export interface StoredRecord {
  readonly kind: string;
  readonly key: string;
  readonly value: Uint8Array;
}

/** One step of a write. Removing what is not there changes nothing. */
export type StoredChange =
  | { readonly is: 'put'; readonly kind: string; readonly key: string; readonly value: Uint8Array }
  | { readonly is: 'remove'; readonly kind: string; readonly key: string };

export interface Storage {
  /** Every record, by kind and then by key in ascending order of their code units. */
  readAll(): Promise<readonly StoredRecord[]>;
  /** Applies the changes in their order: all of them or, when it throws, none. Durable once it resolves. */
  write(changes: readonly StoredChange[]): Promise<void>;
  /** Lets go of the place, so that another may open it. Nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** Order of records: by kind, then by key. */
export function compareRecords(a: StoredRecord, b: StoredRecord): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}
