/**
 * `npm run check`: types, lint, format, tidy and the unit tests, two parts at a time, one line for
 * each. It is what a person runs before every commit, so it has a minute at most on two cores.
 */
import { closingLine, type Outcome, tell, toolOutcome } from './part.ts';
import { vitestOutcome } from './vitest-part.ts';

const AT_ONCE = 2;

/** The longest come first, so that the last to end is a short one. */
const PARTS: readonly (() => Promise<Outcome>)[] = [
  () => toolOutcome('lint', ['tools/lint.ts']),
  () => vitestOutcome('unit'),
  () => toolOutcome('types', ['tools/typecheck.ts']),
  () => toolOutcome('tidy', ['tools/tidy.ts']),
  formatOutcome,
];

async function formatOutcome(): Promise<Outcome> {
  const cache = ['--cache', '--cache-strategy=content', '--cache-location=.cache/prettier'];
  const args = ['node_modules/prettier/bin/prettier.cjs', '--check', ...cache, '.'];
  const outcome = await toolOutcome('format', args);
  return outcome.failed === 0 ? outcome : { ...outcome, summary: 'npm run format puts it right' };
}

/** Runs every part and tells each outcome as it comes. */
export async function check(): Promise<readonly Outcome[]> {
  const queue = [...PARTS];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const outcome = await next();
      outcomes.push(outcome);
      tell(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcomes;
}

if (import.meta.main) {
  const outcomes = await check();
  console.log(closingLine(outcomes));
  if (outcomes.some((outcome) => outcome.failed > 0)) process.exitCode = 1;
}
