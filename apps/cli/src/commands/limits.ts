/** `specie limits`: what this wallet may hold and pay, and how much of it is used. */
import { accept } from '@specie/core/base/result';
import { moneyText } from '@specie/wallet/texts';
import { type Command, say } from '../command.ts';
import { contacted } from '../contacted.ts';
import { columns } from '../ink.ts';
import { codeOf } from './balance.ts';

export const limits: Command = {
  name: 'limits',
  usage: '',
  about: 'what you may hold and pay, and how much is used',
  words: { min: 0, max: 0 },
  options: {},
  async run(call) {
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const rows = await ready.value.wallet.limits();
    if (!rows.ok) return rows;
    const text = columns(
      rows.value.flatMap((row) => {
        const money = (amount: bigint): string => moneyText(row.currency, amount);
        return [
          [
            say(call, 'To hold', '可持有'),
            money(row.balance),
            say(call, `now ${money(row.held)}`, `现有 ${money(row.held)}`),
          ],
          [say(call, 'One payment', '单笔'), money(row.payment), ''],
          [
            say(call, 'A day', '每日'),
            money(row.day),
            say(call, `paid ${money(row.paidToday)}`, `已付 ${money(row.paidToday)}`),
          ],
          [
            say(call, 'A year', '每年'),
            money(row.year),
            say(call, `paid ${money(row.paidThisYear)}`, `已付 ${money(row.paidThisYear)}`),
          ],
        ];
      }),
      [1],
    );
    const json = { limits: rows.value.map((row) => ({ ...row, currency: codeOf(row.currency) })) };
    return accept({ json, text });
  },
};
