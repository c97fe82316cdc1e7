/**
 * An entry made of the very bytes its command came in. A canonical encoding has one form, so the
 * bytes behind a Command message's header are the bytes an Entry carries: nothing is encoded twice,
 * and two commands are the same exactly when these bytes are.
 *
 * Spec: 07 §6.
 * @module
 */
import { hash } from 'node:crypto';
import { equalBytes } from '@specie/core/base/bytes';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { HEADER_BYTES } from '@specie/core/codec/message';
import { sha256 } from '@specie/core/crypto/hash';
import { SECRET_BYTES } from '@specie/core/coin/lock';
import { commandMessage, SESSION_BYTES } from '@specie/core/ledger/command';
import { entryMessage, type Answer } from '@specie/core/ledger/entry';
import { orderMessage } from '@specie/core/payment/order';
import { ENTRY_COMMAND_OFFSET, entryKey } from '@specie/stores/journal';

const HEAD = Uint8Array.of(0x53, 0x43, entryMessage.type, entryMessage.version);
const COMMAND_HEAD = Uint8Array.of(0x53, 0x43, commandMessage.type, commandMessage.version);

/** The encoded entry of an encoded command. */
export function entryBytes(position: number, time: Instant, command: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(ENTRY_COMMAND_OFFSET + command.length - HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(HEAD);
  view.setUint16(4, Math.floor(position / 2 ** 32));
  view.setUint32(6, position % 2 ** 32);
  view.setUint16(10, Math.floor(time / 2 ** 32));
  view.setUint32(12, time % 2 ** 32);
  bytes.set(command.subarray(HEADER_BYTES), ENTRY_COMMAND_OFFSET);
  return bytes;
}

/** Whether an entry carries exactly this encoded command. */
export function isSameCommand(entry: Uint8Array, command: Uint8Array): boolean {
  return equalBytes(entry.subarray(ENTRY_COMMAND_OFFSET), command.subarray(HEADER_BYTES));
}

/** Hash of the command an entry carries, as `commandHash` gives it. */
export function commandHashIn(entry: Uint8Array): Uint8Array {
  const command = new Uint8Array(HEADER_BYTES + entry.length - ENTRY_COMMAND_OFFSET);
  command.set(COMMAND_HEAD);
  command.set(entry.subarray(ENTRY_COMMAND_OFFSET), HEADER_BYTES);
  return sha256(command);
}

/** Operator, session and sequence stand before a command's body, and one byte that says what it is. */
const BODY_OFFSET = ENTRY_COMMAND_OFFSET + 4 + SESSION_BYTES + 6 + 1;
const ORDER_HEAD = Uint8Array.of(0x53, 0x43, orderMessage.type, orderMessage.version);

/**
 * Hash of the order in an encoded move, as `orderHash` gives it: the order stands between the head of
 * the command and its secrets, so nothing has to be encoded for it.
 */
export function orderHashIn(entry: Uint8Array, secrets: number): Uint8Array {
  const end = entry.length - 2 - secrets * SECRET_BYTES;
  const order = entry.slice(BODY_OFFSET - HEADER_BYTES, end);
  order.set(ORDER_HEAD);
  return Uint8Array.from(hash('sha256', order, 'buffer'));
}

/** What was answered when the entry was made. */
export function answerIn(entry: Uint8Array): Answer {
  const { position, time, sequence } = entryKey(entry);
  return { sequence, outcome: { is: 'applied', position, time: instantOf(time) } };
}
