/** `specie inspect`: any Specie message in readable form, and what is wrong with one that is none. */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { hexOf } from '@specie/core/base/bytes';
import { kindOf } from '@specie/core/codec/message';
import { sha256 } from '@specie/core/crypto/hash';
import { formatAddress, parseAddress } from '@specie/core/payment/address';
import { formatAuthority, parseAuthority } from '@specie/protocol/trust/key-set';
import type { Call, Command, Outcome } from '../command.ts';
import { columns } from '../ink.ts';
import { messageBytes } from '../message-argument.ts';
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
    const bytes = await messageBytes(call, given);
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

/** A message in readable form, or what is wrong with it. */
export function inspected({ ink }: Call, bytes: Uint8Array): Result<Outcome> {
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
