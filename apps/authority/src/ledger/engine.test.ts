import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { REFUSALS, refusalOfNumber } from '@specie/core/base/refusals';
import { commandHash, type Command } from '@specie/core/ledger/command';
import { entryMessage } from '@specie/core/ledger/entry';
import { stateHash } from '@specie/core/ledger/snapshot';
import { openEmbeddedJournal } from '@specie/stores/embedded';
import type { BatchDraft, Journal } from '@specie/stores/journal';
import { memoryShelf, openMemoryJournal } from '@specie/stores/memory';
import {
  commandOf,
  given,
  ledgerBench,
  payBody,
  prepare,
  sessionFor,
  type LedgerBench,
} from '../testing/ledger-bench.ts';
import { lateAnswer, type Verdict } from './engine.ts';
import { entryBytes } from './entry-bytes.ts';
import { replayJournal } from './start.ts';

const ONE = sessionFor(1);
const STOCK = [
  { operator: 1, first: 1, count: 20 },
  { operator: 2, first: 1001, count: 5 },
];

async function ready(journal?: Journal, options = {}): Promise<LedgerBench> {
  const bench = ledgerBench(journal, options);
  await prepare(bench, STOCK);
  return bench;
}

async function give(
  bench: LedgerBench,
  ...commands: readonly Command[]
): Promise<readonly Verdict[]> {
  const first = commands[0]!;
  const done = await bench.engine.submit(first.operator, first.session, commands.map(given));
  if (!done.ok) throw new Error(done.refusal.code);
  return done.value;
}

const pay = (sequence: number, coin: number, lock?: number): Command =>
  commandOf(1, ONE, sequence, payBody(1, coin, lock));

function told({ answer: { sequence, outcome } }: Verdict): string {
  switch (outcome.is) {
    case 'applied':
      return `${sequence} applied at ${outcome.position}`;
    case 'refused':
      return `${sequence} ${refusalOfNumber(outcome.code) ?? outcome.code}`;
    case 'never':
      return `${sequence} never`;
  }
}

/** A journal whose appends end when the test says so. */
function slowJournal(): {
  journal: Journal;
  drafts: BatchDraft[];
  release: () => void;
  fail: () => void;
} {
  const inner = openMemoryJournal(memoryShelf());
  const drafts: BatchDraft[] = [];
  let wake: ((isGood: boolean) => void) | undefined;
  let isOpen = true;
  const journal: Journal = {
    ...inner,
    async append(draft) {
      drafts.push(draft);
      if (!isOpen) {
        const isGood = await new Promise<boolean>((resolve) => (wake = resolve));
        if (!isGood) throw new Error('the disk failed');
      }
      isOpen = false;
      return inner.append(draft);
    },
  };
  return { journal, drafts, release: () => wake?.(true), fail: () => wake?.(false) };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
};

test('applies commands in order and answers each with its position', async () => {
  const bench = await ready();
  const answers = await give(bench, pay(1, 1), pay(2, 2), pay(3, 1, 999));
  expect(answers.map(told)).toEqual(['1 applied at 5', '2 applied at 6', '3 holder_mismatch']);
  expect(bench.journal.last().position).toBe(7);
});

test('what arrived while an append ran is the next batch, in one append', async () => {
  const slow = slowJournal();
  const bench = await ready(slow.journal);
  const first = give(bench, pay(1, 1));
  await turns();
  const others = [2, 3, 4].map((n) => give(bench, commandOf(1, sessionFor(n), 1, payBody(1, n))));
  await turns();
  expect(slow.drafts.length).toBe(2);
  slow.release();
  await first;
  await turns();
  slow.release();
  await Promise.all(others);
  expect(slow.drafts.map(({ entries }) => entries.length)).toEqual([5, 1, 3]);
});

test('nothing is answered, and nobody is told, before the append is done', async () => {
  const slow = slowJournal();
  const bench = await ready(slow.journal);
  const told: string[] = [];
  const one = give(bench, pay(1, 1)).then(() => told.push('applied'));
  const refused = give(bench, commandOf(1, sessionFor(2), 1, payBody(1, 1))).then(() =>
    told.push('refused'),
  );
  await turns();
  expect(bench.state.position).toBe(6);
  expect([told, bench.durable.length]).toEqual([[], 5]);
  slow.release();
  await Promise.all([one, refused]);
  expect([told, bench.durable.length]).toEqual([['applied', 'refused'], 6]);
});

test('a failed append stops everything: nothing is answered and nothing more is taken', async () => {
  const slow = slowJournal();
  const bench = await ready(slow.journal);
  const one = give(bench, pay(1, 1));
  await turns();
  const waiting = give(bench, commandOf(1, sessionFor(2), 1, payBody(1, 2)));
  slow.fail();
  await expect(one).rejects.toThrow('the disk failed');
  await expect(waiting).rejects.toThrow('the disk failed');
  expect(bench.fatal.length).toBe(1);
  await expect(give(bench, pay(2, 3))).rejects.toThrow('stopping');
  expect(bench.durable.length).toBe(5);
});

test('the same command again has the old answer, another under its sequence is refused', async () => {
  const bench = await ready();
  await give(bench, pay(1, 1), pay(5, 2));
  const again = await give(bench, pay(1, 1), pay(5, 2), pay(1, 3), pay(3, 3), pay(6, 3));
  expect(again.map(told)).toEqual([
    '1 applied at 5',
    '5 applied at 6',
    '1 sequence_reused',
    '3 never',
    '6 applied at 7',
  ]);
});

test('a repeat within one batch has the answer of the first, after the append', async () => {
  const bench = await ready();
  const answers = await give(bench, pay(1, 1), pay(1, 1), pay(1, 2));
  expect(answers.map(told)).toEqual(['1 applied at 5', '1 applied at 5', '1 sequence_reused']);
  expect(bench.journal.last().position).toBe(6);
});

test('a sequence that was refused is never applied later, not even with a command that is fine', async () => {
  const bench = await ready();
  const wrong = commandOf(1, ONE, 4, payBody(1, 1001));
  expect((await give(bench, wrong)).map(told)).toEqual(['4 holder_mismatch']);
  expect((await give(bench, wrong, pay(4, 1), pay(3, 1))).map(told)).toEqual([
    '4 never',
    '4 never',
    '3 never',
  ]);
  expect(bench.state.position).toBe(5);
});

test('an ended session gives nothing more, what it had under way is in the journal', async () => {
  const slow = slowJournal();
  const bench = await ready(slow.journal);
  const one = give(bench, pay(1, 1));
  await turns();
  let isEnded = false;
  const ended = bench.engine.end(1, ONE).then(() => (isEnded = true));
  const late = expect(give(bench, pay(2, 2))).rejects.toThrow('session_unknown');
  await turns();
  expect(isEnded).toBe(false);
  slow.release();
  await Promise.all([one, ended]);
  await late;
  expect(
    lateAnswer(bench.journal, 1, {
      session: ONE,
      sequence: 1,
      commandHash: commandHash(pay(1, 1)),
    }),
  ).toEqual((await one)[0]?.answer);
});

test('a late answer is the old one, never, or says that the sequence was reused', async () => {
  const bench = await ready();
  await give(bench, pay(1, 1));
  const ask = (operator: number, sequence: number, command: Command): string =>
    told({
      answer: lateAnswer(bench.journal, operator, {
        session: ONE,
        sequence,
        commandHash: commandHash(command),
      }),
      entry: undefined,
    });
  expect(ask(1, 1, pay(1, 1))).toBe('1 applied at 5');
  expect(ask(1, 1, pay(1, 2))).toBe('1 sequence_reused');
  expect(ask(1, 2, pay(2, 2))).toBe('2 never');
  // The entry of another operator's session is not found under one's own number.
  expect(ask(2, 1, pay(1, 1))).toBe('1 never');
});

test('ledger time never goes back, whatever the clock does within a minute', async () => {
  const bench = await ready();
  bench.now += 10_000;
  bench.monotonic += 10_000;
  await give(bench, pay(1, 1));
  bench.now -= 30_000;
  await give(bench, pay(2, 2));
  expect(bench.durable.slice(-2).map(({ time }) => time)).toEqual([
    bench.now + 30_000,
    bench.now + 30_000,
  ]);
});

test('a clock that steps by more than a minute stops the ledger until it is released', async () => {
  const bench = await ready();
  for (const step of [61_000, -61_000]) {
    bench.now += step;
    await expect(give(bench, pay(1, 1))).rejects.toThrow('ledger_clock_stepped');
    bench.now -= step;
    await expect(give(bench, pay(1, 1))).rejects.toThrow('ledger_clock_stepped');
  }
  expect(bench.state.position).toBe(5);
  expect(bench.halt.records().map(({ cause }) => cause)).toEqual(['ledger_clock_stepped']);
});

test('a full queue refuses as overloaded and applies nothing of what it refused', async () => {
  const bench = await ready(undefined, { queueMax: { commands: 5, bytes: 1 << 20 } });
  const first = give(bench, pay(1, 1), pay(2, 2), pay(3, 3), pay(4, 6));
  await expect(
    give(
      bench,
      commandOf(1, sessionFor(2), 1, payBody(1, 4)),
      commandOf(1, sessionFor(2), 2, payBody(1, 5)),
    ),
  ).rejects.toThrow('overloaded');
  expect((await first).map(told).length).toBe(4);
  expect(bench.state.position).toBe(9);
});

test('stopping refuses what comes and finishes what is there', async () => {
  const bench = await ready();
  const last = give(bench, pay(1, 1));
  const stopped = bench.engine.stop();
  await expect(give(bench, pay(2, 2))).rejects.toThrow('stopping');
  await stopped;
  expect((await last).map(told)).toEqual(['1 applied at 5']);
});

test('an entry made of the bytes of its command is the entry the codec writes', async () => {
  const command = pay(2 ** 40, 1);
  const entry = { position: 2 ** 45 + 7, time: instantOf(2 ** 41 + 77), command };
  expect(entryBytes(entry.position, entry.time, given(command).encoded)).toEqual(
    entryMessage.encode(entry),
  );
});

test('replaying the embedded journal gives the same state, byte for byte', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-engine-'));
  const file = path.join(folder, 'journal.sqlite');
  const journal = openEmbeddedJournal(file);
  const bench = await ready(journal);
  await Promise.all([
    give(bench, pay(1, 1), pay(2, 2)),
    give(bench, commandOf(2, ONE, 1, payBody(2, 1001))),
  ]);
  const before = stateHash(bench.state);
  journal.close();
  const again = openEmbeddedJournal(file);
  expect(stateHash(replayJournal(again, bench.state.authority, []))).toEqual(before);
  again.close();
  fs.rmSync(folder, { recursive: true });
});

test('every refusal in an answer is one of the registry', async () => {
  const bench = await ready();
  const [answer] = await give(
    bench,
    commandOf(1, ONE, 1, { is: 'policy', currency: 156, numerator: 1, denominator: 1 }),
  );
  expect(answer?.answer.outcome).toMatchObject({
    is: 'refused',
    code: REFUSALS.authority_only.number,
  });
});
