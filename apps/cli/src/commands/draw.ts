/** `specie draw`: a message as codes that a camera reads, or as a file that a person carries. */
import { accept } from '@specie/core/base/result';
import { type Command, say } from '../command.ts';
import { messageBytes } from '../message-argument.ts';

export const draw: Command = {
  name: 'draw',
  usage: 'FILE|HEX|- TARGET',
  about: 'draws a message as codes (TARGET.png, .svg or a folder), or writes it as TARGET.specie',
  words: { min: 2, max: 2 },
  options: {},
  async run(call) {
    const [given = '', target = ''] = call.words;
    const bytes = await messageBytes(call, given);
    if (!bytes.ok) return bytes;
    const drawn = await call.world.drawMessage(bytes.value, target);
    if (!drawn.ok) return drawn;
    const { files, needed } = drawn.value;
    const enough =
      files.length === needed
        ? ''
        : say(call, `\nAny ${needed} of them are enough.`, `\n其中任意 ${needed} 张即可。`);
    return accept({
      json: { bytes: bytes.value.length, files, needed },
      text: files.join('\n') + enough,
    });
  },
};
