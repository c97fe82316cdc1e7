/**
 * How large a picture is, read from the first bytes of its file before anything is unpacked: a few
 * kilobytes can unpack to gigabytes. Invariant: what is not plainly a PNG or JPEG of a bounded size
 * never reaches the reader.
 *
 * Spec: 13 §7. PNG (ISO/IEC 15948) §11.2.2; JPEG (ITU-T T.81) §B.2.2.
 * @module
 */
import { accept, refuse, type Result } from '@specie/core/base/result';

/** More than cameras give. */
export const PICTURE_BYTES_MAX = 32 * 1024 * 1024;
/** A picture that comes in passes has a dozen; each pass is work over the whole picture. */
const JPEG_SCANS_MAX = 64;
/** Fifty million points: the better cameras of phones; 200 MB while it is looked at. */
const POINTS_MAX = 50_000_000;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Pictures of other kinds by their first bytes, so that they are called by what they are. */
const OTHER_STARTS = [
  { at: 0, text: 'GIF8' },
  { at: 0, text: 'BM' },
  { at: 0, text: 'RIFF' },
  { at: 0, text: 'II*' },
  { at: 0, text: 'MM\0*' },
  { at: 4, text: 'ftyp' },
] as const;

/** Whether a file is a picture, of whatever kind. */
export function isPicture(file: Uint8Array): boolean {
  const isOther = OTHER_STARTS.some(({ at, text }) =>
    Array.from(text).every((letter, i) => file[at + i] === letter.charCodeAt(0)),
  );
  return isPng(file) || isJpeg(file) || isOther;
}

/** The size of a picture that may be read. */
export function pictureSize(file: Uint8Array): Result<PictureSize> {
  if (file.length > PICTURE_BYTES_MAX) return refuse('picture_oversized');
  if (isJpeg(file) && jpegScans(file) > JPEG_SCANS_MAX) return refuse('picture_oversized');
  const size = isPng(file) ? pngSize(file) : isJpeg(file) ? jpegSize(file) : undefined;
  if (size === undefined || size.width === 0 || size.height === 0) {
    return refuse('picture_unreadable');
  }
  return size.width * size.height > POINTS_MAX ? refuse('picture_oversized') : accept(size);
}

/** Whether a file begins as a PNG does. */
export function isPng(file: Uint8Array): boolean {
  return PNG_START.every((byte, i) => file[i] === byte);
}

function isJpeg(file: Uint8Array): boolean {
  return file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;
}

function pngSize(file: Uint8Array): PictureSize | undefined {
  if (file.length < 24) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Goes from segment to segment until the one that opens the frame. */
function jpegSize(file: Uint8Array): PictureSize | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 2;
  while (at + 9 <= file.length && file[at] === 0xff) {
    const marker = file[at + 1]!;
    if (isFrameStart(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    // Filling between segments is any number of 0xff.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** How often a scan starts: within a scan the byte 0xff is never followed by this one. */
function jpegScans(file: Uint8Array): number {
  let scans = 0;
  for (let at = file.indexOf(0xff); at >= 0; at = file.indexOf(0xff, at + 1)) {
    if (file[at + 1] === 0xda) scans++;
  }
  return scans;
}

/** SOF0 to SOF15, of which three numbers mean other things. */
function isFrameStart(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
