/**
 * Help, made of the commands themselves, so that it cannot name an option that is not there.
 *
 * Spec: 14 §1.
 * @module
 */
import type { Command, OptionSpec } from './command.ts';
import { columns } from './ink.ts';

/** Every command with one line. */
export function overview(commands: readonly Command[]): string {
  const rows = [
    ...commands.map(({ name, usage, about }) => [`  ${name} ${usage}`.trimEnd(), about]),
    ['  entropy', 'where randomness comes from, and how good it is'],
  ];
  return `specie COMMAND …\n\n${columns(rows)}\n\nEvery command takes --help, --json, --lang en|zh and --wallet FILE.\n`;
}

/** One command with its options. */
export function helpOf(command: Command, common: Readonly<Record<string, OptionSpec>>): string {
  const { name, usage, about, options } = command;
  const rows = Object.entries({ ...options, ...common }).map(([option, { value, about: what }]) => [
    `  --${option}${value === undefined ? '' : ` ${value}`}`,
    what,
  ]);
  return `specie ${name} ${usage}`.trimEnd() + `\n${about}\n\n${columns(rows)}\n`;
}
