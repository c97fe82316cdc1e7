/**
 * Answers as bytes and headers, before they become whatever the server under them sends. Every one
 * carries the headers that keep a browser from guessing, framing, storing or passing it on.
 *
 * Spec: 10 §1.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { bytesOfText } from '@specie/core/base/bytes';
import { REFUSALS } from '@specie/core/base/refusals';
import type { Refusal } from '@specie/core/base/result';
import { problemBytesOf } from './problem.ts';
import { MESSAGE_MEDIA_TYPE, PROBLEM_MEDIA_TYPE, type Route } from './route.ts';

export const JSON_MEDIA_TYPE = 'application/json';

/** An answer. Names of headers are in lower case. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** In which form the body came and in which the answer is wanted. */
export interface Want {
  readonly isJsonBody: boolean;
  readonly isJsonAnswer: boolean;
}

const GUARDS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const MESSAGE_HEADERS = { ...GUARDS, 'content-type': MESSAGE_MEDIA_TYPE, vary: 'accept' };
const JSON_HEADERS = { ...GUARDS, 'content-type': JSON_MEDIA_TYPE, vary: 'accept' };
const PROBLEM_HEADERS = { ...GUARDS, 'content-type': PROBLEM_MEDIA_TYPE };

/** Seconds after which to come again: a batch is answered in milliseconds, a restart takes a moment. */
const RETRY_AFTER: Readonly<Record<number, string>> = { 429: '10', 503: '1' };

/** An answer with a message, in the form wanted. */
export function messageReply(route: Route<unknown, unknown>, value: unknown, want: Want): Reply {
  const { answer } = route;
  assert(answer !== undefined, 'a route with a handler has an answer');
  const known = value as never;
  return want.isJsonAnswer
    ? {
        status: 200,
        headers: JSON_HEADERS,
        body: bytesOfText(JSON.stringify(answer.toJson(known))),
      }
    : { status: 200, headers: MESSAGE_HEADERS, body: answer.encode(known) };
}

/** An answer that says no, with when to come again where that helps. */
export function noReply(refusal: Refusal): Reply {
  const { status } = REFUSALS[refusal.code];
  const later = RETRY_AFTER[status];
  const headers =
    later === undefined ? PROBLEM_HEADERS : { ...PROBLEM_HEADERS, 'retry-after': later };
  return { status, headers, body: problemBytesOf(refusal) };
}

/** A plain text or JSON page. */
export function plainReply(
  status: number,
  type: string | undefined,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Reply {
  const typed = type === undefined ? GUARDS : { ...GUARDS, 'content-type': type };
  return { status, headers: { ...typed, ...more }, body: bytesOfText(text) };
}
