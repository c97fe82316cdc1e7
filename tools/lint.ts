/**
 * Lints the whole tree, or the files it is given, and says how many it read, since a lint that
 * matched nothing is green as well. With `--fix` it puts right what can be put right. A group of
 * files that was clean and whose verdict cannot have changed is left out, except where CI is set.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { type LintGroup, lintGroups } from './lint-group.ts';
import { textsUnder } from './tidy.ts';
import { ROOT } from './tree.ts';

const CACHE = path.join(ROOT, '.cache', 'lint.json');

const args = process.argv.slice(2);
const fix = args.includes('--fix');
const named = args.filter((arg) => !arg.startsWith('--'));
// Nothing changes while it runs, so the compiler need not watch for it. A fix does change something.
if (!fix) process.env['TSESTREE_SINGLE_RUN'] = 'true';

async function lint(files: readonly string[]): Promise<ESLint.LintResult[]> {
  if (files.length === 0) return [];
  const eslint = new ESLint({ cwd: ROOT, fix });
  const results = await eslint.lintFiles([...files]);
  await ESLint.outputFixes(results);
  const problems = problemsIn(results);
  if (problems > 0) {
    const formatter = await eslint.loadFormatter('stylish');
    console.log(await formatter.format(results));
    process.exitCode = 1;
  }
  return results;
}

function problemsIn(results: readonly ESLint.LintResult[]): number {
  return results.reduce((sum, file) => sum + file.errorCount + file.warningCount, 0);
}

/** By group the key under which it was last clean. */
function readCache(): Readonly<Record<string, string>> {
  if (process.env['CI'] !== undefined || !fs.existsSync(CACHE)) return {};
  return JSON.parse(fs.readFileSync(CACHE, 'utf8')) as Record<string, string>;
}

function writeCache(clean: readonly LintGroup[]): void {
  fs.mkdirSync(path.dirname(CACHE), { recursive: true });
  const keys = Object.fromEntries(clean.map(({ name, key }) => [name, key]));
  // Written beside and moved over, so that whoever reads it meanwhile reads a whole one.
  const beside = `${CACHE}.${process.pid}`;
  fs.writeFileSync(beside, JSON.stringify(keys));
  fs.renameSync(beside, CACHE);
}

async function lintTree(): Promise<void> {
  const groups = lintGroups(textsUnder(ROOT));
  const cache = readCache();
  const known = groups.filter(({ name, key }) => cache[name] === key);
  const fresh = groups.filter((group) => !known.includes(group));
  const results = await lint(fresh.flatMap(({ files }) => files));
  const read = new Set(results.map(({ filePath }) => filePath));
  const dirty = new Set(
    results.filter((result) => problemsIn([result]) > 0).map(({ filePath }) => filePath),
  );
  const isClean = ({ files }: LintGroup): boolean =>
    files.every((file) => read.has(path.join(ROOT, file)) && !dirty.has(path.join(ROOT, file)));
  if (!fix) writeCache([...known, ...fresh.filter(isClean)]);
  const left = known.reduce((sum, { files }) => sum + files.length, 0);
  const unchanged = left === 0 ? '' : `, ${left} more unchanged since they were clean`;
  console.log(`${results.length} files, ${problemsIn(results)} problems${unchanged}`);
}

if (named.length === 0) {
  await lintTree();
} else {
  const results = await lint(named);
  console.log(`${results.length} files, ${problemsIn(results)} problems`);
}
