/**
 * The authority's keys on disk: one file each, readable by its owner alone, beginning with what it is
 * for and the version of its form, so that one key is never taken for another.
 * @module
 */
import fs from 'node:fs';
import path from 'node:path';
import { bytesOfText, concatBytes, equalBytes } from '@specie/core/base/bytes';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { Fault } from '@specie/protocol/fault';
import {
  readKeyFile,
  writeDurably,
  writeKeyFile,
  KEY_FILE_MODE,
} from '@specie/protocol/node/folder';
import { rootHash, type KeySet, type TrustChain } from '@specie/protocol/trust/key-set';
import type { RootSeeds } from '../trust/key-sets.ts';

/** What a key is for, and how many bytes of secret it has. */
export const KEY_FILES = {
  session: { file: 'keys/session.key', bytes: 32 },
  mint: { file: 'keys/mint.key', bytes: 32 },
  directory: { file: 'keys/directory.key', bytes: 32 },
  handle: { file: 'keys/handle.key', bytes: 32 },
  root: { file: 'root/root.key', bytes: 48 },
  nextRoot: { file: 'root/next.key', bytes: 48 },
  /** There only while the root is being rotated. */
  afterNextRoot: { file: 'root/after-next.key', bytes: 48 },
} as const;

export type KeyName = keyof typeof KEY_FILES;

const VERSION = 1;
const HEAD_BYTES = 20;

/** `SPKEY`, the version, and the name padded with zeros. */
function headOf(name: KeyName): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  head.set(concatBytes(bytesOfText('SPKEY'), Uint8Array.of(VERSION), bytesOfText(name)));
  return head;
}

export function writeKey(directory: string, name: KeyName, secret: Uint8Array): void {
  writeKeyFile(path.join(directory, KEY_FILES[name].file), concatBytes(headOf(name), secret));
}

/** Replaces a key; the old one is gone when this returns. */
export function replaceKey(directory: string, name: KeyName, secret: Uint8Array): void {
  const file = path.join(directory, KEY_FILES[name].file);
  writeDurably(file, concatBytes(headOf(name), secret), KEY_FILE_MODE);
}

export function readKey(directory: string, name: KeyName): Uint8Array {
  const { file, bytes } = KEY_FILES[name];
  const whole = readKeyFile(path.join(directory, file), HEAD_BYTES + bytes);
  if (equalBytes(whole.subarray(0, HEAD_BYTES), headOf(name))) return whole.slice(HEAD_BYTES);
  throw new Fault(
    'key_malformed',
    'never',
    `${file} does not hold the ${name} key of version ${VERSION}`,
  );
}

/**
 * The seeds of the root in force and of the one announced, by what the present set says of them, so
 * that a rotation cut short anywhere leaves a chain that can be continued.
 */
export function readRoots(directory: string, chain: TrustChain, suite: SignatureSuite): RootSeeds {
  const last = chain.at(-1)?.keySet;
  return last === undefined
    ? { root: readKey(directory, 'root'), next: readKey(directory, 'nextRoot') }
    : rootsOf(directory, last, suite);
}

/** The seeds of the root a set names and of the one it announces. */
export function rootsOf(
  directory: string,
  last: Pick<KeySet, 'root' | 'nextRoot'>,
  suite: SignatureSuite,
): RootSeeds {
  const seeds = (['root', 'nextRoot', 'afterNextRoot'] as const)
    .filter((name) => fs.existsSync(path.join(directory, KEY_FILES[name].file)))
    .map((name) => readKey(directory, name));
  const root = seeds.find((seed) => equalBytes(suite.publicKeyOf(seed), last.root));
  const next = seeds.find((seed) => equalBytes(rootHash(suite.publicKeyOf(seed)), last.nextRoot));
  if (root !== undefined && next !== undefined) return { root, next };
  throw new Fault(
    'root_foreign',
    'never',
    `${directory} does not hold the roots of this authority`,
  );
}

/** Whether the root's key is here: only in a sandbox; elsewhere it is kept offline. */
export function hasRoot(directory: string): boolean {
  return fs.existsSync(path.join(directory, KEY_FILES.root.file));
}
