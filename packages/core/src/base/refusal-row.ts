/**
 * One row of the registry of refusals, of which the three tables beside this file are made.
 * Invariant: a row says what happened to the money before it says anything else.
 *
 * Spec: refusals.
 * @module
 */

/** What is known of a refusal beside its name. */
export interface RefusalEntry {
  /** On the wire. */
  readonly number: number;
  /** HTTP status. */
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 423 | 429 | 503;
  /** Chapter and section that give the rule. */
  readonly spec: string;
  readonly en: string;
  readonly zh: string;
}

/** A row in the order of the table in the spec. */
export function row(
  number: number,
  status: RefusalEntry['status'],
  spec: string,
  en: string,
  zh: string,
): RefusalEntry {
  return { number, status, spec, en, zh };
}
