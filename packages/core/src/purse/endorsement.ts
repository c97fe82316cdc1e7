/**
 * An endorsement: a purse's signed hand-over of pieces. Each of its parts names what it continues,
 * the grant it was loaded under or the endorsement it was received by, so the life of a unit between
 * load and settling is one chain of hashes. Invariant: a purse signs one message under an index.
 *
 * Spec: 12 §3.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import {
  bytes,
  sortedList,
  struct,
  u16,
  u32,
  u8,
  union,
  upTo,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { identity, type Range } from '../coin/coin.ts';
import { HASH_BYTES, hashOf } from '../crypto/hash.ts';
import { PURSE_PARAMETERS } from '../crypto/lms.ts';
import type { Grant } from './grant.ts';
import type { PurseSuites } from './trust.ts';

export const ENDORSED_PARTS_MAX = 64;
/** One-time keys of a purse. The last is kept for closing. */
export const PURSE_INDICES = 2 ** PURSE_PARAMETERS.height;
export const PURSE_SIGNATURE_BYTES = 1380;

/** Units of a coin and the hash of what gave them to the signer. */
export const endorsedPart = struct({
  coin: identity,
  from: u32,
  to: u32,
  before: bytes(HASH_BYTES),
});
export type EndorsedPart = ValueOf<typeof endorsedPart>;

/** Where the pieces go: to another purse, to the holder's online balance, or there for good. */
export const destination = union({
  purse: [1, struct({ purse: bytes(HASH_BYTES), request: bytes(HASH_BYTES) })],
  home: [2, struct({})],
  close: [3, struct({ journal: bytes(HASH_BYTES) })],
});
export type Destination = ValueOf<typeof destination>;

/** Figures of an endorsement that stand alike in its signed form and on the wire. */
export const endorsementFigures = {
  index: upTo(16, PURSE_INDICES - 1),
  /** Minor units of the grant's currency. */
  amount: u32,
  /** Hands this passes through, the signer's payee included: 1 for what was loaded. */
  hop: u8,
  /** Payments under this grant so far, this one included. */
  count: u16,
  /** Minor units paid under this grant so far, this payment included. */
  sum: u32,
} as const;

export const endorsement = struct({
  authority: bytes(HASH_BYTES),
  grant: bytes(HASH_BYTES),
  ...endorsementFigures,
  parts: sortedList(endorsedPart, 0, ENDORSED_PARTS_MAX),
  to: destination,
});
export type Endorsement = ValueOf<typeof endorsement>;

export const endorsementMessage = message('Endorsement', 0x84, 1, 8192, endorsement);

export const signedEndorsement = struct({
  endorsement,
  signature: bytes(PURSE_SIGNATURE_BYTES),
});
export type SignedEndorsement = ValueOf<typeof signedEndorsement>;

/** What the next endorsement of the same units calls this one by. Signatures are not hashed: one message is one deed. */
export function endorsementHash(value: Endorsement): Uint8Array {
  return hashOf(endorsementMessage, value);
}

/** Whether two ranges share a unit. */
export function overlaps(a: Range, b: Range): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Whether `outer` has every unit of `inner`. */
export function covers(outer: Range, inner: Range): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

/** Whether two parts hand over the same unit from the same predecessor. */
export function collide(a: EndorsedPart, b: EndorsedPart): boolean {
  return equalBytes(a.before, b.before) && equalBytes(a.coin, b.coin) && overlaps(a, b);
}

/** Distinct endorsements that the parts continue: the chains this payment brings. */
export function chainCount({ grant: own, parts }: Endorsement): number {
  const received = parts.filter(({ before }) => !equalBytes(before, own));
  return new Set(received.map(({ before }) => before.join())).size;
}

/**
 * Whether an endorsement keeps to its grant, by what both say alone: index, ranges, limits and
 * running figures. Signatures are verified by `isSigned`.
 */
export function checkAgainstGrant(value: Endorsement, { limits }: Grant): Result<true> {
  const isPayment = value.to.is === 'purse';
  if (value.to.is !== 'close') {
    if (value.index >= PURSE_INDICES - 1) return refuse('endorsement_index_invalid', '.index');
    if (value.parts.length === 0) return refuse('endorsement_empty', '.parts');
  } else if (value.parts.length > 0) return refuse('closing_names_pieces', '.parts');
  const shape = checkParts(value.parts);
  if (!shape.ok) return shape;
  if (value.hop === 0) return refuse('hop_wrong', '.hop');
  if (value.count > value.index + (isPayment ? 1 : 0) || (isPayment && value.count === 0))
    return refuse('running_figures_wrong', '.count');
  if (!isPayment) return accept(true);
  if (value.sum < value.amount) return refuse('running_figures_wrong', '.sum');
  if (value.count === 1 && value.sum !== value.amount)
    return refuse('running_figures_wrong', '.sum');
  if (value.hop > limits.hops) return refuse('hops_exceeded', '.hop');
  if (chainCount(value) > limits.chains) return refuse('chains_exceeded', '.parts');
  if (value.amount > limits.payment) return refuse('purse_payment_exceeded', '.amount');
  if (value.count > limits.payments) return refuse('purse_payments_exceeded', '.count');
  if (value.sum > limits.total) return refuse('purse_total_exceeded', '.sum');
  return accept(true);
}

/** Parts stand by coin and range, so two that share a unit are neighbours. */
function checkParts(parts: readonly EndorsedPart[]): Result<true> {
  for (const [i, part] of parts.entries()) {
    if (part.from >= part.to) return refuse('range_invalid', `.parts[${i}]`);
    const before = parts[i - 1];
    if (before !== undefined && equalBytes(before.coin, part.coin) && overlaps(before, part))
      return refuse('pieces_overlap', `.parts[${i}]`);
  }
  return accept(true);
}

/** Whether the purse of a grant signed, under the index the endorsement names. */
export function isSigned(
  { endorsement: value, signature }: SignedEndorsement,
  key: Uint8Array,
  suites: PurseSuites,
): boolean {
  // The signature carries its index itself; were it another, the message's would be a lie.
  const index = new DataView(signature.buffer, signature.byteOffset).getUint32(0);
  return index === value.index && suites.purse(key, endorsementMessage.encode(value), signature);
}
