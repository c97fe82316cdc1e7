import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodFiller, sequenceOf } from '../testing/simulated.ts';
import { ECHO_DEPTH, echoLength, feedEchoMemory, startEchoMemory } from './echo.ts';
import { feedMonitor, startMonitor } from './monitor.ts';
import { feedProportionTest, startProportionTest } from './proportion.ts';
import { feedRepetitionTest, startRepetitionTest } from './repetition.ts';

describe('the repetition count test', () => {
  test('alarms at the sample that makes the run as long as the cut-off, and not before', () => {
    const start = startRepetitionTest(4);
    expect(feedRepetitionTest(start, Uint8Array.of(7, 7, 7, 1, 1, 1))).toBe(-1);
    expect(feedRepetitionTest(start, Uint8Array.of(1))).toBe(0);
  });

  test('finds the same in one block as in single samples', () => {
    const samples = fc.uint8Array({ max: 1, maxLength: 200 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 2, max: 9 }), (given, cutoff) => {
        const whole = feedRepetitionTest(startRepetitionTest(cutoff), given);
        const test = startRepetitionTest(cutoff);
        const single = given.findIndex(
          (_, i) => feedRepetitionTest(test, given.subarray(i, i + 1)) === 0,
        );
        expect(single).toBe(whole);
      }),
    );
  });
});

describe('the adaptive proportion test', () => {
  test('counts the first sample of a window through it, and starts anew after it', () => {
    const window = startProportionTest(4, 6);
    expect(feedProportionTest(window, Uint8Array.of(9, 1, 9, 1, 9, 1))).toBe(-1);
    expect(feedProportionTest(window, Uint8Array.of(1, 9, 9, 1, 1, 9))).toBe(-1);
    expect(feedProportionTest(window, Uint8Array.of(5, 5, 2, 5, 5, 2))).toBe(4);
  });

  test('finds the same in one block as in single samples', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 2, maxLength: 300 }), (given) => {
        const whole = feedProportionTest(startProportionTest(9, 16), given);
        const test = startProportionTest(9, 16);
        const single = given.findIndex(
          (_, i) => feedProportionTest(test, given.subarray(i, i + 1)) === 0,
        );
        expect(single).toBe(whole);
      }),
    );
  });
});

describe('the echo test', () => {
  const fresh = (count: number, seed: number): Uint8Array => {
    const samples = new Uint8Array(count);
    goodFiller(sequenceOf(seed), { sampleBits: 8, minEntropy: 8 })(samples);
    return samples;
  };

  test('hears the last samples again at the first place where all of them are', () => {
    const memory = startEchoMemory(16);
    const said = fresh(1000, 1);
    expect(feedEchoMemory(memory, [], said)).toBeUndefined();
    expect(feedEchoMemory(memory, [], fresh(100, 2))).toBeUndefined();
    expect(feedEchoMemory(memory, [], said.subarray(500, 515))).toBeUndefined();
    expect(feedEchoMemory(memory, [], said.subarray(515, 520))).toEqual({ at: 0, from: 0 });
  });

  test('says which other source said it', () => {
    const [own, first, second] = [startEchoMemory(16), startEchoMemory(16), startEchoMemory(16)];
    const said = fresh(1000, 3);
    feedEchoMemory(first, [], fresh(1000, 4));
    feedEchoMemory(second, [], said);
    expect(feedEchoMemory(own, [first, second], said.subarray(40, 60))).toEqual({
      at: 15,
      from: 2,
    });
  });

  test('forgets what lies further back than its depth', () => {
    const memory = startEchoMemory(16);
    const said = fresh(100, 5);
    feedEchoMemory(memory, [], said);
    expect(feedEchoMemory(memory, [], fresh(ECHO_DEPTH, 6))).toBeUndefined();
    expect(feedEchoMemory(memory, [], said)).toBeUndefined();
  });

  test('asks for so many samples that chance stays below the rate', () => {
    const length = echoLength(8, 40, 2);
    expect(2 * ECHO_DEPTH * 2 ** (-8 * length)).toBeLessThanOrEqual(2 ** -40);
    expect(2 * ECHO_DEPTH * 2 ** (-8 * (length - 1))).toBeGreaterThan(2 ** -40);
  });
});

describe('the monitor', () => {
  const claim = { sampleBits: 4, minEntropy: 4, alphaBits: 40 };
  const monitor = () => startMonitor(claim, startEchoMemory(echoLength(4, 40, 1)));

  test('counts samples over blocks, so that an alarm says when it was', () => {
    const watched = monitor();
    expect(feedMonitor(watched, Uint8Array.of(1, 2, 3, 4, 5))).toBeUndefined();
    const alarm = feedMonitor(watched, new Uint8Array(20).fill(6));
    expect(alarm).toEqual({ test: 'repetition', sample: 5 + watched.repetition.cutoff });
  });

  test('sees a sample that is too wide for what was stated', () => {
    expect(feedMonitor(monitor(), Uint8Array.of(1, 15, 16, 1))).toEqual({
      test: 'width',
      sample: 3,
    });
  });
});
