/** `specie top-up`: buys money from a bank account. */
import { accept, refuse } from '@specie/core/base/result';
import { hexOf } from '@specie/core/base/bytes';
import { fundingStateText, moneyText } from '@specie/wallet/texts';
import type { OwnFunding } from '@specie/wallet/records';
import { type Call, type Command, type OptionSpec, type Outcome, textOption } from '../command.ts';
import { contacted } from '../contacted.ts';
import { moneyArgument } from '../money-argument.ts';
import { codeOf } from './balance.ts';

export const ACCOUNT_OPTION: Readonly<Record<string, OptionSpec>> = {
  account: { type: 'string', value: 'TB-0001', about: 'the bank account' },
};

export const topUp: Command = {
  name: 'top-up',
  usage: 'AMOUNT CUR',
  about: 'buys money from a bank account',
  words: { min: 2, max: 2 },
  options: ACCOUNT_OPTION,
  async run(call) {
    const money = moneyArgument(call.words[0], call.words[1]);
    if (!money.ok) return money;
    const account = textOption(call, 'account');
    if (account === undefined) return refuse('argument_missing', '--account');
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const funding = await ready.value.wallet.topUp({ ...money.value, account });
    return funding.ok ? accept(fundingOutcome(call, funding.value)) : funding;
  },
};

/** How far a top-up or a cash-out is. */
export function fundingOutcome(call: Call, funding: OwnFunding): Outcome {
  const { reference, kind, currency, amount, account, state } = funding;
  const money = call.ink.strong(moneyText(currency, amount));
  return {
    json: { reference: hexOf(reference), kind, currency: codeOf(currency), amount, account, state },
    text: `${money}  ${account}\n${fundingStateText(funding, call.language)}`,
  };
}
