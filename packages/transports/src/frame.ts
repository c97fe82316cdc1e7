/**
 * The two kinds of frames. A whole frame is a message and its digest. A part frame is one of the many
 * parts of a message and says of which message, so that parts of two never mix. Invariant: a frame
 * that was altered anywhere is refused before anything else is done with it.
 *
 * Spec: 13 §2, §4.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { blob, bytes, struct, u16, upTo, type ValueOf } from '@specie/core/codec/codec';
import { HEADER_BYTES, message } from '@specie/core/codec/message';
import { sha256 } from '@specie/core/crypto/hash';
import { MESSAGE_BYTES_MAX } from './transport.ts';

/** Tells messages apart and catches accidents; what is inside is signed by whoever made it. */
export const DIGEST_BYTES = 16;
/** Lets one damaged part in four thousand million through; the digest catches that one. */
const CHECK_BYTES = 4;
/** Parts a message may be cut into: the work of putting them together grows with this number. */
export const PARTS_MAX = 1024;
/** More than the largest code holds, and a page of memory: for carriers of larger packets. */
export const BLOCK_BYTES_MAX = 4096;

export const WHOLE_FRAME_OVERHEAD = HEADER_BYTES + DIGEST_BYTES + 4;
export const PART_FRAME_OVERHEAD = HEADER_BYTES + DIGEST_BYTES + 4 + 2 + 4 + CHECK_BYTES;

const wholeFrame = struct({
  digest: bytes(DIGEST_BYTES),
  message: blob(MESSAGE_BYTES_MAX),
});
export type WholeFrame = ValueOf<typeof wholeFrame>;

export const wholeFrameMessage = message(
  'WholeFrame',
  0xd0,
  1,
  WHOLE_FRAME_OVERHEAD + MESSAGE_BYTES_MAX,
  wholeFrame,
);

const partFrame = struct({
  digest: bytes(DIGEST_BYTES),
  /** Bytes of the whole message. */
  length: upTo(32, MESSAGE_BYTES_MAX),
  /** Which part this is. */
  number: u16,
  block: blob(BLOCK_BYTES_MAX),
  /** First bytes of SHA-256 over everything before. */
  check: bytes(CHECK_BYTES),
});
export type PartFrame = Omit<ValueOf<typeof partFrame>, 'check'>;

export const partFrameMessage = message(
  'PartFrame',
  0xd1,
  1,
  PART_FRAME_OVERHEAD + BLOCK_BYTES_MAX,
  partFrame,
);

/** Digest by which the frames of a message know each other: the first 16 bytes of SHA-256. */
export function digestOf(carried: Uint8Array): Uint8Array {
  return sha256(carried).slice(0, DIGEST_BYTES);
}

/** How many blocks of a size a message of a length has. */
export function blockCount(length: number, blockBytes: number): number {
  return Math.ceil(length / blockBytes);
}

/** The frame that holds a message whole. */
export function wholeFrameOf(carried: Uint8Array): Uint8Array {
  return wholeFrameMessage.encode({ digest: digestOf(carried), message: carried });
}

/** The frame of one part. */
export function partFrameOf(part: PartFrame): Uint8Array {
  const frame = partFrameMessage.encode({ ...part, check: new Uint8Array(CHECK_BYTES) });
  const end = frame.length - CHECK_BYTES;
  frame.set(checkOf(frame.subarray(0, end)), end);
  return frame;
}

/** The message a whole frame holds, checked against its digest. */
export function readWholeFrame(frame: Uint8Array): Result<WholeFrame> {
  const read = wholeFrameMessage.decode(frame);
  if (!read.ok) return read;
  const { digest, message: carried } = read.value;
  if (!equalBytes(digestOf(carried), digest)) return refuse('frame_damaged', '.digest');
  return carried.length === 0 ? refuse('frame_misshapen', '.message') : read;
}

/** The part a frame holds, undamaged and with sizes that fit together. */
export function readPartFrame(frame: Uint8Array): Result<PartFrame> {
  const read = partFrameMessage.decode(frame);
  if (!read.ok) return read;
  const { check, ...part } = read.value;
  if (!equalBytes(checkOf(frame.subarray(0, frame.length - CHECK_BYTES)), check)) {
    return refuse('frame_damaged', '.check');
  }
  if (part.length === 0) return refuse('frame_misshapen', '.length');
  if (!isBlockSize(part.length, part.block.length)) return refuse('frame_misshapen', '.block');
  return accept(part);
}

/** Blocks are of whole 16-bit words, and no more of them than may be. */
function isBlockSize(length: number, blockBytes: number): boolean {
  if (blockBytes === 0 || blockBytes % 2 !== 0) return false;
  return blockCount(length, blockBytes) <= PARTS_MAX;
}

/** The even number at or above a number. */
export function evenUp(number: number): number {
  return number + (number % 2);
}

function checkOf(bytesBefore: Uint8Array): Uint8Array {
  return sha256(bytesBefore).subarray(0, CHECK_BYTES);
}
