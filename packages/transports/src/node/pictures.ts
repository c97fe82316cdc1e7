/**
 * Messages as pictures and files in folders, for a command line: what it shows a person to carry, and
 * what a person brought. Invariant: a message is handed out only when its bytes have the digest that
 * the codes or the file named; files that held nothing are named with the reason.
 *
 * Spec: 13 §7.
 * @module
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { animatedCode } from '../animated-code.ts';
import { codeOf, svgOf } from '../code-drawing.ts';
import { codeBytesMax, type CodeLevel, VERSION_MAX, VERSION_USUAL } from '../code-size.ts';
import { newDecoder } from '../decoder.ts';
import { digestOf } from '../frame.ts';
import { isPicture, isPng, PICTURE_BYTES_MAX, pictureSize } from '../picture-size.ts';
import type { Decoder, Frames } from '../transport.ts';
import { FILE_ENDING, messageFile, singleCode } from '../whole-message.ts';
import { codeReader } from './code-reader-module.ts';
import { judgePng } from './png-unpacking.ts';
import { pngOfCode } from './png.ts';

export interface PictureOptions {
  /** Largest version of a code, 1 to 40; 25 is what the cameras of phones read at ease. */
  readonly version?: number;
  readonly level?: CodeLevel;
  /** Points for each side of a module in a PNG. */
  readonly scale?: number;
  /** Pictures beyond those needed, any of which makes up for one that is lost. */
  readonly spare?: number;
  /** Ending of the files in a folder; a single file's own ending decides otherwise. */
  readonly form?: 'png' | 'svg';
}

export interface WrittenPictures {
  /** In the order to show them. */
  readonly files: readonly string[];
  /** How many of them, whichever, are enough. */
  readonly needed: number;
}

/** Files at which a person can be expected to look. */
const SPARE_MAX = 1000;
const SCALE_MAX = 64;
/** A code of the usual version is 750 points wide: a screen shows it whole. */
const SCALE_USUAL = 6;

/**
 * Draws a message as codes: one picture when one code holds it, several otherwise. A target that ends
 * in `.png` or `.svg` names the picture (`pay.png`, or `pay-01.png`, `pay-02.png` and so on); any
 * other is a folder, made if need be, with pictures named after the message's digest. Files of these names are replaced.
 * Fails when the disk does.
 */
export async function writePictures(
  message: Uint8Array,
  target: string,
  options: PictureOptions = {},
): Promise<Result<WrittenPictures>> {
  const { level = 'L' } = options;
  const version = within(1, options.version ?? VERSION_USUAL, VERSION_MAX);
  const scale = within(1, options.scale ?? SCALE_USUAL, SCALE_MAX);
  const frames = framesOf(message, codeBytesMax(version, level));
  if (!frames.ok) return frames;
  const { needed, count } = frames.value;
  // A picture more for each three that are needed makes up for a blurred one here and there.
  const { spare = count === 1 ? 0 : Math.ceil(needed / 3) } = options;
  const shown = Math.min(count, needed + within(0, spare, SPARE_MAX));
  const name = await namesFor(target, message, options.form ?? 'png', shown);
  const files: string[] = [];
  for (let number = 0; number < shown; number++) {
    const code = codeOf(frames.value.at(number), level);
    if (!code.ok) return code;
    const file = name(number);
    const isSvg = file.toLowerCase().endsWith('.svg');
    await writeFile(file, isSvg ? svgOf(code.value) : pngOfCode(code.value, scale));
    files.push(file);
  }
  return accept({ files, needed });
}

/** The whole number nearest below, held between two others. */
function within(min: number, number: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(number)));
}

/** One code if it holds the message, and as many as it takes otherwise. */
function framesOf(message: Uint8Array, frameBytesMax: number): Result<Frames> {
  const single = singleCode.encode(message, { frameBytesMax });
  return single.ok ? single : animatedCode.encode(message, { frameBytesMax });
}

async function namesFor(
  target: string,
  message: Uint8Array,
  form: string,
  shown: number,
): Promise<(number: number) => string> {
  const ending = /\.(?:png|svg)$/i.exec(target)?.[0];
  const stem =
    ending === undefined
      ? path.join(target, hexOf(digestOf(message)).slice(0, 8))
      : target.slice(0, -ending.length);
  await mkdir(path.dirname(stem), { recursive: true });
  const digits = Math.max(2, String(shown).length);
  const mark = (number: number): string =>
    shown === 1 ? '' : `-${String(number + 1).padStart(digits, '0')}`;
  return (number) => `${stem}${mark(number)}${ending ?? `.${form}`}`;
}

/** Writes a message into a file of its own, whose name should end in `.specie`. */
export async function writeMessageFile(
  message: Uint8Array,
  file: string,
): Promise<Result<{ readonly file: string }>> {
  const frames = messageFile.encode(message);
  if (!frames.ok) return frames;
  await writeFile(file, frames.value.at(0));
  return accept({ file });
}

export interface ReadPictures {
  readonly message: Uint8Array;
  /** Files that held nothing of it, and why. */
  readonly left: readonly { readonly file: string; readonly refusal: Refusal }[];
}

/**
 * Reads the one message that files hold together: pictures (PNG, JPEG) of codes, files with the
 * ending `.specie`, texts that begin with `specie:`, and folders of these. Order does not matter. When nothing
 * but refusals came the first is given, with the file in `at`; when parts are missing, how many.
 */
export async function readPictures(files: readonly string[]): Promise<Result<ReadPictures>> {
  const decoder = newDecoder();
  const messages: Uint8Array[] = [];
  const left: { file: string; refusal: Refusal }[] = [];
  for (const file of await filesIn(files)) {
    const taken = await takeFile(decoder, file);
    for (const message of taken.messages) {
      if (!messages.some((known) => equalBytes(known, message))) messages.push(message);
    }
    if (taken.refusal !== undefined) left.push({ file, refusal: taken.refusal });
  }
  const [message] = messages;
  if (messages.length > 1) return refuse('messages_several');
  if (message !== undefined) return accept({ message, left });
  const nearest = decoder.nearest();
  if (nearest !== undefined) return refuse('parts_missing', `${nearest.have}/${nearest.needed}`);
  const first = left[0];
  return first === undefined
    ? refuse('file_unreadable')
    : refuse(first.refusal.code, path.basename(first.file));
}

/** The files named and those in the folders named, these in the order of their names. */
async function filesIn(named: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of named) {
    const isFolder = await stat(file).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isFolder) found.push(file);
    else
      found.push(
        ...(await readdir(file))
          .filter(isOurs)
          .sort()
          .map((name) => path.join(file, name)),
      );
  }
  return found;
}

/** What is looked at in a folder; a file that is named is looked at whatever it is called. */
function isOurs(name: string): boolean {
  return ['.png', '.jpg', '.jpeg', FILE_ENDING].includes(path.extname(name).toLowerCase());
}

interface TakenFile {
  readonly messages: readonly Uint8Array[];
  /** Why nothing of the file was of use. */
  readonly refusal?: Refusal;
}

async function takeFile(decoder: Decoder, file: string): Promise<TakenFile> {
  const contents = await contentsOf(file);
  if (!contents.ok) return { messages: [], refusal: contents.refusal };
  const frames = isPicture(contents.value)
    ? await codesIn(contents.value)
    : accept([contents.value]);
  if (!frames.ok) return { messages: [], refusal: frames.refusal };
  const answers = frames.value.map((frame) => decoder.take(frame));
  const messages = answers.flatMap((answer) => (answer.at === 'done' ? [answer.message] : []));
  const refusal = answers.find((answer) => answer.at === 'refused')?.refusal;
  const isOfUse = answers.some(({ at }) => at !== 'refused');
  return isOfUse || refusal === undefined ? { messages } : { messages, refusal };
}

/** A file that is missing, closed to us or no file is a slip of whoever named it, not a fault. */
async function contentsOf(file: string): Promise<Result<Uint8Array>> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return refuse('file_unreadable');
    return stats.size > PICTURE_BYTES_MAX
      ? refuse('picture_oversized')
      : accept(await readFile(file));
  } catch {
    return refuse('file_unreadable');
  }
}

async function codesIn(picture: Uint8Array): Promise<Result<readonly Uint8Array[]>> {
  const size = pictureSize(picture);
  if (!size.ok) return size;
  const judged = isPng(picture) ? judgePng(picture, size.value) : accept(true);
  if (!judged.ok) return judged;
  const read = await codeReader();
  try {
    const codes = await read(picture);
    return codes.length === 0 ? refuse('picture_without_code') : accept(codes);
  } catch {
    // None of the pictures tried has made the reader fail; one that does is the picture's matter.
    return refuse('picture_unreadable');
  }
}
