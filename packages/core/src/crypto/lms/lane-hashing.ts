/**
 * LMS's hashes with four chains side by side in the hashing module. The message being hashed is
 * laid out in the module's memory, chain values at their place in it, so that the ends of the
 * chains need no copying before they are hashed together.
 *
 * Letters (RFC 8554 §4.3–§4.6, §5.3): I identifier, q leaf, i chain, j step, Q digest, a digit,
 * K one-time public key, T node.
 * @module
 */
import { digitMax, digitsOf } from './digit.ts';
import {
  FOR_LEAF,
  FOR_MESSAGE,
  FOR_NODE,
  FOR_ONE_TIME_KEY,
  FOR_SECRET,
  type LmsHashing,
  type LmsSecret,
} from './hashing.ts';
import { beginHash, endHash, wipe, type HashingMachine } from './hashing-machine.ts';
import { IDENTIFIER_BYTES, type LmsParameters } from './parameters.ts';
import {
  INPUTS_AT,
  MESSAGE_AT,
  MESSAGE_BYTES,
  TASKS_AT,
  TASKS_MAX,
  TASK_BYTES,
} from './sha256-layout.ts';
import type { LmsClaim } from './signature-format.ts';

/** Where the message goes on after I ‖ u32str(x) ‖ u16str(use). */
const BODY_AT = MESSAGE_AT + IDENTIFIER_BYTES + 6;

type Of = Pick<LmsSecret, 'parameters' | 'identifier'>;

/** Begins the message with I ‖ u32str(x) ‖ u16str(use). */
function begin(
  { bytes, view }: HashingMachine,
  identifier: Uint8Array,
  x: number,
  use: number,
): void {
  bytes.set(identifier, MESSAGE_AT);
  view.setUint32(MESSAGE_AT + IDENTIFIER_BYTES, x);
  view.setUint16(MESSAGE_AT + IDENTIFIER_BYTES + 4, use);
}

/** Adds `length` bytes and the padding to a hash of `before` bytes (FIPS 180-4 §5.1.1). */
function absorbLast(machine: HashingMachine, length: number, before: number): void {
  const { bytes, view } = machine;
  const blocks = Math.ceil((length + 9) / 64);
  const end = MESSAGE_AT + 64 * blocks;
  bytes.fill(0, MESSAGE_AT + length, end);
  bytes[MESSAGE_AT + length] = 0x80;
  const total = before + length;
  view.setUint32(end - 8, Math.floor(total / 2 ** 29));
  view.setUint32(end - 4, (total * 8) % 2 ** 32);
  machine.absorb(MESSAGE_AT, blocks);
}

/** Hashes the message laid out so far, to `size` bytes at an address. */
function hashTo(machine: HashingMachine, length: number, at: number, size: number): void {
  beginHash(machine);
  absorbLast(machine, length, 0);
  endHash(machine, at, size);
}

/** Hashes what is laid out followed by a message of any length, in turns of the area's size. */
function hashLong(machine: HashingMachine, laidOut: number, message: Uint8Array): void {
  const { bytes } = machine;
  let filled = laidOut;
  let taken = 0;
  let before = 0;
  beginHash(machine);
  for (;;) {
    const part = message.subarray(taken, taken + MESSAGE_BYTES - filled);
    bytes.set(part, MESSAGE_AT + filled);
    filled += part.length;
    taken += part.length;
    const whole = Math.floor(filled / 64);
    machine.absorb(MESSAGE_AT, whole);
    before += 64 * whole;
    bytes.copyWithin(MESSAGE_AT, MESSAGE_AT + 64 * whole, MESSAGE_AT + filled);
    filled -= 64 * whole;
    if (taken === message.length) break;
  }
  absorbLast(machine, filled, before);
}

/** The digits of Q = H(I ‖ u32str(q) ‖ u16str(D_MESG) ‖ C ‖ message). */
function digits(
  machine: HashingMachine,
  { parameters, identifier }: Of,
  leaf: number,
  signed: { readonly randomizer: Uint8Array; readonly message: Uint8Array },
): Uint8Array {
  const { hashBytes } = parameters;
  begin(machine, identifier, leaf, FOR_MESSAGE);
  machine.bytes.set(signed.randomizer, BODY_AT);
  hashLong(machine, BODY_AT - MESSAGE_AT + hashBytes, signed.message);
  endHash(machine, MESSAGE_AT, hashBytes);
  return digitsOf(parameters, machine.bytes.subarray(MESSAGE_AT, MESSAGE_AT + hashBytes));
}

const tally = new Uint16Array(257);
const order = new Uint16Array(TASKS_MAX);

/** Chains by falling number of steps, so that lanes come to their end together. */
function sortBySteps(steps: Uint8Array): void {
  tally.fill(0);
  for (const count of steps) tally[255 - count + 1]!++;
  for (let i = 1; i < tally.length; i++) tally[i]! += tally[i - 1]!;
  for (let i = 0; i < steps.length; i++) order[tally[255 - steps[i]!]!++] = i;
}

/** Runs every chain i from step `from[i]` for `steps[i]` steps, on its value in the message. */
function runChains(
  machine: HashingMachine,
  { hashBytes }: LmsParameters,
  from: Uint8Array,
  steps: Uint8Array,
): void {
  const { words } = machine;
  sortBySteps(steps);
  let at = TASKS_AT / 4;
  for (let index = 0; index < steps.length; index++) {
    const i = order[index]!;
    const count = steps[i]!;
    if (count === 0) break;
    words[at] = (i << 16) | (from[i]! << 8);
    words[at + 1] = count;
    words[at + 2] = BODY_AT + i * hashBytes;
    at += TASK_BYTES / 4;
  }
  machine.chains(4 * at, hashBytes);
}

/** x_q[i] of all chains, at their places (RFC 8554, Appendix A): one step with 0xff as j. */
function deriveSecrets(
  machine: HashingMachine,
  { parameters, identifier, seed }: LmsSecret,
  leaf: number,
): void {
  const { chains, hashBytes } = parameters;
  begin(machine, identifier, leaf, FOR_ONE_TIME_KEY);
  for (let i = 0; i < chains; i++) machine.bytes.set(seed, BODY_AT + i * hashBytes);
  const one = new Uint8Array(chains).fill(1);
  runChains(machine, parameters, new Uint8Array(chains).fill(FOR_SECRET), one);
}

/** T[2^h + q] of the chains' ends in the message, written as the first child of a node. */
function leafOf(machine: HashingMachine, { parameters, identifier }: Of, leaf: number): void {
  const { chains, hashBytes, height } = parameters;
  const head = BODY_AT - MESSAGE_AT;
  hashTo(machine, head + chains * hashBytes, BODY_AT, hashBytes);
  begin(machine, identifier, 2 ** height + leaf, FOR_LEAF);
  hashTo(machine, head + hashBytes, BODY_AT, hashBytes);
}

/** The climb from a leaf to the root (RFC 8554 §5.4.2, Algorithm 6a, step 4). */
function climb(machine: HashingMachine, { parameters, identifier, leaf, path }: LmsClaim): void {
  const { bytes } = machine;
  const { height, hashBytes } = parameters;
  let node = 2 ** height + leaf;
  for (let i = 0; i < height; i++) {
    const odd = node % 2;
    if (odd === 1) bytes.copyWithin(BODY_AT + hashBytes, BODY_AT, BODY_AT + hashBytes);
    const sibling = path.subarray(i * hashBytes, (i + 1) * hashBytes);
    bytes.set(sibling, BODY_AT + (1 - odd) * hashBytes);
    node = Math.floor(node / 2);
    begin(machine, identifier, node, FOR_NODE);
    hashTo(machine, BODY_AT - MESSAGE_AT + 2 * hashBytes, BODY_AT, hashBytes);
  }
}

/** LMS on a running hashing module. */
export function laneHashing(machine: HashingMachine): LmsHashing {
  const { bytes } = machine;
  const read = (size: number): Uint8Array => bytes.slice(BODY_AT, BODY_AT + size);
  return {
    candidateRoot(claim, message) {
      const { parameters, identifier, leaf, chainValues } = claim;
      const a = digits(machine, claim, leaf, { ...claim, message });
      const most = digitMax(parameters);
      begin(machine, identifier, leaf, FOR_ONE_TIME_KEY);
      bytes.set(chainValues, BODY_AT);
      runChains(
        machine,
        parameters,
        a,
        a.map((digit) => most - digit),
      );
      leafOf(machine, claim, leaf);
      climb(machine, claim);
      return read(parameters.hashBytes);
    },

    leafNode(secret, leaf) {
      const { parameters } = secret;
      const { chains, hashBytes } = parameters;
      deriveSecrets(machine, secret, leaf);
      const whole = new Uint8Array(chains).fill(digitMax(parameters));
      runChains(machine, parameters, new Uint8Array(chains), whole);
      leafOf(machine, secret, leaf);
      const node = read(hashBytes);
      wipe(machine, INPUTS_AT);
      return node;
    },

    innerNode(identifier, node, children) {
      begin(machine, identifier, node, FOR_NODE);
      bytes.set(children, BODY_AT);
      const size = children.length / 2;
      hashTo(machine, BODY_AT - MESSAGE_AT + children.length, BODY_AT, size);
      return read(size);
    },

    signChains(secret, leaf, signed) {
      const { parameters } = secret;
      const { chains, hashBytes } = parameters;
      const a = digits(machine, secret, leaf, signed);
      deriveSecrets(machine, secret, leaf);
      runChains(machine, parameters, new Uint8Array(chains), a);
      const values = read(chains * hashBytes);
      wipe(machine, INPUTS_AT);
      return values;
    },
  };
}
