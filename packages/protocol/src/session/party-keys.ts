/**
 * The keys a party of sessions uses: its own, and those of all others as the present key set gives
 * them. Who is not in the key set cannot open a session, and who leaves it loses those it has.
 *
 * Spec: 10 §2.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import { authorityKeyAt, type KeySet, operatorAt } from '../trust/key-set.ts';

/** Number of the authority as a party; operators have their own numbers, from 1 on. */
export const AUTHORITY_PARTY = 0;

export interface PartyKeys {
  /** Fingerprint of the authority under which both parties stand. */
  readonly authority: Uint8Array;
  /** Seed of one's own session key. */
  readonly seed: Uint8Array;
  /** The session key of a party now in force, or undefined when it is none. */
  sessionKeyOf(party: number): Uint8Array | undefined;
}

/** The session key a key set gives a party at an instant. */
export function sessionKeyAt(set: KeySet, party: number, now: Instant): Uint8Array | undefined {
  return party === AUTHORITY_PARTY
    ? authorityKeyAt(set, 'session', now)
    : operatorAt(set, party, now)?.sessionKey;
}
