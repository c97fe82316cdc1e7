/** `specie words`: shows the 24 recovery words, numbered. */
import { accept } from '@specie/core/base/result';
import { type Command, say } from '../command.ts';
import { columns } from '../ink.ts';

export const words: Command = {
  name: 'words',
  usage: '',
  about: 'shows your 24 words; whoever reads them has your money',
  words: { min: 0, max: 0 },
  options: {},
  async run(call) {
    const wallet = await call.wallet();
    if (!wallet.ok) return wallet;
    const list = wallet.value.words();
    if (!list.ok) return list;
    const rows = Array.from({ length: 8 }, (_, row) =>
      [0, 8, 16].flatMap((first) => [`${row + first + 1}`, list.value[row + first] ?? '']),
    );
    const warning = say(
      call,
      'Whoever reads these words has your money. They bring back your online money, nothing else.',
      '谁看到这些词,谁就拥有你的钱。它们只能恢复联网资金。',
    );
    return accept({
      json: { words: list.value },
      text: `${columns(rows, [0, 2, 4])}\n\n${call.ink.quiet(warning)}`,
    });
  },
};
