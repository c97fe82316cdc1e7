/**
 * What the authority answers on each of its routes. Invariant: whatever an operator asks for or gives
 * concerns itself alone; the number in its session decides, not the number in its message.
 *
 * Spec: 09 §3–§8.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { equalBytes } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { commandMessage } from '@specie/core/ledger/command';
import type { Answer } from '@specie/core/ledger/entry';
import type { Handlers, Party } from '@specie/protocol/http-service';
import type { AUTHORITY_ROUTES } from '@specie/protocol/route';
import type { TrustChain } from '@specie/protocol/trust/key-set';
import type { Journal } from '@specie/stores/journal';
import type { At } from './crash-points.ts';
import type { Directory } from './directory/directory.ts';
import type { Feed, FeedPage } from './feed/feed.ts';
import { lateAnswer, type Engine, type Given } from './ledger/engine.ts';
import type { Halt } from './ledger/halt.ts';
import type { Mint } from './mint/mint.ts';

export interface HandlerOptions {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly halt: Halt;
  readonly feed: Feed;
  readonly mint: Mint;
  readonly directory: Directory;
  readonly directoryKey: Uint8Array;
  readonly trust: () => TrustChain;
  readonly clock: () => Instant;
  readonly at: At;
  /** Ends a session at the desk; whether it was open. */
  readonly endSession: (session: Uint8Array) => boolean;
  readonly isSessionOpen: (session: Uint8Array) => boolean;
}

interface Operator {
  readonly number: number;
  readonly session: Uint8Array;
}

/** Routes of sessions are mounted with a desk, which names the party. */
function operatorOf(party: Party): Operator {
  assert(party.is === 'party', 'a route of sessions knows its party');
  return party;
}

export function authorityHandlers(options: HandlerOptions): Handlers<typeof AUTHORITY_ROUTES> {
  const { mint, directory, directoryKey } = options;
  return {
    trust: () => accept({ sets: options.trust() }),
    commands: ({ value, party }) => commands(options, operatorOf(party), value.commands),
    answer: ({ value, party }) => answer(options, operatorOf(party), value),
    feed: ({ value, party }) => feed(options, operatorOf(party), value),
    issue: ({ value, party }) => mint.issue(operatorOf(party).number, value),
    retire: ({ value, party }) => mint.retire(operatorOf(party).number, value),
    directoryKey: () => accept({ key: directoryKey }),
    directoryPublish({ value, party }) {
      options.at('authority.directory.before-publish');
      return directory.publish(operatorOf(party).number, value.alias, value.address);
    },
    directoryFind: ({ value }) => directory.find(value.alias),
  };
}

async function commands(
  options: HandlerOptions,
  operator: Operator,
  encoded: readonly Uint8Array[],
): Promise<Result<{ readonly answers: readonly Answer[] }>> {
  const given = readCommands(operator, encoded);
  if (!given.ok) return given;
  const verdicts = await options.engine.submit(operator.number, operator.session, given.value);
  if (!verdicts.ok) return verdicts;
  options.at('authority.answer.before-send');
  return accept({ answers: verdicts.value.map((verdict) => verdict.answer) });
}

/** All commands of a request, or the first reason why none of them is given to the ledger. */
function readCommands(
  operator: Operator,
  encoded: readonly Uint8Array[],
): Result<readonly Given[]> {
  const given: Given[] = [];
  for (const [i, bytes] of encoded.entries()) {
    const at = `.commands[${i}]`;
    const decoded = commandMessage.decode(bytes);
    if (!decoded.ok) return refuse(decoded.refusal.code, at + decoded.refusal.at);
    const command = decoded.value;
    if (command.operator !== operator.number) return refuse('operator_mismatch', `${at}.operator`);
    if (!equalBytes(command.session, operator.session))
      return refuse('session_unknown', `${at}.session`);
    // Issues and retirements come signed one by one to the mint, everything else is the authority's.
    if (command.body.is !== 'move') return refuse('authority_only', `${at}.body`);
    given.push({ command, encoded: bytes });
  }
  return accept(given);
}

async function answer(
  options: HandlerOptions,
  operator: Operator,
  query: {
    readonly session: Uint8Array;
    readonly sequence: number;
    readonly commandHash: Uint8Array;
  },
): Promise<Result<{ readonly answers: readonly Answer[] }>> {
  if (equalBytes(query.session, operator.session)) return refuse('session_unknown', '.session');
  const no = options.halt.refusal();
  // A ledger that is missing entries must not say "never" about one of them.
  if (no?.code === 'ledger_behind') return { ok: false, refusal: no };
  if (options.isSessionOpen(query.session)) {
    // Sessions are named by 128 random bits that their two parties alone know, so this one is its own.
    const ended = options.engine.end(operator.number, query.session);
    options.endSession(query.session);
    await ended;
  } else await options.engine.drain();
  return accept({ answers: [lateAnswer(options.journal, operator.number, query)] });
}

async function feed(
  options: HandlerOptions,
  operator: Operator,
  query: { readonly from: number; readonly waitMs: number; readonly max: number },
): Promise<Result<FeedPage>> {
  const end = options.journal.last().position;
  if (query.from > end) {
    const detail = `operator ${operator.number} was told entries up to ${query.from - 1}, the journal ends before ${end}`;
    options.halt.stop({ cause: 'ledger_behind', since: options.clock(), detail });
    return refuse('ledger_behind', '.from');
  }
  return accept(await options.feed.read(operator.number, query));
}

/** Says no to a session whose party has seen entries this journal does not have, and stops the ledger. */
export function judgeSeen(
  { journal, halt, clock }: Pick<HandlerOptions, 'journal' | 'halt' | 'clock'>,
  party: number,
  seen: number | undefined,
): void {
  const end = journal.last().position;
  if (seen === undefined || seen < end) return;
  const detail = `operator ${party} has an answer for entry ${seen}, the journal ends before ${end}`;
  halt.stop({ cause: 'ledger_behind', since: clock(), detail });
}
