/**
 * Where in the journal each reserve reference was used, so that a request that comes again gets the
 * receipt of the first. Derived from the journal alone.
 *
 * Spec: 09 §7.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import type { Entry } from '@specie/core/ledger/entry';
import type { Journal } from '@specie/stores/journal';
import { entriesFrom, type Follower } from '../ledger/start.ts';

export interface ReferenceIndex extends Follower {
  /** The entry in which a reference was used. */
  entryOf(journal: Journal, reference: Uint8Array): Entry | undefined;
}

export function referenceIndex(): ReferenceIndex {
  const positions = new Map<string, number>();
  return {
    follow({ position, command: { body } }) {
      if (body.is === 'issue' || body.is === 'retire')
        positions.set(hexOf(body.reserve.reference), position);
    },
    entryOf(journal, reference) {
      const position = positions.get(hexOf(reference));
      if (position === undefined) return undefined;
      for (const entry of entriesFrom(journal, position)) return entry;
      return undefined;
    },
  };
}
