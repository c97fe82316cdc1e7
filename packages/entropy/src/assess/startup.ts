/**
 * The start-up estimate: what a source's first samples are worth by the same ten estimators, over the
 * bit string they make, and never more than their most common value allows. Few samples make a low
 * estimate; that it is far below the truth is expected, that it is below half the claim is not.
 *
 * SP 800-90B §3.1.3 (the lower of both forms), §4.3.
 * @module
 */
import { EntropyFault } from '../fault.ts';
import { assess } from './assess.ts';
import { mostCommonValueEstimate } from './most-common-value.ts';

/** Min-entropy per sample of `sampleBits` bits; 0 for samples that are all the same. */
export function startupEstimate(samples: Uint8Array, sampleBits: number): number {
  try {
    const { min } = assess(samples, sampleBits);
    return Math.min(min * sampleBits, mostCommonValueEstimate(samples));
  } catch (thrown) {
    if (thrown instanceof EntropyFault && thrown.code === 'samples_constant') return 0;
    throw thrown;
  }
}
