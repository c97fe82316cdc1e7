/** `specie tidy`: joins small neighbouring parts of the money. */
import { accept } from '@specie/core/base/result';
import { type Command, say } from '../command.ts';
import { contacted } from '../contacted.ts';
import { orderOutcome } from './pay.ts';

export const tidy: Command = {
  name: 'tidy',
  usage: '',
  about: 'joins what lies side by side, so that payments stay small',
  words: { min: 0, max: 0 },
  options: {},
  async run(call) {
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const own = await ready.value.wallet.tidy();
    if (!own.ok) return own;
    if (own.value !== undefined) return accept(orderOutcome(call, own.value));
    return accept({ json: { state: 'tidy' }, text: say(call, 'All tidy.', '已很整齐。') });
  },
};
