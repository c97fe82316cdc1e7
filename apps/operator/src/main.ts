/**
 * The operator's command line: `init`, `serve`, `status`, `issue`, `retire`, `seals`, `backup`, `restore`.
 *
 * Spec: 06 §9.
 * @module
 */
import { parseArgs } from 'node:util';
import fs from 'node:fs';
import { Fault, faultOf } from '@specie/protocol/fault';
import { readJson } from '@specie/protocol/node/folder';
import { backUp, restore } from './adapters/backup.ts';
import { initDataFolder, openDataFolder } from './adapters/data-folder.ts';
import { issue, type IssueWish } from './adapters/issuing.ts';
import { retire } from './adapters/retiring.ts';
import { tellSeals } from './adapters/sealing.ts';
import { openRandom, serve } from './adapters/serving.ts';
import { DEFAULTS, settingsOf, type Settings } from './settings.ts';

const USAGE = `operator init --data DIR --number N --name NAME --url URL
              --authority sa1… --authority-url URL [--sandbox --sandbox-url URL]
operator serve --data DIR [--host 127.0.0.1] [--port N] [--tls-key FILE --tls-cert FILE]
operator status --data DIR
operator issue --data DIR --currency CNY --amount 10000.00
operator retire --data DIR --currency CNY --amount 1000.00
operator seals --data DIR
operator backup --data DIR --to DIR
operator restore --from DIR --data DIR`;

const OPTIONS = {
  data: { type: 'string' },
  number: { type: 'string' },
  name: { type: 'string' },
  url: { type: 'string' },
  authority: { type: 'string' },
  'authority-url': { type: 'string' },
  sandbox: { type: 'boolean' },
  'sandbox-url': { type: 'string' },
  settings: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-cert': { type: 'string' },
  currency: { type: 'string' },
  amount: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
} as const;

type Given = Readonly<Record<string, string | boolean | undefined>>;

function need(given: Given, name: keyof typeof OPTIONS): string {
  const value = given[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Fault('argument_missing', 'never', `--${name} is missing\n${USAGE}`);
}

async function init(given: Given): Promise<void> {
  const sandboxUrl = given['sandbox-url'];
  const more = typeof given['settings'] === 'string' ? readJson(given['settings']) : {};
  const settings: Settings = {
    ...DEFAULTS,
    ...settingsOf({
      ...(more as object),
      number: Number(need(given, 'number')),
      name: need(given, 'name'),
      url: need(given, 'url'),
      authority: need(given, 'authority'),
      authorityUrl: need(given, 'authority-url'),
      ...(typeof sandboxUrl === 'string' && { sandboxUrl }),
    }),
  };
  const entropy = await openRandom(() => undefined);
  initDataFolder(need(given, 'data'), settings, given['sandbox'] === true, entropy.random);
  entropy.close();
}

async function status(given: Given): Promise<void> {
  const folder = openDataFolder(need(given, 'data'));
  const service = readJson(folder.at('service')) as { readonly url?: unknown } | undefined;
  if (typeof service?.url !== 'string')
    throw new Fault('service_stopped', 'safe', 'this operator does not serve at present');
  const answer = await fetch(`${service.url}/v1/status`);
  say(await answer.text());
}

function wishOf(given: Given): IssueWish {
  const time = Date.now();
  return { currency: need(given, 'currency'), amount: need(given, 'amount'), time };
}

async function run(command: string | undefined, given: Given): Promise<void> {
  const read = (name: 'tls-key' | 'tls-cert'): string => fs.readFileSync(need(given, name), 'utf8');
  switch (command) {
    case 'init':
      return init(given);
    case 'serve':
      return serve({
        data: need(given, 'data'),
        host: typeof given['host'] === 'string' ? given['host'] : '127.0.0.1',
        port: given['port'] === undefined ? undefined : Number(need(given, 'port')),
        tls:
          given['tls-key'] === undefined
            ? undefined
            : { key: read('tls-key'), cert: read('tls-cert') },
      });
    case 'status':
      return status(given);
    case 'issue': {
      const wish = wishOf(given);
      const entropy = await openRandom(() => undefined);
      const { issued, ...end } = await issue(need(given, 'data'), wish, entropy.random, 30_000);
      entropy.close();
      say(JSON.stringify({ ...end, issued: issued.toString() }));
      // Still `written` is no failure: it stands in the book and will be minted once.
      if (end.state === 'refused') process.exitCode = 1;
      return;
    }
    case 'retire': {
      const { state, retired, code } = await retire(need(given, 'data'), wishOf(given), 30_000);
      say(JSON.stringify({ state, retired: retired.toString(), code }));
      return;
    }
    case 'seals': {
      const tell = (line: unknown): void => say(JSON.stringify(line));
      if (!tellSeals(need(given, 'data'), tell)) process.exitCode = 1;
      return;
    }
    case 'backup':
      return backUp(need(given, 'data'), need(given, 'to'));
    case 'restore':
      restore(need(given, 'from'), need(given, 'data'));
      return;
    case undefined:
    default:
      throw new Fault('command_unknown', 'never', USAGE);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  await run(positionals[0], values);
} catch (cause) {
  const fault = faultOf(cause);
  const shown = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`${fault === undefined ? shown : `${fault.code}: ${fault.message}`}\n`);
  process.exitCode = fault === undefined ? 70 : 1;
}
