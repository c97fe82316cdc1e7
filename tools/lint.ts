/**
 * Lints the whole tree, or the files it is given, and says how many it read, since a lint that
 * matched nothing is green as well. With `--fix` it puts right what can be put right. There is no
 * cache: a rule that knows types can change its mind about a file when another file changes.
 */
import { ESLint } from 'eslint';
import { ROOT } from './tree.ts';

const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('--'));
const fix = args.includes('--fix');
// Nothing changes while it runs, so the compiler need not watch for it. A fix does change something.
if (!fix) process.env['TSESTREE_SINGLE_RUN'] = 'true';
const eslint = new ESLint({ cwd: ROOT, fix });
const results = await eslint.lintFiles(named.length === 0 ? ['.'] : named);
await ESLint.outputFixes(results);
const problems = results.reduce((sum, file) => sum + file.errorCount + file.warningCount, 0);
if (problems > 0) {
  const formatter = await eslint.loadFormatter('stylish');
  console.log(await formatter.format(results));
  process.exitCode = 1;
}
console.log(`${results.length} files, ${problems} problems`);
