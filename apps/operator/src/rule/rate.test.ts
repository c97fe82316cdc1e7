/** Rates: never more than the number in any span, whoever asks and however unevenly. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { RateGate } from './rate.ts';

test('lets a burst of the whole number through, then one by one', () => {
  const gate = new RateGate({ count: 3, spanMs: 300 });
  const at = (now: number): number | undefined => gate.take('a', instantOf(now));
  expect([at(0), at(0), at(0), at(0)]).toEqual([undefined, undefined, undefined, 100]);
  expect([at(99), at(100), at(100)]).toEqual([1, undefined, 100]);
  expect(gate.take('b', instantOf(100))).toBeUndefined();
});

test('never lets more than twice the number into one span, nor more than the rate in the long run', () => {
  const steps = fc.array(fc.nat(50), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), steps, (count, waits) => {
      const gate = new RateGate({ count, spanMs: 100 });
      let now = 0;
      let let_ = 0;
      for (const wait of waits) {
        now += wait;
        if (gate.take('x', instantOf(now)) === undefined) let_ += 1;
      }
      expect(let_).toBeLessThanOrEqual(count + Math.ceil((now * count) / 100));
    }),
  );
});
