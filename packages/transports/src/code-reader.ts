/**
 * Finds codes in pictures, under Node and in browsers. The reader is a WebAssembly module whose bytes
 * the caller hands in, so nothing is ever fetched. Invariant: what it hands out are the bytes of the
 * codes, not a text somebody guessed from them; a picture without a code gives an empty list.
 *
 * Spec: 13 §7.
 * @module
 */
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';

/** What a camera or a canvas gives: four bytes for each point, row by row from the top. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Bytes of every code in a picture: a PNG or JPEG file, or pixels. */
export type CodeReader = (picture: Uint8Array | Pixels) => Promise<readonly Uint8Array[]>;

/** A sheet of paper with codes, with room to spare. */
const CODES_MAX = 32;

/** Downscaling finds codes of few large modules, which fine search misses. */
const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: CODES_MAX,
};

/** Makes a reader of `zxing_reader.wasm`. Fails only when the bytes are not that module. */
export async function newCodeReader(wasm: Uint8Array): Promise<CodeReader> {
  await prepareZXingModule({
    overrides: {
      wasmBinary: Uint8Array.from(wasm).buffer,
      // Left to itself the library names an address on the web; nothing may be asked there.
      locateFile: () => 'data:,',
    },
    fireImmediately: true,
  });
  return async (picture) => {
    const codes = await readBarcodes(inputOf(picture), OPTIONS);
    return codes.filter(({ isValid }) => isValid).map(({ bytes }) => Uint8Array.from(bytes));
  };
}

/** A browser's ImageData has its fields from its class, so they are named and not spread. */
function inputOf(picture: Uint8Array | Pixels): Parameters<typeof readBarcodes>[0] {
  if (picture instanceof Uint8Array) return picture;
  const { data, width, height } = picture;
  const pixels = { data, width, height, colorSpace: 'srgb' as const };
  return pixels as Parameters<typeof readBarcodes>[0];
}
