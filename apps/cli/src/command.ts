/**
 * What a command is: a name, its options, and a run that gives a refusal or an outcome. Invariant:
 * an outcome has both forms, the text for people and the one JSON object for scripts, and a command
 * never writes anything itself.
 *
 * Spec: 14.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import type { Result } from '@specie/core/base/result';
import type { ReadPictures, WrittenPictures } from '@specie/transports/node/pictures';
import type { Language } from '@specie/wallet/texts';
import type { Wallet } from '@specie/wallet/wallet';
import type { Ink } from './ink.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** How the value is called in help. */
  readonly value?: string;
  readonly about: string;
}

/** What a run gives. `after` is told to people once the outcome stands, `code` is the exit code. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  readonly code?: number;
}

/** What a transport carried since it was made. */
export interface Carried {
  readonly requests: number;
  readonly bytes: number;
}

/** The world around the command line; `main` builds it, tests build their own. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Folder of this program's own tree: where `npm start` keeps its data unless told otherwise. */
  readonly root: string;
  readonly isTerminal: boolean;
  readonly clock: () => Instant;
  out(text: string): void;
  complain(text: string): void;
  /** A line typed by a person; undefined when nobody can type. */
  ask(question: string): Promise<string | undefined>;
  readInput(): Promise<Uint8Array>;
  readFile(file: string): Uint8Array | undefined;
  writeFile(file: string, content: Uint8Array): void;
  /** Draws a message as pictures, or writes it as one file, by the target's ending. */
  drawMessage(message: Uint8Array, target: string): Promise<Result<WrittenPictures>>;
  /** The one message that pictures, message files and folders of them hold. */
  readPictures(files: readonly string[]): Promise<Result<ReadPictures>>;
  openWallet(file: string): Promise<Result<Wallet>>;
  /** A text from a URL, for pages that are not messages. */
  fetchText(url: string): Promise<Result<string>>;
  /** Runs a program of this tree and gives its exit code and output. */
  run(
    program: string,
    args: readonly string[],
  ): Promise<{ readonly code: number; readonly output: string }>;
  entropy(args: readonly string[]): Promise<number>;
  /** Milliseconds that only go forward. */
  monotonic(): number;
  pause(milliseconds: number): Promise<void>;
  carried(): Carried;
  /** A folder for a short while, and how to remove it. */
  temporaryFolder(): { readonly path: string; remove(): void };
}

/** One call of a command. */
export interface Call {
  readonly world: World;
  readonly language: Language;
  readonly ink: Ink;
  readonly isJson: boolean;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** The wallet of `--wallet`, opened when first asked for and closed at the end. */
  wallet(): Promise<Result<Wallet>>;
  /** Says something while it is under way, to people only. */
  progress(line: string): void;
}

export interface Command {
  readonly name: string;
  /** Positional words, as help shows them. */
  readonly usage: string;
  readonly about: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly words: { readonly min: number; readonly max: number };
  run(call: Call): Promise<Result<Outcome>>;
}

/** The text of an option, or undefined. */
export function textOption(call: Call, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** One of two texts, by the language of the call. */
export function say({ language }: Call, en: string, zh: string): string {
  return language === 'en' ? en : zh;
}
