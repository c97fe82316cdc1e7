/**
 * A watched source: a source, its tests, its start-up, and what it has been credited with. Samples
 * become a block only if every test passed on every one of them; the first alarm drops the source,
 * and nothing of the block it came in is used.
 *
 * Spec: 20 §3 to §5.
 * @module
 */
import { startupEstimate } from './assess/startup.ts';
import { type Block, condition, samplesPerBlock } from './condition.ts';
import { EntropyFault, reasonOf } from './fault.ts';
import type { HealthClaim } from './health/cutoff.ts';
import { type EchoMemory, wipeEchoMemory } from './health/echo.ts';
import { type HealthAlarm, type Monitor, startMonitor } from './health/monitor.ts';
import type { Drop, SourceReport, SourceState } from './report.ts';
import type { Source } from './source.ts';

/** SP 800-90B §4.3 asks for 1,024 samples at least; below this many bits estimates are too loose. */
const STARTUP_BITS = 1 << 15;

/** Samples a source must pass before first use: 4,096 bytes, or 32,768 single bits. */
export function startupSamples(watched: WatchedSource): number {
  return Math.ceil(STARTUP_BITS / watched.source.claim.sampleBits);
}

/** A source and everything known about it. */
export type WatchedSource = {
  readonly source: Source;
  monitor: Monitor;
  readonly alarms: Map<string, number>;
  readonly tap: Uint8Array;
  state: SourceState;
  estimatedBits: number | undefined;
  /** What a sample is credited with: the claim, or the start-up estimate where that is lower. */
  assessedBits: number;
  blocks: number;
  creditedBits: number;
  tapped: number;
  startedAt: number;
  /** Counts the times it was taken into use, so that what served an earlier time can tell. */
  life: number;
};

/** Puts a source under watch; nothing has been read yet. */
export function watchSource(
  source: Source,
  settings: {
    readonly alphaBits: number;
    readonly echo: EchoMemory;
    readonly tapSamples: number;
    readonly now: number;
  },
): WatchedSource {
  const { sampleBits, minEntropy } = source.claim;
  const claim: HealthClaim = { sampleBits, minEntropy, alphaBits: settings.alphaBits };
  return {
    source,
    monitor: startMonitor(claim, settings.echo),
    alarms: new Map(),
    tap: new Uint8Array(settings.tapSamples),
    state: { at: 'starting' },
    estimatedBits: undefined,
    assessedBits: minEntropy,
    blocks: 0,
    creditedBits: 0,
    tapped: 0,
    startedAt: settings.now,
    life: 0,
  };
}

/** Marks the source as no longer used and lets go of it. The first cause stands. */
export function dropSource(watched: WatchedSource, cause: Drop['cause'], reason: string): void {
  if (watched.state.at === 'dropped') return;
  watched.state = { at: 'dropped', drop: { cause, reason, at: watched.monitor.samples } };
  watched.alarms.set(cause, (watched.alarms.get(cause) ?? 0) + 1);
  wipeEchoMemory(watched.monitor.echo);
  watched.tap.fill(0);
  watched.source.close();
}

/** Puts a dropped source back to its start: its tests know nothing, its start-up is ahead of it. */
export function restartSource(watched: WatchedSource, now: number): void {
  const { claim, echo } = watched.monitor;
  watched.monitor = startMonitor(claim, echo);
  watched.state = { at: 'starting' };
  watched.estimatedBits = undefined;
  watched.tapped = 0;
  watched.startedAt = now;
  watched.life++;
}

/** Keeps samples for the live page. What is shown must never be used, so it is never conditioned. */
export function showSamples(watched: WatchedSource, samples: Uint8Array): void {
  const { tap } = watched;
  for (const sample of samples.subarray(Math.max(0, samples.length - tap.length))) {
    tap[watched.tapped++ % tap.length] = sample;
  }
}

/**
 * Judges the start-up samples, which have passed the continuous tests (SP 800-90B §4.3). An estimate
 * below half the claim is the loss of entropy that §4.5 asks tests to see. From then on a sample
 * counts for the lower of claim and estimate, as in §3.1.3.
 */
export function judgeStartup(watched: WatchedSource, samples: Uint8Array): string | undefined {
  const { claim } = watched.source;
  const estimate = startupEstimate(samples, claim.sampleBits);
  watched.estimatedBits = estimate;
  watched.assessedBits = Math.min(claim.minEntropy, estimate);
  if (estimate >= claim.minEntropy / 2) return undefined;
  return `start-up estimate of ${estimate.toFixed(3)} bits per sample is below half of the claimed ${claim.minEntropy}`;
}

/** Conditions samples that passed into a block and books its credit. */
export function blockOf(watched: WatchedSource, samples: Uint8Array): Block {
  const { id, sampleBits } = watched.source.claim;
  const block = condition(id, samples, { sampleBits, minEntropy: watched.assessedBits });
  watched.blocks++;
  watched.creditedBits += block.credit;
  return block;
}

/** How many samples the source gives per block. */
export function blockSamples(watched: WatchedSource): number {
  const { sampleBits } = watched.source.claim;
  return samplesPerBlock({ sampleBits, minEntropy: watched.assessedBits });
}

/** The sentence of an alarm that `watched` raised. `other` names the source of the same samples. */
export function alarmReason(watched: WatchedSource, alarm: HealthAlarm, other: string): string {
  const { monitor } = watched;
  const at = `at sample ${alarm.sample}`;
  switch (alarm.test) {
    case 'repetition':
      return `repetition count test: one value came ${monitor.repetition.cutoff} times in a row, ${at}`;
    case 'proportion':
      return `adaptive proportion test: one value came ${monitor.proportion.cutoff} times in ${monitor.proportion.window} samples, ${at}`;
    case 'echo':
      return `echo test: ${monitor.echo.length} samples in a row came again, ${at}`;
    case 'copy':
      return `echo test: ${monitor.echo.length} samples in a row were also given by ${other}, ${at}`;
    case 'width':
      return `a sample was wider than the stated ${watched.source.claim.sampleBits} bits, ${at}`;
    case 'estimate':
      return `start-up estimate too low, ${at}`;
  }
}

/** The cause of a fault that a read threw. */
export function dropCauseOf(thrown: unknown): {
  readonly cause: Drop['cause'];
  readonly reason: string;
} {
  const reason = reasonOf(thrown);
  if (!(thrown instanceof EntropyFault)) return { cause: 'unreadable', reason };
  if (thrown.code === 'source_silent') return { cause: 'silent', reason };
  if (thrown.code === 'source_ended') return { cause: 'ended', reason };
  if (thrown.code === 'source_wrong_width') return { cause: 'width', reason };
  return { cause: 'unreadable', reason };
}

/** The source as a person sees it. */
export function reportSource(watched: WatchedSource, now: number): SourceReport {
  const { claim } = watched.source;
  const { repetition, proportion, samples } = watched.monitor;
  const seconds = Math.max(1e-3, (now - watched.startedAt) / 1000);
  return {
    id: claim.id,
    kind: claim.kind,
    about: claim.about,
    state: watched.state,
    sampleBits: claim.sampleBits,
    claimedBits: claim.minEntropy,
    estimatedBits: watched.estimatedBits,
    assessedBits: watched.assessedBits,
    cutoffs: {
      repetition: repetition.cutoff,
      proportion: proportion.cutoff,
      window: proportion.window,
    },
    samples,
    samplesPerSecond: samples / seconds,
    blocks: watched.blocks,
    creditedBits: watched.creditedBits,
    alarms: Object.fromEntries(watched.alarms),
  };
}
