/**
 * Proofs that a purse signed what no honest purse signs: two endorsements over the same unit from
 * the same predecessor, two messages under one index, or one that its closing does not list. A proof
 * stands by itself: the authority's grant key is all that is needed to judge it.
 *
 * Spec: 12 §9.
 * @module
 */
import { compareBytes, equalBytes } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { optional, struct, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { linkOf, type Link } from './bundle.ts';
import { collide, isSigned, signedEndorsement, type Endorsement } from './endorsement.ts';
import { checkGrant, grantHash, signedGrant, type Grant, type SignedGrant } from './grant.ts';
import { journalHash, journalHead, type JournalHead } from './journal.ts';
import type { PurseSuites, PurseTrust } from './trust.ts';

const fraudProof = struct({
  grant: signedGrant,
  /** The one of the lower hash, or the closing. */
  first: signedEndorsement,
  second: signedEndorsement,
  /** What the closing signed, where it is one. */
  journal: optional(journalHead),
});
export type FraudProof = ValueOf<typeof fraudProof>;

export const fraudProofMessage = message('FraudProof', 0x8d, 1, 24 * 1024, fraudProof);

/** What a purse did. */
export type Fraud = 'index' | 'units' | 'closed';

/** Whether two stand in the order of a proof: a single closing first, else by hash. */
function isOrdered(a: Link, b: Link): boolean {
  const [closesA, closesB] = [a, b].map(({ endorsement }) => endorsement.to.is === 'close');
  return closesA === closesB ? compareBytes(a.hash, b.hash) < 0 : closesA === true;
}

/**
 * What two endorsements under one grant prove together, if anything. The same message twice proves
 * nothing, however often and with whatever signatures it is shown.
 */
export function fraudOf(a: Link, b: Link, journal?: JournalHead): Fraud | undefined {
  const [one, two] = [a.endorsement, b.endorsement];
  if (!equalBytes(one.grant, two.grant) || equalBytes(a.hash, b.hash)) return undefined;
  if (one.index === two.index) return 'index';
  if (one.parts.some((part) => two.parts.some((other) => collide(part, other)))) return 'units';
  if (journal === undefined) return undefined;
  const leavesOut = (closing: Link, other: Link): boolean =>
    isJournalOf(journal, closing.endorsement) &&
    !journal.signed.some(({ hash }) => equalBytes(hash, other.hash));
  return leavesOut(a, b) || leavesOut(b, a) ? 'closed' : undefined;
}

/** The proof that two endorsements make, or undefined when a purse may sign both. */
export function fraudProofOf(
  grant: SignedGrant,
  a: Link,
  b: Link,
  journal?: JournalHead,
): FraudProof | undefined {
  const fraud = fraudOf(a, b, journal);
  if (fraud === undefined) return undefined;
  const [first, second] = isOrdered(a, b) ? [a, b] : [b, a];
  return {
    grant,
    first: { endorsement: first.endorsement, signature: first.signature },
    second: { endorsement: second.endorsement, signature: second.signature },
    journal: fraud === 'closed' ? journal : undefined,
  };
}

/** Where two chains over the same units part: the first link of each behind what they share. */
export function divergence(
  a: readonly Link[],
  b: readonly Link[],
): readonly [Link, Link] | undefined {
  for (const [i, link] of a.entries()) {
    const other = b[i];
    if (other === undefined) return undefined;
    if (!equalBytes(link.hash, other.hash)) return [link, other];
  }
  return undefined;
}

/**
 * Judges a proof with nothing but the authority's grant keys: who signed twice, and how. Three
 * signature verifications.
 */
export function checkFraudProof(
  { grant: signed, first, second, journal }: FraudProof,
  trust: PurseTrust,
  suites: PurseSuites,
): Result<{ readonly grant: Grant; readonly fraud: Fraud }> {
  const grant = checkGrant(signed, trust, suites);
  if (!grant.ok) return refuse(grant.refusal.code, `.grant${grant.refusal.at}`);
  const own = grantHash(grant.value);
  const both = [linkOf(first), linkOf(second)] as const;
  for (const [i, { endorsement }] of both.entries()) {
    const at = i === 0 ? '.first' : '.second';
    if (!equalBytes(endorsement.authority, trust.authority) || !equalBytes(endorsement.grant, own))
      return refuse('proof_foreign', at);
  }
  if (!isOrdered(...both)) return refuse('proof_disordered');
  if (journal !== undefined && !isJournalOf(journal, first.endorsement))
    return refuse('proof_journal_wrong', '.journal');
  const fraud = fraudOf(...both, journal);
  if (fraud === undefined) return refuse('proof_empty');
  // One proof has one form, so a journal comes only where it is what proves.
  if (journal !== undefined && fraud !== 'closed') return refuse('proof_disordered', '.journal');
  for (const [i, each] of both.entries()) {
    if (!isSigned(each, grant.value.key, suites))
      return refuse('endorsement_signature_invalid', i === 0 ? '.first' : '.second');
  }
  return accept({ grant: grant.value, fraud });
}

function isJournalOf(journal: JournalHead, { to, grant }: Endorsement): boolean {
  return (
    to.is === 'close' &&
    equalBytes(journal.grant, grant) &&
    equalBytes(journalHash(journal), to.journal)
  );
}
