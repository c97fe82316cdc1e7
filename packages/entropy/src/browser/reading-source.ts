/**
 * Readings of a sensor as a source: each reading gives its lowest bits, where the noise is, and
 * nothing is whitened. The readings come in lots (a frame, a stretch of sound); what a read does not
 * take is kept for the next, and a lot that never comes is silence.
 *
 * Spec: 20 §2.5.
 * @module
 */
import { EntropyFault, reasonOf } from '../fault.ts';
import type { Source, SourceClaim } from '../source.ts';

/** A sensor that gives one lot of raw samples after another, each new. */
export type Sensor = {
  readonly next: () => Promise<Uint8Array>;
  readonly close: () => void;
};

/** A sensor as a source. It is opened, and its light goes on, when it is first prepared. */
export function readingSource(claim: SourceClaim, open: () => Promise<Sensor>): Source {
  let sensor: Sensor | undefined;
  let left: Uint8Array = new Uint8Array(0);
  return {
    claim,
    prepare: async () => {
      try {
        sensor ??= await open();
      } catch (thrown) {
        throw new EntropyFault('source_unreadable', reasonOf(thrown), thrown);
      }
    },
    read: async (count) => {
      if (sensor === undefined) throw new EntropyFault('source_unreadable', 'the sensor is closed');
      if (left.length === 0) left = await sensor.next();
      const samples = left.slice(0, count);
      left = left.subarray(samples.length);
      return samples;
    },
    close: () => {
      sensor?.close();
      sensor = undefined;
      left = new Uint8Array(0);
    },
  };
}
