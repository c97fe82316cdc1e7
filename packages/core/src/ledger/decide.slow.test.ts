import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { REFUSALS, type RefusalCode } from '../base/refusals.ts';
import { entryMessage } from './entry.ts';
import { advance, differences, newHistory } from './history.fixture.ts';
import { brokenInvariants } from './invariants.ts';
import { replay } from './ledger.ts';
import { snapshotOf, stateHash, stateOf } from './snapshot.ts';
import { emptyState } from './state.ts';

const SEEDS = Array.from({ length: 14 }, (_, i) => 100 + i);
const COMMANDS = 1000;

const met = new Set<RefusalCode>();

describe('histories drawn by chance', () => {
  it.each(SEEDS)('keep every invariant after every command (seed %i)', (seed) => {
    const history = newHistory(chanceOf(seed));
    const { state } = history;
    const wrong: string[] = [];
    let before = hexOf(stateHash(state));
    for (let i = 0; i < COMMANDS && wrong.length === 0; i++) {
      const { refusal } = advance(history);
      const broken = [...brokenInvariants(state), ...differences(history)];
      wrong.push(...broken.map((sentence) => `after command ${i}: ${sentence}`));
      const after = hexOf(stateHash(state));
      if ((refusal !== undefined) !== (after === before)) {
        wrong.push(`command ${i} was ${refusal ?? 'accepted'} and the state says otherwise`);
      }
      before = after;
    }
    expect(wrong).toEqual([]);
    for (const code of history.refusals.keys()) met.add(code);

    // From the journal's bytes, and from a snapshot half way.
    const again = emptyState(state.authority);
    for (const [i, entry] of history.entries.entries()) {
      const read = entryMessage.decode(entryMessage.encode(entry));
      if (!read.ok) throw new Error(`entry ${i} is not read back`);
      replay(again, read.value);
    }
    expect(hexOf(stateHash(again))).toBe(before);
    const half = Math.floor(history.entries.length / 2);
    const begun = emptyState(state.authority);
    for (const entry of history.entries.slice(0, half)) replay(begun, entry);
    const resumed = stateOf(snapshotOf(begun));
    for (const entry of history.entries.slice(half)) replay(resumed, entry);
    expect(hexOf(stateHash(resumed))).toBe(before);
  });

  it('meet every refusal that the ledger can give to a command', () => {
    const expected: readonly RefusalCode[] = [
      'amount_out_of_range',
      'authority_mismatch',
      'authority_only',
      'basket_invalid',
      'caveat_malformed',
      'caveat_unknown',
      'coin_empty',
      'coin_expired',
      'coin_postdated',
      'coin_unknown',
      'currency_not_issued',
      'currency_unknown',
      'holder_mismatch',
      'identity_known',
      'inputs_not_adjacent',
      'lock_seen',
      'merge_invalid',
      'operator_invalid',
      'operator_mismatch',
      'operator_unknown',
      'order_end_too_far',
      'order_ended',
      'outputs_not_tiling',
      'parts_disordered',
      'payee_forbidden',
      'piece_retired',
      'piece_unknown',
      'policy_invalid',
      'quota_exceeded',
      'quota_invalid',
      'range_invalid',
      'redeem_not_to_stock',
      'reserve_invalid',
      'reserve_reference_used',
      'reserves_insufficient',
      'secret_wrong',
      'secrets_miscounted',
      'sequence_behind',
    ];
    expect([...met].sort()).toEqual(expected);
    // No command of this version holds or freezes; the service answers the others.
    const elsewhere: readonly RefusalCode[] = [
      'entropy_below_floor',
      'ledger_behind',
      'ledger_clock_stepped',
      'piece_frozen',
      'piece_held',
      'sequence_reused',
    ];
    const ofLedger = (Object.keys(REFUSALS) as RefusalCode[]).filter(
      (code) => REFUSALS[code].number >= 2000 && REFUSALS[code].number < 3000 && !met.has(code),
    );
    expect(ofLedger.sort()).toEqual(elsewhere);
  });
});
