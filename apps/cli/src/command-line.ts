/**
 * Reads a command line and answers it: one object on stdout under `--json`, quiet text otherwise.
 * Invariant: exit code 0 means done, 1 means refused, and a refusal always says code, number, place
 * and a sentence that begins with what happened to the money.
 *
 * Spec: 14 §1.
 * @module
 */
import { join } from 'node:path';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { REFUSALS } from '@specie/core/base/refusals';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { type Language, sentenceOf } from '@specie/wallet/texts';
import type { Wallet } from '@specie/wallet/wallet';
import type { Call, Command, OptionSpec, Outcome, World } from './command.ts';
import { commandOf, COMMANDS } from './commands.ts';
import { helpOf, overview } from './help.ts';
import { inkFor } from './ink.ts';

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  json: { type: 'boolean', about: 'print one JSON object' },
  lang: { type: 'string', value: 'en|zh', about: 'language of the text' },
  wallet: {
    type: 'string',
    value: 'FILE|NAME',
    about:
      'the wallet; a name without a slash is a file in $SPECIE_HOME (default ~/.specie/wallet)',
  },
  help: { type: 'boolean', about: 'this text' },
};

interface Line {
  readonly command: Command;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
}

/** Runs a command line to its exit code. */
export async function runCommandLine(args: readonly string[], world: World): Promise<number> {
  const language = languageOf(args, world);
  const isJson = args.includes('--json');
  const [name] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    world.out(overview(COMMANDS));
    return 0;
  }
  if (name === 'entropy') return world.entropy(args.slice(1));
  const line = parse(args);
  if (!line.ok) return refused(line.refusal, language, isJson, world);
  if (line.value.options['help'] === true) {
    world.out(helpOf(line.value.command, COMMON_OPTIONS));
    return 0;
  }
  const opened: { wallet?: Wallet } = {};
  const result = await line.value.command.run(callOf(line.value, language, isJson, world, opened));
  await opened.wallet?.close();
  if (!result.ok) return refused(result.refusal, language, isJson, world);
  return told(result.value, isJson, world);
}

function told({ json, text, code = 0 }: Outcome, isJson: boolean, world: World): number {
  world.out(isJson ? `${JSON.stringify(json, jsonValue)}\n` : `${text}\n`);
  return code;
}

/** Large numbers as decimal text, bytes as they are given. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function refused(refusal: Refusal, language: Language, isJson: boolean, world: World): number {
  const { code, at } = refusal;
  const sentence = sentenceOf(refusal, language);
  const { number } = REFUSALS[code];
  if (isJson) world.out(`${JSON.stringify({ code, number, at, sentence })}\n`);
  else
    world.complain(
      `${sentence}\n${at === '' ? `${code} ${number}` : `${code} ${number}, ${at}`}\n`,
    );
  return 1;
}

/** Reads the line by the command's own options; an unknown one is named. */
export function parse(args: readonly string[]): Result<Line> {
  const [name = '', ...rest] = args;
  const command = commandOf(name);
  if (command === undefined) return refuse('argument_unknown', name);
  const specs = { ...COMMON_OPTIONS, ...command.options };
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(specs).map(([option, { type }]) => [option, { type }]),
  );
  const { tokens } = parseArgs({
    args: rest,
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Record<string, string | boolean | undefined> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = specs[token.name];
    if (spec === undefined) return refuse('argument_unknown', token.rawName);
    if (spec.type === 'boolean') {
      if (token.value !== undefined) return refuse('argument_invalid', token.rawName);
      values[token.name] = true;
    } else {
      if (token.value === undefined) return refuse('argument_missing', token.rawName);
      values[token.name] = token.value;
    }
  }
  const { lang } = values;
  if (lang !== undefined && lang !== 'en' && lang !== 'zh')
    return refuse('argument_invalid', '--lang');
  if (values['help'] === true) return accept({ command, options: values, words });
  if (words.length < command.words.min)
    return refuse('argument_missing', command.usage.split(' ')[words.length] ?? command.usage);
  if (words.length > command.words.max) return refuse('argument_unknown', words[command.words.max]);
  return accept({ command, options: values, words });
}

function languageOf(args: readonly string[], { environment }: World): Language {
  const place = args.findIndex((each) => each === '--lang' || each.startsWith('--lang='));
  const given = place === -1 ? undefined : (args[place]?.split('=')[1] ?? args[place + 1]);
  if (given === 'en' || given === 'zh') return given;
  const locale = environment['LC_ALL'] ?? environment['LANG'] ?? '';
  return locale.startsWith('zh') ? 'zh' : 'en';
}

function callOf(
  { options, words }: Line,
  language: Language,
  isJson: boolean,
  world: World,
  opened: { wallet?: Wallet },
): Call {
  const ink = inkFor(world.isTerminal && !isJson, world.environment);
  return {
    world,
    language,
    ink,
    isJson,
    words,
    options,
    async wallet() {
      if (opened.wallet !== undefined) return accept(opened.wallet);
      const named = options['wallet'];
      const file = walletFile(world, typeof named === 'string' ? named : 'wallet');
      const wallet = await world.openWallet(file);
      if (wallet.ok) opened.wallet = wallet.value;
      return wallet;
    },
    progress(text) {
      if (!isJson) world.out(`${text}\n`);
    },
  };
}

/** Where a wallet lies: a path as it is given, a name in the folder of wallets. */
function walletFile({ environment, home }: World, named: string): string {
  if (/[/\\]/.test(named)) return named;
  const folder = environment['SPECIE_HOME'];
  return folder === undefined || folder === '' ? join(home, '.specie', named) : join(folder, named);
}
