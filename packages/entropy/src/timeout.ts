/**
 * Time limits. Nothing in this package waits on a device without one: a device that says nothing is
 * a fault with a name, never a program that hangs.
 * @module
 */
import { EntropyFault } from './fault.ts';
import type { Source } from './source.ts';

/** Acts after `ms` and answers how to call it off. Without `keepsAlive` a program may end meanwhile. */
export function later(ms: number, act: () => void, keepsAlive = false): () => void {
  const timer = setTimeout(act, ms);
  // A browser's timer is a number and keeps nothing alive.
  if (!keepsAlive && typeof timer === 'object') timer.unref();
  return () => clearTimeout(timer);
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void later(ms, resolve));
}

/** One read, or `source_silent` when it did not settle within `ms`; the read itself is left behind. */
export async function readWithin(source: Source, count: number, ms: number): Promise<Uint8Array> {
  let callOff: () => void = () => undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const reason = `nothing came from ${source.claim.about} for ${ms} ms`;
    callOff = later(ms, () => reject(new EntropyFault('source_silent', reason)), true);
  });
  const read = source.read(count);
  // Whatever becomes of a read that came too late is nobody's concern any more.
  read.catch(() => undefined);
  try {
    return await Promise.race([read, silence]);
  } finally {
    callOff();
  }
}
