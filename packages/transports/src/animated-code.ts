/**
 * A message as a run of codes that may be shown for as long as it takes: a receiver may begin anywhere
 * and miss any of them, and needs as many different ones as the message has blocks, whichever.
 *
 * Spec: 13 §4.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { accept, refuse } from '@specie/core/base/result';
import { codeBytesMax, VERSION_USUAL } from './code-size.ts';
import {
  BLOCK_BYTES_MAX,
  blockCount,
  digestOf,
  evenUp,
  PART_FRAME_OVERHEAD,
  partFrameOf,
  PARTS_MAX,
} from './frame.ts';
import { bytesOfWords, PART_COUNT, partsThrough, wordsOf } from './part-code.ts';
import { type Frames, MESSAGE_BYTES_MAX, type Transport } from './transport.ts';

/** Many codes, one after the other, hold one message. */
export const animatedCode: Transport = {
  name: 'animated',
  encode(message, { frameBytesMax = codeBytesMax(VERSION_USUAL) } = {}) {
    const { length } = message;
    if (length === 0 || length > MESSAGE_BYTES_MAX) return refuse('message_uncarriable');
    const room = Math.min(frameBytesMax - PART_FRAME_OVERHEAD, BLOCK_BYTES_MAX);
    const blockBytesMax = room - (room % 2);
    if (blockBytesMax < 2) return refuse('message_uncarriable');
    const needed = blockCount(length, blockBytesMax);
    if (needed > PARTS_MAX) return refuse('message_uncarriable');
    // Even shares make each code smaller, and a smaller code is easier to read.
    return accept(framesOf(new Uint8Array(message), evenUp(Math.ceil(length / needed))));
  },
};

function framesOf(message: Uint8Array, blockBytes: number): Frames {
  const digest = digestOf(message);
  const needed = blockCount(message.length, blockBytes);
  const partOf = partsThrough(
    Array.from({ length: needed }, (_, number) => ({
      number,
      block: wordsOf(message.subarray(number * blockBytes), blockBytes / 2),
    })),
  );
  return {
    needed,
    count: PART_COUNT,
    at(asked) {
      assert(Number.isSafeInteger(asked) && asked >= 0, 'frames are numbered from 0');
      const number = asked % PART_COUNT;
      const block = bytesOfWords(partOf(number));
      return partFrameOf({ digest, length: message.length, number, block });
    },
  };
}
