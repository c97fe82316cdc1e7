/**
 * `npm start`: a whole system on this machine. The first line printed is the address of a page;
 * everything is kept in one folder and gone on from at the next start.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { instantOf } from '@specie/core/base/instant';
import { listen } from '@specie/protocol/node/listen';
import { openDatabase } from '@specie/stores/database';
import { freePort, moveAside, readSettings } from './adapters/data-folder.ts';
import { Outbox } from './outbox.ts';
import { createSite } from './site.ts';
import { systemStatus } from './system-status.ts';
import { startSystem, type System } from './system.ts';
import { BANK_MIGRATIONS, TestBank } from './test-bank.ts';

const DEFAULT_FOLDER = fileURLToPath(new URL('../../../.specie', import.meta.url));
const PAGE_PORT = 4780;

const USAGE = `npm start -- [options]

  --data DIR   keep everything in DIR (default .specie)
  --fresh      move the old data aside and begin anew
  --port N     port of the page (default ${PAGE_PORT}, or any free one)
  --help       this text
`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readOptions():
  | { readonly data: string; readonly fresh: boolean; readonly port: number | undefined }
  | undefined {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: DEFAULT_FOLDER },
      fresh: { type: 'boolean', default: false },
      port: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port ${String(values.port)}: a port is a whole number from 1 to 65535`);
  }
  return { data: resolve(values.data), fresh: values.fresh, port };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) {
    say(USAGE);
    return;
  }
  const clock = (): ReturnType<typeof instantOf> => instantOf(Date.now());
  const stamp = new Date(clock()).toISOString().replace(/[:.]/g, '-');
  const moved = options.fresh ? moveAside(options.data, stamp) : undefined;
  mkdirSync(options.data, { recursive: true, mode: 0o700 });

  const pagePort = await freePort(
    options.port ?? readSettings(options.data)?.pagePort ?? PAGE_PORT,
  );
  if (options.port !== undefined && pagePort !== options.port)
    throw new Error(`port ${options.port} is in use`);
  const ledger = { path: join(options.data, 'bank.db'), kind: 'SPbk', migrations: BANK_MIGRATIONS };
  const bank = new TestBank(openDatabase(ledger));
  const outbox = new Outbox();
  let system: System | undefined;
  const site = createSite({
    bank,
    outbox,
    clock,
    status: () => systemStatus(system, { bank, outbox }),
  });
  const server = await listen(site, { host: '127.0.0.1', port: pagePort });
  say(`Specie is at ${server.url}/`);
  if (moved !== undefined) say(`The old data is in ${moved}`);

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    say('Stopping …');
    await system?.stop();
    await server.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());

  const began = clock();
  system = await startSystem({ folder: options.data, sandboxUrl: server.url, pagePort });
  say(
    `Ready in ${((clock() - began) / 1000).toFixed(1)} s: authority ${system.authorityUrl}, operators ${system.operatorUrls.join(', ')}`,
  );
  say(`Data is in ${options.data}. Stop with Ctrl-C.`);
}

main().catch((cause: unknown) => {
  process.stderr.write(`specie: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exit(1);
});
