/**
 * `serve`: opens the folder, starts the operator, listens, and stops in good order. Invariant: a
 * commit that failed or a bug stops the process at once.
 *
 * Spec: 06 §9.
 * @module
 */
import fs from 'node:fs';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { EntropyFault } from '@specie/entropy/fault';
import { openServerPool } from '@specie/entropy/node/server-pool';
import { Fault } from '@specie/protocol/fault';
import { httpTransport } from '@specie/protocol/node/client';
import { crashPoints } from '@specie/protocol/node/crash-point';
import { writeDurably } from '@specie/protocol/node/folder';
import { listen } from '@specie/protocol/node/listen';
import { createLog, type Log } from '@specie/protocol/node/log';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import { openSealStore } from '@specie/stores/seal-store';
import { CRASH_POINTS } from '../crash-points.ts';
import { createMetrics } from '../metrics.ts';
import { createOperator, type Operator, type OperatorPorts } from '../operator.ts';
import {
  clockOffset,
  openDataFolder,
  openDatabases,
  readKeys,
  type DataFolder,
} from './data-folder.ts';
import { sandboxBank, sandboxOutbox } from './sandbox-services.ts';

export interface ServeOptions {
  readonly data: string;
  readonly host: string;
  /** Undefined for the port of the settings' address. */
  readonly port: number | undefined;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

/** Randomness of the server's pool; below its floor it is a fault, and nothing is drawn. */
export async function openRandom(
  onDrop: (source: string, reason: string) => void,
): Promise<{ readonly random: (length: number) => Uint8Array; close(): void }> {
  const pool = await openServerPool({ onDrop });
  return {
    random(length) {
      try {
        return pool.draw(length);
      } catch (cause) {
        if (cause instanceof EntropyFault)
          throw new Fault('entropy_below_floor', 'safe', cause.message, cause);
        throw cause;
      }
    },
    close: () => {
      pool.close();
    },
  };
}

/** Serves until SIGTERM or SIGINT. */
export async function serve(options: ServeOptions): Promise<void> {
  const folder = openDataFolder(options.data);
  const { settings } = folder;
  const log = createLog({ name: `operator ${settings.number}` });
  const entropy = await openRandom((source, reason) => {
    log.error({ source, reason }, 'a source of randomness was dropped');
  });
  const databases = openDatabases(folder);
  const seals = openSealStore(folder.at('seals'));
  const transport = httpTransport();
  let offset = clockOffset(folder);
  const operator = operatorOf(folder, log, {
    ...databases,
    seals,
    transport,
    random: entropy.random,
    clock: () => instantOf(Date.now() + offset),
    monotonic: () => performance.now(),
  });
  const listening = await listen(operator.service, {
    host: options.host,
    port: options.port ?? portOf(settings.url),
    ...(options.tls && { tls: options.tls }),
  });
  const service = { url: listening.url, pid: process.pid };
  writeDurably(folder.at('service'), `${JSON.stringify(service)}\n`);
  await operator.start();
  log.info({ url: listening.url, number: settings.number }, 'listening');
  process.on('SIGHUP', () => {
    offset = clockOffset(folder);
    log.info('read again');
  });
  await signalled();
  log.info('stopping');
  await operator.stop();
  await listening.close();
  fs.rmSync(folder.at('service'), { force: true });
  await transport.close();
  entropy.close();
  seals.close();
  databases.book.close();
  databases.vault.close();
  log.info('stopped');
}

function operatorOf(
  folder: DataFolder,
  log: Log,
  ports: Pick<OperatorPorts, 'book' | 'vault' | 'seals' | 'transport' | 'random' | 'monotonic'> & {
    readonly clock: () => Instant;
  },
): Operator {
  const { settings } = folder;
  const authority = parseAuthority(settings.authority);
  if (!authority.ok)
    throw new Fault('settings_wrong', 'never', 'settings.json: authority is no fingerprint');
  if (settings.sandboxUrl === undefined)
    throw new Fault(
      'bank_missing',
      'never',
      'this operator has neither a bank nor a way to send codes',
    );
  const { transport } = ports;
  const sandbox = { url: settings.sandboxUrl, transport, operator: settings.number };
  const metrics = createMetrics();
  const operator = createOperator({
    ...ports,
    settings,
    authority: authority.value,
    keys: readKeys(folder.path),
    bank: sandboxBank(sandbox),
    outbox: sandboxOutbox(sandbox, settings.name),
    at: crashPoints(CRASH_POINTS, {
      isSandbox: folder.isSandbox,
      armed: process.env['SPECIE_CRASH_AT'],
    }),
    trust: {
      kept: readTrust(folder),
      keep: (chain) => {
        writeDurably(folder.at('trust'), chain);
      },
    },
    metrics: () => metrics.text(),
    onRefusal({ code }, path) {
      metrics.refused(code);
      log.debug({ refusal: code, path }, 'refused');
    },
    onFault(fault) {
      metrics.faulted();
      log.warn({ err: fault }, 'a fault; it will be tried again');
    },
    onBug(bug) {
      log.fatal({ err: bug }, 'a bug; stopping at once');
      process.exit(70);
    },
  });
  metrics.read('specie_operator_ready', 'Whether requests are taken.', () =>
    Number(operator.isReady),
  );
  return operator;
}

/** The port of the address others find this operator under; 0, any port, when it names none. */
function portOf(url: string): number {
  return Number(new URL(url).port);
}

function readTrust(folder: DataFolder): Uint8Array | undefined {
  return fs.existsSync(folder.at('trust')) ? fs.readFileSync(folder.at('trust')) : undefined;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        resolve();
      });
  });
}
