/**
 * Faults planted into a good source, and how many samples it takes until a test cries out. What is
 * promised for each fault stands in spec 20 §4; SP 800-90B §4.5 promises the first two.
 * @module
 */
import type { HealthClaim } from '../health/cutoff.ts';
import { ECHO_DEPTH, type EchoMemory, echoLength, startEchoMemory } from '../health/echo.ts';
import { type HealthAlarm, feedMonitor, startMonitor } from '../health/monitor.ts';
import { type Filler, goodFiller, sequenceOf } from './simulated.ts';

/** What breaks. `copied` samples are another source's, up to `ECHO_DEPTH / 4` samples late. */
export type Fault = 'stuck' | 'biased' | 'periodic' | 'copied';

/** Samples within which SP 800-90B §4.5 wants a loss of half the entropy seen. */
export const PROMISED_SAMPLES = 50_000;

/** Longest period planted: with its echo it still lies within the promise. */
const PERIOD_MAX = 40_000;

/** How a run ended: the test that cried out and after how many faulty samples, or nothing. */
export type Caught = Pick<HealthAlarm, 'test' | 'sample'> | undefined;

/** Samples after which a source that is stuck must have been caught: ⌈100/H⌉. SP 800-90B §4.5 (a). */
export function stuckSamplesMax(claim: HealthClaim): number {
  return Math.ceil(100 / claim.minEntropy);
}

/**
 * One run: some good samples, then the fault. Only alarms during the fault count, and an alarm of
 * the good part is an error of the caller's seed.
 */
export function runPlanted(fault: Fault, claim: HealthClaim, seed: number): Caught {
  const next = sequenceOf(seed);
  const good = goodFiller(next, claim);
  const length = echoLength(claim.minEntropy, claim.alphaBits, 2);
  const monitor = startMonitor(claim, startEchoMemory(length));
  const other = startEchoMemory(length);
  const original = startMonitor(claim, other);

  const before = new Uint8Array(next() % 4096);
  good(before);
  if (feedMonitor(monitor, before, [other]) !== undefined)
    throw new Error('alarmed without a fault');
  const faulty = faultyFiller(fault, claim, { seed, good });
  const block = new Uint8Array(256);
  const told: EchoMemory[] = [other];
  let fed = 0;
  while (fed < PROMISED_SAMPLES) {
    faulty(block, (samples) => void feedMonitor(original, samples));
    const alarm = feedMonitor(monitor, block, told);
    if (alarm !== undefined) return { test: alarm.test, sample: alarm.sample - before.length };
    fed += block.length;
  }
  return undefined;
}

function faultyFiller(
  fault: Fault,
  claim: HealthClaim,
  from: { readonly seed: number; readonly good: Filler },
): (samples: Uint8Array, tell: Filler) => void {
  const next = sequenceOf(from.seed + 0x5eed);
  const mask = (1 << claim.sampleBits) - 1;
  switch (fault) {
    case 'stuck': {
      const value = next() & mask;
      return (samples) => void samples.fill(value);
    }
    case 'biased': {
      // SP 800-90B §4.5 (b): one value comes with probability 2^(−H/2).
      const value = next() & mask;
      const often = 2 ** (32 - claim.minEntropy / 2);
      return (samples) => {
        for (let i = 0; i < samples.length; i++) {
          const another = (value + 1 + (next() % mask)) & mask;
          samples[i] = next() < often ? value : another;
        }
      };
    }
    case 'periodic': {
      const period = new Uint8Array(1 + (next() % PERIOD_MAX));
      from.good(period);
      let at = 0;
      return (samples) => {
        for (let i = 0; i < samples.length; i++) samples[i] = period[at++ % period.length]!;
      };
    }
    case 'copied': {
      const late = new Uint8Array(next() % (ECHO_DEPTH / 4));
      from.good(late);
      const queue: number[] = [...late];
      let isFirst = true;
      return (samples, tell) => {
        const fresh = new Uint8Array(samples.length);
        from.good(fresh);
        if (isFirst) tell(late);
        isFirst = false;
        tell(fresh);
        queue.push(...fresh);
        samples.set(queue.splice(0, samples.length));
      };
    }
  }
}
