import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { describe, expect, it } from 'vitest';
import { animatedCode } from './animated-code.ts';
import { newDecoder } from './decoder.ts';
import { PARTS_MAX, partFrameOf } from './frame.ts';
import { messageText } from './message-text.ts';
import { endure, framesOf, messageOfSize } from './transport.conformance.ts';
import type { Transport } from './transport.ts';
import { messageFile, singleCode } from './whole-message.ts';

describe('a hundred thousand mutated frames', () => {
  const common = ['done', 'frame_damaged', 'frame_foreign', 'message_truncated'];
  const binary = [...common, 'message_version_unknown', 'message_trailing'];
  const small = [1, 40, 300, 1100];
  const cases: [Transport, number[], string[]][] = [
    [singleCode, small, [...binary, 'field_too_long']],
    [
      animatedCode,
      [1, 300, 4096, 12_345],
      [
        ...binary,
        'progress',
        'field_too_long',
        'value_out_of_range',
        'frame_misshapen',
        'parts_contradictory',
      ],
    ],
    [messageFile, small, [...binary, 'field_too_long']],
    [messageText, small, [...common, 'text_malformed']],
  ];
  it.each(cases)(
    'of $name never throw nor give a message nobody sent',
    (transport, sizes, refusals) => {
      const seen = endure(transport, 100_000, sizes);
      expect([...seen].sort()).toEqual(expect.arrayContaining(refusals));
    },
  );
});

it('a message in the most parts, with every block missing, comes out within two seconds', () => {
  const message = messageOfSize(65_536);
  const frames = framesOf(animatedCode, message, 98);
  expect(frames.needed).toBe(PARTS_MAX);
  const decoder = newDecoder();
  for (let i = 0; i < PARTS_MAX - 1; i++) decoder.take(frames.at(PARTS_MAX + 31 * i));
  const last = frames.at(60_001);
  const start = performance.now();
  expect(decoder.take(last)).toEqual({ at: 'done', message });
  expect(performance.now() - start).toBeLessThan(2000);
});

it('a decoder that is flooded with beginnings of messages holds a few hundred kilobytes', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // The engine lets go of buffers on another thread, some time after they were collected.
  const held = async (): Promise<number> => {
    let least = Infinity;
    for (let i = 0; i < 20; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 25));
      least = Math.min(least, process.memoryUsage().arrayBuffers);
    }
    return least;
  };
  const decoder = newDecoder();
  const chance = chanceOf(8);
  const flood = (): void => {
    for (let i = 0; i < 20_000; i++) {
      const digest = new Uint8Array(16).fill(chance.below(40));
      const block = new Uint8Array(1200).fill(i);
      decoder.take(partFrameOf({ digest, length: 65_536, number: chance.below(65_536), block }));
    }
  };
  // The first flood also grows what every encoding shares; what the second adds is the decoder's alone.
  flood();
  const before = await held();
  flood();
  expect(decoder.nearest()?.needed).toBe(55);
  expect((await held()) - before).toBeLessThan(400_000);
  // The decoder is still needed here, or it might have been let go before it was measured.
  expect(decoder.take(new Uint8Array(0)).at).toBe('refused');
});

/** Time per frame for a decoder that is fed nothing but lies, all of the largest size. */
function lieMs(count: number): number {
  const decoder = newDecoder();
  const digest = new Uint8Array(16);
  const lies = Array.from({ length: 64 }, (_, i) =>
    partFrameOf({
      digest,
      length: 65_536,
      number: 60_000 + i,
      block: new Uint8Array(1024).fill(i),
    }),
  );
  const start = performance.now();
  for (let i = 0; i < count; i++) decoder.take(lies[i % lies.length]!);
  return (performance.now() - start) / count;
}

// A busy machine may stretch one measurement; a cost that grows too fast does so every time.
it('lies cost no more each when they are ten times as many', { retry: 4 }, () => {
  lieMs(200);
  const [few, many] = [lieMs(640), lieMs(6400)];
  expect(many).toBeLessThan(3 * few + 1);
  // Each costs at most what a share of the largest message costs.
  expect(many).toBeLessThan(10);
});
