/** `specie address`: where this wallet is paid. */
import { accept } from '@specie/core/base/result';
import type { Command } from '../command.ts';

export const address: Command = {
  name: 'address',
  usage: '',
  about: 'your address, to be paid at',
  words: { min: 0, max: 0 },
  options: {},
  async run(call) {
    const wallet = await call.wallet();
    if (!wallet.ok) return wallet;
    const own = wallet.value.address();
    return own.ok ? accept({ json: { address: own.value }, text: own.value }) : own;
  },
};
