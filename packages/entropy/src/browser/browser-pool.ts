/**
 * The pool of a browser: the operating system's generator, timing jitter as far as the browser's
 * clock shows any, and camera and microphone noise where the holder allowed them.
 *
 * Browsers coarsen their clocks, so jitter may fail its start-up test there; the floor is therefore
 * one good source unless set otherwise, and the report says which.
 * @module
 */
import { jitterSource } from '../jitter-source.ts';
import { type EntropyPool, type PoolSettings, openPool } from '../pool.ts';
import { systemSource } from '../system-source.ts';
import { type Camera, cameraSource } from './camera-source.ts';
import { type Microphone, microphoneSource } from './microphone-source.ts';

/** A browser's settings: a pool's, and what the holder allowed. */
export type BrowserPoolSettings = Partial<PoolSettings> & {
  readonly camera?: Camera;
  readonly microphone?: Microphone;
};

/** Ticks of `performance.now()`: its finest step is five microseconds. */
const TICKS_PER_MS = 200;

/** Work per sample so that such a clock sees some of it, and what a sample is then claimed to hold. */
const JITTER = { walks: 64, minEntropy: 0.1 };

/** A browser has one thread for everything a person sees, and measuring jitter holds it up. */
const REFRESH_MS = 10_000;

/** The pool of a browser. */
export function openBrowserPool(settings: BrowserPoolSettings = {}): Promise<EntropyPool> {
  const { camera, microphone, ...rest } = settings;
  return openPool({
    sources: [
      systemSource((bytes) => void crypto.getRandomValues(bytes)),
      jitterSource(() => Math.round(performance.now() * TICKS_PER_MS), JITTER),
      ...(camera === undefined ? [] : [cameraSource(camera)]),
      ...(microphone === undefined ? [] : [microphoneSource(microphone)]),
    ],
    refreshMs: REFRESH_MS,
    ...rest,
  });
}
