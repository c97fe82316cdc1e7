/**
 * The ledger as a machine: a command goes in at a ledger time, an entry or a refusal comes out.
 * Invariant: replaying the entries from nothing gives the same state, byte for byte.
 *
 * Spec: 07 §3.
 * @module
 */
import { assert } from '../base/assert.ts';
import type { Instant } from '../base/instant.ts';
import { accept, type Result } from '../base/result.ts';
import { apply } from './change.ts';
import type { Command } from './command.ts';
import { decide, sessionKey } from './decide.ts';
import type { Entry } from './entry.ts';
import type { LedgerState } from './state.ts';

/** Decides a command and, when the rules allow it, applies it: the entry for the journal, or the refusal. */
export function step(state: LedgerState, command: Command, now: Instant): Result<Entry> {
  assert(now >= state.time, 'ledger time never goes back');
  const change = decide(state, command, now);
  if (!change.ok) return change;
  // From here on the command must succeed.
  apply(state, change.value, now);
  const entry: Entry = { position: state.position, time: now, command };
  state.position += 1;
  state.time = now;
  state.sessions.set(sessionKey(command), command.sequence);
  return accept(entry);
}

/** Applies an entry of the journal again. One that the rules would refuse means the journal is not ours. */
export function replay(state: LedgerState, entry: Entry): void {
  assert(entry.position === state.position, 'entries follow each other without gap');
  const again = step(state, entry.command, entry.time);
  assert(again.ok, `the entry at ${entry.position} is accepted again`);
}
