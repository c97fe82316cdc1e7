/**
 * Sets of units of one coin as sorted lists of ranges that do not touch the same unit twice.
 * @module
 */
import type { Range } from '../coin/coin.ts';

/** Units of `a` that are in `b` too. */
export function common(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  return a.flatMap((x) =>
    b.flatMap((y) => {
      const [from, to] = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
      return from < to ? [{ from, to }] : [];
    }),
  );
}

/** Units of `a` that are not in `b`. */
export function without(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  let left = a;
  for (const cut of b) {
    left = left.flatMap((each) => {
      if (cut.to <= each.from || each.to <= cut.from) return [each];
      return [
        { from: each.from, to: cut.from },
        { from: cut.to, to: each.to },
      ].filter(({ from, to }) => from < to);
    });
  }
  return left;
}

/** How many units a list has. */
export function unitCount(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
