/**
 * A fault: the world failed, not the rules and not this program. A peer is silent, a disk is full, a
 * card was pulled. It is thrown once by the adapter that met it and caught once, at the edge of an
 * app, which shows the advice it carries.
 * @module
 */

/**
 * Whether to try again. `safe`: nothing happened. `unsafe`: it may have happened, so ask first.
 * `never`: somebody has to repair something.
 */
export type Retry = 'safe' | 'unsafe' | 'never';

/** The world failed. `code` is a fact in snake_case, for logs and scripts. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly retry: Retry;

  constructor(code: string, retry: Retry, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry;
  }
}

/** The fault, when something caught is one; anything else caught is a bug. */
export function faultOf(caught: unknown): Fault | undefined {
  return caught instanceof Fault ? caught : undefined;
}
