/** `specie status`: what services tell everyone about themselves. */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { type Command, say } from '../command.ts';
import { sandboxOf } from '../invitation.ts';

export const status: Command = {
  name: 'status',
  usage: '[URL]',
  about: 'what a service tells everyone (default: all of npm start)',
  words: { min: 0, max: 1 },
  options: {},
  async run(call) {
    const sandbox = sandboxOf(call.world);
    const [given] = call.words;
    const urls =
      given === undefined
        ? [sandbox?.authorityUrl, ...(sandbox?.operatorUrls ?? [])].filter(
            (url) => url !== undefined,
          )
        : [given];
    if (urls.length === 0) return refuse('argument_missing', 'URL');
    const told: { readonly url: string; readonly status: unknown }[] = [];
    for (const url of urls) {
      const status_ = await statusOf(call.world, url);
      if (!status_.ok && given !== undefined) return status_;
      told.push({ url, status: status_.ok ? status_.value : undefined });
    }
    const text = told
      .map(({ url, status: of }) => {
        const body = of === undefined ? say(call, 'does not answer', '无应答') : linesOf(of, '  ');
        return `${call.ink.strong(url)}\n${body}`;
      })
      .join('\n\n');
    return accept({ json: given === undefined ? { services: told } : told[0]?.status, text });
  },
};

/** The status of a service, as it tells it. */
export async function statusOf(
  world: Parameters<Command['run']>[0]['world'],
  url: string,
): Promise<Result<unknown>> {
  if (URL.parse(url) === null) return refuse('argument_invalid', url);
  const text = await world.fetchText(`${url.replace(/\/+$/, '')}/v1/status`);
  if (!text.ok) return text;
  try {
    return accept(JSON.parse(text.value) as unknown);
  } catch {
    return refuse('answer_unbelieved', url);
  }
}

/** JSON as indented lines, without brackets. */
function linesOf(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return `${indent}${String(value)}`;
  return Object.entries(value)
    .filter(([name]) => name !== 'recent' && name !== 'entropy')
    .map(([name, each]) =>
      typeof each === 'object' && each !== null
        ? `${indent}${name}\n${linesOf(each, `${indent}  `)}`
        : `${indent}${name}  ${String(each)}`,
    )
    .join('\n');
}
