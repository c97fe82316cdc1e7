/**
 * Pictures of codes as the world hands them over: scaled, turned, out of focus, noisy, squeezed by
 * JPEG. And the programs of others, to read what we draw and to draw what we read.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { scanGrayBuffer, ZBarConfigType, ZBarScanner, ZBarSymbolType } from '@undecaf/zbar-wasm';
import { type Chance, chanceOf } from '@specie/core/base/chance.fixture';
import jpeg from 'jpeg-js';
import qrcode from 'qrcode-generator';
import { type CodeModules, codeOf, QUIET } from './code-drawing.ts';
import { type Greys } from './node/png.ts';

/** Contents of no pattern, with every byte there is. */
export function frameOfSize(size: number): Uint8Array {
  const frame = chanceOf(size).bytes(size);
  for (let i = 0; i < Math.min(256, size); i++) frame[size - 1 - i] = i;
  return frame;
}

/** The code of bytes that are known to fit. */
export function modulesOf(frame: Uint8Array, level: 'L' | 'M' = 'L'): CodeModules {
  const code = codeOf(frame, level);
  if (!code.ok) throw new Error(code.refusal.code);
  return code.value;
}

/** A code in greys, turned by some degrees about its middle, `scale` points for each module. */
export function greysOf(modules: CodeModules, scale: number, degrees = 0): Greys {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const inner = (modules.length + 2 * QUIET) * scale;
  const side = Math.ceil(inner * (Math.abs(cos) + Math.abs(sin)));
  const points = new Uint8Array(side * side);
  const at = (x: number, y: number): number => {
    const row = modules[Math.floor(y / scale) - QUIET];
    return row?.[Math.floor(x / scale) - QUIET] === true ? 0 : 255;
  };
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      // Four looks into each point, as a lens would mix them.
      for (const [dx, dy] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ] as const) {
        const [u, v] = [x + dx - side / 2, y + dy - side / 2];
        sum += at(u * cos + v * sin + inner / 2, v * cos - u * sin + inner / 2);
      }
      points[y * side + x] = sum / 4;
    }
  }
  return { points, width: side, height: side };
}

/** Out of focus: the mean over a square of 2 · radius + 1 points, once along and once across. */
export function blurred({ points, width, height }: Greys, radius: number): Greys {
  const pass = (from: Uint8Array, step: number, other: number): Uint8Array => {
    const to = new Uint8Array(from.length);
    const length = step === 1 ? width : height;
    for (let line = 0; line < from.length / length; line++) {
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let d = -radius; d <= radius; d++) {
          const near = Math.min(length - 1, Math.max(0, i + d));
          sum += from[line * other + near * step]!;
        }
        to[line * other + i * step] = sum / (2 * radius + 1);
      }
    }
    return to;
  };
  return { points: pass(pass(points, 1, width), width, 1), width, height };
}

/** Seen from below: the upper edge is further away, and so smaller, by a share of the lower one. */
export function tilted({ points, width, height }: Greys, share: number): Greys {
  const made = new Uint8Array(points.length).fill(255);
  for (let y = 0; y < height; y++) {
    const nearness = 1 - share * (1 - y / height);
    for (let x = 0; x < width; x++) {
      const u = Math.round((x - width / 2) / nearness + width / 2);
      // Lines that are further away also lie closer together.
      const v = Math.round((height * (1 / nearness - 1 / (1 - share))) / (1 - 1 / (1 - share)));
      if (u >= 0 && u < width && v < height) made[y * width + x] = points[v * width + u]!;
    }
  }
  return { points: made, width, height };
}

/** Greys squeezed towards the middle, and up to `amount` of noise on each point. */
export function noisy({ points, width, height }: Greys, amount: number, chance: Chance): Greys {
  const made = points.map((grey) => {
    const noise = chance.below(2 * amount + 1) - amount;
    return Math.min(255, Math.max(0, 40 + (grey * 175) / 255 + noise));
  });
  return { points: made, width, height };
}

/** A JPEG file of greys. */
export function jpegOf({ points, width, height }: Greys, quality: number): Uint8Array {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < points.length; i++) data.fill(points[i]!, 4 * i, 4 * i + 3);
  return Uint8Array.from(jpeg.encode({ data, width, height }, quality).data);
}

interface PngModule {
  readonly PNG: {
    readonly sync: {
      read(file: Buffer): {
        readonly data: Buffer;
        readonly width: number;
        readonly height: number;
      };
    };
  };
}

/** Greys of a PNG file, unpacked by a program of somebody else. */
export function greysOfPng(file: Uint8Array): Greys {
  const { PNG } = createRequire(import.meta.url)('pngjs') as PngModule;
  const { data, width, height } = PNG.sync.read(Buffer.from(file));
  const points = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]!);
  return { points, width, height };
}

/** The codes that ZBar, which is not ours, finds in greys. */
export async function readByZbar({ points, width, height }: Greys): Promise<Uint8Array[]> {
  const scanner = await ZBarScanner.create();
  scanner.setConfig(ZBarSymbolType.ZBAR_QRCODE, ZBarConfigType.ZBAR_CFG_BINARY, 1);
  const found = await scanGrayBuffer(Uint8Array.from(points).buffer, width, height, scanner);
  return found.map(({ data }) => Uint8Array.from(data));
}

/** The code that another program draws of bytes. */
export function modulesByAnother(frame: Uint8Array, level: 'L' | 'M' | 'Q' | 'H'): CodeModules {
  qrcode.stringToBytes = (text) => Array.from(text, (letter) => letter.charCodeAt(0));
  const code = qrcode(0, level);
  code.addData(String.fromCharCode(...frame), 'Byte');
  code.make();
  const side = code.getModuleCount();
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) => code.isDark(y, x)),
  );
}

/** What a program of the system prints, or undefined where it is not installed. */
export function printedBy(program: string, args: readonly string[]): Uint8Array | undefined {
  const { error, stdout } = spawnSync(program, args, { maxBuffer: 1 << 24, timeout: 20_000 });
  return error === undefined ? Uint8Array.from(stdout) : undefined;
}
