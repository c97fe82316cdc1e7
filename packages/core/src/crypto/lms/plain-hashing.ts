/**
 * LMS's hashes one after the other, in plain JavaScript and as the RFC writes them. This is the
 * implementation to read and to trust; the one beside it has to agree with it.
 *
 * Letters (RFC 8554 §4.3–§4.6, §5.3): I identifier, q leaf, i chain, j step, tmp value,
 * Q digest, a digit, z end of a chain, K one-time public key, T node.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
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
import { IDENTIFIER_BYTES, type LmsParameters } from './parameters.ts';
import { putWord, type LmsClaim } from './signature-format.ts';

/** One message to hash, and where in it what changes from step to step begins. */
const CHAIN_AT = IDENTIFIER_BYTES + 4;
const STEP_AT = CHAIN_AT + 2;
const VALUE_AT = STEP_AT + 1;

/** I ‖ u32str(x) ‖ u16str(use), with `room` bytes after. */
function begin(identifier: Uint8Array, x: number, use: number, room: number): Uint8Array {
  const bytes = new Uint8Array(IDENTIFIER_BYTES + 6 + room);
  bytes.set(identifier);
  putWord(bytes, IDENTIFIER_BYTES, x);
  bytes[IDENTIFIER_BYTES + 4] = use >> 8;
  bytes[IDENTIFIER_BYTES + 5] = use;
  return bytes;
}

const BEGUN = IDENTIFIER_BYTES + 6;

/** Q = H(I ‖ u32str(q) ‖ u16str(D_MESG) ‖ C ‖ message), as digits. */
function digits(
  { parameters, identifier }: Pick<LmsSecret, 'parameters' | 'identifier'>,
  leaf: number,
  randomizer: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const prefix = begin(identifier, leaf, FOR_MESSAGE, 0);
  const hash = sha256.create().update(prefix).update(randomizer).update(message).digest();
  return digitsOf(parameters, hash.subarray(0, parameters.hashBytes));
}

/** A chain's message, ready for its steps (RFC 8554 §4.3). */
function chainBuffer(
  { hashBytes }: LmsParameters,
  identifier: Uint8Array,
  leaf: number,
): Uint8Array {
  const buffer = new Uint8Array(VALUE_AT + hashBytes);
  buffer.set(identifier);
  putWord(buffer, IDENTIFIER_BYTES, leaf);
  return buffer;
}

/** tmp = H(I ‖ u32str(q) ‖ u16str(i) ‖ u8str(j) ‖ tmp) for j from `from` to `to` − 1, in place. */
function walk(buffer: Uint8Array, chain: number, from: number, to: number): void {
  buffer[CHAIN_AT] = chain >> 8;
  buffer[CHAIN_AT + 1] = chain;
  const size = buffer.length - VALUE_AT;
  for (let j = from; j < to; j++) {
    buffer[STEP_AT] = j;
    buffer.set(sha256(buffer).subarray(0, size), VALUE_AT);
  }
}

/** x_q[i] = H(I ‖ u32str(q) ‖ u16str(i) ‖ u8str(0xff) ‖ SEED) (RFC 8554, Appendix A). */
function derive(buffer: Uint8Array, chain: number, seed: Uint8Array): void {
  buffer.set(seed, VALUE_AT);
  walk(buffer, chain, FOR_SECRET, FOR_SECRET + 1);
}

/** Runs all chains of a leaf, each from what `start` puts in the buffer, and packs the ends. */
function eachChain(
  { parameters, identifier }: Pick<LmsSecret, 'parameters' | 'identifier'>,
  leaf: number,
  run: (buffer: Uint8Array, chain: number) => void,
): Uint8Array {
  const { chains, hashBytes } = parameters;
  const ends = new Uint8Array(chains * hashBytes);
  const buffer = chainBuffer(parameters, identifier, leaf);
  for (let i = 0; i < chains; i++) {
    run(buffer, i);
    ends.set(buffer.subarray(VALUE_AT), i * hashBytes);
  }
  return ends;
}

/** T[2^h + q] of the chains' ends: K = H(I ‖ u32str(q) ‖ u16str(D_PBLK) ‖ z), then the leaf. */
function leafOf(
  { parameters, identifier }: Pick<LmsSecret, 'parameters' | 'identifier'>,
  leaf: number,
  ends: Uint8Array,
): Uint8Array {
  const { hashBytes, height } = parameters;
  const whole = begin(identifier, leaf, FOR_ONE_TIME_KEY, ends.length);
  whole.set(ends, BEGUN);
  const node = begin(identifier, 2 ** height + leaf, FOR_LEAF, hashBytes);
  node.set(sha256(whole).subarray(0, hashBytes), BEGUN);
  return sha256(node).slice(0, hashBytes);
}

function innerNode(identifier: Uint8Array, node: number, children: Uint8Array): Uint8Array {
  const bytes = begin(identifier, node, FOR_NODE, children.length);
  bytes.set(children, BEGUN);
  return sha256(bytes).slice(0, children.length / 2);
}

/** The climb from a leaf to the root (RFC 8554 §5.4.2, Algorithm 6a, step 4). */
function climb({ parameters, identifier, leaf, path }: LmsClaim, from: Uint8Array): Uint8Array {
  const { height, hashBytes } = parameters;
  const children = new Uint8Array(2 * hashBytes);
  let node = 2 ** height + leaf;
  let hash = from;
  for (let i = 0; i < height; i++) {
    const odd = node % 2;
    children.set(hash, odd * hashBytes);
    children.set(path.subarray(i * hashBytes, (i + 1) * hashBytes), (1 - odd) * hashBytes);
    node = Math.floor(node / 2);
    hash = innerNode(identifier, node, children);
  }
  return hash;
}

export const PLAIN: LmsHashing = {
  candidateRoot(claim, message) {
    const { parameters, leaf, randomizer, chainValues } = claim;
    const { hashBytes } = parameters;
    const a = digits(claim, leaf, randomizer, message);
    const ends = eachChain(claim, leaf, (buffer, i) => {
      buffer.set(chainValues.subarray(i * hashBytes, (i + 1) * hashBytes), VALUE_AT);
      walk(buffer, i, a[i]!, digitMax(parameters));
    });
    return climb(claim, leafOf(claim, leaf, ends));
  },

  leafNode(secret, leaf) {
    const ends = eachChain(secret, leaf, (buffer, i) => {
      derive(buffer, i, secret.seed);
      walk(buffer, i, 0, digitMax(secret.parameters));
    });
    return leafOf(secret, leaf, ends);
  },

  innerNode,

  signChains(secret, leaf, { randomizer, message }) {
    const a = digits(secret, leaf, randomizer, message);
    return eachChain(secret, leaf, (buffer, i) => {
      derive(buffer, i, secret.seed);
      walk(buffer, i, 0, a[i]!);
    });
  },
};
