/**
 * `serve`: opens the data folder, replays the journal, listens, and stops in good order. Invariants:
 * one process serves a folder; what cannot be written stops the process at once.
 *
 * Spec: 09 §9.
 * @module
 */
import fs from 'node:fs';
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { stateHash } from '@specie/core/ledger/snapshot';
import { EntropyFault } from '@specie/entropy/fault';
import { openServerPool } from '@specie/entropy/node/server-pool';
import type { EntropyPool } from '@specie/entropy/pool';
import { Fault } from '@specie/protocol/fault';
import { crashPoints } from '@specie/protocol/node/crash-point';
import { writeDurably } from '@specie/protocol/node/folder';
import { listen, type Listening } from '@specie/protocol/node/listen';
import { createLog, type Log } from '@specie/protocol/node/log';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import { createSealKeeper } from '@specie/protocol/session/kept-seals';
import { formatAuthority, type TrustChain } from '@specie/protocol/trust/key-set';
import { openEmbeddedJournal, type EmbeddedJournal } from '@specie/stores/embedded';
import { openSealStore, type SealStore } from '@specie/stores/seal-store';
import { createAuthority, type Authority } from '../authority.ts';
import { CRASH_POINTS, type At } from '../crash-points.ts';
import type { MintRandom } from '../mint/mint.ts';
import { register, registrationOf } from '../registration.ts';
import { extendChain, isOutdated, type KeySetParts } from '../trust/key-sets.ts';
import type { RegisteredOperator } from '../trust/operator-file.ts';
import {
  clockOffset,
  haltShelf,
  openDataFolder,
  readChain,
  readKeyRecords,
  readOperators,
  writeChain,
  type DataFolder,
} from './data-folder.ts';
import { openDirectoryStore, type DirectoryStore } from './directory-store.ts';
import { hasRoot, readKey, readRoots } from './key-files.ts';

export interface ServeOptions {
  readonly data: string;
  readonly port: number | undefined;
  readonly host: string | undefined;
}

/** What a started authority holds open. */
interface Held {
  readonly folder: DataFolder;
  readonly log: Log;
  readonly at: At;
  readonly journal: EmbeddedJournal;
  readonly names: DirectoryStore;
  readonly seals: SealStore;
  readonly pool: EntropyPool;
  readonly clock: () => Instant;
  chain: TrustChain;
  operators: readonly RegisteredOperator[];
  offset: number;
}

/** Bytes of the pool; a pool below its floor is a fault that may be met again later. */
export function drawOrFault(pool: EntropyPool): (length: number) => Uint8Array {
  return (length) => {
    try {
      return pool.draw(length);
    } catch (cause) {
      if (cause instanceof EntropyFault) throw new Fault(cause.code, 'safe', cause.message, cause);
      throw cause;
    }
  };
}

function mintRandomOf(pool: EntropyPool): MintRandom {
  return {
    draw(length) {
      try {
        return pool.draw(length);
      } catch (cause) {
        if (cause instanceof EntropyFault) return undefined;
        throw cause;
      }
    },
    standing: () => pool.standing(),
  };
}

/** Serves until a signal comes. */
export async function serve(options: ServeOptions): Promise<void> {
  const folder = openDataFolder(options.data);
  const log = createLog({ name: 'authority', level: folder.settings.log });
  const held = await hold(folder, log);
  const fatal = (cause: unknown): void => {
    log.fatal({ err: cause }, 'stopping at once');
    // Nothing may be answered any more, so nothing is waited for.
    process.exit(70);
  };
  const authority = authorityOver(held, fatal);
  const { settings } = folder;
  const listening = await listen(authority.service, {
    host: options.host ?? settings.host,
    port: options.port ?? settings.port,
    ...(settings.tls && { tls: readTls(settings.tls) }),
  });
  const url = settings.url ?? listening.url;
  await settle(held, authority, url);
  authority.open();
  writeDurably(
    folder.at('service'),
    `${JSON.stringify({ url: listening.url, pid: process.pid })}\n`,
  );
  const fingerprint = formatAuthority(authority.state.authority);
  const { position } = authority.state;
  log.info({ url, authority: fingerprint, position, sandbox: folder.isSandbox }, 'ready');
  await untilSignal(held, authority, url);
  await close(held, authority, listening);
}

async function hold(folder: DataFolder, log: Log): Promise<Held> {
  const at = crashPoints(CRASH_POINTS, {
    isSandbox: folder.isSandbox,
    armed: process.env['SPECIE_CRASH_AT'],
  });
  const chain = readChain(folder);
  if (chain.length === 0)
    throw new Fault('key_set_missing', 'never', 'there is no key set; run key-set');
  const offset = clockOffset(folder);
  const journal = openEmbeddedJournal(folder.at('journal'));
  const names = openDirectoryStore(folder.at('directory'));
  const seals = openSealStore(folder.at('seals'));
  const { floor, devices } = folder.settings;
  const pool = await openServerPool({
    ...{ floor, devices },
    onDrop: (source, reason) => log.error({ source, reason }, 'a source of randomness is dropped'),
  });
  const held: Held = {
    folder,
    log,
    at,
    journal,
    names,
    seals,
    pool,
    chain,
    operators: readOperators(folder),
    offset,
    clock: () => instantOf(Date.now() + held.offset),
  };
  return held;
}

function authorityOver(held: Held, fatal: (cause: unknown) => void): Authority {
  const { folder, log, pool, clock } = held;
  return createAuthority({
    ...held,
    keepSeal: createSealKeeper({
      shelf: held.seals,
      chain: () => held.chain,
      clock,
      days: folder.settings.sealDays,
      digest: digestNative,
    }),
    keys: {
      authority: held.chain[0]!.keySet.authority,
      sessionSeed: sessionSeedOf(folder, held.clock()),
      directoryKey: readKey(folder.path, 'directory'),
      handleKey: readKey(folder.path, 'handle'),
    },
    halts: haltShelf(folder.at('halt')),
    chain: () => held.chain,
    suite: mlDsaNative,
    kem: kemNative,
    digest: digestNative,
    monotonic: () => performance.now(),
    random: drawOrFault(pool),
    mintRandom: mintRandomOf(pool),
    entropyReport: () => pool.report(),
    openings(operator, currency) {
      const own = held.operators.find(({ card }) => card.operator === operator)?.openings;
      return (
        (own ?? folder.settings.openings).find((each) => each.currency === currency)?.amount ?? 0n
      );
    },
    events: {
      onHalt(halts) {
        if (halts.length > 0) log.error({ halts }, 'READS ONLY: the ledger takes no commands');
        else log.warn('the ledger takes commands again');
      },
      onRefusal: (refusal, path) => log.debug({ refusal, path }, 'refused'),
      onFault: (fault, path) => log.error({ err: fault, path }, 'fault'),
      onFatal: fatal,
    },
  });
}

/** The session key, which has to be the one others are told of. */
function sessionSeedOf(folder: DataFolder, now: Instant): Uint8Array {
  const seed = readKey(folder.path, 'session');
  const publicKey = mlDsaNative.publicKeyOf(seed);
  const isKnown = readKeyRecords(folder).some(
    (key) => key.purpose === 'session' && key.until > now && equalBytes(key.publicKey, publicKey),
  );
  if (isKnown) return seed;
  throw new Fault(
    'key_unknown',
    'never',
    'the session key is not on record; run rotate-keys again',
  );
}

function readTls(tls: { key: string; cert: string }): { key: string; cert: string } {
  try {
    return { key: fs.readFileSync(tls.key, 'utf8'), cert: fs.readFileSync(tls.cert, 'utf8') };
  } catch (cause) {
    throw new Fault('tls_unreadable', 'never', `cannot read ${tls.key} and ${tls.cert}`, cause);
  }
}

/** What a key set has to say, by the folder. */
export function keySetParts(folder: DataFolder, url: string): KeySetParts {
  return {
    url,
    name: folder.settings.name,
    keys: readKeyRecords(folder),
    operators: readOperators(folder).map(({ card }) => card),
  };
}

/** Brings key set and ledger to what the folder says. */
async function settle(held: Held, authority: Authority, url: string): Promise<void> {
  const { folder, log, clock } = held;
  held.operators = readOperators(folder);
  const parts = keySetParts(folder, url);
  if (isOutdated(held.chain, parts, clock())) {
    if (hasRoot(folder.path)) {
      const roots = readRoots(folder.path, held.chain, slhDsaNative);
      const chain = extendChain(held.chain, parts, roots, slhDsaNative, clock());
      held.at('authority.key-set.before-write');
      writeChain(folder, chain);
      held.chain = chain;
    } else
      log.warn(
        'the key set is outdated; run key-set prepare, sign it where the root is, and install it',
      );
  }
  const bodies = registrationOf(authority.state, folder.settings.currencies, held.operators);
  if (bodies.length === 0) return;
  if (authority.halt.records().length > 0) log.warn('reads only: registration waits');
  else await register(authority.submit, bodies);
}

/** Waits for the signal to stop; SIGHUP reads again what may change while it runs. */
function untilSignal(held: Held, authority: Authority, url: string): Promise<void> {
  const { folder, log } = held;
  const again = async (): Promise<void> => {
    held.offset = clockOffset(folder);
    held.chain = readChain(folder);
    authority.reload();
    await settle(held, authority, url);
  };
  process.on('SIGHUP', () => {
    // A file with a mistake in it is no reason to stop a ledger that runs.
    again().then(
      () => log.info('read again'),
      (cause: unknown) => log.error({ err: cause }, 'could not read again'),
    );
  });
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

async function close(held: Held, authority: Authority, listening: Listening): Promise<void> {
  const { folder, log, journal } = held;
  log.info('stopping');
  await authority.stop();
  await listening.close();
  const { position } = authority.state;
  const mark = { format: 1, position, stateHash: hexOf(stateHash(authority.state)) };
  writeDurably(folder.at('stateMark'), `${JSON.stringify(mark)}\n`);
  fs.rmSync(folder.at('service'), { force: true });
  held.names.close();
  held.seals.close();
  held.pool.close();
  journal.close();
  log.info({ position }, 'stopped');
}
