/**
 * The engine: commands in, one durable append for all that arrived meanwhile, answers out. Invariants:
 * nothing is answered before it is durable; at or below a session's high-water mark nothing is ever
 * applied; a sequence that was refused is never applied later; after a failed append nothing more is
 * said.
 *
 * Spec: 07 §2, 09 §2–§3.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { REFUSALS, type RefusalCode } from '@specie/core/base/refusals';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import type { Instant } from '@specie/core/base/instant';
import { sessionKey } from '@specie/core/ledger/decide';
import type { Command } from '@specie/core/ledger/command';
import { BATCH_ENTRIES_MAX, type Answer, type Entry } from '@specie/core/ledger/entry';
import { step } from '@specie/core/ledger/ledger';
import type { LedgerState } from '@specie/core/ledger/state';
import { entryIn, type Journal } from '@specie/stores/journal';
import type { At } from '../crash-points.ts';
import { makeDurable, sealUntilDurable, type Sealed } from './durable.ts';
import { answerIn, commandHashIn, entryBytes, isSameCommand } from './entry-bytes.ts';
import type { Halt } from './halt.ts';
import type { TimeGuard } from './time-guard.ts';

/** A command with the canonical bytes it came in, so that it is decoded once and never encoded again. */
export interface Given {
  readonly command: Command;
  readonly encoded: Uint8Array;
}

/** What the ledger says to a command, and the entry when there is one. */
export interface Verdict {
  readonly answer: Answer;
  readonly entry: Entry | undefined;
}

/** What the engine tells whoever counts. Seconds are of the append alone. */
export interface EngineMeter {
  batch(entries: number, appendSeconds: number): void;
  refused(code: RefusalCode): void;
}

export interface EngineOptions {
  /** The state after replaying the journal; the engine alone changes it from here on. */
  readonly state: LedgerState;
  readonly journal: Journal;
  readonly guard: TimeGuard;
  readonly halt: Halt;
  readonly at: At;
  readonly monotonic: () => number;
  readonly clock: () => Instant;
  /** Hears each batch, as values and as bytes, once it is durable and before anybody is answered. */
  readonly onDurable: (entries: readonly Entry[], encoded: readonly Uint8Array[]) => void;
  /** Stops the process: an append failed, or an invariant is broken. */
  readonly onFatal: (cause: unknown) => void;
  readonly meter?: EngineMeter;
  readonly queueMax?: QueueBounds;
}

export interface QueueBounds {
  readonly commands: number;
  readonly bytes: number;
}

export interface Engine {
  /** Gives the commands of one request; all of its verdicts come together. */
  submit(
    operator: number,
    session: Uint8Array,
    given: readonly Given[],
  ): Promise<Result<readonly Verdict[]>>;
  /** Ends a session: waits for what it has under way; what comes in it later is refused. */
  end(operator: number, session: Uint8Array): Promise<void>;
  /** Forgets a session that the desk has ended with nothing under way. */
  forget(operator: number, session: Uint8Array): void;
  /** Waits for everything given so far. */
  drain(): Promise<void>;
  /** Refuses whatever comes from now on and waits for what is under way. */
  stop(): Promise<void>;
  /** Commands waiting. */
  readonly waiting: number;
}

interface Job {
  readonly key: string;
  readonly given: readonly Given[];
  readonly bytes: number;
  readonly resolve: (result: Result<readonly Verdict[]>) => void;
  readonly reject: (cause: unknown) => void;
}

const QUEUE: QueueBounds = { commands: 16_384, bytes: 64 * 1024 * 1024 };
const BATCH_BYTES = 16 * 1024 * 1024;
/** Places in answers are bounded by the message that carries them. */
const AT_MAX = 256;

interface Running extends EngineOptions {
  readonly queue: Job[];
  readonly bounds: QueueBounds;
  /** Highest sequence seen in each live session, refused ones included. */
  readonly marks: Map<string, number>;
  readonly ended: Set<string>;
  waiting: number;
  waitingBytes: number;
  isRunning: boolean;
  phase: 'open' | 'stopping' | 'failed';
}

/** An engine over a replayed state. */
export function createEngine(options: EngineOptions): Engine {
  const engine: Running = {
    ...options,
    queue: [],
    bounds: options.queueMax ?? QUEUE,
    marks: new Map(),
    ended: new Set(),
    waiting: 0,
    waitingBytes: 0,
    isRunning: false,
    phase: 'open',
  };
  return {
    submit: (operator, session, given) => submit(engine, sessionKey({ operator, session }), given),
    async end(operator, session) {
      engine.ended.add(sessionKey({ operator, session }));
      await enqueue(engine, '', []);
    },
    forget(operator, session) {
      engine.marks.delete(sessionKey({ operator, session }));
    },
    async drain() {
      await enqueue(engine, '', []);
    },
    async stop() {
      if (engine.phase === 'open') engine.phase = 'stopping';
      await enqueue(engine, '', []);
    },
    get waiting() {
      return engine.waiting;
    },
  };
}

function submit(
  engine: Running,
  key: string,
  given: readonly Given[],
): Promise<Result<readonly Verdict[]>> {
  const no = standing(engine, key) ?? crowding(engine, given);
  if (no === undefined) return enqueue(engine, key, given);
  engine.meter?.refused(no.code);
  return Promise.resolve({ ok: false, refusal: no });
}

/** Why a session may give nothing at present. */
function standing(engine: Running, key: string): Refusal | undefined {
  if (engine.ended.has(key)) return refuse('session_unknown').refusal;
  if (engine.phase !== 'open') return refuse('stopping').refusal;
  return engine.halt.refusal();
}

function crowding(engine: Running, given: readonly Given[]): Refusal | undefined {
  const bytes = bytesOf(given);
  const isFull =
    engine.waiting + given.length > engine.bounds.commands ||
    engine.waitingBytes + bytes > engine.bounds.bytes;
  return isFull ? refuse('overloaded').refusal : undefined;
}

function bytesOf(given: readonly Given[]): number {
  return given.reduce((sum, { encoded }) => sum + encoded.length, 0);
}

function enqueue(
  engine: Running,
  key: string,
  given: readonly Given[],
): Promise<Result<readonly Verdict[]>> {
  return new Promise((resolve, reject) => {
    if (engine.phase === 'failed') {
      reject(new Error('the ledger has stopped'));
      return;
    }
    const bytes = bytesOf(given);
    engine.queue.push({ key, given, bytes, resolve, reject });
    engine.waiting += given.length;
    engine.waitingBytes += bytes;
    if (engine.isRunning) return;
    engine.isRunning = true;
    // The rest of what has already arrived joins the same batch.
    setImmediate(() => void run(engine));
  });
}

async function run(engine: Running): Promise<void> {
  while (engine.queue.length > 0) {
    const jobs = takeJobs(engine);
    try {
      await runBatch(engine, jobs);
    } catch (cause) {
      engine.phase = 'failed';
      engine.onFatal(cause);
      for (const job of [...jobs, ...engine.queue]) job.reject(cause);
      return;
    }
    if (engine.queue.length === 0) await new Promise(setImmediate);
  }
  engine.isRunning = false;
}

/** All that waits, up to what fits one batch. */
function takeJobs(engine: Running): readonly Job[] {
  let commands = 0;
  let bytes = 0;
  let count = 0;
  for (const job of engine.queue) {
    commands += job.given.length;
    bytes += job.bytes;
    if (count > 0 && (commands > BATCH_ENTRIES_MAX || bytes > BATCH_BYTES)) break;
    count += 1;
  }
  const jobs = engine.queue.splice(0, count);
  for (const job of jobs) {
    engine.waiting -= job.given.length;
    engine.waitingBytes -= job.bytes;
  }
  return jobs;
}

/** Entries of the batch being made: as values for those who follow, as bytes for the journal. */
interface Draft {
  readonly time: Instant;
  readonly entries: Entry[];
  readonly encoded: Uint8Array[];
}

async function runBatch(engine: Running, jobs: readonly Job[]): Promise<void> {
  const time = timeOf(engine);
  if (!time.ok) {
    for (const job of jobs) job.resolve(job.given.length === 0 ? accept([]) : time);
    return;
  }
  const draft: Draft = { time: time.value, entries: [], encoded: [] };
  const judged = jobs.map((job) => ({ job, sealed: judgeJob(engine, draft, job) }));
  if (draft.entries.length > 0) engine.at('authority.batch.before-append');
  const began = engine.monotonic();
  const proof = await makeDurable(
    engine.journal,
    draft.entries.length === 0 ? undefined : { time: draft.time, entries: draft.encoded },
  );
  if (draft.entries.length > 0) {
    engine.meter?.batch(draft.entries.length, (engine.monotonic() - began) / 1000);
    engine.at('authority.batch.after-append');
    engine.onDurable(draft.entries, draft.encoded);
  }
  for (const { job, sealed } of judged) job.resolve(sealed.open(proof));
}

function timeOf(engine: Running): Result<Instant> {
  const no = engine.halt.refusal();
  if (no !== undefined) return { ok: false, refusal: no };
  const now = engine.guard.now(engine.state.time);
  if ('time' in now) return accept(now.time);
  engine.halt.stop({
    cause: 'ledger_clock_stepped',
    since: engine.state.time,
    detail: now.stepped,
  });
  return refuse('ledger_clock_stepped');
}

function judgeJob(engine: Running, draft: Draft, job: Job): Sealed<Result<readonly Verdict[]>> {
  // A session may have ended while its request waited.
  if (engine.ended.has(job.key)) return sealUntilDurable(refuse('session_unknown'));
  return sealUntilDurable(accept(job.given.map((given) => judge(engine, draft, job.key, given))));
}

function judge(engine: Running, draft: Draft, key: string, given: Given): Verdict {
  const { command } = given;
  const { sequence } = command;
  const mark = Math.max(engine.marks.get(key) ?? 0, engine.state.sessions.get(key) ?? 0);
  if (sequence <= mark) return repeated(engine, draft, given);
  // Seen now: whatever the rules say, this sequence is never applied later.
  engine.marks.set(key, sequence);
  const stepped = step(engine.state, command, draft.time);
  if (!stepped.ok) {
    engine.meter?.refused(stepped.refusal.code);
    return refusal(sequence, stepped.refusal);
  }
  engine.at('authority.command.decided');
  const entry = stepped.value;
  draft.entries.push(entry);
  draft.encoded.push(entryBytes(entry.position, entry.time, given.encoded));
  return applied(entry);
}

function repeated(engine: Running, draft: Draft, { command, encoded }: Given): Verdict {
  const { operator, session, sequence } = command;
  const found =
    entryIn(draft.encoded, operator, session, sequence) ??
    engine.journal.find(operator, session, sequence);
  if (found === undefined) return never(sequence);
  if (!isSameCommand(found, encoded)) return refusal(sequence, refuse('sequence_reused').refusal);
  return { answer: answerIn(found), entry: undefined };
}

function applied(entry: Entry): Verdict {
  const { position, time, command } = entry;
  return {
    answer: { sequence: command.sequence, outcome: { is: 'applied', position, time } },
    entry,
  };
}

function never(sequence: number): Verdict {
  return { answer: { sequence, outcome: { is: 'never' } }, entry: undefined };
}

function refusal(sequence: number, { code, at }: Refusal): Verdict {
  const { number } = REFUSALS[code];
  const outcome = { is: 'refused' as const, code: number, at: at.slice(0, AT_MAX) };
  return { answer: { sequence, outcome }, entry: undefined };
}

/** The answer to a command of an ended session, from the journal alone. */
export function lateAnswer(
  journal: Journal,
  operator: number,
  query: {
    readonly session: Uint8Array;
    readonly sequence: number;
    readonly commandHash: Uint8Array;
  },
): Answer {
  const found = journal.find(operator, query.session, query.sequence);
  if (found === undefined) return never(query.sequence).answer;
  if (!equalBytes(commandHashIn(found), query.commandHash)) {
    return refusal(query.sequence, refuse('sequence_reused').refusal).answer;
  }
  return answerIn(found);
}
