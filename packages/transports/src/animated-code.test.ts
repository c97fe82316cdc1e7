import { chanceOf } from '@specie/core/base/chance.fixture';
import { describe, expect, it } from 'vitest';
import { animatedCode } from './animated-code.ts';
import { codeBytesMax } from './code-size.ts';
import { PART_FRAME_OVERHEAD } from './frame.ts';
import { carry, framesOf, messageOfSize } from './transport.conformance.ts';

describe('an animated code', () => {
  it('needs no frame more than the fewest that could hold 4 KB, whichever they are', () => {
    const message = messageOfSize(4096);
    const frames = framesOf(animatedCode, message);
    const fewest = Math.ceil(4096 / (codeBytesMax(25) - PART_FRAME_OVERHEAD));
    const chance = chanceOf(25);
    const shown = Array.from({ length: 200 }, () => {
      const carried = carry(frames, (frame) => [frame], { from: chance.below(65_536) });
      expect(carried.message).toEqual(message);
      return carried.shown;
    });
    expect(new Set(shown)).toEqual(new Set([fewest]));
  });

  it('with three frames in ten lost needs one frame for each that arrives and counts', () => {
    const message = messageOfSize(4096);
    const frames = framesOf(animatedCode, message);
    const chance = chanceOf(30);
    const lossy = (frame: Uint8Array): Uint8Array[] => (chance.below(10) < 3 ? [] : [frame]);
    let shown = 0;
    for (let i = 0; i < 400; i++) shown += carry(frames, lossy, { from: 64 * i }).shown;
    // Four that arrive take 4 / 0.7 on average.
    expect(shown / 400).toBeCloseTo(4 / 0.7, 0);
  });

  it('shares a message evenly, so that its codes are no larger than they must be', () => {
    const lengths = [1, 2, 1239, 1240, 2478, 4096, 65_536].map((size) => {
      const frames = framesOf(animatedCode, messageOfSize(size));
      return [frames.needed, frames.at(0).length - PART_FRAME_OVERHEAD, frames.at(70_000).length];
    });
    expect(lengths.map(([needed, block]) => [needed, block])).toEqual([
      [1, 2],
      [1, 2],
      [2, 620],
      [2, 620],
      [3, 826],
      [4, 1024],
      [53, 1238],
    ]);
    for (const [, block, later] of lengths) expect(later).toBe(block! + PART_FRAME_OVERHEAD);
  });

  it('fits every frame into what shows it, down to the smallest that can', () => {
    for (const frameBytesMax of [98, 106, 271, 858, 2953, 8000]) {
      const frames = framesOf(animatedCode, messageOfSize(65_536), frameBytesMax);
      expect(frames.at(0).length).toBeLessThanOrEqual(frameBytesMax);
    }
    for (const frameBytesMax of [0, 35, 97]) {
      expect(animatedCode.encode(messageOfSize(65_536), { frameBytesMax })).toMatchObject({
        refusal: { code: 'message_uncarriable' },
      });
    }
  });
});
