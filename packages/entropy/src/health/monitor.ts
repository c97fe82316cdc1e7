/**
 * The continuous health tests of one source, as one thing: every raw sample passes all of them
 * before anything is made of it (SP 800-90B §4.2), and the first alarm is the answer.
 *
 * Spec: 20 §3, §4.
 * @module
 */
import {
  type HealthClaim,
  checkClaim,
  proportionCutoff,
  proportionWindow,
  repetitionCutoff,
} from './cutoff.ts';
import { type EchoMemory, feedEchoMemory } from './echo.ts';
import { type ProportionTest, feedProportionTest, startProportionTest } from './proportion.ts';
import { type RepetitionTest, feedRepetitionTest, startRepetitionTest } from './repetition.ts';

/** The test that raised an alarm; `copy` is an echo of another source, `echo` one of its own. */
export type HealthTest = 'repetition' | 'proportion' | 'echo' | 'copy' | 'estimate' | 'width';

/** An alarm: which test, after how many samples since the source started, and against whom. */
export type HealthAlarm = {
  readonly test: HealthTest;
  readonly sample: number;
  readonly of?: number;
};

/** All continuous tests of one source. `samples` counts what passed through. */
export type Monitor = {
  readonly claim: HealthClaim;
  readonly repetition: RepetitionTest;
  readonly proportion: ProportionTest;
  readonly echo: EchoMemory;
  samples: number;
};

/** Tests that have seen nothing; throws `settings_invalid` for a claim they could not watch. */
export function startMonitor(claim: HealthClaim, echo: EchoMemory): Monitor {
  checkClaim(claim);
  const window = proportionWindow(claim.sampleBits);
  return {
    claim,
    repetition: startRepetitionTest(repetitionCutoff(claim.minEntropy, claim.alphaBits)),
    proportion: startProportionTest(
      proportionCutoff(claim.minEntropy, window, claim.alphaBits),
      window,
    ),
    echo,
    samples: 0,
  };
}

/**
 * Runs a block of samples through every test, and answers the first alarm or undefined. `others`
 * are the echo memories of the sources this one is compared with; `of` is an index into them.
 */
export function feedMonitor(
  monitor: Monitor,
  samples: Uint8Array,
  others: readonly EchoMemory[] = [],
): HealthAlarm | undefined {
  const before = monitor.samples;
  monitor.samples += samples.length;
  const wide = widerThan(samples, monitor.claim.sampleBits);
  if (wide >= 0) return { test: 'width', sample: before + wide + 1 };
  const repeated = feedRepetitionTest(monitor.repetition, samples);
  const frequent = feedProportionTest(monitor.proportion, samples);
  if (repeated >= 0 && (frequent < 0 || repeated <= frequent)) {
    return { test: 'repetition', sample: before + repeated + 1 };
  }
  if (frequent >= 0) return { test: 'proportion', sample: before + frequent + 1 };
  const echo = feedEchoMemory(monitor.echo, others, samples);
  if (echo === undefined) return undefined;
  const sample = before + echo.at + 1;
  return echo.from === 0 ? { test: 'echo', sample } : { test: 'copy', sample, of: echo.from - 1 };
}

/** The index of the first sample that does not fit its width, or −1. */
export function widerThan(samples: Uint8Array, sampleBits: number): number {
  const mask = 0xff & ~((1 << sampleBits) - 1);
  let seen = 0;
  for (let i = 0; i < samples.length; i++) seen |= samples[i]!;
  return (seen & mask) === 0 ? -1 : samples.findIndex((sample) => (sample & mask) !== 0);
}
