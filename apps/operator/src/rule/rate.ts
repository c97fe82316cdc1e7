/**
 * Rates: so many in a span, with bursts up to that many at once, by the generic cell rate rule. What
 * is remembered for each name is one number, and names that have recovered are forgotten.
 *
 * Spec: 06 §5. ITU-T I.371 Annex A.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';

/** At most `count` in any `spanMs`. */
export interface Rate {
  readonly count: number;
  readonly spanMs: number;
}

export type Verdict =
  | { readonly isAllowed: true; readonly full: number }
  | { readonly isAllowed: false; readonly retryAfterMs: number };

/** Judges one more at `now`; `full` is when a name seen before will have its whole allowance back. */
export function judge(rate: Rate, full: number | undefined, now: Instant): Verdict {
  const step = rate.spanMs / rate.count;
  const next = Math.max(full ?? now, now) + step;
  const wait = next - rate.spanMs - now;
  return wait > 0
    ? { isAllowed: false, retryAfterMs: Math.ceil(wait) }
    : { isAllowed: true, full: next };
}

/** Names remembered for one rate: beyond this, those that have recovered are dropped. */
const NAMES_MAX = 100_000;

/** Counts one kind of request by name. */
export class RateGate {
  private readonly rate: Rate;
  private readonly full = new Map<string, number>();

  constructor(rate: Rate) {
    this.rate = rate;
  }

  /** Counts a request; the milliseconds to wait when there were too many, otherwise undefined. */
  take(name: string, now: Instant): number | undefined {
    const verdict = judge(this.rate, this.full.get(name), now);
    if (!verdict.isAllowed) return verdict.retryAfterMs;
    if (this.full.size >= NAMES_MAX) this.forget(now);
    this.full.set(name, verdict.full);
    return undefined;
  }

  private forget(now: Instant): void {
    for (const [name, full] of this.full) if (full <= now) this.full.delete(name);
    // A flood of new names may not make the memory grow: the oldest lose their count.
    for (const name of this.full.keys()) {
      if (this.full.size < NAMES_MAX) break;
      this.full.delete(name);
    }
  }
}
