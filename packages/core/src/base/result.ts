/**
 * A result is a value or a refusal. Refusals are answers, not accidents: they travel as values
 * and are never thrown, so that a caller cannot forget them.
 *
 * Spec: 00 §3.
 * @module
 */
import type { RefusalCode } from './refusals.ts';

/** Why the rules say no: a registered code and the place it speaks of ('' when it is the whole). */
export interface Refusal {
  readonly code: RefusalCode;
  /** Path of the guilty field, for example `.parts[1].outputs[0].lock`. */
  readonly at: string;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Wraps a value that the rules accept. */
export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Says no, with the place of the fault. */
export function refuse(
  code: RefusalCode,
  at = '',
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, at } };
}
