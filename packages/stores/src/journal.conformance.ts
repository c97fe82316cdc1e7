/**
 * What every adapter of the journal has to do, run by each adapter's own test: a ledger that moves
 * from one adapter to another finds the same journal.
 * @module
 */
import { describe, expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { instantOf } from '@specie/core/base/instant';
import { lockOfSecret } from '@specie/core/coin/lock';
import { stockTag } from '@specie/core/coin/holder';
import type { Command } from '@specie/core/ledger/command';
import { entryMessage } from '@specie/core/ledger/entry';
import { StoreFault } from './fault.ts';
import { entryKey, JOURNAL_START, type Journal } from './journal.ts';

/** One place where a journal is kept, which can be opened again and again. */
export interface JournalBench {
  open(): Journal;
  /** Makes the next append fail, before anything was kept or after everything was. */
  failNext(when: 'before' | 'after'): void;
  /** Changes a byte of a batch behind the journal's back, while it is closed. */
  changeByte(batch: number, at: number): void;
  /** Takes the last batch away behind the journal's back, while it is closed. */
  dropLast(): void;
  dispose(): void;
}

const fill = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);

/** A command of an operator, as small as they come but with a body of some length. */
export function commandFor(operator: number, session: number, sequence: number): Command {
  return {
    operator,
    session: fill(session, 16),
    sequence,
    body: {
      is: 'move',
      order: {
        authority: fill(1, 32),
        operator,
        holder: stockTag(operator),
        verb: 'transfer',
        end: instantOf(5000),
        nonce: fill(sequence % 256, 16),
        parts: [
          {
            coin: fill(2, 32),
            inputs: [{ from: 0, to: 10 }],
            outputs: [{ to: 10, lock: lockOfSecret(fill(3, 32)), tag: stockTag(operator) }],
          },
        ],
      },
      secrets: [fill(4, 32)],
    },
  };
}

export function entryFor(
  position: number,
  time: number,
  operator: number,
  session: number,
  sequence: number,
): Uint8Array {
  const command = commandFor(operator, session, sequence);
  return entryMessage.encode({ position, time: instantOf(time), command });
}

/** Three batches: entries 0–2 of two operators, 3, and 4–5 with a gap in the sequences. */
export async function fillThree(journal: Journal): Promise<void> {
  await journal.append({
    time: instantOf(100),
    entries: [entryFor(0, 100, 1, 7, 1), entryFor(1, 100, 2, 7, 1), entryFor(2, 100, 1, 7, 2)],
  });
  await journal.append({ time: instantOf(100), entries: [entryFor(3, 100, 1, 7, 3)] });
  await journal.append({
    time: instantOf(150),
    entries: [entryFor(4, 150, 1, 7, 9), entryFor(5, 150, 2, 8, 4)],
  });
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (cause) {
    return cause instanceof StoreFault ? `${cause.code}: ${cause.message}` : String(cause);
  }
  return 'nothing was thrown';
}

function entriesOf(journal: Journal, from = 1): readonly string[] {
  return [...journal.read(from)].flatMap(({ batch }) => batch.entries.map(hexOf));
}

/** Runs the suite over benches of one adapter. */
export function describeJournal(name: string, bench: () => JournalBench): void {
  const withBench = (title: string, work: (bench: JournalBench) => Promise<void>): void => {
    test(title, async () => {
      const made = bench();
      try {
        await work(made);
      } finally {
        made.dispose();
      }
    });
  };

  describe(name, () => {
    withBench('begins empty and gives back what was appended, in order', async (at) => {
      const journal = at.open();
      expect(journal.last()).toEqual(JOURNAL_START);
      expect([...journal.read(1)]).toEqual([]);
      await fillThree(journal);
      expect(journal.last()).toMatchObject({ number: 3, position: 6, time: 150 });
      expect(entriesOf(journal).length).toBe(6);
      expect(entriesOf(journal, 3)).toEqual([
        hexOf(entryFor(4, 150, 1, 7, 9)),
        hexOf(entryFor(5, 150, 2, 8, 4)),
      ]);
      journal.close();
    });

    withBench('is the same after it was opened again, and goes on', async (at) => {
      const first = at.open();
      await fillThree(first);
      const before = { end: first.last(), entries: entriesOf(first) };
      first.close();
      const again = at.open();
      expect({ end: again.last(), entries: entriesOf(again) }).toEqual(before);
      expect(again.isShortened).toBe(false);
      await again.append({ time: instantOf(151), entries: [entryFor(6, 151, 1, 7, 10)] });
      expect([...again.read(4)][0]?.batch.previous).toEqual(before.end.hash);
      again.close();
    });

    withBench('finds an entry by its session and sequence, however late', async (at) => {
      const journal = at.open();
      await fillThree(journal);
      for (let i = 0; i < 40; i++) {
        const entries = [entryFor(6 + i, 200 + i, 3, 9, i + 1)];
        await journal.append({ time: instantOf(200 + i), entries });
      }
      const found = (operator: number, session: number, sequence: number): number | undefined => {
        const entry = journal.find(operator, fill(session, 16), sequence);
        return entry && entryKey(entry).position;
      };
      expect([found(1, 7, 1), found(1, 7, 2), found(1, 7, 3), found(1, 7, 9)]).toEqual([
        0, 2, 3, 4,
      ]);
      expect([found(2, 7, 1), found(2, 8, 4), found(3, 9, 40)]).toEqual([1, 5, 45]);
      expect([
        found(1, 7, 4),
        found(1, 7, 10),
        found(2, 7, 2),
        found(1, 8, 4),
        found(9, 7, 1),
      ]).toEqual([undefined, undefined, undefined, undefined, undefined]);
      journal.close();
    });

    withBench('knows which batch holds a position', async (at) => {
      const journal = at.open();
      expect(journal.batchOf(0)).toBeUndefined();
      await fillThree(journal);
      expect([0, 2, 3, 4, 5, 6].map((position) => journal.batchOf(position))).toEqual([
        1,
        1,
        2,
        3,
        3,
        undefined,
      ]);
      journal.close();
    });

    withBench(
      'takes no entry that leaves a gap, goes back in time or repeats a sequence',
      async (at) => {
        const journal = at.open();
        await fillThree(journal);
        const gap = (): unknown =>
          journal.append({ time: instantOf(160), entries: [entryFor(7, 160, 1, 7, 10)] });
        const back = (): unknown =>
          journal.append({ time: instantOf(149), entries: [entryFor(6, 149, 1, 7, 10)] });
        const twice = (): unknown =>
          journal.append({
            time: instantOf(160),
            entries: [entryFor(6, 160, 1, 7, 10), entryFor(7, 160, 1, 7, 10)],
          });
        expect(await codeOf(gap)).toContain('without gap');
        expect(await codeOf(back)).toContain('never goes back');
        expect(await codeOf(twice)).toContain('sequences rise');
        expect(journal.last().position).toBe(6);
        journal.close();
      },
    );

    withBench(
      'takes nothing more after an append failed, and opens to one of the two ends',
      async (at) => {
        for (const when of ['before', 'after'] as const) {
          const journal = at.open();
          const { position, time } = journal.last();
          const draft = {
            time: instantOf(time + 1),
            entries: [entryFor(position, time + 1, 1, 7, position + 1)],
          };
          at.failNext(when);
          expect(await codeOf(() => journal.append(draft))).toContain('append_failed');
          expect(await codeOf(() => journal.append(draft))).toContain('store_closed');
          journal.close();
          const again = at.open();
          expect([position, position + 1]).toContain(again.last().position);
          expect(again.isShortened).toBe(false);
          again.close();
        }
      },
    );

    withBench('refuses a second writer and lets it in when the first has closed', async (at) => {
      const first = at.open();
      expect(await codeOf(() => at.open())).toContain('store_locked');
      first.close();
      at.open().close();
    });

    withBench('names the batch in which a byte was changed, wherever it is', async (at) => {
      const first = at.open();
      await fillThree(first);
      first.close();
      for (const [batch, where] of [
        [1, 0],
        [1, 12],
        [2, 60],
        [3, -1],
        [3, 30],
      ] as const) {
        at.changeByte(batch, where);
        expect(await codeOf(() => at.open())).toContain(
          `store_damaged: batch ${batch} of the journal`,
        );
        at.changeByte(batch, where);
      }
      at.open().close();
    });

    withBench('knows that it lost its end, and takes nothing more then', async (at) => {
      const first = at.open();
      await fillThree(first);
      first.close();
      at.dropLast();
      const again = at.open();
      expect(again.isShortened).toBe(true);
      expect(again.last().position).toBe(4);
      const draft = { time: instantOf(200), entries: [entryFor(4, 200, 1, 7, 20)] };
      expect(await codeOf(() => again.append(draft))).toContain('lost its end');
      again.close();
    });
  });
}
