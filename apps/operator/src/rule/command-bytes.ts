/**
 * A move command put together from bytes that exist already. Encoding an order a second time would
 * cost more than everything else done with it here. Invariant: equal to the command's own encoding.
 *
 * Spec: 00 §5, 07 §2.
 * @module
 */
import { concatBytes } from '@specie/core/base/bytes';
import { HEADER_BYTES } from '@specie/core/codec/message';
import { commandMessage } from '@specie/core/ledger/command';

const MOVE = 4;

/** Encoded Command of a move: `order` is the encoded Order message. */
export function moveCommandBytes(head: {
  readonly operator: number;
  readonly session: Uint8Array;
  readonly sequence: number;
  readonly order: Uint8Array;
  readonly secrets: readonly Uint8Array[];
}): Uint8Array {
  const { session, sequence, secrets } = head;
  const front = new Uint8Array(HEADER_BYTES + 4 + session.length + 6 + 1);
  const view = new DataView(front.buffer);
  front.set([0x53, 0x43, commandMessage.type, commandMessage.version]);
  view.setUint32(4, head.operator);
  front.set(session, 8);
  const at = 8 + session.length;
  view.setUint16(at, Math.floor(sequence / 2 ** 32));
  view.setUint32(at + 2, sequence % 2 ** 32);
  view.setUint8(at + 6, MOVE);
  const count = Uint8Array.of(secrets.length >> 8, secrets.length & 0xff);
  return concatBytes(front, head.order.subarray(HEADER_BYTES), count, ...secrets);
}
