/**
 * Which operator and which authority a command means: as told, or those of the services that
 * `npm start` runs on this machine. A fingerprint comes from the person, from that folder, or from an
 * explicit first use; never silently from the network.
 *
 * Spec: 05 §6; 14 §2.
 * @module
 */
import { join } from 'node:path';
import { textOfBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import type { Invitation } from '@specie/wallet/opening';
import { type Call, type OptionSpec, textOption, type World } from './command.ts';

export const INVITATION_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  operator: {
    type: 'string',
    value: 'URL|N',
    about: 'the operator, or a number for one of npm start (default: its first)',
  },
  authority: { type: 'string', value: 'sa1…', about: 'fingerprint of the authority you trust' },
  'trust-first-use': { type: 'boolean', about: 'take the authority that the operator shows' },
  data: { type: 'string', value: 'DIR', about: 'data folder of npm start (default .specie)' },
};

/** What a data folder of `npm start` says about its services. */
export interface Sandbox {
  readonly folder: string;
  readonly pageUrl: string;
  readonly authorityUrl: string;
  readonly operatorUrls: readonly string[];
  /** As text, `sa1…`. */
  readonly fingerprint: string;
}

/** Reads the data folder of `npm start`, or undefined when there is none. */
export function sandboxOf(world: World, folder = join(world.root, '.specie')): Sandbox | undefined {
  const settings = jsonIn(world, join(folder, 'sandbox.json'));
  const fingerprint = settings?.['authority'];
  const ports = settings?.['operatorPorts'];
  if (typeof fingerprint !== 'string' || !Array.isArray(ports)) return undefined;
  const url = (port: unknown): string => `http://127.0.0.1:${String(port)}`;
  return {
    folder,
    pageUrl: url(settings?.['pagePort']),
    authorityUrl: url(settings?.['authorityPort']),
    operatorUrls: ports.map(url),
    fingerprint,
  };
}

function jsonIn(world: World, file: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = world.readFile(file);
  const text = bytes && textOfBytes(bytes);
  if (text === undefined) return undefined;
  try {
    const json = JSON.parse(text) as unknown;
    return typeof json === 'object' && json !== null
      ? (json as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The operator of a call as it was named: by its address, or by its number in `npm start`. */
export function operatorUrlOf(
  named: string | undefined,
  sandbox: Sandbox | undefined,
): Result<string | undefined> {
  if (named === undefined || !/^[0-9]+$/.test(named)) return accept(named);
  if (sandbox === undefined) return refuse('argument_missing', '--data');
  const url = sandbox.operatorUrls[Number(named) - 1];
  return url === undefined ? refuse('argument_invalid', '--operator') : accept(url);
}

/** The operator and authority of a call. */
export async function invitationOf(call: Call): Promise<Result<Invitation>> {
  const sandbox = sandboxOf(call.world, textOption(call, 'data'));
  const named = operatorUrlOf(textOption(call, 'operator'), sandbox);
  if (!named.ok) return named;
  const operatorUrl = named.value ?? sandbox?.operatorUrls[0];
  if (operatorUrl === undefined) return refuse('argument_missing', '--operator');
  if (URL.parse(operatorUrl) === null) return refuse('argument_invalid', '--operator');
  const isLocal = sandbox?.operatorUrls.includes(operatorUrl.replace(/\/+$/, '')) === true;
  const told = textOption(call, 'authority') ?? (isLocal ? sandbox.fingerprint : undefined);
  if (told !== undefined) {
    const authority = parseAuthority(told);
    return authority.ok
      ? accept({ authority: authority.value, operatorUrl })
      : refuse('argument_invalid', '--authority');
  }
  if (call.options['trust-first-use'] !== true) return refuse('trust_missing', '--authority');
  const wallet = await call.wallet();
  if (!wallet.ok) return wallet;
  const claimed = await wallet.value.claimedAuthority(operatorUrl);
  if (!claimed.ok) return claimed;
  const { authority, fingerprint, name } = claimed.value;
  call.progress(`${name}\n${fingerprint}`);
  return accept({ authority, operatorUrl });
}
