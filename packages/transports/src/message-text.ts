/**
 * A message as one line of text, for a clipboard, a chat or a link: `specie:` and the whole frame in
 * base64url. Invariant: a message has one text, apart from white space around it, which those who
 * copy add without knowing.
 *
 * Spec: 13 §6.
 * @module
 */
import { base64urlOf, bytesOfBase64url, bytesOfText, textOfBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { WHOLE_FRAME_OVERHEAD, wholeFrameOf } from './frame.ts';
import { MESSAGE_BYTES_MAX, type Transport } from './transport.ts';
import { oneFrame } from './whole-message.ts';

const PREFIX = 'specie:';
const PREFIX_BYTES = bytesOfText(PREFIX);
const SPACE_MAX = 64;
const TEXT_BYTES_MAX =
  PREFIX.length + Math.ceil(((WHOLE_FRAME_OVERHEAD + MESSAGE_BYTES_MAX) * 4) / 3) + SPACE_MAX;

/** One text holds one message. */
export const messageText: Transport = {
  name: 'text',
  encode: (message, options) =>
    oneFrame(message, options, (carried) => bytesOfText(textOf(carried))),
};

/** The text of a message of 1 to 65,536 bytes. */
export function textOf(message: Uint8Array): string {
  return PREFIX + base64urlOf(wholeFrameOf(message));
}

/** Whether bytes say that they are a message as text; white space may stand before. */
export function isText(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < Math.min(SPACE_MAX, bytes.length) && isSpace(bytes[at]!)) at++;
  return PREFIX_BYTES.every((byte, i) => bytes[at + i] === byte);
}

/** The whole frame inside the UTF-8 of a text. */
export function frameOfText(bytes: Uint8Array): Result<Uint8Array> {
  if (bytes.length > TEXT_BYTES_MAX) return refuse('message_oversized');
  const line = textOfBytes(bytes)?.trim();
  const frame = line === undefined ? undefined : bytesOfBase64url(line.slice(PREFIX.length));
  return frame === undefined ? refuse('text_malformed') : accept(frame);
}

/** Tab, line feed, carriage return, space. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
