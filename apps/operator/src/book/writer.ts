/**
 * One writer for a database: whatever wants to be written while the last commit ran becomes the next
 * commit. Invariant: a promise is kept only when its work is on the disk, in the order given.
 *
 * Spec: 06 §7.
 * @module
 */
import type { Database } from '@specie/stores/database';

export interface Writer {
  /** Runs `work` in the next transaction; resolves with its value when that is durable. */
  write<T>(work: () => T): Promise<T>;
  /**
   * The same for work nobody waits for: it goes with the next commit, and at the latest after a
   * moment with one of its own. A commit saved is a sync saved.
   */
  writeAlong(work: () => void): Promise<void>;
  /** Commits what is waiting now. */
  flush(): void;
}

/** Longer than from one commit to the next under load, shorter than anybody notices. */
const ALONG_MS = 10;

interface Waiting {
  readonly work: () => void;
  readonly done: () => void;
  readonly failed: (cause: unknown) => void;
}

/**
 * A writer over a database. `onBroken` hears when a commit failed: memory and disk may differ from
 * then on, so the program has to stop.
 */
export function createWriter(
  database: Pick<Database, 'transaction'>,
  onBroken: (cause: unknown) => void,
): Writer {
  let waiting: Waiting[] = [];
  let isScheduled = false;
  let patience: NodeJS.Timeout | undefined;

  const flush = (): void => {
    isScheduled = false;
    clearTimeout(patience);
    patience = undefined;
    if (waiting.length === 0) return;
    const taken = waiting;
    waiting = [];
    try {
      database.transaction(() => {
        for (const each of taken) each.work();
      });
    } catch (cause) {
      onBroken(cause);
      for (const each of taken) each.failed(cause);
      return;
    }
    for (const each of taken) each.done();
  };

  return {
    write<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let value: T;
        waiting.push({
          work: () => {
            value = work();
          },
          done: () => {
            resolve(value);
          },
          failed: reject,
        });
        if (isScheduled) return;
        isScheduled = true;
        setImmediate(flush);
      });
    },
    writeAlong: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, done: resolve, failed: reject });
        if (!isScheduled) patience ??= setTimeout(flush, ALONG_MS);
      }),
    flush,
  };
}
