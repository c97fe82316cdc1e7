/**
 * Starting: the state from the journal alone. Invariant: a ledger serves only a state that every
 * entry of its journal leads to and that breaks no invariant.
 *
 * Spec: 07 §3, §5.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { entryMessage, type Entry } from '@specie/core/ledger/entry';
import { brokenInvariants } from '@specie/core/ledger/invariants';
import { replay } from '@specie/core/ledger/ledger';
import { emptyState, type LedgerState } from '@specie/core/ledger/state';
import { StoreFault } from '@specie/stores/fault';
import type { Journal } from '@specie/stores/journal';

/** Something derived from the journal that follows it entry by entry. */
export interface Follower {
  follow(entry: Entry): void;
}

/** The decoded entries of a journal from a position on, in order. */
export function* entriesFrom(journal: Journal, position: number): Generator<Entry> {
  const batch = journal.batchOf(position);
  if (batch === undefined) return;
  for (const stored of journal.read(batch)) {
    for (const encoded of stored.batch.entries) {
      const entry = decodeEntry(encoded);
      if (entry.position >= position) yield entry;
    }
  }
}

/** The entry of bytes the journal gave. */
export function decodeEntry(encoded: Uint8Array): Entry {
  const entry = entryMessage.decode(encoded);
  if (entry.ok) return entry.value;
  throw new StoreFault('store_damaged', `an entry does not decode (${entry.refusal.code})`);
}

/** Replays a whole journal and asserts what must hold at the end of it. */
export function replayJournal(
  journal: Journal,
  authority: Uint8Array,
  followers: readonly Follower[],
): LedgerState {
  const state = emptyState(authority);
  for (const entry of entriesFrom(journal, 0)) {
    replay(state, entry);
    for (const follower of followers) follower.follow(entry);
  }
  assert(state.position === journal.last().position, 'the state stands where the journal ends');
  const broken = brokenInvariants(state);
  assert(broken.length === 0, broken.join('; '));
  return state;
}
