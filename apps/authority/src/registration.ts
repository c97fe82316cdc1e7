/**
 * Registration: what settings and operators' files say, carried into the ledger by the authority's
 * own commands, and only where the ledger differs.
 *
 * Spec: 09 §9.
 * @module
 */
import type { Result } from '@specie/core/base/result';
import type { CommandBody } from '@specie/core/ledger/command';
import type { LedgerState } from '@specie/core/ledger/state';
import { Fault } from '@specie/protocol/fault';
import type { SubmitOwn } from './ledger/own-session.ts';
import type { CurrencyPolicy, SumSetting } from './settings.ts';
import type { RegisteredOperator } from './trust/operator-file.ts';

/** The commands that bring the ledger to what is registered; none when it is there. */
export function registrationOf(
  state: LedgerState,
  currencies: readonly CurrencyPolicy[],
  operators: readonly RegisteredOperator[],
): readonly CommandBody[] {
  const policies = currencies
    .filter(({ number, numerator, denominator }) => {
      const present = state.policies.get(number);
      return present?.numerator !== numerator || present.denominator !== denominator;
    })
    .map(({ number, numerator, denominator }): CommandBody => {
      return { is: 'policy', currency: number, numerator, denominator };
    });
  const admissions = operators
    .filter(({ card, quotas }) => !isAdmitted(state, card.operator, quotas))
    .map(({ card, quotas }): CommandBody => ({ is: 'admit', operator: card.operator, quotas }));
  return [...policies, ...admissions];
}

function isAdmitted(state: LedgerState, operator: number, quotas: readonly SumSetting[]): boolean {
  const present = state.operators.get(operator);
  return (
    present?.quotas.size === quotas.length &&
    quotas.every(({ currency, amount }) => present.quotas.get(currency) === amount)
  );
}

/** Gives the commands to the ledger. One it refuses means that the settings cannot be carried out. */
export async function register(submit: SubmitOwn, bodies: readonly CommandBody[]): Promise<void> {
  for (const body of bodies) {
    const done: Result<unknown> = await submit(0, body);
    if (done.ok) continue;
    const { code, at } = done.refusal;
    throw new Fault(
      'settings_refused',
      'never',
      `the ledger refuses the ${body.is}: ${code} ${at}`,
    );
  }
}
