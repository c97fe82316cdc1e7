/**
 * Runs a guard and says whether it held, in words that can be searched: of tests only what failed,
 * because a passing test's title proves nothing about the fault.
 */
import fs from 'node:fs';
import path from 'node:path';
import { runNode } from '../part.ts';
import type { Guard } from './fault.ts';

const SECONDS_MAX = 300;

export interface Held {
  readonly holds: boolean;
  /** What failed and why; of a guard that holds, nothing to speak of. */
  readonly says: string;
  readonly seconds: number;
}

export async function runGuard(guard: Guard, root: string): Promise<Held> {
  switch (guard.kind) {
    case 'tool': {
      const ran = await runNode(guard.args, { root, secondsMax: SECONDS_MAX });
      return { holds: ran.code === 0, says: ran.output, seconds: ran.seconds };
    }
    case 'tests':
      return runTests(guard.files, guard.only, root);
  }
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message?: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

async function runTests(
  files: readonly string[],
  only: string | undefined,
  root: string,
): Promise<Held> {
  const file = path.join(root, '.cache', 'red.json');
  fs.rmSync(file, { force: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...files, '--reporter=json'];
  if (only !== undefined) args.push('--testNamePattern', only);
  const ran = await runNode([...args, `--outputFile.json=${file}`], {
    root,
    secondsMax: SECONDS_MAX,
  });
  const { seconds } = ran;
  if (!fs.existsSync(file)) return { holds: false, says: ran.output, seconds };
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as Report;
  // A file that was not found or a title that matched nothing would pass without a test.
  if (report.testResults.length < files.length || report.numPassedTests === 0) {
    const isRun = report.testResults.some((result) => result.status === 'failed');
    if (!isRun) return { holds: false, says: `no test was run\n${ran.output}`, seconds };
  }
  return { holds: ran.code === 0, says: failuresOf(report), seconds };
}

function failuresOf(report: Report): string {
  return report.testResults
    .flatMap((result) => {
      const failed = result.assertionResults.filter((test) => test.status === 'failed');
      const unloaded = result.status === 'failed' && failed.length === 0;
      const lines = failed.flatMap((test) => [test.fullName, ...(test.failureMessages ?? [])]);
      return unloaded ? [`could not be loaded: ${result.message ?? ''}`] : lines;
    })
    .join('\n');
}
