/**
 * Most common value estimate: how often the most frequent sample comes.
 *
 * SP 800-90B §6.3.1.
 * @module
 */
import { entropyOf, upperBound } from './confidence.ts';

/** Min-entropy per sample, for samples of any width up to 8 bits. */
export function mostCommonValueEstimate(samples: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const sample of samples) counts[sample]!++;
  const mode = counts.reduce((most, count) => Math.max(most, count), 0);
  return entropyOf(upperBound(mode / samples.length, samples.length));
}
