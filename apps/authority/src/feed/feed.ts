/**
 * The feed: every operator is told, in order and from any position on, what happened to its pieces.
 * Invariants: an entry is told only when it is durable; between `from` and `next` nothing is left
 * out. Recent notices are kept ready; older ones are read from the journal again.
 *
 * Spec: 09 §5.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { coinKey, type Coin } from '@specie/core/coin/coin';
import type { Entry } from '@specie/core/ledger/entry';
import type { LedgerState } from '@specie/core/ledger/state';
import { NOTICES_MAX, type Notice } from '@specie/protocol/messages/ledger';
import type { Journal } from '@specie/stores/journal';
import { entriesFrom } from '../ledger/start.ts';
import { noticeBytes, noticesOf, type CoinOf } from './notices.ts';

export interface FeedPage {
  readonly notices: readonly Notice[];
  readonly next: number;
}

export interface Feed {
  /** Takes entries that have become durable, in order. */
  tell(entries: readonly Entry[], encoded: readonly Uint8Array[]): void;
  /** Notices of an operator at or after a position; waits up to `waitMs` while there are none. */
  read(operator: number, query: FeedQuery): Promise<FeedPage>;
  /** Answers everyone who waits, because the service stops. */
  close(): void;
}

export interface FeedQuery {
  readonly from: number;
  readonly waitMs: number;
  readonly max: number;
}

export interface FeedOptions {
  readonly state: LedgerState;
  readonly journal: Journal;
  /** Entries whose notices are kept ready. */
  readonly recentMax?: number;
}

const RECENT_MAX = 50_000;
/** Shorter than the patience of any connection on the way. */
export const WAIT_MS_MAX = 25_000;
const PAGE_BYTES = 4 * 1024 * 1024;
/** Entries read from the journal for one answer, so that one operator's catching up delays nobody. */
const SCAN_MAX = 2048;

interface Waiter {
  readonly operator: number;
  readonly wake: () => void;
}

interface Recent {
  /** Every entry from here on is among the recent ones. */
  from: number;
  /** The position after the last entry told. */
  end: number;
  readonly byOperator: Map<number, Notice[]>;
}

export function createFeed({ state, journal, recentMax = RECENT_MAX }: FeedOptions): Feed {
  const end = journal.last().position;
  const recent: Recent = { from: end, end, byOperator: new Map() };
  const waiters = new Set<Waiter>();
  let isClosed = false;
  const coinOf: CoinOf = (identity): Coin => {
    const record = state.coins.get(coinKey(identity));
    assert(record !== undefined, 'a coin that moved is known');
    return record.coin;
  };
  const page = (operator: number, { from, max }: FeedQuery): FeedPage =>
    from >= recent.from
      ? pageOfRecent(recent, operator, from, max)
      : pageOfJournal(journal, recent.end, operator, from, max, coinOf);
  return {
    tell(entries, encoded) {
      const concerned = new Set<number>();
      for (const [i, entry] of entries.entries()) {
        assert(entry.position === recent.end, 'the feed leaves no entry out');
        for (const [operator, notice] of noticesOf(entry, coinOf, encoded[i])) {
          const own = recent.byOperator.get(operator) ?? [];
          own.push(notice);
          recent.byOperator.set(operator, own);
          concerned.add(operator);
        }
        recent.end += 1;
      }
      forget(recent, recentMax);
      for (const waiter of [...waiters]) if (concerned.has(waiter.operator)) waiter.wake();
    },
    async read(operator, query) {
      const waitMs = Math.min(query.waitMs, WAIT_MS_MAX);
      const first = page(operator, query);
      if (first.notices.length > 0 || first.next < recent.end || waitMs === 0 || isClosed)
        return first;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(patience);
          waiters.delete(waiter);
          resolve();
        };
        const waiter = { operator, wake };
        const patience = setTimeout(wake, waitMs);
        waiters.add(waiter);
      });
      return page(operator, query);
    },
    close() {
      isClosed = true;
      for (const waiter of [...waiters]) waiter.wake();
    },
  };
}

function pageOfRecent(recent: Recent, operator: number, from: number, max: number): FeedPage {
  const own = recent.byOperator.get(operator) ?? [];
  const start = firstAt(own, from);
  const notices = cut(own, start, max);
  const isAll = start + notices.length === own.length;
  // A caller ahead of the end is answered with its own position; whoever serves it looks into that.
  const next = isAll ? Math.max(recent.end, from) : own[start + notices.length]!.position;
  return { notices, next };
}

/** Index of the first notice at or after a position. */
function firstAt(notices: readonly Notice[], position: number): number {
  let low = 0;
  let high = notices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (notices[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cut(notices: readonly Notice[], start: number, max: number): readonly Notice[] {
  let bytes = 0;
  let end = start;
  const last = Math.min(notices.length, start + Math.max(1, Math.min(max, NOTICES_MAX)));
  while (end < last) {
    bytes += noticeBytes(notices[end]!);
    if (end > start && bytes > PAGE_BYTES) break;
    end += 1;
  }
  return notices.slice(start, end);
}

function pageOfJournal(
  journal: Journal,
  told: number,
  operator: number,
  from: number,
  max: number,
  coinOf: CoinOf,
): FeedPage {
  const found: Notice[] = [];
  let next = from;
  for (const entry of entriesFrom(journal, from)) {
    if (entry.position >= told || entry.position - from >= SCAN_MAX) break;
    const notice = noticesOf(entry, coinOf).get(operator);
    if (notice !== undefined) found.push(notice);
    next = entry.position + 1;
  }
  const notices = cut(found, 0, max);
  return { notices, next: found[notices.length]?.position ?? next };
}

/** Forgets the oldest notices, seldom and many at once. */
function forget(recent: Recent, max: number): void {
  if (recent.end - recent.from <= max * 2) return;
  recent.from = recent.end - max;
  for (const [operator, own] of recent.byOperator) {
    recent.byOperator.set(operator, own.slice(firstAt(own, recent.from)));
  }
}
