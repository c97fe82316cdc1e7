/**
 * The two ends of the canonical encoding: bytes being written and bytes being read. A source never
 * reads past its end and never allocates more than the bytes it was given.
 *
 * Spec: 00 §4.
 * @module
 */
import type { RefusalCode } from '../base/refusals.ts';

/** Bytes that are no encoding. Raised and caught inside the codec folder; outside it is a refusal. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly code: RefusalCode;
  /** Path of the guilty field, grown from the inside outwards while the reading is given up. */
  at: string;

  constructor(code: RefusalCode, at = '') {
    super(code);
    this.code = code;
    this.at = at;
  }
}

/** Output that grows as it is written. */
export interface Sink {
  /** Lets a value from outside be written before it is judged; reading it back judges it. */
  readonly isUnjudged: boolean;
  buffer: Uint8Array;
  length: number;
}

/** Most messages fit without growing; what grows beyond it is a page or a batch and made anew. */
const SINK_BYTES = 64 * 1024;

/** The buffer the next output is written to: making one for each message would cost more than writing it. */
let spare: Uint8Array | undefined;

/** An empty output. */
export function newSink(isUnjudged = false): Sink {
  const buffer = spare ?? new Uint8Array(SINK_BYTES);
  // Taken until it is given back, so that no two outputs ever share it.
  spare = undefined;
  return { isUnjudged, buffer, length: 0 };
}

function reserve(sink: Sink, more: number): void {
  const needed = sink.length + more;
  if (needed <= sink.buffer.length) return;
  const grown = new Uint8Array(Math.max(sink.buffer.length * 2, needed));
  grown.set(sink.buffer.subarray(0, sink.length));
  sink.buffer = grown;
}

/** Writes a big-endian number of `width` bytes, at most six. */
export function putUint(sink: Sink, value: number, width: number): void {
  reserve(sink, width);
  const { buffer, length } = sink;
  let rest = value;
  // Bit operations hold 32 bits, so what lies above them is divided off first.
  if (width > 4) {
    const high = Math.floor(value / 2 ** 32);
    buffer[length] = high >>> 8;
    buffer[length + 1] = high;
    rest = value % 2 ** 32;
  }
  for (let at = length + width - 1, end = length + Math.max(0, width - 4); at >= end; at--) {
    buffer[at] = rest;
    rest >>>= 8;
  }
  sink.length = length + width;
}

/** Writes a 64-bit number. */
export function putU64(sink: Sink, value: bigint): void {
  putUint(sink, Number(value >> 32n), 4);
  putUint(sink, Number(value & 0xffff_ffffn), 4);
}

/** Writes bytes as they are. */
export function putBytes(sink: Sink, value: Uint8Array): void {
  reserve(sink, value.length);
  sink.buffer.set(value, sink.length);
  sink.length += value.length;
}

/** A copy of what was written. The sink is of no use afterwards: its buffer serves the next one. */
export function taken(sink: Sink): Uint8Array {
  const written = sink.buffer.slice(0, sink.length);
  if (sink.buffer.length === SINK_BYTES) {
    // Secrets are encoded too; none stays behind in what is kept.
    sink.buffer.fill(0, 0, sink.length);
    spare = sink.buffer;
  }
  return written;
}

/** Input being taken from the front. */
export interface Source {
  readonly input: Uint8Array;
  position: number;
}

/** Reads `bytes` from `position` on. Only a view is made: values are copied when they are taken. */
export function sourceOf(bytes: Uint8Array, position = 0): Source {
  // A subclass such as Node's Buffer slices without copying; a plain view of its bytes does not.
  return { input: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), position };
}

/** Bytes that are still to be read. */
export function left(source: Source): number {
  return source.input.length - source.position;
}

/** Takes a big-endian number of `width` bytes, at most six. */
export function takeUint(source: Source, width: number): number {
  const { input, position } = source;
  const end = position + width;
  if (end > input.length) throw new Malformed('message_truncated');
  let value = 0;
  for (let at = position; at < end; at++) value = value * 256 + input[at]!;
  source.position = end;
  return value;
}

/** Takes a 64-bit number. */
export function takeU64(source: Source): bigint {
  return (BigInt(takeUint(source, 4)) << 32n) | BigInt(takeUint(source, 4));
}

/** Takes a copy of bytes, so that a value does not change when the caller's buffer does. */
export function takeBytes(source: Source, length: number): Uint8Array {
  const { input, position } = source;
  const end = position + length;
  if (end > input.length) throw new Malformed('message_truncated');
  source.position = end;
  return input.slice(position, end);
}
