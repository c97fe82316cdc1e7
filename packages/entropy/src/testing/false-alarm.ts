/**
 * How often the health tests cry out about a source that is exactly as good as it claims. As a
 * command it takes the number of samples: `npm run false-alarms -w @specie/entropy -- 1000000000`.
 * @module
 */
import { type HealthClaim, proportionWindow } from '../health/cutoff.ts';
import { echoLength, startEchoMemory } from '../health/echo.ts';
import { type HealthTest, feedMonitor, startMonitor } from '../health/monitor.ts';
import { goodFiller, sequenceOf } from './simulated.ts';

/** Alarms seen, and how many the stated rate allows on average. */
export type FalseAlarms = {
  readonly samples: number;
  readonly repetition: number;
  readonly proportion: number;
  readonly echo: number;
  readonly allowed: {
    readonly repetition: number;
    readonly proportion: number;
    readonly echo: number;
  };
};

const BLOCK = 1 << 12;

/**
 * Runs that many samples through every test of a claim and counts the alarms. The samples are as good
 * as the claim, unless `quality` says what they are worth instead.
 */
export function countFalseAlarms(
  claim: HealthClaim,
  samples: number,
  seed: number,
  quality: Pick<HealthClaim, 'sampleBits' | 'minEntropy'> = claim,
): FalseAlarms {
  const fill = goodFiller(sequenceOf(seed), quality);
  const echo = startEchoMemory(echoLength(claim.minEntropy, claim.alphaBits, 1));
  const monitor = startMonitor(claim, echo);
  const seen = new Map<HealthTest, number>();
  const block = new Uint8Array(BLOCK);
  let fed = 0;
  while (fed < samples) {
    fill(block);
    const alarm = feedMonitor(monitor, block);
    if (alarm !== undefined) seen.set(alarm.test, (seen.get(alarm.test) ?? 0) + 1);
    fed += BLOCK;
  }
  const rate = fed * 2 ** -claim.alphaBits;
  return {
    samples: fed,
    repetition: seen.get('repetition') ?? 0,
    proportion: seen.get('proportion') ?? 0,
    echo: seen.get('echo') ?? 0,
    allowed: {
      repetition: rate,
      proportion: rate / proportionWindow(claim.sampleBits),
      echo: rate,
    },
  };
}

/** The most alarms that a mean of `allowed` explains: beyond it lies one chance in a million. */
export function alarmsMax(allowed: number): number {
  // In logarithms: the first term of a large mean underflows.
  let termLog = -allowed;
  let below = Math.exp(termLog);
  let count = 0;
  while (1 - below > 1e-6) {
    count++;
    termLog += Math.log(allowed / count);
    below += Math.exp(termLog);
  }
  return count;
}

/** The claims measured: a fair bit, a fair byte, and timing jitter at the least it claims. */
export const MEASURED_CLAIMS: readonly HealthClaim[] = [
  { sampleBits: 1, minEntropy: 1, alphaBits: 20 },
  { sampleBits: 8, minEntropy: 8, alphaBits: 20 },
  { sampleBits: 8, minEntropy: 0.33, alphaBits: 20 },
  { sampleBits: 1, minEntropy: 1, alphaBits: 30 },
  { sampleBits: 8, minEntropy: 8, alphaBits: 40 },
  { sampleBits: 8, minEntropy: 0.33, alphaBits: 40 },
];

function run(samples: number): void {
  for (const [index, claim] of MEASURED_CLAIMS.entries()) {
    const { allowed, ...found } = countFalseAlarms(claim, samples, index + 1);
    const isWithin =
      found.repetition <= alarmsMax(allowed.repetition) &&
      found.proportion <= alarmsMax(allowed.proportion) &&
      found.echo <= alarmsMax(allowed.echo);
    if (!isWithin) process.exitCode = 1;
    process.stdout.write(`${JSON.stringify({ ...claim, ...found, allowed, isWithin })}\n`);
  }
}

if (import.meta.main) run(Number(process.argv[2] ?? 1e9));
