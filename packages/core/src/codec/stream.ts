/**
 * The two ends of the canonical encoding: bytes being written and bytes being read. A source never
 * reads past its end and never allocates more than the bytes it was given.
 *
 * Spec: 00 §4.
 * @module
 */
import type { RefusalCode } from '../base/refusals.ts';

/** Bytes that are no encoding. Raised and caught inside the codec folder; outside it is a refusal. */
export class Malformed {
  readonly code: RefusalCode;
  at = '';

  constructor(code: RefusalCode) {
    this.code = code;
  }
}

/** Growing output. */
export class Sink {
  /** Lets a value from outside be written before it is judged; reading it back judges it. */
  readonly isUnjudged: boolean;
  private buffer = new Uint8Array(256);
  private length = 0;

  constructor(isUnjudged = false) {
    this.isUnjudged = isUnjudged;
  }

  /** Big-endian number of `width` bytes, at most six. */
  uint(value: number, width: number): void {
    this.reserve(width);
    let rest = value;
    for (let i = this.length + width - 1; i >= this.length; i--) {
      this.buffer[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.length += width;
  }

  u64(value: bigint): void {
    this.uint(Number(value >> 32n), 4);
    this.uint(Number(value & 0xffff_ffffn), 4);
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** A copy of what was written. */
  taken(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}

/** Input being taken from the front. */
export class Source {
  private readonly input: Uint8Array;
  private position = 0;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  get left(): number {
    return this.input.length - this.position;
  }

  uint(width: number): number {
    if (width > this.left) throw new Malformed('message_truncated');
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + this.input[this.position++]!;
    return value;
  }

  u64(): bigint {
    return (BigInt(this.uint(4)) << 32n) | BigInt(this.uint(4));
  }

  /** A copy, so that a value does not change when the caller's buffer does. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw new Malformed('message_truncated');
    const value = this.input.slice(this.position, this.position + length);
    this.position += length;
    return value;
  }
}
