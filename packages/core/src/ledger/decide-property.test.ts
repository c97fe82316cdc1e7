import { expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { commandMessage } from './command.ts';
import { advance, differences, newHistory } from './history.fixture.ts';
import { brokenInvariants } from './invariants.ts';
import { replay } from './ledger.ts';
import { stateHash } from './snapshot.ts';
import { emptyState } from './state.ts';

it.each([1, 2, 3])('a short history keeps every invariant (seed %i)', (seed) => {
  const history = newHistory(chanceOf(seed));
  const { state } = history;
  let before = hexOf(stateHash(state));
  for (let i = 0; i < 150; i++) {
    const { command, refusal } = advance(history);
    const after = hexOf(stateHash(state));
    expect([refusal, after === before]).toEqual([refusal, refusal !== undefined]);
    expect(brokenInvariants(state)).toEqual([]);
    expect(differences(history)).toEqual([]);
    if (refusal === undefined) {
      // What was accepted is what its bytes say.
      expect(commandMessage.decode(commandMessage.encode(command))).toEqual({
        ok: true,
        value: command,
      });
    }
    before = after;
  }
  expect(history.entries.length).toBeGreaterThan(50);
  expect(history.refusals.size).toBeGreaterThan(8);
  const again = emptyState(state.authority);
  for (const entry of history.entries) replay(again, entry);
  expect(hexOf(stateHash(again))).toBe(before);
});
