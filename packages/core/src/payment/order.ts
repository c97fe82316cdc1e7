/**
 * An order is a holder's instruction to move pieces. It names the pieces to consume, every output
 * and an end in ledger time; the holder signs it before any secret is shown. The ledger records the
 * order itself, so an entry whose order no holder signed is proof against the operator that sent it.
 *
 * Spec: 05 §2.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import { bytes, choice, instant, list, struct, u32, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { holderTag, isStock, stockTag, type HolderTag } from '../coin/holder.ts';
import { lock } from '../coin/lock.ts';
import { identity, range } from '../coin/coin.ts';
import { HASH_BYTES, hashOf } from '../crypto/hash.ts';
import { ML_DSA_SIGNATURE_BYTES } from '../crypto/signature.ts';

/** A payment touches one coin most of the time; a wallet that must join many does it in two orders. */
export const PARTS_MAX = 64;
/** Pieces joined or made within one coin by one order. */
export const PART_PIECES_MAX = 64;
export const NONCE_BYTES = 16;
/** Every order the shape allows stays below, so that whoever holds an order can hash it. */
export const ORDER_BYTES_MAX = 256 * 1024;

/** One end of an output range and who gets it. The first output begins where the first input does. */
export const output = struct({ to: u32, lock, tag: holderTag });

/** Adjacent pieces of one coin that are consumed whole, and the outputs that tile the same range. */
export const part = struct({
  coin: identity,
  inputs: list(range, 1, PART_PIECES_MAX),
  outputs: list(output, 1, PART_PIECES_MAX),
});

export const order = struct({
  /** The authority whose ledger is meant, so that an order of one currency's system never runs in another's. */
  authority: bytes(HASH_BYTES),
  operator: u32,
  holder: holderTag,
  verb: choice({ transfer: 1, merge: 2, redeem: 3 }),
  /** The ledger refuses the order from this instant on. */
  end: instant,
  nonce: bytes(NONCE_BYTES),
  /** In ascending order by coin, then by range; the ledger refuses them otherwise. */
  parts: list(part, 1, PARTS_MAX),
});

export type Order = ValueOf<typeof order>;
export type Part = ValueOf<typeof part>;
export type Output = ValueOf<typeof output>;

export const orderMessage = message('Order', 0x10, 1, ORDER_BYTES_MAX, order);

/** Identity of an order: SHA-256 of its canonical bytes. */
export function orderHash(value: Order): Uint8Array {
  return hashOf(orderMessage, value);
}

/** An order with the holder's ML-DSA-44 signature over the order's canonical bytes. */
export const signedOrderMessage = message(
  'SignedOrder',
  0x11,
  1,
  ORDER_BYTES_MAX + ML_DSA_SIGNATURE_BYTES,
  struct({ order, signature: bytes(ML_DSA_SIGNATURE_BYTES) }),
);

/** Secrets in the order of the inputs, part by part. Shown only after the order was signed. */
export const secrets = list(bytes(32), 1, PARTS_MAX * PART_PIECES_MAX);

/** Pieces an order consumes. */
export function inputCount(value: Order): number {
  return value.parts.reduce((sum, each) => sum + each.inputs.length, 0);
}

/** A part's outputs as full ranges. */
export function outputRanges(
  of: Part,
): readonly { readonly from: number; readonly to: number; readonly output: Output }[] {
  let from = of.inputs[0]?.from ?? 0;
  return of.outputs.map((each) => {
    const made = { from, to: each.to, output: each };
    from = each.to;
    return made;
  });
}

/**
 * Whether an output gives the coin back rather than on: to the stock of the holder's own operator,
 * from stock to stock, or to the holder as the change of a redemption.
 */
export function isReturn(of: Pick<Order, 'operator' | 'holder' | 'verb'>, tag: HolderTag): boolean {
  if (equalBytes(tag, stockTag(of.operator))) return true;
  if (isStock(of.holder)) return isStock(tag);
  return of.verb === 'redeem' && equalBytes(tag, of.holder);
}
