/** `specie inspect`: any Specie message in readable form, and what is wrong with one that is none. */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { bytesOfBase64url, bytesOfHex, hexOf, textOfBytes } from '@specie/core/base/bytes';
import { kindOf } from '@specie/core/codec/message';
import { sha256 } from '@specie/core/crypto/hash';
import { formatAddress, parseAddress } from '@specie/core/payment/address';
import { formatAuthority, parseAuthority } from '@specie/protocol/trust/key-set';
import type { Call, Command } from '../command.ts';
import { columns } from '../ink.ts';
import { KNOWN_MESSAGES } from '../message-kinds.ts';
import { readable } from '../readable.ts';

export const inspect: Command = {
  name: 'inspect',
  usage: 'FILE|HEX|-',
  about: 'shows a message, a coin, an order or an address, and names what is wrong',
  words: { min: 1, max: 1 },
  options: {},
  async run(call) {
    const given = call.words[0] ?? '';
    const named = identifierOf(given);
    if (named !== undefined) return accept(named);
    const bytes = await bytesOf(call, given);
    return bytes.ok ? inspected(call, bytes.value) : bytes;
  },
};

function identifierOf(text: string): { readonly json: object; readonly text: string } | undefined {
  const address = parseAddress(text);
  if (address.ok) {
    const { operator, wallet } = address.value;
    const json = {
      is: 'address',
      operator,
      wallet: hexOf(wallet),
      text: formatAddress(address.value),
    };
    return {
      json,
      text: columns([['address'], ['  operator', `${operator}`], ['  wallet', hexOf(wallet)]]),
    };
  }
  const authority = parseAuthority(text);
  if (!authority.ok) return undefined;
  const json = {
    is: 'authority',
    root: hexOf(authority.value),
    text: formatAuthority(authority.value),
  };
  return { json, text: columns([['authority'], ['  root', hexOf(authority.value)]]) };
}

/** Bytes of an argument: a file, standard input, hex or base64url; a file may hold either text. */
async function bytesOf({ world }: Call, given: string): Promise<Result<Uint8Array>> {
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

function inspected({ ink }: Call, bytes: Uint8Array): Awaited<ReturnType<Command['run']>> {
  const kind = kindOf(bytes);
  if (kind === undefined || !KNOWN_MESSAGES.includes(kind.name)) {
    const isOurs = bytes[0] === 0x53 && bytes[1] === 0x43;
    return refuse(
      isOurs ? 'message_type_unexpected' : 'message_foreign',
      isOurs ? `type ${bytes[2] ?? '?'}` : '',
    );
  }
  const { name, version } = kind;
  const value = kind.decode(bytes);
  if (!value.ok) return refuse(value.refusal.code, `${name}${value.refusal.at}`);
  const hash = hexOf(sha256(bytes));
  const head = columns([
    [ink.strong(name), `version ${version}, ${bytes.length} bytes`],
    ['hash', hash],
  ]);
  return accept({
    json: {
      is: name,
      version,
      bytes: bytes.length,
      hash,
      value: kind.toJson(value.value),
    },
    text: `${head}\n${readable(kind.shape, value.value)}`,
  });
}
