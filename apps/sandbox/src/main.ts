/**
 * `npm start`: a whole system on this machine. The first line printed is the address of a page;
 * everything is kept in one folder and gone on from at the next start.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { instantOf } from '@specie/core/base/instant';
import { openServerPool } from '@specie/entropy/node/server-pool';
import type { EntropyPool } from '@specie/entropy/pool';
import { listen } from '@specie/protocol/node/listen';
import { openDatabase } from '@specie/stores/database';
import { takeOwnerLock, type OwnerLock } from '@specie/stores/owner-lock';
import { freePort, moveAside, readSettings } from './adapters/data-folder.ts';
import { Outbox } from './outbox.ts';
import { createSite } from './site.ts';
import { systemStatus } from './system-status.ts';
import { createSystem, type System } from './system.ts';
import { BANK_MIGRATIONS, TestBank } from './test-bank.ts';

const DEFAULT_FOLDER = fileURLToPath(new URL('../../../.specie', import.meta.url));
const PAGE_PORT = 4780;
const TAP_SAMPLES = 4096;

const USAGE = `npm start -- [options]

  --data DIR   keep everything in DIR (default .specie)
  --fresh      move the old data aside and begin anew
  --port N     port of the page (default ${PAGE_PORT}, or any free one)
  --authority-port N, --operator-port N (once for each operator)
               ports of the services (default: those of last time, or any free ones)
  --help       this text
`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface StartOptions {
  readonly data: string;
  readonly fresh: boolean;
  readonly port: number | undefined;
  readonly ports: { readonly authority?: number; readonly operators: readonly number[] };
}

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`--${option} ${text}: a port is a whole number from 1 to 65535`);
}

function readOptions(): StartOptions | undefined {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: DEFAULT_FOLDER },
      fresh: { type: 'boolean', default: false },
      port: { type: 'string' },
      'authority-port': { type: 'string' },
      'operator-port': { type: 'string', multiple: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const authority = values['authority-port'];
  return {
    data: resolve(values.data),
    fresh: values.fresh,
    port: values.port === undefined ? undefined : portOf('port', values.port),
    ports: {
      ...(authority !== undefined && { authority: portOf('authority-port', authority) }),
      operators: (values['operator-port'] ?? []).map((text) => portOf('operator-port', text)),
    },
  };
}

/** Takes the folder for this runner alone; two of them would pull at the same services. */
function takeFolder(folder: string): OwnerLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return takeOwnerLock(join(folder, 'runner.lock'));
  } catch {
    const page = readSettings(folder)?.pagePort;
    const where = page === undefined ? '' : ` Its page is http://127.0.0.1:${page}/`;
    throw new Error(`another npm start runs in ${folder}.${where}`);
  }
}

/** What a signal may meet at any moment of the start. */
interface Run {
  system: System | undefined;
  isStopping: boolean;
}

/** Asked anew each time: a signal changes it while one waits. */
function isOver(run: Run): boolean {
  return run.isStopping;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) {
    say(USAGE);
    return;
  }
  const clock = (): ReturnType<typeof instantOf> => instantOf(Date.now());
  const stamp = new Date(clock()).toISOString().replace(/[:.]/g, '-');
  let lock = takeFolder(options.data);
  let moved: string | undefined;
  if (options.fresh) {
    lock.release();
    moved = moveAside(options.data, stamp);
    lock = takeFolder(options.data);
  }

  const pagePort = await freePort(
    options.port ?? readSettings(options.data)?.pagePort ?? PAGE_PORT,
  );
  if (options.port !== undefined && pagePort !== options.port)
    throw new Error(`port ${options.port} is in use`);
  const ledger = { path: join(options.data, 'bank.db'), kind: 'SPbk', migrations: BANK_MIGRATIONS };
  const bank = new TestBank(openDatabase(ledger));
  const outbox = new Outbox();
  const run: Run = { system: undefined, isStopping: false };
  // Opened to be looked at: nothing is ever drawn from it.
  let pool: EntropyPool | undefined;
  const site = createSite({
    bank,
    outbox,
    clock,
    status: () => systemStatus(run.system, { bank, outbox }),
    entropy: () => pool,
  });
  const server = await listen(site, { host: '127.0.0.1', port: pagePort });
  say(`Specie is at ${server.url}/`);
  void openServerPool({ tapSamples: TAP_SAMPLES }).then((opened) => {
    pool = opened;
  });
  if (moved !== undefined) say(`The old data is in ${moved}`);

  const stop = async (): Promise<void> => {
    if (run.isStopping) return;
    run.isStopping = true;
    say('Stopping …');
    await run.system?.stop();
    pool?.close();
    await server.close();
    lock.release();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());

  const began = clock();
  const { data: folder, ports } = options;
  const system = await createSystem({ folder, sandboxUrl: server.url, pagePort, ports });
  run.system = system;
  await system.start();
  if (isOver(run)) return;
  say(
    `Ready in ${((clock() - began) / 1000).toFixed(1)} s: authority ${system.authorityUrl}, operators ${system.operatorUrls.join(', ')}`,
  );
  say(`Data is in ${options.data}. Stop with Ctrl-C.`);
}

main().catch((cause: unknown) => {
  process.stderr.write(`specie: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exit(1);
});
