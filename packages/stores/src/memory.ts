/**
 * The journal in memory, for tests and the simulator: the same chain and the same checks as the
 * durable one. What it holds outlives a `close`, as a disk would, when it is opened over the same shelf.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { StoreFault } from './fault.ts';
import {
  checkStored,
  entryIn,
  JOURNAL_START,
  nextBatch,
  spanKey,
  type Journal,
  type JournalEnd,
  type SessionSpan,
  type StoredBatch,
} from './journal.ts';

/** What outlives the process that writes it. */
export interface MemoryShelf {
  readonly batches: { readonly encoded: Uint8Array; readonly hash: Uint8Array }[];
  isHeld: boolean;
  /** The number of batches that were ever durable here. */
  high: number;
  /** Set by a test: the next append fails before anything was kept, or after. */
  failing: 'before' | 'after' | undefined;
}

export function memoryShelf(): MemoryShelf {
  return { batches: [], isHeld: false, high: 0, failing: undefined };
}

function storedOn(shelf: MemoryShelf, number: number, position: number): StoredBatch {
  const { encoded, hash } = shelf.batches[number - 1]!;
  const before = number === 1 ? JOURNAL_START.hash : shelf.batches[number - 2]!.hash;
  const end = { ...JOURNAL_START, number: number - 1, hash: before, position };
  return { batch: checkStored(end, encoded, hash).batch, hash };
}

/** Opens a journal over a shelf, checking every batch. */
export function openMemoryJournal(shelf: MemoryShelf = memoryShelf()): Journal {
  if (shelf.isHeld) throw new StoreFault('store_locked', 'the shelf is held by another journal');
  const spans = new Map<string, { batch: number; span: SessionSpan }[]>();
  const starts: number[] = [];
  let end = JOURNAL_START;
  let state: 'open' | 'failed' | 'closed' = 'open';
  const take = (after: JournalEnd, found: readonly SessionSpan[]): void => {
    starts.push(end.position);
    for (const span of found) {
      const key = spanKey(span.operator, span.session);
      spans.set(key, [...(spans.get(key) ?? []), { batch: after.number, span }]);
    }
    end = after;
  };
  for (const { encoded, hash } of shelf.batches) {
    const checked = checkStored(end, encoded, hash);
    take(checked.after, checked.spans);
  }
  shelf.isHeld = true;
  const isShortened = shelf.high > end.number;
  const stored = (number: number): StoredBatch => storedOn(shelf, number, starts[number - 1]!);
  return {
    isShortened,
    append(draft) {
      if (state !== 'open') throw new StoreFault('store_closed', `the journal has ${state}`);
      if (isShortened) throw new StoreFault('store_damaged', 'the journal lost its end');
      const next = nextBatch(end, draft);
      const { failing } = shelf;
      shelf.failing = undefined;
      if (failing !== undefined) state = 'failed';
      if (failing !== 'before') {
        shelf.batches.push({ encoded: next.encoded, hash: next.after.hash });
        shelf.high = next.after.number;
        take(next.after, next.spans);
      }
      if (failing !== undefined) throw new StoreFault('append_failed', 'the shelf failed');
      return next.after;
    },
    *read(from) {
      for (let number = Math.max(1, from); number <= end.number; number++) yield stored(number);
    },
    batchOf(position) {
      if (position >= end.position || position < 0) return undefined;
      let number = starts.length;
      while (starts[number - 1]! > position) number -= 1;
      return number;
    },
    find(operator, session, sequence) {
      const found = spans
        .get(spanKey(operator, session))
        ?.find(({ span }) => span.first <= sequence && sequence <= span.last);
      if (found === undefined) return undefined;
      return entryIn(stored(found.batch).batch.entries, operator, session, sequence);
    },
    last: () => end,
    close() {
      assert(state === 'closed' || shelf.isHeld, 'the journal holds its shelf until it is closed');
      if (state !== 'closed') shelf.isHeld = false;
      state = 'closed';
    },
  };
}
