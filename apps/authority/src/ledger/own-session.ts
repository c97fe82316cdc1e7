/**
 * The authority's own session with its ledger: its commands, and those it carries out for an operator
 * whose signed request it has checked. One session for each life of the process.
 *
 * Spec: 09 §3.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { refusalOfNumber } from '@specie/core/base/refusals';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { commandMessage, SESSION_BYTES, type CommandBody } from '@specie/core/ledger/command';
import type { Entry } from '@specie/core/ledger/entry';
import type { Engine } from './engine.ts';

export type SubmitOwn = (operator: number, body: CommandBody) => Promise<Result<Entry>>;

/** `session` is drawn anew at each start, so that no sequence of an earlier life is ever repeated. */
export function ownSession(engine: Engine, session: Uint8Array): SubmitOwn {
  assert(session.length === SESSION_BYTES, 'a session has its bytes');
  const sequences = new Map<number, number>();
  return async (operator, body) => {
    const sequence = (sequences.get(operator) ?? 0) + 1;
    sequences.set(operator, sequence);
    const command = { operator, session, sequence, body };
    const encoded = commandMessage.encode(command);
    const done = await engine.submit(operator, session, [{ command, encoded }]);
    if (!done.ok) return done;
    const [verdict] = done.value;
    if (verdict?.entry !== undefined) return accept(verdict.entry);
    const outcome = verdict?.answer.outcome;
    const code = outcome?.is === 'refused' ? refusalOfNumber(outcome.code) : undefined;
    assert(code !== undefined && outcome?.is === 'refused', 'a new sequence is applied or refused');
    return refuse(code, outcome.at);
  };
}
