/**
 * Waiting between tries: twice as long each time, up to a bound, broken off when the operator stops.
 * @module
 */

const FIRST_MS = 50;
const MAX_MS = 5000;

export interface BackOff {
  /** Waits before the next try; resolves at once when stopped. */
  wait(): Promise<void>;
  /** A try succeeded: the next wait is short again. */
  reset(): void;
}

/** A back-off that a signal breaks off. */
export function createBackOff(signal: AbortSignal): BackOff {
  let next = FIRST_MS;
  return {
    wait() {
      const ms = next;
      next = Math.min(next * 2, MAX_MS);
      return pause(ms, signal);
    },
    reset() {
      next = FIRST_MS;
    },
  };
}

/** Waits, or not when stopped meanwhile. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
