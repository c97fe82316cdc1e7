/**
 * A key set made in three steps, for a root that is kept where no network is: prepared beside the
 * authority, signed where the root is, installed beside the authority again. Invariant: what is
 * signed was shown in full, and what is put in force is what any wallet would accept.
 *
 * Spec: 02 §6; 09 §9.
 * @module
 */
import fs from 'node:fs';
import { assert } from '@specie/core/base/assert';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import type { Message } from '@specie/core/codec/message';
import { sha256 } from '@specie/core/crypto/hash';
import { Fault } from '@specie/protocol/fault';
import { writeDurably } from '@specie/protocol/node/folder';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import {
  followTrust,
  formatAuthority,
  keySetMessage,
  trustChainMessage,
  type KeySet,
} from '@specie/protocol/trust/key-set';
import { isOutdated, prepareSet, signSet, withSet } from '../trust/key-sets.ts';
import { openDataFolder, readChain, writeChain } from './data-folder.ts';
import { readKey, rootsOf } from './key-files.ts';
import { presentParts, tellService } from './keeping.ts';

/** Writes the key set that the folder asks for, unsigned, and shows it. */
export function prepareKeySet(data: string, out: string, now: Instant): unknown {
  const folder = openDataFolder(data);
  const chain = readChain(folder);
  const set = prepareSet(chain, presentParts(folder, chain), now);
  writeNew(out, keySetMessage.encode(set));
  return keySetView(set);
}

/**
 * Shows a prepared key set and, when `out` is named, signs it with the root in `root`. Needs nothing
 * else of the authority.
 */
export function signPrepared(given: string, root: string, out: string | undefined): unknown {
  const set = readMessage(given, keySetMessage);
  const seeds = rootsOf(root, set, slhDsaNative);
  if (out !== undefined) {
    const sets = [signSet(set, seeds, slhDsaNative)];
    writeNew(out, trustChainMessage.encode({ sets }));
  }
  return { ...keySetView(set), isSigned: out !== undefined };
}

/** What became of an installed key set. */
export interface Installed {
  readonly number: number;
  /** Whether the folder has changed since it was prepared, so that another one is needed. */
  readonly isOutdated: boolean;
}

/** Checks a signed key set as every wallet will, puts it in force, and tells a running service. */
export function installKeySet(data: string, given: string, now: Instant): Installed {
  const folder = openDataFolder(data);
  const chain = readChain(folder);
  const known = chain.at(-1)?.keySet;
  assert(known !== undefined, 'init makes the first key set');
  const { sets } = readMessage(given, trustChainMessage);
  const [signed] = sets;
  if (signed === undefined || sets.length > 1)
    throw new Fault('key_set_refused', 'never', `${given} does not hold one signed key set`);
  if (signed.keySet.number !== known.number + 1)
    throw new Fault(
      'key_set_refused',
      'never',
      `it has the number ${signed.keySet.number}; the next one is ${known.number + 1}`,
    );
  const trust = { authority: known.authority, known };
  const followed = followTrust(trust, [signed], now, slhDsaNative);
  if (!followed.ok)
    throw new Fault('key_set_refused', 'never', `nobody would accept it: ${followed.refusal.code}`);
  const session = mlDsaNative.publicKeyOf(readKey(data, 'session'));
  const isOwn = signed.keySet.keys.some(
    ({ purpose, publicKey, from, until }) =>
      purpose === 'session' && from <= now && now < until && equalBytes(publicKey, session),
  );
  if (!isOwn)
    throw new Fault('key_set_refused', 'never', 'it does not name the session key of this folder');
  const extended = withSet(chain, signed);
  writeChain(folder, extended);
  tellService(folder);
  const parts = presentParts(folder, extended);
  return { number: signed.keySet.number, isOutdated: isOutdated(extended, parts, now) };
}

/** A key set for people: keys by their fingerprints, times as dates. */
export function keySetView(set: KeySet): Record<string, unknown> {
  const { authority, number, issuedAt, endsAt, root, nextRoot, url, name } = set;
  const date = (instant: Instant): string => new Date(instant).toISOString();
  const print = (key: Uint8Array): string => hexOf(sha256(key));
  return {
    authority: formatAuthority(authority),
    number,
    name,
    url,
    issuedAt: date(issuedAt),
    endsAt: date(endsAt),
    root: hexOf(root),
    nextRoot: hexOf(nextRoot),
    keys: set.keys.map(({ purpose, publicKey, from, until }) => ({
      ...{ purpose, sha256: print(publicKey), from: date(from), until: date(until) },
    })),
    operators: set.operators.map((card) => ({
      ...{ operator: card.operator, name: card.name, url: card.url },
      sessionKeySha256: print(card.sessionKey),
      statementKeySha256: print(card.statementKey),
      ...{ from: date(card.from), until: date(card.until) },
    })),
  };
}

function readMessage<T>(file: string, message: Message<T>): T {
  if (!fs.existsSync(file)) throw new Fault('file_missing', 'never', `there is no ${file}`);
  const read = message.decode(fs.readFileSync(file));
  if (read.ok) return read.value;
  throw new Fault('file_malformed', 'never', `${file} is no ${message.name}: ${read.refusal.code}`);
}

function writeNew(file: string, bytes: Uint8Array): void {
  if (fs.existsSync(file)) throw new Fault('file_exists', 'never', `${file} exists`);
  writeDurably(file, bytes);
}
