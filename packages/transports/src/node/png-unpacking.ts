/**
 * Unpacks what a PNG holds, once and with a bound, before the reader of codes does: a megabyte can
 * unpack to a gigabyte, and the reader sets no bound of its own. Invariant: what passes unpacks to no
 * more than its own size in points allows.
 *
 * Spec: 13 §7. PNG (ISO/IEC 15948) §5.3, §10.
 * @module
 */
import { inflateSync } from 'node:zlib';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { PictureSize } from '../picture-size.ts';

const START_BYTES = 8;
/** Four channels of sixteen bits. */
const POINT_BYTES_MAX = 8;

/** Whether a PNG of this size in points unpacks to what such a picture can have. */
export function judgePng(file: Uint8Array, { width, height }: PictureSize): Result<true> {
  // An interlaced picture has up to two rows, each with its filter, where a plain one has one.
  const maxOutputLength = height * (width * POINT_BYTES_MAX + 2) + 64;
  try {
    inflateSync(packedIn(file), { maxOutputLength });
    return accept(true);
  } catch (cause) {
    const isTooLarge = (cause as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return refuse(isTooLarge ? 'picture_oversized' : 'picture_unreadable');
  }
}

/** The contents of all IDAT chunks, one behind the other. */
function packedIn(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const found: Uint8Array[] = [];
  let at = START_BYTES;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') {
      found.push(bytes.subarray(at + 8, at + 8 + length));
    }
    at += 12 + length;
  }
  return Buffer.concat(found);
}
