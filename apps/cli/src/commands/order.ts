/** `specie order`: what became of an order of this wallet. */
import { accept } from '@specie/core/base/result';
import type { Command } from '../command.ts';
import { orderOutcome } from './pay.ts';

export const order: Command = {
  name: 'order',
  usage: 'HASH',
  about: 'what became of an order',
  words: { min: 1, max: 1 },
  options: {},
  async run(call) {
    const wallet = await call.wallet();
    if (!wallet.ok) return wallet;
    const own = await wallet.value.order(call.words[0] ?? '');
    return own.ok ? accept(orderOutcome(call, own.value)) : own;
  },
};
