import { expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { commandMessage } from '@specie/core/ledger/command';
import { commandFor, describeJournal, entryFor } from './journal.conformance.ts';
import { ENTRY_COMMAND_OFFSET, entryKey } from './journal.ts';
import { memoryShelf, openMemoryJournal } from './memory.ts';

describeJournal('the journal in memory', () => {
  const shelf = memoryShelf();
  return {
    open: () => openMemoryJournal(shelf),
    failNext(when) {
      shelf.failing = when;
    },
    changeByte(batch, at) {
      const { encoded } = shelf.batches[batch - 1]!;
      const index = at < 0 ? encoded.length + at : at;
      encoded[index] = (encoded[index] ?? 0) ^ 1;
    },
    dropLast() {
      shelf.batches.pop();
    },
    dispose: () => undefined,
  };
});

test('the key at the front of an entry is what the codec reads there', () => {
  const encoded = entryFor(2 ** 40 + 5, 2 ** 41 + 9, 0xffff_fffe, 7, 2 ** 47 + 3);
  expect(entryKey(encoded)).toEqual({
    position: 2 ** 40 + 5,
    time: instantOf(2 ** 41 + 9),
    operator: 0xffff_fffe,
    session: new Uint8Array(16).fill(7),
    sequence: 2 ** 47 + 3,
  });
});

test('an entry carries the bytes of its command as a Command message has them', () => {
  const command = commandMessage.encode(commandFor(3, 4, 5));
  expect(entryFor(1, 2, 3, 4, 5).subarray(ENTRY_COMMAND_OFFSET)).toEqual(command.subarray(4));
});
