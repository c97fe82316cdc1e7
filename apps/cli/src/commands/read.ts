/** `specie read`: pictures of codes and files that a person brought, back into the message they carry. */
import { accept } from '@specie/core/base/result';
import { type Command, textOption } from '../command.ts';
import { inspected } from './inspect.ts';

/** More pictures than anybody takes of one message. */
const PICTURES_MAX = 1000;

export const read: Command = {
  name: 'read',
  usage: 'PICTURE …',
  about: 'reads codes from pictures, message files and folders of them, and shows the message',
  words: { min: 1, max: PICTURES_MAX },
  options: { out: { type: 'string', value: 'FILE', about: 'keep the message in FILE' } },
  async run(call) {
    const found = await call.world.readPictures(call.words);
    if (!found.ok) return found;
    const { message, left } = found.value;
    const out = textOption(call, 'out');
    if (out !== undefined) call.world.writeFile(out, message);
    const settled = inspected(call, message);
    if (!settled.ok) return settled;
    const notes = left.map(({ file, refusal }) => `${file}: ${refusal.code}`);
    return accept({
      json: { ...(settled.value.json as object), left },
      text: [settled.value.text, ...notes].join('\n'),
    });
  },
};
