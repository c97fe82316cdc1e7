/**
 * One request as a handler sees it. Invariant: whoever holds a `Call` need not ask again who sent it
 * or whether it can be read.
 *
 * Spec: 10 §1.
 * @module
 */
import type { Result } from '@specie/core/base/result';
import type { Ask } from './messages/wallet.ts';
import type { Head, RouteTable } from './mount.ts';
import type { Route } from './route.ts';

/** Who calls. */
export type Party =
  | { readonly is: 'anyone' }
  | { readonly is: 'party'; readonly number: number; readonly session: Uint8Array }
  | {
      readonly is: 'wallet';
      readonly wallet: Uint8Array;
      readonly publicKey: Uint8Array;
      readonly ask: Ask;
    };

/** One request as a handler sees it: read, bounded and known to come from `party`. */
export interface Call<I> {
  readonly value: I;
  readonly party: Party;
  /** The request's head, without its body. */
  readonly request: Request;
  /** Network address of whoever sent it. */
  readonly remote: string;
}

type Handler<R> =
  R extends Route<infer I, infer O> ? (call: Call<I>) => Result<O> | Promise<Result<O>> : never;

/** Keys of routes the service answers by itself. */
type Own = 'sessionOpen' | 'sessionSeal';

type MessageKeys<T> = {
  [K in keyof T]: T[K] extends { readonly request: undefined; readonly answer: undefined }
    ? never
    : K;
}[keyof T];

/** A handler for every route with a message, but for those of sessions. */
export type Handlers<T extends RouteTable> = {
  readonly [K in Exclude<MessageKeys<T>, Own>]: Handler<T[K]>;
};

/** The head is turned into a Request only when a handler looks at it. */
export function callOf(head: Head, value: unknown, party: Party): Call<unknown> {
  return {
    value,
    party,
    remote: head.remote,
    get request() {
      const headers = new Headers();
      for (const name of ['accept', 'accept-language', 'content-type', 'origin', 'forwarded']) {
        const given = head.header(name);
        if (given !== undefined) headers.set(name, given);
      }
      return new Request(`http://service${head.path}`, { method: head.method, headers });
    },
  };
}
