/**
 * Writes PNG files: one bit for each point for codes, eight where there are greys. Invariant: the same
 * points give the same bytes.
 *
 * PNG (ISO/IEC 15948) §5, §11.2.
 * @module
 */
import { crc32, deflateSync } from 'node:zlib';
import { type CodeModules, QUIET } from '../code-drawing.ts';

const START = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Grey points, row by row from the top; 0 is black. */
export interface Greys {
  readonly points: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A code with its border, `scale` points for each side of a module. */
export function pngOfCode(modules: CodeModules, scale: number): Uint8Array {
  const side = (modules.length + 2 * QUIET) * scale;
  // One byte before each row says that it is not predicted from others.
  const rowBytes = 1 + Math.ceil(side / 8);
  const rows = new Uint8Array(rowBytes * side);
  for (let y = 0; y < side; y++) {
    const row = modules[Math.floor(y / scale) - QUIET];
    for (let x = 0; x < side; x++) {
      const isDark = row?.[Math.floor(x / scale) - QUIET] === true;
      if (!isDark) rows[y * rowBytes + 1 + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  }
  return pngOf(side, side, 1, rows);
}

/** A picture of greys. */
export function pngOfGreys({ points, width, height }: Greys): Uint8Array {
  const rows = new Uint8Array((1 + width) * height);
  for (let y = 0; y < height; y++) {
    rows.set(points.subarray(y * width, (y + 1) * width), y * (1 + width) + 1);
  }
  return pngOf(width, height, 8, rows);
}

function pngOf(width: number, height: number, bits: number, rows: Uint8Array): Uint8Array {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // Greys (colour type 0), deflate, the usual filters, not interlaced: the rest stays zero.
  head[8] = bits;
  const parts = [
    START,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  return Uint8Array.from(Buffer.concat(parts));
}

function chunk(name: string, contents: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + contents.length);
  bytes.writeUInt32BE(contents.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(contents, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + contents.length)), 8 + contents.length);
  return bytes;
}
