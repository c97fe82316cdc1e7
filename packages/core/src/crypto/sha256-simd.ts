/**
 * SHA-256 of many short messages at once, four side by side where WebAssembly SIMD runs and one
 * after the other where not; the digests are the same.
 *
 * Inputs may be secrets: nothing of them stays in the module's memory.
 *
 * Source: FIPS 180-4 §6.2.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { assert } from '../base/assert.ts';
import { hashingMachine, wipe, type HashingMachine } from './lms/hashing-machine.ts';
import {
  INPUTS_AT,
  INPUTS_BYTES,
  OUTPUTS_AT,
  OUTPUTS_BYTES,
  TASKS_AT,
} from './lms/sha256-layout.ts';

const DIGEST_BYTES = 32;

/** Longest message that goes through the lanes: four of them, padded, fit the input area. */
const LANE_MESSAGE_BYTES_MAX = INPUTS_BYTES / 4 - 9;

/**
 * Digests of messages of equal length, packed one after the other, in the same order. `length` is
 * the bytes of one message, at least 1.
 */
export function sha256Batch(messages: Uint8Array, length: number): Uint8Array {
  assert(Number.isInteger(length) && length >= 1, 'a batch has a length');
  assert(messages.length % length === 0, 'a batch is whole messages');
  const count = messages.length / length;
  const digests = new Uint8Array(DIGEST_BYTES * count);
  const machine = length <= LANE_MESSAGE_BYTES_MAX ? hashingMachine() : undefined;
  if (machine === undefined) return hashPlainly(messages, length, digests);
  if (length === DIGEST_BYTES) hashShort(machine, messages, digests);
  else hashPadded(machine, messages, length, digests);
  wipe(machine, TASKS_AT);
  return digests;
}

function hashPlainly(messages: Uint8Array, length: number, digests: Uint8Array): Uint8Array {
  for (let at = 0, i = 0; at < messages.length; at += length, i++) {
    digests.set(sha256(messages.subarray(at, at + length)), DIGEST_BYTES * i);
  }
  return digests;
}

/** Messages of 32 bytes: the padding is the same for all, so the module puts it in itself. */
function hashShort(machine: HashingMachine, messages: Uint8Array, digests: Uint8Array): void {
  const { bytes } = machine;
  for (let at = 0; at < messages.length; at += INPUTS_BYTES) {
    const chunk = messages.subarray(at, at + INPUTS_BYTES);
    bytes.set(chunk, INPUTS_AT);
    machine.hash32(INPUTS_AT, OUTPUTS_AT, Math.ceil(chunk.length / (4 * DIGEST_BYTES)));
    digests.set(bytes.subarray(OUTPUTS_AT, OUTPUTS_AT + chunk.length), at);
  }
  bytes.fill(0, INPUTS_AT, INPUTS_AT + Math.min(messages.length, INPUTS_BYTES));
}

/** Messages of any other length, each laid out with its padding (FIPS 180-4 §5.1.1). */
function hashPadded(
  machine: HashingMachine,
  messages: Uint8Array,
  length: number,
  digests: Uint8Array,
): void {
  const { bytes, view } = machine;
  const blocks = Math.ceil((length + 9) / 64);
  const stride = 64 * blocks;
  const count = messages.length / length;
  const room = Math.min(INPUTS_BYTES / stride, OUTPUTS_BYTES / DIGEST_BYTES);
  const held = 4 * Math.min(Math.floor(room / 4), Math.ceil(count / 4));
  bytes.fill(0, INPUTS_AT, INPUTS_AT + held * stride);
  for (let slot = 0; slot < held; slot++) {
    const at = INPUTS_AT + slot * stride;
    bytes[at + length] = 0x80;
    view.setUint32(at + stride - 4, 8 * length);
  }
  for (let first = 0; first < count; first += held) {
    const taken = Math.min(held, count - first);
    for (let slot = 0; slot < taken; slot++) {
      const at = (first + slot) * length;
      bytes.set(messages.subarray(at, at + length), INPUTS_AT + slot * stride);
    }
    for (let slot = 0; slot < taken; slot += 4) {
      const output = OUTPUTS_AT + DIGEST_BYTES * slot;
      machine.hashFour(INPUTS_AT + slot * stride, stride, blocks, output);
    }
    const end = OUTPUTS_AT + DIGEST_BYTES * taken;
    digests.set(bytes.subarray(OUTPUTS_AT, end), DIGEST_BYTES * first);
  }
  bytes.fill(0, INPUTS_AT, INPUTS_AT + held * stride);
}
