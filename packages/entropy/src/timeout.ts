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

/**
 * A program that was busy for longer than the limit finds the timer before the answer that lay
 * waiting; this much later the answer has been seen.
 */
const GRACE_MS = 50;

/** What `act` answers, or `source_silent` with `reason` when it did not within `ms`; `act` is left behind. */
export async function within<T>(ms: number, reason: string, act: () => Promise<T>): Promise<T> {
  let callOff: () => void = () => undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(new EntropyFault('source_silent', reason));
    callOff = later(ms, () => (callOff = later(GRACE_MS, end, true)), true);
  });
  // Inside a function that is async, what throws at once rejects like anything else.
  const answer = (async () => act())();
  // Whatever becomes of an answer that came too late is nobody's concern any more.
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    callOff();
  }
}

/** One read of a source that is prepared. */
export function readWithin(source: Source, count: number, ms: number): Promise<Uint8Array> {
  const reason = `nothing came from ${source.claim.about} for ${ms} ms`;
  return within(ms, reason, () => source.read(count));
}

/** What a machine may need to get a source ready; it is no silence of the source. */
const PREPARE_MS = 15_000;

/** Gets a source ready to be read. */
export function prepareWithin(source: Source): Promise<void> {
  const { prepare } = source;
  if (prepare === undefined) return Promise.resolve();
  const reason = `the reader of ${source.claim.about} did not start`;
  return within(PREPARE_MS, reason, () => prepare());
}
