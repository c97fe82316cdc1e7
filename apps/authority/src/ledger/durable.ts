/**
 * The proof that a batch is on the disk. Invariant: nothing is acknowledged before it is durable.
 * Answers can be taken out of what was decided only with a proof, and the journal's append is the
 * only thing that gives one.
 *
 * Spec: 09 §2.
 * @module
 */
import type { BatchDraft, Journal, JournalEnd } from '@specie/stores/journal';

declare const proven: unique symbol;

/** Made by `makeDurable` alone. */
export interface Durable {
  readonly [proven]: true;
  readonly end: JournalEnd;
}

/** Appends a draft and gives the proof. Throws when the append fails; nothing may be answered then. */
export async function makeDurable(
  journal: Journal,
  draft: BatchDraft | undefined,
): Promise<Durable> {
  // A batch of refusals alone changed nothing; what it was decided on is durable already.
  const end = draft === undefined ? journal.last() : await journal.append(draft);
  return { end } as Durable;
}

/** A value that may be told only once what it rests on is durable. */
export interface Sealed<T> {
  open(proof: Durable): T;
}

export function sealUntilDurable<T>(value: T): Sealed<T> {
  return { open: (_proof) => value };
}
