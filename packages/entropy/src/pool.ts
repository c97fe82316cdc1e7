/**
 * The pool: every source under watch, one generator that all of them feed, and a floor below which
 * nothing is drawn. A draw is synchronous; sources are read in the background, each with a time limit.
 *
 * Guards: a draw is given only while enough good sources stand behind the generator; a source that
 * failed is never counted again; no source is replaced by another in silence.
 *
 * Spec: 20 §6, §7.
 * @module
 */
import { EntropyFault } from './fault.ts';
import {
  type Generator,
  REQUEST_BYTES_MAX,
  STRENGTH_BITS,
  generate,
  reseed,
  startGenerator,
  wipeGenerator,
} from './generator.ts';
import { echoLength, startEchoMemory } from './health/echo.ts';
import { type HealthAlarm, feedMonitor } from './health/monitor.ts';
import { mix } from './mix.ts';
import {
  type Drop,
  type EntropyReport,
  type Floor,
  type Standing,
  standingText,
} from './report.ts';
import type { Source } from './source.ts';
import { later, pause, prepareWithin, readWithin } from './timeout.ts';
import {
  type WatchedSource,
  alarmReason,
  blockOf,
  blockSamples,
  dropCauseOf,
  dropSource,
  judgeStartup,
  reportSource,
  restartSource,
  showSamples,
  startupSamples,
  watchSource,
} from './watch.ts';

/** What a pool is opened with. Times in milliseconds. */
export type PoolSettings = {
  /** In order of trust: of two that say the same, the later one is dropped. */
  readonly sources: readonly Source[];
  /** One good source of 256 bits unless said otherwise. */
  readonly floor?: Partial<Floor>;
  /** −log2 of the false-alarm rate of each test, 20 to 60. SP 800-90B §4.4 suggests 20 to 40. */
  readonly alphaBits?: number;
  /** A good source is asked for a fresh block this often. */
  readonly refreshMs?: number;
  /** A source that gives nothing for this long is dropped. */
  readonly silentMs?: number;
  /**
   * What opening waits for: the floor alone, or the start-up of every source. Slower ones join later.
   */
  readonly waitFor?: 'floor' | 'all';
  /** How long opening waits at most; the pool then opens all the same, and may refuse draws. */
  readonly openMs?: number;
  /** Samples of each source read beside those that are used, and kept for the live page; none by default. */
  readonly tapSamples?: number;
  /** Told once for each source that is dropped. */
  readonly onDrop?: (source: string, reason: string) => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
};

/** Randomness for everything else in the house. `draw` fits `(length: number) => Uint8Array`. */
export type EntropyPool = {
  /** `length` bytes, at once. Throws EntropyFault `entropy_below_floor` with the reason. */
  readonly draw: (length: number) => Uint8Array;
  /** State, rates and alarms of each source, and what stands behind a draw. */
  readonly report: () => EntropyReport;
  /** What stands behind a draw made now, for the record of a batch: `os:256 jitter:256`. */
  readonly standing: () => string;
  /** Raw samples of a source for the live page, oldest first; none of them is used for draws. */
  readonly tap: (id: string) => Uint8Array;
  /**
   * Opens a dropped source anew and tests it from the start: for an operator who has looked into the
   * reason. Answers whether it is good again. Nothing is ever readmitted by itself.
   */
  readonly readmit: (id: string) => Promise<boolean>;
  /** Ends all reading and overwrites the generator; later draws throw. */
  readonly close: () => void;
};

/** Draws are cut from this much at a time; each time, sources that can give at once are asked. */
const BUFFER_BYTES = 4096;

/** Samples read for the live page with each refresh. */
const SHOWN_SAMPLES = 512;

type Pool = {
  readonly settings: Required<Omit<PoolSettings, 'floor'>>;
  readonly floor: Floor;
  readonly watched: readonly WatchedSource[];
  readonly bits: Map<WatchedSource, number>;
  readonly generator: Generator;
  readonly openedAt: number;
  buffer: Uint8Array;
  used: number;
  refusal: string | undefined;
  onFloor: () => void;
  closed: boolean;
  draws: number;
  bytes: number;
  refused: number;
  seeds: number;
};

/** Opens a pool and waits for its floor; a pool that cannot reach it opens too, and refuses draws. */
export async function openPool(settings: PoolSettings): Promise<EntropyPool> {
  const pool = startPool(settings);
  const floor = new Promise<void>((resolve) => {
    pool.onFloor = resolve;
  });
  const starts = pool.watched.map((watched) => startUp(pool, watched));
  let callOff: () => void = () => undefined;
  const waited = new Promise<void>((resolve) => {
    callOff = later(pool.settings.openMs, resolve, true);
  });
  const enough = pool.settings.waitFor === 'all' ? [] : [floor];
  await Promise.race([...enough, Promise.all(starts), waited]);
  callOff();
  return {
    draw: (length) => draw(pool, length),
    report: () => reportOf(pool),
    standing: () => standingText(standingOf(pool)),
    tap: (id) => tapOf(pool, id),
    readmit: (id) => readmit(pool, id),
    close: () => closePool(pool),
  };
}

function startPool(given: PoolSettings): Pool {
  const settings = {
    alphaBits: 40,
    refreshMs: 1000,
    silentMs: 2000,
    openMs: 5000,
    waitFor: 'floor' as const,
    tapSamples: 0,
    onDrop: () => undefined,
    now: () => performance.now(),
    ...given,
  };
  const { sources, alphaBits, tapSamples } = settings;
  const floor = { sources: 1, physical: 0, bits: STRENGTH_BITS, ...given.floor };
  checkSources(sources, floor);
  const openedAt = settings.now();
  const watched = sources.map((source) => {
    const echo = startEchoMemory(sharedEchoLength(sources, source, alphaBits));
    return watchSource(source, { alphaBits, echo, tapSamples, now: openedAt });
  });
  const pool: Pool = {
    settings,
    floor,
    watched,
    bits: new Map(),
    // It starts from nothing, and nothing is drawn before the floor is reached.
    generator: startGenerator(new TextEncoder().encode('specie/entropy/pool/v1')),
    openedAt,
    buffer: new Uint8Array(0),
    used: 0,
    refusal: undefined,
    onFloor: () => undefined,
    closed: false,
    draws: 0,
    bytes: 0,
    refused: 0,
    seeds: 0,
  };
  pool.refusal = refusalOf(pool);
  return pool;
}

function checkSources(sources: readonly Source[], floor: Floor): void {
  const ids = new Set<string>();
  for (const { claim } of sources) {
    if (!/^[a-z0-9][a-z0-9._-]{0,31}$/.test(claim.id) || ids.has(claim.id)) {
      throw new EntropyFault('settings_invalid', `source name "${claim.id}" is malformed or taken`);
    }
    ids.add(claim.id);
  }
  const { bits, sources: wanted, physical } = floor;
  const whole = [bits, wanted, physical].every((value) => Number.isInteger(value) && value >= 0);
  if (!whole || wanted < 1 || bits < 1 || bits > STRENGTH_BITS || physical > wanted) {
    throw new EntropyFault(
      'settings_invalid',
      'the floor asks for no source, or more than there can be',
    );
  }
}

/** Sources of one width are compared with each other, so they share the longest of their lengths. */
function sharedEchoLength(sources: readonly Source[], of: Source, alphaBits: number): number {
  const alike = sources.filter(({ claim }) => claim.sampleBits === of.claim.sampleBits);
  const lengths = alike.map(({ claim }) => echoLength(claim.minEntropy, alphaBits, alike.length));
  return Math.max(...lengths);
}

// ——— reading sources

/** The start-up test of SP 800-90B §4.3: its samples are tested, judged, and thrown away. */
async function startUp(pool: Pool, watched: WatchedSource): Promise<void> {
  if (!(await prepare(pool, watched))) return;
  const samples = await gather(pool, watched, startupSamples(watched));
  if (samples === undefined) return;
  const reason = judgeStartup(watched, samples);
  showSamples(watched, samples);
  samples.fill(0);
  if (reason !== undefined) {
    drop(pool, watched, 'estimate', reason);
    return;
  }
  watched.state = { at: 'good' };
  await refresh(pool, watched);
  void keepFresh(pool, watched);
}

async function prepare(pool: Pool, watched: WatchedSource): Promise<boolean> {
  try {
    await prepareWithin(watched.source);
  } catch (thrown) {
    const { cause, reason } = dropCauseOf(thrown);
    drop(pool, watched, cause, reason);
  }
  return isUsed(pool, watched);
}

async function keepFresh(pool: Pool, watched: WatchedSource): Promise<void> {
  const { life } = watched;
  for (;;) {
    await pause(pool.settings.refreshMs);
    if (!isUsed(pool, watched) || watched.life !== life) return;
    await refresh(pool, watched);
    await show(pool, watched);
  }
}

/** Where a page draws samples, it is given some of its own. */
async function show(pool: Pool, watched: WatchedSource): Promise<void> {
  const count = Math.min(SHOWN_SAMPLES, watched.tap.length);
  if (count === 0) return;
  const samples = await gather(pool, watched, count);
  if (samples !== undefined) showSamples(watched, samples);
}

async function readmit(pool: Pool, id: string): Promise<boolean> {
  const watched = pool.watched.find(({ source }) => source.claim.id === id);
  if (watched === undefined || pool.closed) return false;
  if (watched.state.at === 'dropped') {
    restartSource(watched, pool.settings.now());
    await startUp(pool, watched);
  }
  return watched.state.at === 'good';
}

/** One fresh block of a source into the generator. */
async function refresh(pool: Pool, watched: WatchedSource): Promise<void> {
  const samples = await gather(pool, watched, blockSamples(watched));
  if (samples !== undefined) absorb(pool, watched, samples);
}

/** `count` samples that passed every test, or undefined when the source was dropped on the way. */
async function gather(
  pool: Pool,
  watched: WatchedSource,
  count: number,
): Promise<Uint8Array | undefined> {
  const gathered = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    if (!isUsed(pool, watched)) return undefined;
    try {
      const samples = await readWithin(watched.source, count - at, pool.settings.silentMs);
      if (!isUsed(pool, watched)) return undefined;
      if (samples.length === 0) throw new EntropyFault('source_ended', 'the source has ended');
      if (!pass(pool, watched, samples)) return undefined;
      gathered.set(samples, at);
      at += samples.length;
    } catch (thrown) {
      const { cause, reason } = dropCauseOf(thrown);
      drop(pool, watched, cause, reason);
      return undefined;
    }
  }
  return gathered;
}

/** Runs the tests; false when these samples may not be used. */
function pass(pool: Pool, watched: WatchedSource, samples: Uint8Array): boolean {
  const width = watched.source.claim.sampleBits;
  const others = pool.watched.filter(
    (other) => other !== watched && isUsed(pool, other) && other.source.claim.sampleBits === width,
  );
  const alarm = feedMonitor(
    watched.monitor,
    samples,
    others.map((other) => other.monitor.echo),
  );
  if (alarm === undefined) return true;
  judge(pool, watched, alarm, alarm.of === undefined ? undefined : others[alarm.of]);
  return false;
}

/** Drops the source that raised an alarm; of two that say the same, the one trusted less. */
function judge(
  pool: Pool,
  watched: WatchedSource,
  alarm: HealthAlarm,
  other: WatchedSource | undefined,
): void {
  const isOther =
    other !== undefined && pool.watched.indexOf(other) > pool.watched.indexOf(watched);
  const blamed = isOther ? other : watched;
  const compared = isOther ? watched : other;
  drop(pool, blamed, alarm.test, alarmReason(watched, alarm, compared?.source.claim.id ?? ''));
}

function drop(pool: Pool, watched: WatchedSource, cause: Drop['cause'], reason: string): void {
  if (watched.state.at === 'dropped') return;
  dropSource(watched, cause, reason);
  pool.bits.delete(watched);
  discard(pool);
  pool.refusal = refusalOf(pool);
  pool.settings.onDrop(watched.source.claim.id, reason);
}

function isUsed(pool: Pool, watched: WatchedSource): boolean {
  return !pool.closed && watched.state.at !== 'dropped';
}

/** Conditions the samples, mixes the block into the generator, and books what it is worth. */
function absorb(pool: Pool, watched: WatchedSource, samples: Uint8Array): void {
  const block = blockOf(watched, samples);
  samples.fill(0);
  reseed(pool.generator, mix([{ source: watched.source.claim.id, bytes: block.bytes }]));
  block.bytes.fill(0);
  const bits = Math.min(STRENGTH_BITS, (pool.bits.get(watched) ?? 0) + block.credit);
  pool.bits.set(watched, bits);
  pool.seeds++;
  discard(pool);
  pool.refusal = refusalOf(pool);
  if (pool.refusal === undefined) pool.onFloor();
}

// ——— drawing

function draw(pool: Pool, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0) {
    throw new RangeError('a draw is a whole number of bytes');
  }
  const drawn = new Uint8Array(length);
  let at = 0;
  do {
    if (pool.used === pool.buffer.length) refill(pool);
    if (pool.refusal !== undefined) {
      pool.refused++;
      drawn.fill(0);
      throw new EntropyFault('entropy_below_floor', pool.refusal);
    }
    const end = Math.min(pool.buffer.length, pool.used + length - at);
    drawn.set(pool.buffer.subarray(pool.used, end), at);
    at += end - pool.used;
    // What was handed out is nobody else's.
    pool.buffer.fill(0, pool.used, end);
    pool.used = end;
  } while (at < length);
  pool.draws++;
  pool.bytes += length;
  return drawn;
}

/** Asks the operating system for a fresh block and generates the next draws. */
function refill(pool: Pool): void {
  for (const watched of pool.watched) {
    const { claim, readNow } = watched.source;
    const isAtHand = watched.state.at === 'good' && claim.kind === 'system';
    if (!isAtHand || readNow === undefined) continue;
    try {
      const samples = readNow(blockSamples(watched));
      if (pass(pool, watched, samples)) absorb(pool, watched, samples);
    } catch (thrown) {
      const { cause, reason } = dropCauseOf(thrown);
      drop(pool, watched, cause, reason);
    }
  }
  if (pool.refusal !== undefined) return;
  pool.buffer = generate(pool.generator, Math.min(BUFFER_BYTES, REQUEST_BYTES_MAX));
  pool.used = 0;
}

function discard(pool: Pool): void {
  pool.buffer.fill(0);
  pool.used = pool.buffer.length;
}

function standingOf(pool: Pool): readonly Standing[] {
  const standing: Standing[] = [];
  for (const watched of pool.watched) {
    const bits = Math.floor(pool.bits.get(watched) ?? 0);
    if (watched.state.at === 'good' && bits > 0) {
      standing.push({ id: watched.source.claim.id, bits });
    }
  }
  return standing;
}

/** Why a draw is refused now, as a sentence that names what is missing and what was dropped. */
function refusalOf(pool: Pool): string | undefined {
  if (pool.closed) return 'the pool is closed';
  const { floor, watched } = pool;
  const standing = watched.filter(
    (one) => one.state.at === 'good' && (pool.bits.get(one) ?? 0) >= floor.bits,
  );
  const physical = standing.filter(({ source }) => source.claim.kind === 'physical');
  if (standing.length >= floor.sources && physical.length >= floor.physical) return undefined;
  const asked = `${floor.sources} good sources of ${floor.bits} bits, ${floor.physical} of them physical`;
  const states = watched.map(({ source, state }) => {
    const said = state.at === 'dropped' ? `dropped (${state.drop.reason})` : state.at;
    return `${source.claim.id} ${said}`;
  });
  const found = states.length === 0 ? 'no source' : states.join('; ');
  return `the floor asks for ${asked}, and ${standing.length} with ${physical.length} physical stand: ${found}`;
}

// ——— telling and ending

function reportOf(pool: Pool): EntropyReport {
  const now = pool.settings.now();
  return {
    sources: pool.watched.map((watched) => reportSource(watched, now)),
    floor: pool.floor,
    refusal: pool.refusal,
    standing: standingOf(pool),
    draws: pool.draws,
    bytes: pool.bytes,
    refused: pool.refused,
    seeds: pool.seeds,
    alphaBits: pool.settings.alphaBits,
    upMs: now - pool.openedAt,
  };
}

function tapOf(pool: Pool, id: string): Uint8Array {
  const watched = pool.watched.find(({ source }) => source.claim.id === id);
  if (watched === undefined) return new Uint8Array(0);
  const { tap, tapped } = watched;
  if (tapped < tap.length) return tap.slice(0, tapped);
  const oldest = tap.length === 0 ? 0 : tapped % tap.length;
  const samples = new Uint8Array(tap.length);
  samples.set(tap.subarray(oldest));
  samples.set(tap.subarray(0, oldest), tap.length - oldest);
  return samples;
}

function closePool(pool: Pool): void {
  if (pool.closed) return;
  pool.closed = true;
  pool.refusal = refusalOf(pool);
  discard(pool);
  wipeGenerator(pool.generator);
  for (const watched of pool.watched) watched.source.close();
}
