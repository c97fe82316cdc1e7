/**
 * What is drawn of a source's samples: how often each value comes, how much a sample says of later
 * ones, and the bits as they came. They tell as much as the samples themselves, so they are drawn only
 * of samples that are used for nothing else.
 * @module
 */

/** Counts of each value, 2^sampleBits of them. */
export function histogramOf(samples: Uint8Array, sampleBits: number): Uint32Array {
  const counts = new Uint32Array(1 << sampleBits);
  for (const sample of samples) if (sample < counts.length) counts[sample]!++;
  return counts;
}

/** Correlation of samples with those 1 to `lags` later, from −1 to 1; all 0 for constant samples. */
export function autocorrelationOf(samples: Uint8Array, lags: number): Float64Array {
  const { length } = samples;
  const correlations = new Float64Array(lags);
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = length === 0 ? 0 : sum / length;
  const apart = Float64Array.from(samples, (sample) => sample - mean);
  const variance = apart.reduce((total, value) => total + value * value, 0);
  if (variance === 0) return correlations;
  for (let lag = 1; lag <= lags; lag++) {
    let product = 0;
    for (let i = lag; i < length; i++) product += apart[i]! * apart[i - lag]!;
    correlations[lag - 1] = product / variance;
  }
  return correlations;
}

/** Beyond this a correlation of that many independent samples lies once in a hundred times. */
export function correlationBand(samples: number): number {
  return samples === 0 ? 1 : Math.min(1, 2.576 / Math.sqrt(samples));
}

/** A picture of bits, row by row, one per byte, newest at the bottom; whole rows only. */
export type BitPicture = {
  readonly width: number;
  readonly height: number;
  readonly bits: Uint8Array;
};

/** The latest bits of the samples, most significant first, in at most `height` rows of `width`. */
export function bitPictureOf(
  samples: Uint8Array,
  sampleBits: number,
  size: { readonly width: number; readonly height: number },
): BitPicture {
  const { width } = size;
  const height = Math.min(size.height, Math.floor((samples.length * sampleBits) / width));
  const bits = new Uint8Array(width * height);
  const skipped = samples.length * sampleBits - bits.length;
  for (let i = 0; i < bits.length; i++) {
    const at = skipped + i;
    const sample = samples[Math.floor(at / sampleBits)]!;
    bits[i] = (sample >> (sampleBits - 1 - (at % sampleBits))) & 1;
  }
  return { width, height, bits };
}
