/**
 * A message named on the command line: a file, standard input, hex or base64url.
 *
 * @module
 */
import { bytesOfBase64url, bytesOfHex, textOfBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Call } from './command.ts';

/** Bytes of an argument: a file, standard input, hex or base64url; a file may hold either text. */
export async function messageBytes({ world }: Call, given: string): Promise<Result<Uint8Array>> {
  const file = given === '-' ? await world.readInput() : world.readFile(given);
  if (file !== undefined) {
    const text = textOfBytes(file)?.replace(/\s+/g, '');
    const written = text === undefined || text === '' ? undefined : bytesOfText(text);
    return accept(file[0] === 0x53 && file[1] === 0x43 ? file : (written ?? file));
  }
  const bytes = bytesOfText(given);
  return bytes === undefined ? refuse('argument_invalid', given.slice(0, 40)) : accept(bytes);
}

function bytesOfText(text: string): Uint8Array | undefined {
  const hex = bytesOfHex(text.toLowerCase());
  if (hex !== undefined && hex.length > 0) return hex;
  const bytes = bytesOfBase64url(text);
  return bytes !== undefined && bytes.length > 0 ? bytes : undefined;
}
