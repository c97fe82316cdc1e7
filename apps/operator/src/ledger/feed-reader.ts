/**
 * Reads the ledger's feed without end: the next page is asked for while this one is written. Where
 * it stands is the book's position, so a restart goes on exactly where the last commit was.
 *
 * Spec: 06 §7, 09.
 * @module
 */
import { Fault, faultOf } from '@specie/protocol/fault';
import type { Notice } from '@specie/protocol/messages/ledger';
import { NOTICES_MAX } from '@specie/protocol/messages/ledger';
import { AUTHORITY_ROUTES } from '@specie/protocol/route';
import type { Session } from '@specie/protocol/session/session-caller';
import { createBackOff } from './back-off.ts';
import { opened, type Open } from './line.ts';

/** Shorter than the span in which a session has to be signed, so that waiting never stops one. */
const WAIT_MS = 800;

export interface FeedPage {
  readonly notices: readonly Notice[];
  readonly next: number;
}

export interface FeedOptions {
  readonly open: Open;
  readonly position: () => number;
  /** Keeps a page; durable when it resolves. */
  readonly apply: (page: FeedPage) => Promise<void>;
  readonly onCaughtUp: () => void;
  readonly signal: AbortSignal;
  readonly onFault: (fault: unknown) => void;
}

/** Reads until the signal; resolves when stopped. */
export async function readFeed(options: FeedOptions): Promise<void> {
  const { signal } = options;
  const backOff = createBackOff(signal);
  while (!signal.aborted) {
    try {
      const session = await opened(options.open);
      backOff.reset();
      await readIn(session, options);
      await session.end();
    } catch (cause) {
      if (faultOf(cause) === undefined) throw cause;
      options.onFault(cause);
      await backOff.wait();
    }
  }
}

async function readIn(session: Session, options: FeedOptions): Promise<void> {
  let from = options.position();
  let asking = ask(session, from);
  while (!options.signal.aborted) {
    const page = await asking;
    if (page.next < from)
      throw new Fault('feed_behind', 'never', 'the ledger has fewer entries than it told before');
    const isNew = page.next > from;
    from = page.next;
    asking = ask(session, from);
    // It is awaited in the next round; until then its failure waits there, too.
    asking.catch(() => undefined);
    if (isNew) await options.apply(page);
    if (page.notices.length === 0) options.onCaughtUp();
  }
}

async function ask(session: Session, from: number): Promise<FeedPage> {
  const result = await session.call(AUTHORITY_ROUTES.feed, {
    from,
    waitMs: WAIT_MS,
    max: NOTICES_MAX,
  });
  if (result.ok) return result.value;
  throw new Fault('session_lost', 'safe', `the feed was refused: ${result.refusal.code}`);
}
