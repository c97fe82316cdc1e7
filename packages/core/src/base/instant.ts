/**
 * Instants and spans. Time is an argument everywhere in core: whoever calls says what time it is.
 * @module
 */
import type { Brand } from './brand.ts';
import { assert } from './assert.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, at most 2^48 − 1. */
export type Instant = Brand<number, 'Instant'>;

export const INSTANT_MAX = 2 ** 48 - 1;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** An instant of a number this program computed; out of range is our bug. */
export function instantOf(milliseconds: number): Instant {
  assert(
    Number.isInteger(milliseconds) && milliseconds >= 0 && milliseconds <= INSTANT_MAX,
    'an instant is a whole number of milliseconds within 48 bits',
  );
  return milliseconds as Instant;
}

/** The instant `span` milliseconds later, held at the last one there is. */
export function after(instant: Instant, span: number): Instant {
  return instantOf(Math.min(instant + span, INSTANT_MAX));
}
