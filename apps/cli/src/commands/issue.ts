/**
 * `specie issue`: has an operator's stock filled, through the operator's own command on its own
 * machine, because only that has the operator's keys.
 */
import { join } from 'node:path';
import { accept, refuse } from '@specie/core/base/result';
import { type Command, textOption } from '../command.ts';
import { sandboxOf } from '../invitation.ts';
import { moneyArgument } from '../money-argument.ts';
import { codeOf } from './balance.ts';

export const issue: Command = {
  name: 'issue',
  usage: 'AMOUNT CUR',
  about: "for operators: has this much minted into the operator's stock",
  words: { min: 2, max: 2 },
  options: {
    data: {
      type: 'string',
      value: 'DIR',
      about: "the operator's data folder (default: the first of npm start)",
    },
  },
  async run(call) {
    const money = moneyArgument(call.words[0], call.words[1]);
    if (!money.ok) return money;
    const sandbox = sandboxOf(call.world);
    const data = textOption(call, 'data') ?? (sandbox && join(sandbox.folder, 'operator-1'));
    if (data === undefined) return refuse('argument_missing', '--data');
    const program = join(call.world.root, 'apps', 'operator', 'src', 'main.ts');
    const currency = codeOf(money.value.currency);
    const args = ['issue', '--data', data, '--currency', currency, '--amount', call.words[0] ?? ''];
    const { code, output } = await call.world.run(program, args);
    return accept({ json: { code, output }, text: output.trimEnd(), code: code === 0 ? 0 : 1 });
  },
};
