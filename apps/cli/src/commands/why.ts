/** `specie why`: why the balance is what it is, in lines that add up. */
import { accept } from '@specie/core/base/result';
import { parseCurrency } from '@specie/core/money/currency';
import { refuse } from '@specie/core/base/result';
import { totalOf } from '@specie/wallet/standing';
import { moneyText, whyText } from '@specie/wallet/texts';
import { type Command, say } from '../command.ts';
import { contacted, OFFLINE_OPTION, staleText } from '../contacted.ts';
import { columns } from '../ink.ts';
import { codeOf } from './balance.ts';

export const why: Command = {
  name: 'why',
  usage: '[CUR]',
  about: 'why your balance is this',
  words: { min: 0, max: 1 },
  options: OFFLINE_OPTION,
  async run(call) {
    const [wanted] = call.words;
    if (wanted !== undefined && !parseCurrency(wanted.toUpperCase()).ok)
      return refuse('currency_unknown', wanted);
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const { wallet, isStale } = ready.value;
    const told = wallet
      .balance()
      .filter(({ currency }) => wanted === undefined || codeOf(currency) === wanted.toUpperCase())
      .map((standing) => {
        const { currency } = standing;
        return { currency, total: totalOf(standing), lines: wallet.explain(currency) };
      });
    const texts = told.map(({ currency, total, lines }) => {
      const rows = [
        ...lines.map((line) => [
          whyText(line, call.language),
          moneyText(currency, line.amount, true),
        ]),
        [say(call, 'That makes', '合计'), moneyText(currency, total)],
      ];
      return columns(rows, [1]);
    });
    const text =
      texts.length === 0 ? say(call, 'Nothing happened yet.', '暂无往来。') : texts.join('\n\n');
    return accept({
      json: {
        currencies: told.map((each) => ({ ...each, currency: codeOf(each.currency) })),
        isStale,
      },
      text: text + staleText(call, isStale),
    });
  },
};
