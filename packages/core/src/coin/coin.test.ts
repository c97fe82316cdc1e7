import { describe, expect, it } from 'vitest';
import { tiles } from './coin.ts';

const ranges = (
  ...pairs: readonly (readonly [number, number])[]
): readonly { from: number; to: number }[] => pairs.map(([from, to]) => ({ from, to }));

describe('ranges tile a stretch', () => {
  it('when each begins where the one before ends', () => {
    expect(tiles(ranges([0, 3], [3, 4], [4, 10]), 0, 10)).toBe(true);
    expect(tiles(ranges([5, 6]), 5, 6)).toBe(true);
    expect(tiles([], 7, 7)).toBe(true);
  });

  it.each([
    ['a gap', ranges([0, 3], [4, 10])],
    ['an overlap', ranges([0, 5], [3, 10])],
    ['an empty range', ranges([0, 5], [5, 5], [5, 10])],
    ['a range that runs backwards', ranges([0, 5], [5, 4], [4, 10])],
    ['another order', ranges([5, 10], [0, 5])],
    ['a late beginning', ranges([1, 10])],
    ['an early end', ranges([0, 9])],
    ['an end too far', ranges([0, 11])],
    ['nothing', []],
    ['a range twice', ranges([0, 10], [0, 10])],
  ])('but not with %s', (_, pieces) => {
    expect(tiles(pieces, 0, 10)).toBe(false);
  });
});
