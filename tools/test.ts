/**
 * `npm test`: everything that has to hold before a change is taken. The check first, then the slow
 * tests, then the stories one after the other. A part that fails does not hide the ones behind it.
 */
import { check } from './check.ts';
import { closingLine, type Outcome, tell } from './part.ts';
import { type Project, vitestOutcome } from './vitest-part.ts';

const LONG: readonly Project[] = ['slow', 'story'];

const outcomes: Outcome[] = [...(await check())];
for (const project of LONG) {
  const outcome = await vitestOutcome(project, true);
  // Vitest showed its output as it ran.
  tell({ ...outcome, output: '' });
  outcomes.push(outcome);
}
console.log(closingLine(outcomes));
if (outcomes.some((outcome) => outcome.failed > 0)) process.exitCode = 1;
