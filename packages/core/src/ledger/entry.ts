/**
 * Entries and batches: the journal. An entry is a command with the position and the ledger time it
 * got; a batch is what became durable in one write, chained to the one before by hash. The journal
 * is the truth and everything else is derived from it.
 *
 * Spec: 07 §6.
 * @module
 */
import {
  blob,
  bytes,
  instant,
  list,
  struct,
  text,
  u16,
  u48,
  union,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { HASH_BYTES } from '../crypto/hash.ts';
import { command, COMMAND_BYTES_MAX } from './command.ts';

export const entry = struct({ position: u48, time: instant, command });
export type Entry = ValueOf<typeof entry>;
/** A command with its position and its time, six bytes each. */
export const ENTRY_BYTES_MAX = COMMAND_BYTES_MAX + 12;
export const entryMessage = message('Entry', 0x21, 1, ENTRY_BYTES_MAX, entry);

/** Entries in one batch: beyond some thousand a larger batch only adds waiting. */
export const BATCH_ENTRIES_MAX = 4096;
export const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/** A durable write: encoded Entry messages, the ledger time they share, and the hash of the batch before. */
export const batch = struct({
  number: u48,
  previous: bytes(HASH_BYTES),
  time: instant,
  entries: list(blob(ENTRY_BYTES_MAX), 1, BATCH_ENTRIES_MAX),
});
export type Batch = ValueOf<typeof batch>;
export const batchMessage = message('Batch', 0x22, 1, BATCH_BYTES_MAX, batch);

/** What the ledger says to a command. */
export const answer = struct({
  sequence: u48,
  outcome: union({
    /** It stands in the journal at this position. */
    applied: [1, struct({ position: u48, time: instant })],
    /** The rules said no and nothing changed. Who was told so never sends this sequence again. */
    refused: [2, struct({ code: u16, at: text(256) })],
    /** Asked about later: no entry has this sequence and none ever will. */
    never: [3, struct({})],
  }),
});
export type Answer = ValueOf<typeof answer>;
