/**
 * The transports that carry a message in one piece: a single code, and a file. Invariant: what one
 * frame cannot hold is refused here, never cut off.
 *
 * Spec: 13 §3, §6.
 * @module
 */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { codeBytesMax, VERSION_USUAL } from './code-size.ts';
import { WHOLE_FRAME_OVERHEAD, wholeFrameOf } from './frame.ts';
import { type EncodeOptions, type Frames, MESSAGE_BYTES_MAX, type Transport } from './transport.ts';

/** Ending of the name of a file that holds one message. */
export const FILE_ENDING = '.specie';

/** One code holds one message. */
export const singleCode: Transport = {
  name: 'single',
  encode(message, { frameBytesMax = codeBytesMax(VERSION_USUAL) } = {}) {
    return oneFrame(message, { frameBytesMax }, wholeFrameOf);
  },
};

/** One file holds one message. */
export const messageFile: Transport = {
  name: 'file',
  encode: (message, options) => oneFrame(message, options, wholeFrameOf),
};

/** Frames of which there is but one, when it fits. */
export function oneFrame(
  message: Uint8Array,
  { frameBytesMax = Infinity }: EncodeOptions = {},
  frameOf: (message: Uint8Array) => Uint8Array,
): Result<Frames> {
  const { length } = message;
  if (length === 0 || length > MESSAGE_BYTES_MAX || length + WHOLE_FRAME_OVERHEAD > frameBytesMax) {
    return refuse('message_uncarriable');
  }
  const frame = frameOf(message);
  if (frame.length > frameBytesMax) return refuse('message_uncarriable');
  return accept({ needed: 1, count: 1, at: () => frame.slice() });
}
