/**
 * LMS, the hash-based signature of a purse. Its burden is its use here: every signature takes
 * one of the key's indices, so a purse that was copied or rolled back shows itself by taking one
 * twice. Verification takes the forty SHA-256 parameter sets; keys are made with trees of height
 * 5 or 10.
 *
 * Invariant: within a program, a state gives out one one-time key and a one-time key signs once.
 * Between runs the caller guards it: it writes the rest's index down before it signs.
 *
 * Spec: 21. RFC 8554; SP 800-208.
 * @module
 */
import { assert } from '../base/assert.ts';
import { deriveKey } from './hash.ts';
import type { LmsSecret } from './lms/hashing.ts';
import { IDENTIFIER_BYTES, parametersOfTypes, type LmsParameters } from './lms/parameters.ts';
import {
  encodePublicKey,
  encodeSignature,
  putWord,
  viewOf,
  wordAt,
} from './lms/signature-format.ts';
import { growTree, isTreeWhole, pathOf, rootOf, type LmsTree } from './lms/tree.ts';
import { fastestHashing, verifyOn } from './lms/verification.ts';

export {
  LMS_PARAMETERS,
  PURSE_PARAMETERS,
  parametersOfName,
  type LmsParameters,
} from './lms/parameters.ts';

/** Bytes of the seed a key is made from. */
export const LMS_SEED_BYTES = 32;

/** A key's tree is kept whole: at height 10 it takes 64 KiB and a second without SIMD. */
export const LMS_SIGNING_HEIGHT_MAX = 10;

/** A key that can still sign, by its next index. The secret is not among its properties. */
export interface LmsKeyState {
  readonly parameters: LmsParameters;
  /** u32str(type) ‖ u32str(otstype) ‖ I ‖ T[1]: 48 or 56 bytes. */
  readonly publicKey: Uint8Array;
  /** The index the next one-time key will have; 2^h when none is left. */
  readonly next: number;
}

/** The right to sign one message. It is this object: a copy of it cannot sign. */
export interface LmsOneTimeKey {
  readonly parameters: LmsParameters;
  readonly publicKey: Uint8Array;
  readonly index: number;
}

interface KeyMaterial {
  readonly secret: LmsSecret;
  readonly tree: LmsTree;
}

const materialOfState = new WeakMap<LmsKeyState, KeyMaterial>();
const materialOfKey = new WeakMap<LmsOneTimeKey, KeyMaterial>();

/**
 * Whether the signature is the public key's over the message. Never throws and always ends:
 * whatever is malformed, oversized or of a wrong type is false. Work is linear in the message and
 * beyond it at most 34 × 255 chain steps, those of LMOTS_SHA256_N32_W8.
 */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verifyOn(fastestHashing(), publicKey, message, signature);
}

/** A key from 32 random bytes, which alone determine it. */
export function generate(parameters: LmsParameters, seed: Uint8Array): LmsKeyState {
  assert(seed.length === LMS_SEED_BYTES, 'an LMS key is made from 32 bytes');
  // The set is in the labels: chains of two widths under one secret would reveal each other.
  const label = `lms/${parameters.name}`;
  return generateFrom({
    parameters,
    identifier: deriveKey(seed, `${label}/identifier`, IDENTIFIER_BYTES),
    seed: deriveKey(seed, `${label}/seed`, parameters.hashBytes),
  });
}

/** A key from I and SEED themselves (RFC 8554, Appendix A; SP 800-208 §6.1). */
export function generateFrom(secret: LmsSecret): LmsKeyState {
  const { parameters, identifier, seed } = secret;
  assert(identifier.length === IDENTIFIER_BYTES, 'an LMS identifier is 16 bytes');
  assert(seed.length === parameters.hashBytes, 'an LMS seed is as long as its hashes');
  assert(parameters.height <= LMS_SIGNING_HEIGHT_MAX, 'a signing key has a height of 5 or 10');
  return stateOf({ secret, tree: growTree(fastestHashing(), secret) }, 0);
}

function stateOf(material: KeyMaterial, next: number): LmsKeyState {
  const { secret, tree } = material;
  const { parameters, identifier } = secret;
  const publicKey = encodePublicKey(parameters, identifier, rootOf(parameters, tree));
  const state: LmsKeyState = Object.freeze({ parameters, publicKey, next });
  materialOfState.set(state, material);
  return state;
}

/** One-time keys left. */
export function remaining({ parameters, next }: LmsKeyState): number {
  return 2 ** parameters.height - next;
}

/**
 * Takes the next one-time key out of a state, or answers undefined when none is left. The rest's
 * `next` must be on disk before the one-time key signs; a crash between the two wastes an index
 * and nothing else. The state itself is used up: asking it twice is a bug, for the two keys would
 * be one.
 */
export function reserve(
  state: LmsKeyState,
): { readonly rest: LmsKeyState; readonly oneTimeKey: LmsOneTimeKey } | undefined {
  const material = materialOfState.get(state);
  assert(material !== undefined, 'a key state is reserved from once');
  if (remaining(state) === 0) return undefined;
  materialOfState.delete(state);
  const { parameters, publicKey, next } = state;
  const oneTimeKey: LmsOneTimeKey = Object.freeze({ parameters, publicKey, index: next });
  materialOfKey.set(oneTimeKey, material);
  return { rest: stateOf(material, next + 1), oneTimeKey };
}

/**
 * Signs with a one-time key, which is used up. `randomizer` is C, n random bytes that nobody who
 * had a say in the message could foresee (RFC 8554 §4.5, Algorithm 3, step 4).
 */
export function signOnce(
  oneTimeKey: LmsOneTimeKey,
  message: Uint8Array,
  randomizer: Uint8Array,
): Uint8Array {
  const { parameters, index: leaf } = oneTimeKey;
  assert(randomizer.length === parameters.hashBytes, 'a randomizer is as long as the hashes');
  const material = materialOfKey.get(oneTimeKey);
  assert(material !== undefined, 'a one-time key signs once');
  materialOfKey.delete(oneTimeKey);
  const { secret, tree } = material;
  const chainValues = fastestHashing().signChains(secret, leaf, { randomizer, message });
  const path = pathOf(parameters, tree, leaf);
  return encodeSignature({ parameters, leaf, randomizer, chainValues, path });
}

/** What {@link encodeKey} begins with; a later form gets another. */
const FORM = 1;
const TREE_AT = 9 + IDENTIFIER_BYTES;

/** Bytes of {@link encodeKey}: for a purse 1,561. */
export function encodedKeyBytes({ hashBytes, height }: LmsParameters): number {
  return TREE_AT + hashBytes * 2 ** (height + 1);
}

/**
 * The whole key, secret and tree, without its index: u8(1) ‖ u32str(type) ‖ u32str(otstype) ‖ I ‖
 * SEED ‖ T[1] ‖ … ‖ T[2^(h+1) − 1]. The index is for the caller to keep, beside it and written
 * ahead.
 */
export function encodeKey(state: LmsKeyState): Uint8Array {
  const material = materialOfState.get(state);
  assert(material !== undefined, 'a key state is kept before it is reserved from');
  const { parameters, identifier, seed } = material.secret;
  const bytes = new Uint8Array(encodedKeyBytes(parameters));
  bytes[0] = FORM;
  putWord(bytes, 1, parameters.lmsType);
  putWord(bytes, 5, parameters.otsType);
  bytes.set(identifier, 9);
  // SEED takes the empty place of node 0, so that nodes stay where the tree has them.
  bytes.set(material.tree, TREE_AT);
  bytes.set(seed, TREE_AT);
  return bytes;
}

/**
 * The key that {@link encodeKey} wrote, at the index `next`, or undefined when the bytes are not
 * whole: a node that is not its children's hash, or a seed that does not give the next leaf, would
 * only ever sign what nobody accepts. Resuming below an index that signed before is the one way to
 * sign twice, and what this house calls cheating.
 */
export function resumeKey(bytes: Uint8Array, next: number): LmsKeyState | undefined {
  const view = viewOf(bytes);
  if (view === undefined || view.length < TREE_AT || view[0] !== FORM) return undefined;
  const parameters = parametersOfTypes(wordAt(view, 1), wordAt(view, 5));
  if (parameters === undefined || parameters.height > LMS_SIGNING_HEIGHT_MAX) return undefined;
  if (view.length !== encodedKeyBytes(parameters)) return undefined;
  if (!Number.isInteger(next) || next < 0 || next > 2 ** parameters.height) return undefined;
  const identifier = view.slice(9, TREE_AT);
  const tree = view.slice(TREE_AT);
  const seed = tree.slice(0, parameters.hashBytes);
  tree.fill(0, 0, parameters.hashBytes);
  const secret = { parameters, identifier, seed };
  if (!isTreeWhole(fastestHashing(), secret, tree, next)) return undefined;
  return stateOf({ secret, tree }, next);
}
