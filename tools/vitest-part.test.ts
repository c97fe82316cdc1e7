import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { closingLine, lineOf, type Outcome } from './part.ts';
import { ROOT } from './tree.ts';
import { outcomeOf } from './vitest-part.ts';

const RAN = { code: 0, output: 'all of it', seconds: 1.25 };

function report(
  passed: number,
  failed: number,
  files: readonly string[][] = [['passed']],
  seconds = 0,
): object {
  return {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: files.map((statuses) => ({
      name: path.join(ROOT, 'x.test.ts'),
      startTime: 1_000,
      endTime: 1_000 + seconds * 1_000,
      status: statuses.every((status) => status === 'passed') ? 'passed' : 'failed',
      assertionResults: statuses
        .filter((status) => status !== 'unloaded')
        .map((status) => ({ status })),
    })),
  };
}

function outcome(code: number, told: object | undefined, expected = 1): Outcome {
  return outcomeOf('unit', { ...RAN, code }, told as Parameters<typeof outcomeOf>[2], expected);
}

describe('the outcome of a run of vitest', () => {
  it('counts what passed', () => {
    expect(outcome(0, report(3, 0))).toMatchObject({ passed: 3, failed: 0, skipped: 0 });
  });

  it('counts what failed', () => {
    expect(outcome(1, report(3, 2, [['passed', 'failed']]))).toMatchObject({ failed: 2 });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(outcome(1, report(3, 0, [['passed'], ['unloaded']]), 2)).toMatchObject({ failed: 1 });
  });

  it('counts a file that could not be loaded beside failed tests', () => {
    const told = report(3, 1, [['passed', 'failed'], ['unloaded']]);
    expect(outcome(1, told, 2)).toMatchObject({ failed: 2 });
  });

  it('counts a file that was expected and not run as a failure', () => {
    const told = outcome(0, report(3, 0), 2);
    expect(told).toMatchObject({ passed: 3, failed: 1 });
    expect(told.summary).toContain('1 files not run');
  });

  it('is a failure when the run ended badly although every test passed', () => {
    expect(outcome(1, report(3, 0))).toMatchObject({ passed: 3, failed: 1 });
  });

  it('is a failure when there is no report', () => {
    expect(outcome(0, undefined)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('names the slowest file when it takes long', () => {
    expect(outcome(0, report(3, 0, [['passed']], 12)).summary).toContain('12 s of it x.test.ts');
    expect(outcome(0, report(3, 0, [['passed']], 1)).summary).toBe('3 tests in 1 files');
  });

  it('counts what was skipped', () => {
    expect(outcome(0, { ...report(3, 0), numPendingTests: 2, numTodoTests: 1 }).skipped).toBe(3);
  });
});

describe('the lines that are printed', () => {
  const passed: Outcome = {
    name: 'unit',
    passed: 3,
    failed: 0,
    skipped: 0,
    summary: '3 tests in 1 files',
    output: '',
    seconds: 1.25,
  };

  it('add up every part', () => {
    const failed = { ...passed, passed: 1, failed: 2 };
    expect(closingLine([passed, failed])).toBe('4 passed, 2 failed');
    expect(closingLine([{ ...passed, skipped: 1 }])).toBe('3 passed, 0 failed, 1 skipped');
  });

  it('say what failed', () => {
    expect(lineOf(passed)).toBe('unit    ok       1.3 s  3 tests in 1 files');
    expect(lineOf({ ...passed, failed: 1 })).toContain('FAILED');
  });
});
