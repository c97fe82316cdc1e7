/**
 * A wallet brought up to date before it is looked at. Without a network the last known state is
 * shown, and said to be that.
 *
 * @module
 */
import { accept, type Result } from '@specie/core/base/result';
import type { Wallet } from '@specie/wallet/wallet';
import { type Call, type OptionSpec, say } from './command.ts';

export const OFFLINE_OPTION: Readonly<Record<string, OptionSpec>> = {
  offline: { type: 'boolean', about: 'show what was last known' },
};

export interface Contacted {
  readonly wallet: Wallet;
  /** Whether what is shown is only what was last known. */
  readonly isStale: boolean;
}

/** The wallet of a call after a contact with its operator. */
export async function contacted(call: Call): Promise<Result<Contacted>> {
  const opened = await call.wallet();
  if (!opened.ok) return opened;
  const wallet = opened.value;
  const card = wallet.card();
  if (!card.ok) return card;
  if (call.options['offline'] === true) return accept({ wallet, isStale: true });
  const fresh = await wallet.contact();
  if (!fresh.ok && fresh.refusal.code !== 'operator_unreachable') return fresh;
  return accept({ wallet, isStale: !fresh.ok });
}

/** A line to add when what is shown may be old. */
export function staleText(call: Call, isStale: boolean): string {
  if (!isStale) return '';
  const text = say(call, 'As last known; the operator was not asked.', '为上次联网时的状态。');
  return `\n${call.ink.quiet(text)}`;
}
