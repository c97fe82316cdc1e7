/**
 * Runs one project of vitest.config.ts and counts from vitest's own report. A file that could not
 * even be loaded has no failed test in it, so it is counted as one; and a run that ended badly is
 * never counted as clean.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Outcome, runNode } from './part.ts';
import { filesUnder, ROOT } from './tree.ts';

export type Project = 'unit' | 'slow' | 'story';

const FILES: Readonly<Record<Project, RegExp>> = {
  unit: /^(?:packages|apps|tools|bench)\/.*(?<!\.slow)\.test\.ts$/,
  slow: /^(?:packages|apps|tools|bench)\/.*\.slow\.test\.ts$/,
  story: /^tests\/.*\.story\.test\.ts$/,
};

/** The part of vitest's JSON report that we count from. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** `isShown` lets vitest's own output through, test by test: for runs that take minutes. */
export async function vitestOutcome(project: Project, isShown = false): Promise<Outcome> {
  const expected = filesUnder(ROOT).filter((file) => FILES[project].test(file));
  if (expected.length === 0) return nothingToRun(project);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-report-'));
  const file = path.join(folder, 'report.json');
  try {
    const reporters = [isShown ? '--reporter=verbose' : '--reporter=default', '--reporter=json'];
    const ran = await runNode(
      ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters].concat(
        `--outputFile.json=${file}`,
      ),
      { isShown },
    );
    return outcomeOf(project, ran, readReport(file), expected.length);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function nothingToRun(project: Project): Outcome {
  const summary = 'no such tests in this tree';
  return { name: project, passed: 0, failed: 0, skipped: 0, summary, output: '', seconds: 0 };
}

function readReport(file: string): Report | undefined {
  if (!fs.existsSync(file)) return undefined;
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Report;
}

/** Exported for its test. */
export function outcomeOf(
  project: Project,
  ran: { readonly code: number; readonly output: string; readonly seconds: number },
  report: Report | undefined,
  filesExpected: number,
): Outcome {
  const { output, seconds } = ran;
  if (report === undefined) {
    const summary = 'vitest wrote no report';
    return { name: project, passed: 0, failed: 1, skipped: 0, summary, output, seconds };
  }
  const unloaded = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const missing = Math.max(0, filesExpected - report.testResults.length);
  const counted = report.numFailedTests + unloaded + missing;
  const failed = counted === 0 && ran.code !== 0 ? 1 : counted;
  const skipped = report.numPendingTests + report.numTodoTests;
  const summary =
    `${report.numPassedTests} tests in ${report.testResults.length} files` +
    (failed === 0 ? '' : `, ${failed} failed`) +
    (skipped === 0 ? '' : `, ${skipped} skipped`) +
    (missing === 0 ? '' : `, ${missing} files not run`) +
    slowestOf(report);
  return {
    name: project,
    passed: report.numPassedTests,
    failed,
    skipped,
    summary,
    output,
    seconds,
  };
}

const SECONDS_WORTH_TELLING = 5;

/** A unit test that takes long belongs among the slow ones; this says which. */
function slowestOf(report: Report): string {
  const timed = report.testResults.map(({ name, startTime, endTime }) => ({
    file: path.relative(ROOT, name).split(path.sep).join('/'),
    seconds: (endTime - startTime) / 1000,
  }));
  const slowest = timed.sort((a, b) => b.seconds - a.seconds)[0];
  if (slowest === undefined || !(slowest.seconds >= SECONDS_WORTH_TELLING)) return '';
  return `; ${slowest.seconds.toFixed(0)} s of it ${slowest.file}`;
}
