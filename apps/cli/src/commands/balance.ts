/** `specie balance`: what the wallet has, in its three parts. */
import { accept } from '@specie/core/base/result';
import { currencyOfNumber } from '@specie/core/money/currency';
import { totalOf } from '@specie/wallet/standing';
import { findingText, moneyText, STANDING_TEXTS } from '@specie/wallet/texts';
import type { Wallet } from '@specie/wallet/wallet';
import type { Call, Command, Outcome } from '../command.ts';
import { contacted, OFFLINE_OPTION, staleText } from '../contacted.ts';
import { columns } from '../ink.ts';
import { say } from '../command.ts';

export const balance: Command = {
  name: 'balance',
  usage: '',
  about: 'what you have',
  words: { min: 0, max: 0 },
  options: OFFLINE_OPTION,
  async run(call) {
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    return accept(balanceOutcome(call, ready.value.wallet, ready.value.isStale));
  },
};

/** The code of a currency for scripts. */
export function codeOf(currency: number): string {
  const known = currencyOfNumber(currency);
  return known.ok ? known.value.code : String(currency);
}

/** The balance as an outcome: the whole in strong, its parts below when there is more than one. */
export function balanceOutcome(call: Call, wallet: Wallet, isStale: boolean): Outcome {
  const standings = wallet.balance();
  const { ink, language } = call;
  const lines = standings.flatMap((standing) => {
    const { currency, available } = standing;
    const total = totalOf(standing);
    const head = ink.strong(moneyText(currency, total));
    if (available === total) return [head];
    const parts = (['available', 'inPayment', 'waiting'] as const)
      .filter((part) => standing[part] !== 0n)
      .map((part) => [`  ${STANDING_TEXTS[part][language]}`, moneyText(currency, standing[part])]);
    return [head, ink.quiet(columns(parts, [1]))];
  });
  if (lines.length === 0) lines.push(say(call, 'No money yet.', '暂无资金。'));
  const findings = wallet.findings().map((finding) => findingText(finding, language));
  return {
    json: {
      balances: standings.map((standing) => ({
        ...standing,
        currency: codeOf(standing.currency),
        total: totalOf(standing),
      })),
      findings: wallet.findings().map(({ is, event }) => ({ is, event: event.number })),
      isStale,
    },
    text: [...lines, ...new Set(findings)].join('\n') + staleText(call, isStale),
  };
}
