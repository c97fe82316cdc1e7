/**
 * Reading what a service answered: a message where the route promises one, else a refusal. An
 * answer that is neither comes from something that is no service of ours, and is a fault.
 *
 * Spec: 10 §1.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import type { Result } from '@specie/core/base/result';
import { Fault } from './fault.ts';
import { refusalOfProblem } from './problem.ts';
import type { Route } from './route.ts';
import type { Incoming } from './transport.ts';

/** The value of an answer, or the refusal it carries. Throws a `Fault` when it is unreadable. */
export function answerOf<I, O>(route: Route<I, O>, answer: Incoming): Result<O> {
  assert(route.answer !== undefined, 'only routes with messages are asked for a message');
  if (answer.status === 200) {
    const read = route.answer.decode(answer.body);
    if (read.ok) return read;
    const why = `the answer on ${route.path} is unreadable: ${read.refusal.code}`;
    throw new Fault('answer_unreadable', 'unsafe', why);
  }
  const refusal = refusalOfProblem(answer.body);
  if (refusal !== undefined) return { ok: false, refusal };
  throw new Fault('answer_unreadable', 'unsafe', `status ${answer.status} on ${route.path}`);
}
