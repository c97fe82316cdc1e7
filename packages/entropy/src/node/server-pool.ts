/**
 * The pool of a server: the operating system and timing jitter, a hardware generator where one can
 * be read, and whatever devices and files the settings name.
 *
 * Spec: 20 §2, §7.
 * @module
 */
import { randomFillSync } from 'node:crypto';
import { jitterSource } from '../jitter-source.ts';
import { type EntropyPool, type PoolSettings, openPool } from '../pool.ts';
import type { Source } from '../source.ts';
import { systemSource } from '../system-source.ts';

/** The operating system's generator under Node. */
export function nodeSystemSource(): Source {
  return systemSource((bytes) => void randomFillSync(bytes));
}

/** Timing jitter under Node, in nanoseconds. */
export function nodeJitterSource(): Source {
  return jitterSource(() => Number(process.hrtime.bigint() & 0xffffffffn));
}

/** The pool of a server; settings override its sources and its floor of two good sources. */
export function openServerPool(settings: Partial<PoolSettings> = {}): Promise<EntropyPool> {
  return openPool({
    sources: [nodeSystemSource(), nodeJitterSource()],
    ...settings,
    floor: { sources: 2, ...settings.floor },
  });
}
