/**
 * A story that is played and measured: each step says what it cost, each check what was expected.
 * Invariant: one check that does not hold makes the whole story fail, whatever comes after it.
 *
 * @module
 */
import type { Result } from '@specie/core/base/result';
import { type Call, type Outcome, say } from './command.ts';
import { padLeft, padRight } from './ink.ts';

interface Step {
  readonly title: string;
  readonly milliseconds: number;
  readonly requests: number;
  readonly bytes: number;
}

interface Check {
  readonly what: string;
  readonly is: string;
  readonly expected: string;
}

/** Holds the counters of the transport from step to step. */
export class Story {
  private readonly call: Call;
  private readonly steps: Step[] = [];
  private readonly checks: Check[] = [];

  constructor(call: Call) {
    this.call = call;
  }

  /** Plays a step and tells its cost. */
  async step<T>(title: string, run: () => Promise<Result<T>>): Promise<Result<T>> {
    const { world, ink } = this.call;
    const began = world.monotonic();
    const before = world.carried();
    const result = await run();
    const after = world.carried();
    const step: Step = {
      title,
      milliseconds: Math.round(world.monotonic() - began),
      requests: after.requests - before.requests,
      bytes: after.bytes - before.bytes,
    };
    this.steps.push(step);
    const cost = `${padLeft(`${step.milliseconds} ms`, 9)}  ${padLeft(`${step.bytes} B`, 10)}  ${padLeft(`${step.requests}`, 3)} ${say(this.call, 'requests', '次请求')}`;
    this.call.progress(`${padRight(title, 38)}${ink.quiet(cost)}`);
    return result;
  }

  /** Shows lines as they are. */
  show(text: string): void {
    this.call.progress(text);
  }

  /** Notes a figure and what it has to be. */
  check(what: string, is: string, expected: string): void {
    this.checks.push({ what, is, expected });
    if (is !== expected) this.call.progress(`  ✗ ${what}: ${is} ≠ ${expected}`);
  }

  /** Minted less retired is outstanding and covered by reserves, in every currency. */
  checkSupply(rows: readonly unknown[]): void {
    this.check(say(this.call, 'currencies are issued', '已发行币种'), `${rows.length > 0}`, 'true');
    for (const row of rows) {
      const field = (name: string): string => {
        const value = (row as Readonly<Record<string, unknown>>)[name];
        return typeof value === 'string' && /^[0-9]+$/.test(value) ? value : '0';
      };
      const { code } = row as { readonly code?: unknown };
      const outstanding = BigInt(field('minted')) - BigInt(field('retired'));
      this.check(`${String(code)} minted − retired`, `${outstanding}`, field('outstanding'));
      const isCovered = outstanding <= BigInt(field('reserves'));
      this.check(`${String(code)} ≤ reserves`, `${isCovered}`, 'true');
    }
  }

  /** The end of the story. */
  outcome(): Outcome {
    const wrong = this.checks.filter(({ is, expected }) => is !== expected);
    const total = this.checks.length;
    const text =
      wrong.length === 0
        ? say(
            this.call,
            `${total} figures checked, all as they must be.`,
            `核对 ${total} 项数字,全部正确。`,
          )
        : say(
            this.call,
            `${wrong.length} of ${total} figures are off.`,
            `${total} 项数字中有 ${wrong.length} 项不符。`,
          );
    const json = { steps: this.steps, checks: total, wrong };
    return { json, text, code: wrong.length === 0 ? 0 : 1 };
  }
}
