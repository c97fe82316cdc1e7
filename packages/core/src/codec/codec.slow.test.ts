import { expect, it } from 'vitest';
import { bytes, list, sortedList, struct, u8, u32, type Codec } from './codec.ts';
import { newSink, sourceOf, taken } from './stream.ts';

/** Milliseconds the fastest of several runs takes: noise only ever adds. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** A busy machine may stretch one measurement; a cost that grows too fast does so every time. */
const AGAIN = { retry: 4 };

const triple = (depth: number): Codec<unknown> =>
  depth === 0 ? u8 : sortedList(triple(depth - 1), 1, 3);

it.each([
  ['a list', list(struct({ a: u32, b: bytes(8) }), 0, 0xffff)],
  ['a sorted list', sortedList(struct({ a: u32, b: bytes(8) }), 0, 0xffff)],
] as const)('reads and writes %s in time that grows with its length alone', AGAIN, (_, codec) => {
  const valueOf = (count: number): readonly { a: number; b: Uint8Array }[] =>
    Array.from({ length: count }, (__, a) => ({ a, b: new Uint8Array(8) }));
  const cost = (count: number): number => {
    const value = valueOf(count);
    const sink = newSink();
    codec.write(sink, value);
    const encoded = taken(sink);
    return fastest(() => {
      codec.write(newSink(), value);
      codec.read(sourceOf(encoded));
    });
  };
  cost(4000);
  const [short, long] = [cost(4000), cost(64_000)];
  // Sixteen times as much may take twice that, for caches; a square would take 256 times as long.
  expect(long / short).toBeLessThan(40);
});

it(
  'reads sorted lists within sorted lists without doing anything twice for each level',
  AGAIN,
  () => {
    const cost = (depth: number): number => {
      const codec = triple(depth);
      const one = (level: number): unknown => (level === 0 ? 1 : [one(level - 1)]);
      const sink = newSink();
      codec.write(sink, one(depth));
      const encoded = taken(sink);
      return fastest(() => {
        for (let i = 0; i < 200; i++) codec.read(sourceOf(encoded));
      });
    };
    cost(10);
    expect(cost(40) / cost(10)).toBeLessThan(16);
  },
);
