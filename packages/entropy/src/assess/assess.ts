/**
 * Assessment: the ten estimates of SP 800-90B §6.3 and their minimum. Samples wider than one bit are
 * assessed as the bit string they make, most significant bit first, which is what the
 * "Bitstring" lines of NIST's tool are; one-bit samples are its "Literal" lines.
 *
 * Spec: 20 §9.
 * @module
 */
import { EntropyFault } from '../fault.ts';
import { widerThan } from '../health/monitor.ts';
import { collisionEstimate } from './collision.ts';
import { COMPRESSION_BITS_MIN, compressionEstimate } from './compression.ts';
import { lagEstimate } from './lag.ts';
import { longestRepeatEstimate } from './longest-repeat.ts';
import { lz78yEstimate } from './lz78y.ts';
import { markovEstimate } from './markov.ts';
import { mostCommonValueEstimate } from './most-common-value.ts';
import { multiMarkovEstimate } from './multi-markov.ts';
import { multiWindowEstimate } from './multi-window.ts';
import { tTupleEstimate } from './t-tuple.ts';
import { countTuples } from './tuple-count.ts';

/** Min-entropy per bit by each estimator; null where the samples allow none, which is rare. */
export type Assessment = {
  readonly mostCommonValue: number;
  readonly collision: number;
  readonly markov: number;
  readonly compression: number;
  readonly tTuple: number | null;
  readonly lrs: number | null;
  readonly multiMcw: number;
  readonly lag: number;
  readonly multiMmc: number;
  readonly lz78y: number;
  readonly min: number;
};

/** Fewer bits than this leave an estimator without an answer. */
export const ASSESS_BITS_MIN = COMPRESSION_BITS_MIN;

/** More bits than this would take over a gigabyte of memory. */
export const ASSESS_BITS_MAX = 1 << 26;

/** Assesses samples, one per byte, `sampleBits` wide each. Throws EntropyFault for what cannot be assessed. */
export function assess(samples: Uint8Array, sampleBits: number): Assessment {
  checkSamples(samples, sampleBits);
  const bits = sampleBits === 1 ? samples : bitString(samples, sampleBits);
  const tuples = countTuples(bits);
  const estimates = {
    mostCommonValue: mostCommonValueEstimate(bits),
    collision: collisionEstimate(bits),
    markov: markovEstimate(bits),
    compression: compressionEstimate(bits),
    tTuple: tTupleEstimate(tuples) ?? null,
    lrs: longestRepeatEstimate(tuples) ?? null,
    multiMcw: multiWindowEstimate(bits),
    lag: lagEstimate(bits),
    multiMmc: multiMarkovEstimate(bits),
    lz78y: lz78yEstimate(bits),
  };
  const known = Object.values(estimates).filter((estimate) => estimate !== null);
  return { ...estimates, min: Math.min(...known) };
}

/** The bits of the samples, most significant first, one per byte. */
export function bitString(samples: Uint8Array, sampleBits: number): Uint8Array {
  const bits = new Uint8Array(samples.length * sampleBits);
  let at = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    for (let bit = sampleBits - 1; bit >= 0; bit--) bits[at++] = (sample >> bit) & 1;
  }
  return bits;
}

/** The narrowest width all samples fit. */
export function widthOf(samples: Uint8Array): number {
  const all = samples.reduce((seen, sample) => seen | sample, 0);
  return Math.max(1, 32 - Math.clz32(all));
}

function checkSamples(samples: Uint8Array, sampleBits: number): void {
  if (!Number.isInteger(sampleBits) || sampleBits < 1 || sampleBits > 8) {
    throw new EntropyFault('settings_invalid', 'samples are 1 to 8 bits wide');
  }
  const { length } = samples;
  if (length === 0) throw new EntropyFault('samples_empty', 'there are no samples');
  if (length * sampleBits < ASSESS_BITS_MIN) {
    const least = Math.ceil(ASSESS_BITS_MIN / sampleBits);
    const reason = `${length} samples of ${sampleBits} bits are too few: at least ${least} are needed`;
    throw new EntropyFault('samples_too_few', reason);
  }
  if (length * sampleBits > ASSESS_BITS_MAX) {
    const most = Math.floor(ASSESS_BITS_MAX / sampleBits);
    const reason = `${length} samples of ${sampleBits} bits are too many: at most ${most} are assessed`;
    throw new EntropyFault('samples_too_many', reason);
  }
  const wide = widerThan(samples, sampleBits);
  if (wide >= 0) {
    const reason = `sample ${wide} is ${samples[wide]!}, which is wider than ${sampleBits} bits`;
    throw new EntropyFault('samples_wrong_width', reason);
  }
  const first = samples[0];
  if (samples.every((sample) => sample === first)) {
    const reason = `all ${length} samples are the same: there is no entropy in them`;
    throw new EntropyFault('samples_constant', reason);
  }
}
