/**
 * What every way from device to device has in common: a transport cuts one message into frames, a
 * decoder puts frames together again. Invariant: a decoder hands out a message only when its bytes
 * have the digest the frames named, and answers anything else with a refusal; it never throws.
 *
 * Spec: 13 §1.
 * @module
 */
import type { Refusal, Result } from '@specie/core/base/result';

/** Bytes of the largest message a transport carries; the smallest has one. */
export const MESSAGE_BYTES_MAX = 65_536;

/** One message, cut up to be shown. */
export interface Frames {
  /** How many different frames any receiver needs, whichever they are. */
  readonly needed: number;
  /** How many different frames there are. */
  readonly count: number;
  /** Frame of a number; numbers beyond `count` begin again from 0. The same number gives the same bytes. */
  at(number: number): Uint8Array;
}

export interface EncodeOptions {
  /** Bytes one frame may have: what the code, tag or packet that shows it can hold. */
  readonly frameBytesMax?: number;
}

/** A way to carry messages. */
export interface Transport {
  readonly name: 'single' | 'animated' | 'file' | 'text';
  /** Cuts a message of 1 to 65,536 bytes. Refuses one this transport cannot carry. */
  encode(message: Uint8Array, options?: EncodeOptions): Result<Frames>;
}

/** Answer to one frame. */
export type Taken =
  | {
      readonly at: 'progress';
      /** Share of the frames needed that are here, 0 to below 1. */
      readonly progress: number;
      readonly have: number;
      readonly needed: number;
      /** Whether this frame told something that was not known. */
      readonly isNew: boolean;
    }
  | { readonly at: 'done'; readonly message: Uint8Array }
  | { readonly at: 'refused'; readonly refusal: Refusal };

/** Puts frames together, of whatever transport, in any order and mixture. */
export interface Decoder {
  take(frame: Uint8Array): Taken;
  /** The message that is nearest to being whole, or undefined when no part of any is held. */
  nearest(): { readonly have: number; readonly needed: number } | undefined;
}
