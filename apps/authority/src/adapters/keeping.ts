/**
 * What an authority's keeper does beside serving: makes a folder, registers operators, renews keys,
 * signs key sets with the root, releases a halt, verifies the journal.
 *
 * Spec: 09 §9.
 * @module
 */
import fs from 'node:fs';
import path from 'node:path';
import { assert } from '@specie/core/base/assert';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { HOUR, instantOf, type Instant } from '@specie/core/base/instant';
import { stateHash } from '@specie/core/ledger/snapshot';
import { openServerPool } from '@specie/entropy/node/server-pool';
import { Fault } from '@specie/protocol/fault';
import { createFolder, FOLDER_MODE, readJson, writeDurably } from '@specie/protocol/node/folder';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import { formatAuthority, type KeySet, type TrustChain } from '@specie/protocol/trust/key-set';
import { openEmbeddedJournal } from '@specie/stores/embedded';
import { StoreFault } from '@specie/stores/fault';
import { openSealStore } from '@specie/stores/seal-store';
import { takeOwnerLock } from '@specie/stores/owner-lock';
import { replayJournal } from '../ledger/start.ts';
import { initialSettings } from '../settings.ts';
import { readOperatorFile } from '../trust/operator-file.ts';
import { extendChain, type AuthorityKey, type KeySetParts } from '../trust/key-sets.ts';
import {
  haltShelf,
  KIND,
  openDataFolder,
  readChain,
  readKeyRecords,
  writeChain,
  writeKeyRecords,
  type DataFolder,
} from './data-folder.ts';
import { openDirectoryStore } from './directory-store.ts';
import { hasRoot, KEY_FILES, readKey, readRoots, replaceKey, writeKey } from './key-files.ts';
import { drawOrFault, keySetParts } from './serving.ts';

type Draw = (length: number) => Uint8Array;

async function withRandom<T>(work: (draw: Draw) => T): Promise<T> {
  const pool = await openServerPool();
  try {
    return work(drawOrFault(pool));
  } finally {
    pool.close();
  }
}

const SANDBOX_ROOT = `These are the root keys of a sandbox. They lie here so that it can run by itself.
A real authority keeps its root offline: make it with "init --root", and carry that folder away.
`;

export interface InitOptions {
  readonly data: string;
  readonly name: string;
  readonly isSandbox: boolean;
  /** Where the root goes that is to be kept offline; a sandbox keeps its own. */
  readonly root: string | undefined;
  readonly now: Instant;
}

/** Makes an authority: keys, settings, and a first key set. Gives its fingerprint. */
export async function init(options: InitOptions): Promise<string> {
  const { data, isSandbox, now } = options;
  if (!isSandbox && options.root === undefined) {
    const advice =
      'name a folder for it with --root and carry it away, or make a sandbox with --sandbox';
    throw new Fault('root_missing', 'never', `the root is kept offline: ${advice}`);
  }
  const rootAt = options.root ?? data;
  createFolder(data, { kind: KIND, sandbox: isSandbox });
  const makeFolder = (at: string): unknown =>
    fs.mkdirSync(at, { recursive: true, mode: FOLDER_MODE });
  for (const name of ['keys', 'operators']) makeFolder(path.join(data, name));
  makeFolder(path.join(rootAt, 'root'));
  writeDurably(
    path.join(data, 'settings.json'),
    `${JSON.stringify(initialSettings(options.name, isSandbox), null, 2)}\n`,
  );
  await withRandom((draw) => {
    for (const name of ['session', 'mint', 'directory', 'handle'] as const)
      writeKey(data, name, draw(32));
    for (const name of ['root', 'nextRoot'] as const) writeKey(rootAt, name, draw(48));
  });
  if (isSandbox) writeDurably(path.join(data, 'root', 'README'), SANDBOX_ROOT);
  const folder = openDataFolder(data);
  // Whoever's clock is a little behind must not find keys that are not yet in force.
  const from = instantOf(now - HOUR);
  writeKeyRecords(folder, recordsOf(data, from));
  const chain = signChain(folder, [], rootAt, now);
  writeChain(folder, chain);
  // Empty, but there: what can be served can be backed up.
  openEmbeddedJournal(folder.at('journal')).close();
  openDirectoryStore(folder.at('directory')).close();
  openSealStore(folder.at('seals')).close();
  return formatAuthority(chain[0]!.keySet.authority);
}

const FAR = instantOf(253_402_300_799_000);

function recordsOf(data: string, from: Instant): readonly AuthorityKey[] {
  return (['session', 'mint'] as const).map((purpose) => ({
    purpose,
    publicKey: mlDsaNative.publicKeyOf(readKey(data, purpose)),
    from,
    until: FAR,
  }));
}

function signChain(
  folder: DataFolder,
  chain: TrustChain,
  rootAt: string,
  now: Instant,
): TrustChain {
  const roots = readRoots(rootAt, chain, slhDsaNative);
  return extendChain(chain, presentParts(folder, chain), roots, slhDsaNative, now);
}

/** What a key set has to say while nothing serves, or beside what serves. */
export function presentParts(folder: DataFolder, chain: TrustChain): KeySetParts {
  const { settings } = folder;
  const url =
    settings.url ?? chain.at(-1)?.keySet.url ?? `http://${settings.host}:${settings.port}`;
  return keySetParts(folder, url);
}

function lastOf(chain: TrustChain): KeySet {
  const last = chain.at(-1)?.keySet;
  assert(last !== undefined, 'init makes the first key set');
  return last;
}

/** Runs `work` while no service has the folder. */
function whileStopped<T>(folder: DataFolder, work: () => T): T {
  const lock = takeOwnerLock(`${folder.at('journal')}.lock`);
  try {
    return work();
  } finally {
    lock.release();
  }
}

function rootFolder(folder: DataFolder, given: string | undefined): string {
  const at = given ?? folder.path;
  if (hasRoot(at)) return at;
  throw new Fault(
    'root_missing',
    'never',
    'the root is offline: bring its folder and name it with --root',
  );
}

/** Signs a key set that says what the folder says now. Gives its number. */
export function signKeySet(data: string, root: string | undefined, now: Instant): number {
  const folder = openDataFolder(data);
  const chain = signChain(folder, readChain(folder), rootFolder(folder, root), now);
  writeChain(folder, chain);
  return lastOf(chain).number;
}

/** Registers an operator by its card, and tells a running service. Gives its number. */
export function admit(data: string, card: string, quotas: readonly string[]): number {
  const folder = openDataFolder(data);
  const json = readJson(card);
  if (json === undefined) throw new Fault('operator_card_invalid', 'never', `there is no ${card}`);
  const whole = json as Readonly<Record<string, unknown>>;
  const named = quotas.map((each) => {
    const [currency, amount] = each.split('=');
    return { currency, amount };
  });
  const content = {
    card: whole['card'] ?? whole,
    ...('quotas' in whole && { quotas: whole['quotas'] }),
    ...('openings' in whole && { openings: whole['openings'] }),
    ...(named.length > 0 && { quotas: named }),
  };
  const { operator } = readOperatorFile(content, card, folder.settings).card;
  fs.mkdirSync(folder.at('operators'), { recursive: true, mode: FOLDER_MODE });
  const file = path.join(folder.at('operators'), `${operator}.json`);
  writeDurably(file, `${JSON.stringify({ format: 1, ...content }, null, 2)}\n`);
  tellService(folder);
  return operator;
}

/** Renews the day-to-day keys; the old ones are good for checking what they signed before. */
export async function rotateKeys(
  data: string,
  root: string | undefined,
  now: Instant,
): Promise<number> {
  const folder = openDataFolder(data);
  const rootAt = rootFolder(folder, root);
  const seeds = await withRandom((draw) => ({ session: draw(32), mint: draw(32) }));
  return whileStopped(folder, () => {
    const old = readKeyRecords(folder).map((key) =>
      key.until > now ? { ...key, until: now } : key,
    );
    for (const name of ['session', 'mint'] as const) replaceKey(data, name, seeds[name]);
    writeKeyRecords(folder, [...old, ...recordsOf(data, now)]);
    return signKeySet(data, rootAt, now);
  });
}

/** Puts the announced root in force and announces the one after it. Gives the key set's number. */
export async function rotateRoot(
  data: string,
  root: string | undefined,
  now: Instant,
): Promise<number> {
  const folder = openDataFolder(data);
  const rootAt = rootFolder(folder, root);
  const seed = await withRandom((draw) => draw(48));
  return whileStopped(folder, () => {
    const chain = readChain(folder);
    const announced = readRoots(rootAt, chain, slhDsaNative).next;
    const url = folder.settings.url ?? lastOf(chain).url;
    const roots = { root: announced, next: seed };
    const extended = extendChain(chain, keySetParts(folder, url), roots, slhDsaNative, now);
    // Every seed a set speaks of is on the disk before the set is, and until both files are renewed.
    replaceKey(rootAt, 'afterNextRoot', seed);
    writeChain(folder, extended);
    replaceKey(rootAt, 'root', announced);
    replaceKey(rootAt, 'nextRoot', seed);
    fs.rmSync(path.join(rootAt, KEY_FILES.afterNextRoot.file));
    return lastOf(extended).number;
  });
}

/** Ends a halt on the word of two officers, on record. */
export function release(
  data: string,
  cause: string,
  officers: readonly string[],
  reason: string,
  now: Instant,
): void {
  const folder = openDataFolder(data);
  if (new Set(officers).size < 2 || reason === '')
    throw new Fault('officers_missing', 'never', 'a release takes two officers and a reason');
  const shelf = haltShelf(folder.at('halt'));
  const records = shelf.load();
  const left = records.filter((record) => record.cause !== cause);
  if (left.length === records.length)
    throw new Fault('halt_unknown', 'never', `the ledger is not halted by ${cause}`);
  const line = { time: now, cause, officers, reason, halts: records };
  fs.appendFileSync(path.join(data, 'releases.jsonl'), `${JSON.stringify(line)}\n`, {
    mode: 0o600,
  });
  shelf.save(left);
  tellService(folder);
}

/** Whether a service holds the folder. The file of one that was killed names a process that may be anybody's by now. */
function isServed(folder: DataFolder): boolean {
  try {
    takeOwnerLock(`${folder.at('journal')}.lock`).release();
    return false;
  } catch (cause) {
    if (cause instanceof StoreFault && cause.code === 'store_locked') return true;
    throw cause;
  }
}

/** Has a running service read its folder again; the next start reads everything anyway. */
export function tellService(folder: DataFolder): void {
  const { pid } = (readJson(folder.at('service')) ?? {}) as { readonly pid?: unknown };
  if (typeof pid !== 'number' || !isServed(folder)) return;
  process.kill(pid, 'SIGHUP');
}

export interface Verified {
  readonly position: number;
  readonly batches: number;
  readonly head: string;
  readonly stateHash: string;
  /** Whether the state is the one the service wrote down when it last stopped; undefined without such a mark. */
  readonly isAsMarked: boolean | undefined;
}

/** Replays the whole journal, beside a running service too, and says what it leads to. */
export function verify(data: string): Verified {
  const folder = openDataFolder(data);
  const authority = readChain(folder)[0]!.keySet.authority;
  const journal = openEmbeddedJournal(folder.at('journal'), { isReadOnly: true });
  try {
    const first = stateHash(replayJournal(journal, authority, []));
    const second = stateHash(replayJournal(journal, authority, []));
    if (!equalBytes(first, second))
      throw new Fault('replay_differs', 'never', 'two replays differ');
    const { position, number, hash } = journal.last();
    const mark = (readJson(folder.at('stateMark')) ?? {}) as Readonly<Record<string, unknown>>;
    const isComparable = mark['position'] === position;
    return {
      position,
      batches: number,
      head: hexOf(hash),
      stateHash: hexOf(first),
      isAsMarked: isComparable ? mark['stateHash'] === hexOf(first) : undefined,
    };
  } finally {
    journal.close();
  }
}
