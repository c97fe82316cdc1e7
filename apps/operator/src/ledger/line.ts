/**
 * Lines to other parties: sessions that are opened when they are needed and opened again when they
 * were lost. For questions and requests that may be asked twice; commands have lanes of their own.
 *
 * Spec: 10 §2.
 * @module
 */
import type { Result } from '@specie/core/base/result';
import { Fault, faultOf } from '@specie/protocol/fault';
import type { Route } from '@specie/protocol/route';
import type { CallOptions, Session } from '@specie/protocol/session/session-caller';

/** Opens a session with one party, or says why not. */
export type Open = () => Promise<Result<Session>>;

export interface Line {
  /** Asks; tries once more in a new session when the old one was lost. */
  call<I, O>(route: Route<I, O>, value: I, options?: CallOptions): Promise<Result<O>>;
  close(): Promise<void>;
}

/** Refusals that speak of the session and not of the request. */
const LOST = new Set([
  'session_unknown',
  'session_unsealed',
  'authenticator_wrong',
  'counter_repeated',
]);

/** Whether a refusal means that the session is over. */
export function isSessionLost(result: Result<unknown>): boolean {
  return !result.ok && LOST.has(result.refusal.code);
}

/** A session, or a fault that it is safe to try again. */
export async function opened(open: Open): Promise<Session> {
  const session = await open();
  if (session.ok) return session.value;
  const { code } = session.refusal;
  throw new Fault('session_refused', 'safe', `the session was refused: ${code}`, session.refusal);
}

/** A line of one session. */
export function createLine(open: Open): Line {
  let session: Promise<Session> | undefined;

  const attempt = async <I, O>(
    route: Route<I, O>,
    value: I,
    options: CallOptions | undefined,
  ): Promise<Result<O>> => {
    const using = (session ??= opened(open));
    const drop = (): void => {
      if (session === using) session = undefined;
    };
    try {
      const result = await (await using).call(route, value, options);
      if (isSessionLost(result)) drop();
      return result;
    } catch (cause) {
      drop();
      throw cause;
    }
  };

  return {
    async call(route, value, options) {
      try {
        const first = await attempt(route, value, options);
        if (!isSessionLost(first)) return first;
      } catch (cause) {
        if (faultOf(cause) === undefined) throw cause;
      }
      return attempt(route, value, options);
    },
    async close() {
      const using = session;
      session = undefined;
      await using?.then((open) => open.end()).catch(ignored);
    },
  };
}

/** Several lines to one party, used in turn, because each carries one exchange at a time. */
export function createLines(count: number, open: Open): Line {
  const lines = Array.from({ length: count }, () => ({ line: createLine(open), busy: 0 }));
  return {
    async call(route, value, options) {
      const free = lines.reduce((least, each) => (each.busy < least.busy ? each : least));
      free.busy += 1;
      try {
        return await free.line.call(route, value, options);
      } finally {
        free.busy -= 1;
      }
    },
    async close() {
      await Promise.all(lines.map(({ line }) => line.close()));
    },
  };
}

/** A session that cannot be ended any more ends by itself. */
function ignored(cause: unknown): void {
  if (faultOf(cause) === undefined) throw cause;
}
