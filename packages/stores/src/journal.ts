/**
 * The journal as a port: an append-only list of batches, chained by hash. Invariants: a batch is
 * durable when `append` is done and not a moment earlier; positions and batch numbers follow each
 * other without gap; what was appended is read back byte for byte or not at all.
 *
 * Spec: 07 §6–§8.
 * @module
 */
import { hash } from 'node:crypto';
import { assert } from '@specie/core/base/assert';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { HEADER_BYTES } from '@specie/core/codec/message';
import { HASH_BYTES } from '@specie/core/crypto/hash';
import { SESSION_BYTES } from '@specie/core/ledger/command';
import { batchMessage, entryMessage, type Batch } from '@specie/core/ledger/entry';
import { StoreFault } from './fault.ts';

/** What is to become durable in one write: encoded Entry messages and the ledger time they share. */
export interface BatchDraft {
  readonly time: Instant;
  readonly entries: readonly Uint8Array[];
}

/** A batch with its own hash, which the next one carries. */
export interface StoredBatch {
  readonly batch: Batch;
  readonly hash: Uint8Array;
}

/** Where the journal ends. */
export interface JournalEnd {
  /** Number of the last batch, counted from 1; 0 before the first. */
  readonly number: number;
  readonly hash: Uint8Array;
  /** The position the next entry gets, which is the number of entries. */
  readonly position: number;
  readonly time: Instant;
}

/** The journal of one ledger (or one shard). Faults are thrown as `StoreFault`. */
export interface Journal {
  /**
   * Appends the next batch; durable when this returns, or when what it returns resolves. After a
   * failure the journal takes nothing more: what reached the disk is known only by opening it again.
   */
  append(draft: BatchDraft): JournalEnd | Promise<JournalEnd>;
  /** Batches from a number on, in order. */
  read(fromBatch: number): Iterable<StoredBatch>;
  /** The number of the batch that holds a position, or undefined behind the end. */
  batchOf(position: number): number | undefined;
  /** The encoded entry of a session's sequence, however old, or undefined when there is none. */
  find(operator: number, session: Uint8Array, sequence: number): Uint8Array | undefined;
  last(): JournalEnd;
  /**
   * Whether more batches were once durable here than there are now: the file was replaced by an
   * older one or lost its end. Such a journal may be read and not written.
   */
  readonly isShortened: boolean;
  close(): void;
}

/** Hash of a batch's canonical bytes. */
export function batchHash(encoded: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('sha256', encoded, 'buffer'));
}

/** What is before the first batch. */
export const JOURNAL_START: JournalEnd = {
  number: 0,
  hash: new Uint8Array(HASH_BYTES),
  position: 0,
  time: instantOf(0),
};

/** What the first bytes of an entry say, read without decoding the command behind them. */
export interface EntryKey {
  readonly position: number;
  readonly time: number;
  readonly operator: number;
  readonly session: Uint8Array;
  readonly sequence: number;
}

const POSITION = HEADER_BYTES;
const TIME = POSITION + 6;
/** Where the command begins in an encoded entry: the same bytes as in a Command message behind its header. */
export const ENTRY_COMMAND_OFFSET = TIME + 6;
const SESSION = ENTRY_COMMAND_OFFSET + 4;
const SEQUENCE = SESSION + SESSION_BYTES;
const KEY_BYTES = SEQUENCE + 6;

/** The key of an encoded entry. Widths are those of 07 §6; a test holds them equal to the codec's. */
export function entryKey(encoded: Uint8Array): EntryKey {
  assert(encoded.length > KEY_BYTES && encoded[2] === entryMessage.type, 'an entry has its key');
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const u48 = (at: number): number => view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
  return {
    position: u48(POSITION),
    time: u48(TIME),
    operator: view.getUint32(ENTRY_COMMAND_OFFSET),
    session: encoded.subarray(SESSION, SEQUENCE),
    sequence: u48(SEQUENCE),
  };
}

/** Sequences of one session in one batch. A session's sequences rise, so two numbers say it all. */
export interface SessionSpan {
  readonly operator: number;
  readonly session: Uint8Array;
  readonly first: number;
  last: number;
}

/** The next batch behind `end`, its bytes and its index. A draft that does not follow is our bug. */
export function nextBatch(
  end: JournalEnd,
  draft: BatchDraft,
): {
  readonly encoded: Uint8Array;
  readonly after: JournalEnd;
  readonly spans: readonly SessionSpan[];
} {
  assert(draft.entries.length > 0, 'a batch has an entry');
  assert(draft.time >= end.time, 'ledger time never goes back');
  const spans = spansOf(draft.entries, end.position, draft.time);
  assert(spans !== undefined, 'entries follow each other without gap, sequences rise');
  const number = end.number + 1;
  const encoded = batchMessage.encode({ number, previous: end.hash, ...draft });
  const after = {
    number,
    hash: batchHash(encoded),
    position: end.position + draft.entries.length,
    time: draft.time,
  };
  return { encoded, after, spans };
}

/** Index rows of entries that begin at a position, or undefined when they do not follow each other. */
function spansOf(
  entries: readonly Uint8Array[],
  position: number,
  time: number,
): readonly SessionSpan[] | undefined {
  const spans = new Map<string, SessionSpan>();
  let span: SessionSpan | undefined;
  for (const [i, encoded] of entries.entries()) {
    const { operator, session, sequence, ...key } = entryKey(encoded);
    if (key.position !== position + i || key.time !== time) return undefined;
    // Entries of one request stand together; only where they end is a key made to look up another.
    if (span?.operator !== operator || !equalBytes(span.session, session)) {
      const name = spanKey(operator, session);
      const known: SessionSpan | undefined = spans.get(name);
      span = known ?? { operator, session, first: sequence, last: sequence };
      spans.set(name, span);
      if (known === undefined) continue;
    }
    if (sequence <= span.last) return undefined;
    span.last = sequence;
  }
  return [...spans.values()];
}

export function spanKey(operator: number, session: Uint8Array): string {
  return `${operator}:${hexOf(session)}`;
}

/**
 * Checks a stored batch against what came before it: the bytes are those that were hashed, they
 * decode, and number, link, time, positions and sequences go on. Throws `store_damaged` and says
 * which batch it is and what is wrong with it.
 */
export function checkStored(
  end: JournalEnd,
  encoded: Uint8Array,
  recorded: Uint8Array,
): { readonly after: JournalEnd; readonly spans: readonly SessionSpan[]; readonly batch: Batch } {
  const number = end.number + 1;
  const damaged = (what: string): StoreFault =>
    new StoreFault('store_damaged', `batch ${number} of the journal is damaged: ${what}`);
  const found = batchHash(encoded);
  if (!equalBytes(found, recorded)) throw damaged('its bytes do not have its hash');
  const decoded = batchMessage.decode(encoded);
  if (!decoded.ok) throw damaged(`it does not decode (${decoded.refusal.code})`);
  const batch = decoded.value;
  if (batch.number !== number) throw damaged(`it says it is batch ${batch.number}`);
  if (!equalBytes(batch.previous, end.hash)) throw damaged('it does not follow the one before');
  if (batch.time < end.time) throw damaged('its time goes back');
  const spans = spansOf(batch.entries, end.position, batch.time);
  if (spans === undefined) throw damaged('its entries do not follow each other');
  const position = end.position + batch.entries.length;
  return { after: { number, hash: found, position, time: batch.time }, spans, batch };
}

/** The entry of a session's sequence in a batch. */
export function entryIn(
  entries: readonly Uint8Array[],
  operator: number,
  session: Uint8Array,
  sequence: number,
): Uint8Array | undefined {
  return entries.find((encoded) => {
    const key = entryKey(encoded);
    return (
      key.sequence === sequence && key.operator === operator && equalBytes(key.session, session)
    );
  });
}
