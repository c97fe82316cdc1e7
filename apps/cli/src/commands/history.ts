/** `specie history`: what happened, newest first, each with how it stands. */
import { hexOf } from '@specie/core/base/bytes';
import { accept } from '@specie/core/base/result';
import type { HistoryLine } from '@specie/wallet/history';
import { lineText, sumsText } from '@specie/wallet/texts';
import { type Command, say } from '../command.ts';
import { contacted, OFFLINE_OPTION, staleText } from '../contacted.ts';
import { padLeft, timeText, widthOf } from '../ink.ts';
import { codeOf } from './balance.ts';

export const history: Command = {
  name: 'history',
  usage: '',
  about: 'what happened, newest first',
  words: { min: 0, max: 0 },
  options: { all: { type: 'boolean', about: 'tidying and safekeeping, too' }, ...OFFLINE_OPTION },
  async run(call) {
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const { wallet, isStale } = ready.value;
    const isAll = call.options['all'] === true;
    const lines = wallet
      .history()
      .filter((line) => isAll || !isHousekeeping(line))
      .toReversed();
    const rows = lines.map((line) => {
      const { title, state } = lineText(line, call.language);
      return { when: timeText(line.time), sums: sumsText(line.sums), title, state };
    });
    const wide = Math.max(0, ...rows.map(({ sums }) => widthOf(sums)));
    const text = rows
      .map(({ when, sums, title, state }) => {
        const head = `${call.ink.quiet(when)}  ${call.ink.strong(padLeft(sums, wide))}  ${title}`;
        return `${head}\n${' '.repeat(20 + wide)}${call.ink.quiet(state)}`;
      })
      .join('\n');
    return accept({
      json: { lines: lines.map((line) => lineJson(line, call.language)), isStale },
      text:
        (text === '' ? say(call, 'Nothing happened yet.', '暂无往来。') : text) +
        staleText(call, isStale),
    });
  },
};

const isHousekeeping = (line: HistoryLine): boolean =>
  line.is === 'order' && (line.own.purpose === 'tidy' || line.own.purpose === 'refresh');

function lineJson(line: HistoryLine, language: 'en' | 'zh'): unknown {
  const { is, time, sums } = line;
  const amounts = Object.fromEntries(
    [...sums].map(([currency, amount]) => [codeOf(currency), amount]),
  );
  const order =
    line.is === 'order'
      ? { order: hexOf(line.own.hash), purpose: line.own.purpose, state: line.own.state.is }
      : {};
  return { is, time, amounts, ...order, ...lineText(line, language) };
}
