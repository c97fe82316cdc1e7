/**
 * Messages: what may be signed, hashed, stored or sent by itself. Each begins with four bytes that
 * say what it is — `S`, `C`, type, version — so that a signature or hash over one kind of message
 * can never be shown as one over another kind.
 *
 * Spec: 00 §5.
 * @module
 */
import { assert } from '../base/assert.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import type { Codec } from './codec.ts';
import { jsonOf, valueOfJson } from './json.ts';
import type { Shape } from './shape.ts';
import { left, Malformed, newSink, putUint, sourceOf, taken } from './stream.ts';

const MAGIC_S = 0x53;
const MAGIC_C = 0x43;
export const HEADER_BYTES = 4;

/** One kind of message: its name in the spec, its type and version numbers, and its bound. */
export interface Message<T> {
  readonly name: string;
  readonly type: number;
  readonly version: number;
  readonly bytesMax: number;
  readonly shape: Shape;
  /** The one encoding of a value this program made. */
  encode(value: T): Uint8Array;
  /** A value of bytes from outside, or the first refusal met. Never throws. */
  decode(bytes: Uint8Array): Result<T>;
  /** The readable form: bytes as hex, large numbers as decimal text. */
  toJson(value: T): unknown;
  /** A value of the readable form, or a refusal that names the field. Never throws. */
  fromJson(json: unknown): Result<T>;
}

/** The value type of a message. */
export type ContentOf<M> = M extends Message<infer T> ? T : never;

const known = new Map<number, Message<unknown>>();

/** Defines a kind of message. `bytesMax` bounds what a decoder looks at, header included. */
export function message<T>(
  name: string,
  type: number,
  version: number,
  bytesMax: number,
  codec: Codec<T>,
): Message<T> {
  assert(!known.has(type), `message type ${type} is defined once`);
  const header = ((MAGIC_S * 256 + MAGIC_C) * 256 + type) * 256 + version;
  const write = (value: T, isUnjudged: boolean): Uint8Array => {
    const sink = newSink(isUnjudged);
    putUint(sink, header, HEADER_BYTES);
    codec.write(sink, value);
    return taken(sink);
  };
  const made: Message<T> = {
    name,
    type,
    version,
    bytesMax,
    shape: codec.shape,
    encode(value) {
      const encoded = write(value, false);
      assert(encoded.length <= bytesMax, `${name} stays within ${bytesMax} bytes`);
      return encoded;
    },
    decode: (bytes) => read(bytes, made, codec),
    toJson: (value) => jsonOf(codec.shape, value),
    fromJson(json) {
      const value = valueOfJson(codec.shape, json) as Result<T>;
      // The binary form is the judge: what it would refuse, the readable form may not smuggle in.
      return value.ok ? made.decode(write(value.value, true)) : value;
    },
  };
  known.set(type, made);
  return made;
}

function read<T>(bytes: Uint8Array, kind: Message<T>, codec: Codec<T>): Result<T> {
  if (bytes.length > kind.bytesMax) return refuse('message_oversized');
  if (bytes.length < HEADER_BYTES) return refuse('message_truncated');
  if (bytes[0] !== MAGIC_S || bytes[1] !== MAGIC_C) return refuse('message_foreign');
  if (bytes[2] !== kind.type) return refuse('message_type_unexpected');
  if (bytes[3] !== kind.version) return refuse('message_version_unknown');
  const source = sourceOf(bytes, HEADER_BYTES);
  try {
    const value = codec.read(source);
    return left(source) === 0 ? accept(value) : refuse('message_trailing');
  } catch (cause) {
    if (cause instanceof Malformed) return refuse(cause.code, cause.at);
    throw cause;
  }
}

/** Every kind of message defined so far, by type number: for inspection and for the fuzzing tests. */
export function messagesKnown(): readonly Message<unknown>[] {
  return [...known.values()].sort((a, b) => a.type - b.type);
}

/** The kind a message says it is, or undefined: for `inspect`, which must name what it was given. */
export function kindOf(bytes: Uint8Array): Message<unknown> | undefined {
  if (bytes[0] !== MAGIC_S || bytes[1] !== MAGIC_C) return undefined;
  return bytes[2] === undefined ? undefined : known.get(bytes[2]);
}
