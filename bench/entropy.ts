/**
 * What watched randomness costs: identities drawn from the pool of a server with every health test
 * on, and the assessment of a million one-bit samples by all ten estimators. Prints a table with the
 * hardware; with --json the last line is one JSON object.
 *
 * The identities are drawn the way a mint draws them, 32 bytes at a time, while the sources are read
 * in the background; the run fails if a source was dropped meanwhile.
 */
import { assess } from '@specie/entropy/assess/assess';
import { openServerPool } from '@specie/entropy/node/server-pool';
import { goodFiller, sequenceOf } from '@specie/entropy/testing/simulated';
import { hardware, hardwareLine } from './hardware.ts';

const IDENTITY_BYTES = 32;
const IDENTITIES_PER_BATCH = 10_000;
const DRAWING_MS = 5000;
const SAMPLES = 1_000_000;
const ASSESSMENTS = 3;

interface Drawing {
  readonly perSecond: number;
  readonly identities: number;
  readonly sources: string;
}

async function drawIdentities(): Promise<Drawing> {
  const pool = await openServerPool({ waitFor: 'all', refreshMs: 100 });
  let identities = 0;
  const began = performance.now();
  while (performance.now() - began < DRAWING_MS) {
    for (let i = 0; i < IDENTITIES_PER_BATCH; i++) pool.draw(IDENTITY_BYTES);
    identities += IDENTITIES_PER_BATCH;
    // Between batches the sources have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - began) / 1000;
  const { sources } = pool.report();
  const standing = pool.standing();
  pool.close();
  const dropped = sources.find(({ state }) => state.at !== 'good');
  if (dropped !== undefined) throw new Error(`source ${dropped.id} is not good`);
  return { perSecond: identities / seconds, identities, sources: standing };
}

/** Seconds for a million samples: the median of three different strings. */
function assessmentSeconds(): number {
  const seconds: number[] = [];
  for (let seed = 1; seed <= ASSESSMENTS; seed++) {
    const samples = new Uint8Array(SAMPLES);
    goodFiller(sequenceOf(seed), { sampleBits: 1, minEntropy: 1 })(samples);
    const began = performance.now();
    assess(samples, 1);
    seconds.push((performance.now() - began) / 1000);
  }
  return seconds.toSorted((a, b) => a - b)[Math.floor(ASSESSMENTS / 2)] ?? Number.NaN;
}

/** Measures and prints; see above. */
export async function bench(args: readonly string[]): Promise<void> {
  const assessSecondsPerMillion = assessmentSeconds();
  const { perSecond, identities, sources } = await drawIdentities();
  console.log(hardwareLine());
  console.log(
    `assessSecondsPerMillion  ${assessSecondsPerMillion.toFixed(2).padStart(10)}  ten estimators, one million one-bit samples`,
  );
  console.log(
    `identitiesPerSecond      ${perSecond.toFixed(0).padStart(10)}  ${identities} identities of ${IDENTITY_BYTES} bytes, one core, behind them ${sources}`,
  );
  if (!args.includes('--json')) return;
  const identitiesPerSecond = Math.round(perSecond);
  console.log(
    JSON.stringify({
      bench: 'entropy',
      assessSecondsPerMillion,
      identitiesPerSecond,
      sources,
      hardware: hardware(),
    }),
  );
}
