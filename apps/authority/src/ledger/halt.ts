/**
 * Reads only: a ledger that may not go on, and why. Invariant: a halt outlives a restart and ends
 * only by a release, so that turning it off and on again is no way round it.
 *
 * Spec: 09 §6.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import { refuse, type Refusal } from '@specie/core/base/result';

export type HaltCause = 'ledger_behind' | 'ledger_clock_stepped';

export interface HaltRecord {
  readonly cause: HaltCause;
  readonly since: Instant;
  /** One sentence for the person who has to judge it. */
  readonly detail: string;
}

/** Where halts are kept; saving has to be durable. */
export interface HaltShelf {
  load(): readonly HaltRecord[];
  save(records: readonly HaltRecord[]): void;
}

export interface Halt {
  /** Why the ledger serves reads only, or undefined when it serves everything. */
  refusal(): Refusal | undefined;
  records(): readonly HaltRecord[];
  stop(record: HaltRecord): void;
  /** Reads the shelf again: a release takes records off it. */
  reload(): void;
}

export function createHalt(
  shelf: HaltShelf,
  onChange: (records: readonly HaltRecord[]) => void,
): Halt {
  let records = shelf.load();
  return {
    refusal() {
      const [first] = records;
      return first && refuse(first.cause).refusal;
    },
    records: () => records,
    stop(record) {
      if (records.some(({ cause }) => cause === record.cause)) return;
      records = [...records, record];
      // Said first: a shelf that cannot be written must not keep the halt from being known.
      onChange(records);
      shelf.save(records);
    },
    reload() {
      records = shelf.load();
      onChange(records);
    },
  };
}

/** Halts kept in memory, for tests. */
export function memoryHaltShelf(): HaltShelf & { kept: readonly HaltRecord[] } {
  const shelf = {
    kept: [] as readonly HaltRecord[],
    load: () => shelf.kept,
    save(records: readonly HaltRecord[]) {
      shelf.kept = records;
    },
  };
  return shelf;
}
