import { chanceOf } from '@specie/core/base/chance.fixture';
import { describe, expect, it } from 'vitest';
import { codeOf, svgOf } from './code-drawing.ts';
import { codeBytesMax, codeVersion } from './code-size.ts';
import {
  blurred,
  frameOfSize,
  greysOf,
  greysOfPng,
  jpegOf,
  modulesByAnother,
  modulesOf,
  noisy,
  readByZbar,
} from './code.fixture.ts';
import type { Pixels } from './code-reader.ts';
import { codeReader } from './node/code-reader-module.ts';
import { pngOfCode, pngOfGreys } from './node/png.ts';

const SIZES = [1, 17, 256, 858, 1273, 2953];

describe('our codes', () => {
  it.each(SIZES)('of %i bytes are read by another program, byte for byte', async (size) => {
    const frame = frameOfSize(size);
    const png = pngOfCode(modulesOf(frame), 4);
    expect(await readByZbar(greysOfPng(png))).toEqual([frame]);
  });

  it('of the higher level are read by another program', async () => {
    const frame = frameOfSize(900);
    expect(await readByZbar(greysOf(modulesOf(frame, 'M'), 4))).toEqual([frame]);
  });

  it.each(SIZES)('of %i bytes are read by our own reader', async (size) => {
    const read = await codeReader();
    const frame = frameOfSize(size);
    expect(await read(pngOfCode(modulesOf(frame), 3))).toEqual([frame]);
    expect(await read(pngOfCode(modulesOf(frame), 15))).toEqual([frame]);
  });

  it('hold in every version exactly as much as they say', () => {
    for (const level of ['L', 'M'] as const) {
      for (let version = 1; version <= 40; version++) {
        const most = codeBytesMax(version, level);
        const side = (bytes: number): number => modulesOf(new Uint8Array(bytes), level).length;
        expect(codeVersion(most, level)).toBe(version);
        expect(side(most), `version ${version}`).toBe(17 + 4 * version);
        if (version < 40) expect(codeVersion(most + 1, level)).toBe(version + 1);
      }
      expect(codeOf(new Uint8Array(codeBytesMax(40, level) + 1), level)).toMatchObject({
        refusal: { code: 'message_uncarriable' },
      });
    }
  });

  it('are the same in SVG, module for module', () => {
    const modules = modulesOf(frameOfSize(100));
    const dark = new Set<string>();
    for (const [, x, y, width] of svgOf(modules).matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
      for (let i = 0; i < Number(width); i++) dark.add(`${Number(x) - 4 + i} ${Number(y) - 4}`);
    }
    const expected = modules.flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])),
    );
    expect([...dark].sort()).toEqual(expected.sort());
  });
});

describe('our reader', () => {
  it.each(['L', 'M', 'Q', 'H'] as const)(
    'reads codes of level %s that another program drew',
    async (level) => {
      const read = await codeReader();
      for (const size of [1, 40, 500, 1200]) {
        const frame = frameOfSize(size);
        expect(await read(pngOfCode(modulesByAnother(frame, level), 4)), `${size}`).toEqual([
          frame,
        ]);
      }
    },
  );

  it('reads pixels as a camera gives them', async () => {
    const read = await codeReader();
    const frame = frameOfSize(400);
    const { points, width, height } = greysOf(modulesOf(frame), 5);
    const data = new Uint8ClampedArray(4 * points.length).fill(255);
    points.forEach((grey, i) => data.fill(grey, 4 * i, 4 * i + 3));
    expect(await read({ data, width, height })).toEqual([frame]);
    // A browser's ImageData owns none of its fields; its class has them.
    const asBrowsersDo = Object.create({ data, width, height }) as Pixels;
    expect(await read(asBrowsersDo)).toEqual([frame]);
  });

  it('finds every code of a sheet', async () => {
    const read = await codeReader();
    const frames = [frameOfSize(300), frameOfSize(301)];
    const [left, right] = frames.map((frame) => greysOf(modulesOf(frame), 4));
    const width = left!.width + right!.width;
    const points = new Uint8Array(width * left!.height).fill(255);
    [left!, right!].forEach((greys, i) => {
      for (let y = 0; y < greys.height; y++) {
        points.set(
          greys.points.subarray(y * greys.width, (y + 1) * greys.width),
          y * width + i * left!.width,
        );
      }
    });
    const found = await read(pngOfGreys({ points, width, height: left!.height }));
    expect([...found].sort((a, b) => a.length - b.length)).toEqual(frames);
  });

  it('finds nothing where there is nothing', async () => {
    const read = await codeReader();
    expect(
      await read(pngOfGreys({ points: new Uint8Array(10_000).fill(200), width: 100, height: 100 })),
    ).toEqual([]);
  });

  it('reads a code of version 25 that is turned, out of focus and noisy, 4 points a module', async () => {
    const read = await codeReader();
    const frame = frameOfSize(1273);
    const greys = noisy(blurred(greysOf(modulesOf(frame), 4, 3), 1), 20, chanceOf(1));
    expect(await read(pngOfGreys(greys))).toEqual([frame]);
    expect(await read(jpegOf(greys, 70))).toEqual([frame]);
  });
});
