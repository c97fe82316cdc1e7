/**
 * CPU timing jitter as a source: how long the same small piece of work takes, again and again. A raw
 * sample is the low byte of a difference of two readings of the finest clock there is, in that
 * clock's own ticks; nothing is whitened.
 *
 * Spec: 20 §2.3. The claim is an assumption about the machine, checked at the start and watched
 * after: a clock too coarse to show jitter fails the start-up estimate and the source is dropped.
 * @module
 */
import type { Source } from './source.ts';

/** Claimed bits per sample: far below what is measured, because timing is partly predictable. */
export const JITTER_MIN_ENTROPY = 0.33;

/** Bytes walked over per sample: more than a first-level cache, so that memory adds its own jitter. */
const WALK_BYTES = 1 << 17;
const STEPS = 48;

/** What the source needs of a machine: a clock, read in whole ticks modulo 2^32. */
export type Ticks = () => number;

/** How it is measured where the clock is not a fine one. */
export type JitterSettings = {
  /** Times the walk is taken per sample: a coarse clock sees nothing of a short one. */
  readonly walks: number;
  readonly minEntropy: number;
};

/** Jitter measured with `ticks`. The memory walked over is the source's own and carries no secret. */
export function jitterSource(
  ticks: Ticks,
  { walks, minEntropy }: JitterSettings = { walks: 1, minEntropy: JITTER_MIN_ENTROPY },
): Source {
  const memory = new Uint8Array(WALK_BYTES);
  let place = 1;
  const walk = (): void => {
    for (let i = 0; i < STEPS * walks; i++) {
      place = (Math.imul(place, 1_103_515_245) + 12_345) >>> 0;
      const at = (place >>> 8) & (WALK_BYTES - 1);
      memory[at] = (memory[at]! + place) & 0xff;
    }
  };
  const readNow = (count: number): Uint8Array => {
    const samples = new Uint8Array(count);
    walk();
    let before = ticks();
    for (let i = 0; i < count; i++) {
      walk();
      const now = ticks();
      samples[i] = (now - before) & 0xff;
      before = now;
    }
    return samples;
  };
  return {
    claim: {
      id: 'jitter',
      kind: 'physical',
      sampleBits: 8,
      minEntropy,
      about: 'timing jitter of this processor',
    },
    read: (count) => Promise.resolve(readNow(count)),
    readNow,
    close: () => undefined,
  };
}
