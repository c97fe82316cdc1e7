/**
 * The vault: everything a wallet keeps, read once and held in memory beside its storage. Invariant:
 * memory changes only after the same change is durable, so whatever the program acts on would also
 * be there after a crash.
 *
 * Spec: 05 §12.
 * @module
 */
import { assert, unreachable } from '@specie/core/base/assert';
import { hexOf } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Message } from '@specie/core/codec/message';
import type { WalletEvent } from '@specie/protocol/messages/wallet';
import { keySetMessage, type KeySet } from '@specie/protocol/trust/key-set';
import {
  identityMessage,
  ownBatchMessage,
  ownFundingMessage,
  ownOrderMessage,
  storedEventMessage,
  type Identity,
  type OwnBatch,
  type OwnFunding,
  type OwnOrder,
} from './records.ts';
import { migrated } from './storage/migration.ts';
import type { Storage, StoredChange, StoredRecord } from './storage/storage.ts';

export interface Vault {
  readonly storage: Storage;
  identity: Identity | undefined;
  keySet: KeySet | undefined;
  /** Own orders by hash, in the order they were signed. */
  readonly orders: Map<string, OwnOrder>;
  readonly batches: Map<string, OwnBatch>;
  readonly fundings: Map<string, OwnFunding>;
  /** Events from number 1 on, without a gap. */
  readonly events: WalletEvent[];
}

/** A change of what is kept. */
export type VaultChange =
  | { readonly is: 'identity'; readonly value: Identity }
  | { readonly is: 'keySet'; readonly value: KeySet }
  | { readonly is: 'order'; readonly value: OwnOrder }
  | { readonly is: 'batch'; readonly value: OwnBatch }
  | { readonly is: 'batchEnded'; readonly nonce: Uint8Array }
  | { readonly is: 'funding'; readonly value: OwnFunding }
  | { readonly is: 'event'; readonly value: WalletEvent };

/** Reads the storage, bringing it to the present format first. */
export async function openVault(storage: Storage): Promise<Result<Vault>> {
  const records = await migrated(storage);
  if (!records.ok) return records;
  const vault: Vault = {
    storage,
    identity: undefined,
    keySet: undefined,
    orders: new Map(),
    batches: new Map(),
    fundings: new Map(),
    events: [],
  };
  const changes: VaultChange[] = [];
  for (const record of records.value) {
    const change = changeOf(record);
    if (!change.ok) return refuse('storage_damaged', `${record.kind} ${record.key}`);
    changes.push(change.value);
  }
  const signedAt = (change: VaultChange): number =>
    change.is === 'order' ? change.value.signedAt : 0;
  for (const change of changes.sort((a, b) => signedAt(a) - signedAt(b))) apply(vault, change);
  return vault.events.every(({ number }, i) => number === i + 1)
    ? accept(vault)
    : refuse('storage_damaged', 'event');
}

/** Makes the changes durable together, then true in memory. */
export async function commit(vault: Vault, changes: readonly VaultChange[]): Promise<void> {
  if (changes.length === 0) return;
  await vault.storage.write(changes.map(storedOf));
  for (const change of changes) apply(vault, change);
}

/** Numbers as keys that sort like numbers. */
const numberKey = (number: number): string => number.toString().padStart(15, '0');

function storedOf(change: VaultChange): StoredChange {
  const put = <T>(key: string, kind: Message<T>, value: T): StoredChange => ({
    is: 'put',
    kind: change.is,
    key,
    value: kind.encode(value),
  });
  switch (change.is) {
    case 'identity':
      return put('', identityMessage, change.value);
    case 'keySet':
      return put('', keySetMessage, change.value);
    case 'order':
      return put(hexOf(change.value.hash), ownOrderMessage, change.value);
    case 'batch':
      return put(hexOf(change.value.nonce), ownBatchMessage, change.value);
    case 'batchEnded':
      return { is: 'remove', kind: 'batch', key: hexOf(change.nonce) };
    case 'funding':
      return put(hexOf(change.value.reference), ownFundingMessage, change.value);
    case 'event':
      return put(numberKey(change.value.number), storedEventMessage, change.value);
    default:
      return unreachable(change);
  }
}

const READERS: Readonly<Record<string, (value: Uint8Array) => Result<VaultChange>>> = {
  identity: (bytes) => read('identity', identityMessage, bytes),
  keySet: (bytes) => read('keySet', keySetMessage, bytes),
  order: (bytes) => read('order', ownOrderMessage, bytes),
  batch: (bytes) => read('batch', ownBatchMessage, bytes),
  funding: (bytes) => read('funding', ownFundingMessage, bytes),
  event: (bytes) => read('event', storedEventMessage, bytes),
};

function read<Is extends string, T>(
  is: Is,
  kind: Message<T>,
  bytes: Uint8Array,
): Result<{ readonly is: Is; readonly value: T }> {
  const value = kind.decode(bytes);
  return value.ok ? accept({ is, value: value.value }) : value;
}

function changeOf({ kind, value }: StoredRecord): Result<VaultChange> {
  const reader = READERS[kind];
  return reader === undefined ? refuse('storage_damaged') : reader(value);
}

function apply(vault: Vault, change: VaultChange): void {
  switch (change.is) {
    case 'identity':
      vault.identity = change.value;
      return;
    case 'keySet':
      vault.keySet = change.value;
      return;
    case 'order':
      vault.orders.set(hexOf(change.value.hash), change.value);
      return;
    case 'batch':
      vault.batches.set(hexOf(change.value.nonce), change.value);
      return;
    case 'batchEnded':
      vault.batches.delete(hexOf(change.nonce));
      return;
    case 'funding':
      vault.fundings.set(hexOf(change.value.reference), change.value);
      return;
    case 'event':
      // One that is known may be told again with another origin; a new one is the next.
      assert(change.value.number <= vault.events.length + 1, 'events have no gap');
      vault.events[change.value.number - 1] = change.value;
      return;
    default:
      unreachable(change);
  }
}
