/**
 * What a purse brings home: first the list of everything it signed, then, where the other side lacks
 * something, the hand-overs themselves. Whoever was paid by them is paid, even if they lost theirs.
 *
 * Spec: 12 §8.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { bytes, list, sortedList, struct, upTo, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { HASH_BYTES, hashOf } from '../crypto/hash.ts';
import { linkOf, unpacked } from './bundle.ts';
import { PURSE_INDICES } from './endorsement.ts';
import { handOver, HAND_OVER_BYTES_MAX, handOverMessage } from './hand-over.ts';

const signedRow = struct({ index: upTo(16, PURSE_INDICES - 1), hash: bytes(HASH_BYTES) });

export const journalHead = struct({
  authority: bytes(HASH_BYTES),
  grant: bytes(HASH_BYTES),
  /** Every endorsement signed under the grant, the closing aside, by index. */
  signed: sortedList(signedRow, 0, PURSE_INDICES),
});
export type JournalHead = ValueOf<typeof journalHead>;

export const journalHeadMessage = message('PurseJournalHead', 0x8b, 1, 2048, journalHead);

/** What a closing signs. */
export function journalHash(head: JournalHead): Uint8Array {
  return hashOf(journalHeadMessage, head);
}

const purseJournal = struct({
  head: journalHead,
  /** In the order of the head; those that the other side has already may be left out. */
  handOvers: list(handOver, 0, PURSE_INDICES),
});
export type PurseJournal = ValueOf<typeof purseJournal>;

export const purseJournalMessage = message(
  'PurseJournal',
  0x8c,
  1,
  PURSE_INDICES * HAND_OVER_BYTES_MAX,
  purseJournal,
);

/** Whether the details are what the summary lists, in its order. The hand-overs are verified one by one after that. */
export function checkJournal({ head, handOvers }: PurseJournal): Result<JournalHead> {
  let row = 0;
  for (const [i, carried] of handOvers.entries()) {
    const at = `.handOvers[${i}]`;
    const bundle = unpacked(carried, handOverMessage.encode);
    if (!bundle.ok) return refuse(bundle.refusal.code, at);
    const { hash, endorsement } = linkOf(bundle.value.last);
    if (!equalBytes(endorsement.grant, head.grant)) return refuse('journal_mismatched', at);
    while (row < head.signed.length && head.signed[row]!.index < endorsement.index) row += 1;
    const listed = head.signed[row];
    if (listed?.index !== endorsement.index || !equalBytes(listed.hash, hash))
      return refuse('journal_mismatched', at);
    row += 1;
  }
  return accept(head);
}
