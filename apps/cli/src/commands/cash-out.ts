/** `specie cash-out`: gives money back for a credit on a bank account. */
import { accept, refuse } from '@specie/core/base/result';
import { type Command, textOption } from '../command.ts';
import { contacted } from '../contacted.ts';
import { moneyArgument } from '../money-argument.ts';
import { ACCOUNT_OPTION, fundingOutcome } from './top-up.ts';

export const cashOut: Command = {
  name: 'cash-out',
  usage: 'AMOUNT CUR',
  about: 'gives money back for a bank credit',
  words: { min: 2, max: 2 },
  options: ACCOUNT_OPTION,
  async run(call) {
    const money = moneyArgument(call.words[0], call.words[1]);
    if (!money.ok) return money;
    const account = textOption(call, 'account');
    if (account === undefined) return refuse('argument_missing', '--account');
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const funding = await ready.value.wallet.cashOut({ ...money.value, account });
    return funding.ok ? accept(fundingOutcome(call, funding.value)) : funding;
  },
};
