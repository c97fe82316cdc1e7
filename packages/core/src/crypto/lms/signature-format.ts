/**
 * Public keys and signatures as bytes. What comes from outside is taken apart here and nowhere
 * else: every length is checked before a byte is used, and a malformed thing is undefined.
 *
 * Invariant: nothing given from outside can make this throw, run long or allocate more than one
 * signature's bytes.
 *
 * Letters (RFC 8554 §4.5, §5.3, §5.4): I identifier, q leaf, C randomizer, y chain values,
 * T[1] root.
 * @module
 */
import { IDENTIFIER_BYTES, parametersOfTypes, type LmsParameters } from './parameters.ts';

/** A signature beside the key it claims: everything but the message. */
export interface LmsClaim {
  readonly parameters: LmsParameters;
  /** I, 16 bytes. */
  readonly identifier: Uint8Array;
  /** T[1], n bytes. */
  readonly root: Uint8Array;
  /** q, below 2^h. */
  readonly leaf: number;
  /** C, n bytes. */
  readonly randomizer: Uint8Array;
  /** y[0] ‖ … ‖ y[p − 1]. */
  readonly chainValues: Uint8Array;
  /** path[0] ‖ … ‖ path[h − 1]. */
  readonly path: Uint8Array;
}

/** u32str(x) at an offset, read. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}

/** u32str(x) at an offset, written. */
export function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** The language's own answer about a typed array, which a disguised object cannot give. */
function askedOf(value: unknown, key: 'length' | 'byteOffset' | 'buffer' | symbol): unknown {
  return Reflect.get(typedArray, key, value) as unknown;
}

/** A plain view of bytes, or undefined when the value is none, whatever it pretends to be. */
export function viewOf(value: unknown): Uint8Array | undefined {
  if (askedOf(value, Symbol.toStringTag) !== 'Uint8Array') return undefined;
  const length = askedOf(value, 'length') as number;
  // A view whose buffer was taken away has length 0 and would throw below.
  if (length === 0) return new Uint8Array(0);
  const buffer = askedOf(value, 'buffer') as ArrayBuffer;
  return new Uint8Array(buffer, askedOf(value, 'byteOffset') as number, length);
}

/**
 * Takes a public key and a signature apart, or answers undefined (RFC 8554 §5.4.2, Algorithm 6,
 * steps 1 and 2; Algorithm 6a, steps 1 and 2; Algorithm 4b, steps 1 and 2).
 */
export function parseClaim(publicKey: unknown, signature: unknown): LmsClaim | undefined {
  const keyView = viewOf(publicKey);
  const signatureView = viewOf(signature);
  if (keyView === undefined || signatureView === undefined || keyView.length < 8) return undefined;
  const parameters = parametersOfTypes(wordAt(keyView, 0), wordAt(keyView, 4));
  if (parameters?.publicKeyBytes !== keyView.length) return undefined;
  if (parameters.signatureBytes !== signatureView.length) return undefined;
  // Copies, so that what was checked is what is used even if the memory is shared.
  return claimOf(parameters, new Uint8Array(keyView), new Uint8Array(signatureView));
}

function claimOf(
  parameters: LmsParameters,
  key: Uint8Array,
  signature: Uint8Array,
): LmsClaim | undefined {
  const { lmsType, otsType, hashBytes, chains, height } = parameters;
  const chainsAt = 8 + hashBytes;
  const typeAt = chainsAt + chains * hashBytes;
  const leaf = wordAt(signature, 0);
  if (wordAt(key, 0) !== lmsType || wordAt(key, 4) !== otsType) return undefined;
  if (wordAt(signature, 4) !== otsType || wordAt(signature, typeAt) !== lmsType) return undefined;
  if (leaf >= 2 ** height) return undefined;
  return {
    parameters,
    identifier: key.subarray(8, 8 + IDENTIFIER_BYTES),
    root: key.subarray(8 + IDENTIFIER_BYTES),
    leaf,
    randomizer: signature.subarray(8, chainsAt),
    chainValues: signature.subarray(chainsAt, typeAt),
    path: signature.subarray(typeAt + 4),
  };
}

/** u32str(type) ‖ u32str(otstype) ‖ I ‖ T[1] (RFC 8554 §5.3). */
export function encodePublicKey(
  { lmsType, otsType, publicKeyBytes }: LmsParameters,
  identifier: Uint8Array,
  root: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(publicKeyBytes);
  putWord(bytes, 0, lmsType);
  putWord(bytes, 4, otsType);
  bytes.set(identifier, 8);
  bytes.set(root, 8 + IDENTIFIER_BYTES);
  return bytes;
}

/** u32str(q) ‖ u32str(otstype) ‖ C ‖ y ‖ u32str(type) ‖ path (RFC 8554 §5.4.1, §4.5). */
export function encodeSignature(claim: Omit<LmsClaim, 'identifier' | 'root'>): Uint8Array {
  const { parameters, leaf, randomizer, chainValues, path } = claim;
  const { lmsType, otsType, signatureBytes, hashBytes, chains } = parameters;
  const bytes = new Uint8Array(signatureBytes);
  const typeAt = 8 + hashBytes * (1 + chains);
  putWord(bytes, 0, leaf);
  putWord(bytes, 4, otsType);
  bytes.set(randomizer, 8);
  bytes.set(chainValues, 8 + hashBytes);
  putWord(bytes, typeAt, lmsType);
  bytes.set(path, typeAt + 4);
  return bytes;
}
