/**
 * Checks the types of the whole tree: every tsconfig.json there is, each in its own environment. A
 * source that no tsconfig.json reaches would be checked by nobody, so it is looked for and refused.
 *
 * TypeScript 7 does this ten times as fast as 6 and is used for nothing else: it offers no
 * interface to other programs, so lint and tidy stand on 6.
 */
import os from 'node:os';
import path from 'node:path';
import { runNode } from './part.ts';
import { filesUnder, ROOT } from './tree.ts';

const COMPILER = 'node_modules/typescript-7/bin/tsc';

/** Sources of these folders must be checked by their own tsconfig.json, not only by the root's. */
const OWN_ENVIRONMENT = ['packages/core', 'packages/wallet', 'packages/ui'];

interface Checked {
  readonly project: string;
  readonly errors: string;
  readonly files: readonly string[];
}

async function check(project: string): Promise<Checked> {
  const { output } = await runNode([COMPILER, '-p', project, '--listFiles', '--pretty', 'false']);
  const isListed = (line: string): boolean => path.isAbsolute(line) && !line.includes('): error ');
  const lines = output.split('\n').filter((line) => line !== '');
  const files = lines
    .filter(isListed)
    .map((line) => path.relative(ROOT, line).split(path.sep).join('/'));
  return { project, errors: lines.filter((line) => !isListed(line)).join('\n'), files };
}

/** Sources that no project lists, or that only the root's lists although they have their own. */
function unchecked(sources: readonly string[], projects: readonly Checked[]): string[] {
  return sources.filter((source) => {
    const isTest = /\.(?:test|conformance|fixture)\.ts$/.test(source);
    const own = OWN_ENVIRONMENT.find((folder) => source.startsWith(`${folder}/src/`));
    const isOwn = own !== undefined && !isTest && !source.startsWith('packages/wallet/src/node/');
    return !projects.some(({ project, files }) => {
      const isRight = isOwn ? project === `${own}/tsconfig.json` : true;
      return isRight && files.includes(source);
    });
  });
}

const all = filesUnder(ROOT);
const sources = all.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
const projects = all
  .filter((file) => path.posix.basename(file) === 'tsconfig.json')
  // A package that has no source yet has nothing to check, which the compiler calls an error.
  .filter((file) => {
    const folder = path.posix.dirname(file);
    return folder === '.' || sources.some((source) => source.startsWith(`${folder}/`));
  });

const queue = [...projects];
const done: Checked[] = [];
const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    done.push(await check(next));
  }
};
await Promise.all(Array.from({ length: os.availableParallelism() }, worker));

const reports = done.filter(({ errors }) => errors !== '').map(({ errors }) => errors);
// One source in two environments makes the same mistake twice.
const lines = [...new Set(reports.join('\n').split('\n'))].filter((line) => line !== '');
for (const file of unchecked(sources, done)) {
  lines.push(`${file}: no tsconfig.json checks this file in the environment it belongs to`);
}
if (lines.length > 0) {
  console.log(lines.join('\n'));
  process.exitCode = 1;
}
console.log(`${sources.length} sources in ${projects.length} projects, ${lines.length} errors`);
