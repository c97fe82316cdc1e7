import { chanceOf } from '@specie/core/base/chance.fixture';
import { expect, it } from 'vitest';
import { blurred, frameOfSize, greysOf, jpegOf, modulesOf, noisy, tilted } from './code.fixture.ts';
import { codeReader } from './node/code-reader-module.ts';
import { type Greys, pngOfGreys } from './node/png.ts';

/** What is promised: each harm by itself from 3 points a module on, all together from 4 on. */
function harmed(plain: Greys, scale: number, seed: number): Readonly<Record<string, Greys>> {
  const out = blurred(plain, 1);
  const both = noisy(out, 20, chanceOf(seed));
  return {
    plain,
    blurred: out,
    noisy: noisy(plain, 30, chanceOf(seed)),
    ...(scale >= 4 ? { 'blurred and noisy': both, tilted: tilted(plain, 0.1) } : {}),
  };
}

it.each([
  ['858 bytes (version 20)', 858],
  ['1,273 bytes (version 25)', 1273],
])(
  'codes of %s are read at 3 and 4 points a module, turned, tilted, blurred or noisy',
  async (_, size) => {
    const read = await codeReader();
    const frame = frameOfSize(size);
    const modules = modulesOf(frame);
    const missed: string[] = [];
    for (const scale of [3, 4]) {
      for (const degrees of [0, 1, 3, -7, 30, 90]) {
        const plain = greysOf(modules, scale, degrees);
        for (const [what, greys] of Object.entries(harmed(plain, scale, degrees))) {
          for (const file of [pngOfGreys(greys), jpegOf(greys, 70)]) {
            const [found] = await read(file);
            const isRead = found !== undefined && Buffer.compare(found, frame) === 0;
            if (!isRead) missed.push(`${what}, ${scale} points, ${degrees}°`);
          }
        }
      }
    }
    expect(missed).toEqual([]);
  },
);
