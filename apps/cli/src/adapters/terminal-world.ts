/**
 * The real world of the command line: terminal, files, network, clock, randomness. Built once, by
 * main. Connections and sources of randomness are opened when they are first needed, so that a
 * command that needs neither starts at once.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { instantOf } from '@specie/core/base/instant';
import { accept, refuse } from '@specie/core/base/result';
import { textOfBytes } from '@specie/core/base/bytes';
import { runEntropy } from '@specie/entropy/cli';
import { openServerPool } from '@specie/entropy/node/server-pool';
import type { EntropyPool } from '@specie/entropy/pool';
import { faultOf } from '@specie/protocol/fault';
import { type HttpTransport, httpTransport } from '@specie/protocol/node/client';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import type { Outgoing, Transport } from '@specie/protocol/transport';
import { openSqliteStorage } from '@specie/wallet/node/sqlite-storage';
import { openWallet } from '@specie/wallet/wallet';
import type { Carried, World } from '../command.ts';
import { drawMessage, readPictures } from './carried-messages.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FILE_BYTES_MAX = 64 * 1024 * 1024;

export interface TerminalWorld extends World {
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** The world of this process. */
export function terminalWorld(): TerminalWorld {
  const network = countedNetwork();
  let pool: Promise<EntropyPool> | undefined;
  const openedPool = (): Promise<EntropyPool> => (pool ??= openServerPool());
  return {
    environment: process.env,
    home: homedir(),
    root: ROOT,
    isTerminal: process.stdout.isTTY,
    clock: () => instantOf(Date.now()),
    monotonic: () => performance.now(),
    pause: (milliseconds) => pause(milliseconds),
    out: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    ask,
    readInput,
    readFile,
    writeFile: writeFileSync,
    drawMessage,
    readPictures,
    async openWallet(file) {
      const storage = openSqliteStorage(file);
      if (!storage.ok) return storage;
      const { draw } = await openedPool();
      return openWallet({
        storage: storage.value,
        transport: network.transport,
        mlDsa: mlDsaNative,
        slhDsa: slhDsaNative,
        clock: () => instantOf(Date.now()),
        random: draw,
        wait: (milliseconds) => pause(milliseconds),
      });
    },
    async fetchText(url) {
      try {
        const outgoing = {
          method: 'GET',
          url,
          headers: { accept: 'application/json' },
          body: undefined,
        };
        const { status, body } = await network.exchange(outgoing);
        const text = textOfBytes(body);
        return status === 200 && text !== undefined
          ? accept(text)
          : refuse('operator_unreachable', url);
      } catch (cause) {
        if (faultOf(cause) === undefined) throw cause;
        return refuse('operator_unreachable', url);
      }
    },
    run: runProgram,
    entropy: (args) =>
      runEntropy(args, {
        write: (text) => void process.stdout.write(text),
        complain: (text) => void process.stderr.write(text),
      }),
    carried: network.carried,
    temporaryFolder,
    async close() {
      await network.close();
      if (pool !== undefined) (await pool).close();
    },
  };
}

function temporaryFolder(): ReturnType<World['temporaryFolder']> {
  const path = mkdtempSync(join(tmpdir(), 'specie-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A transport that counts what it carries. */
function countedNetwork(): {
  readonly transport: Transport;
  readonly exchange: HttpTransport['exchange'];
  carried(): Carried;
  close(): Promise<void>;
} {
  let http: HttpTransport | undefined;
  let requests = 0;
  let bytes = 0;
  const network = (): HttpTransport => (http ??= httpTransport());
  const exchange = async (outgoing: Outgoing): ReturnType<HttpTransport['exchange']> => {
    requests += 1;
    bytes += outgoing.body?.length ?? 0;
    const answer = await network().exchange(outgoing);
    bytes += answer.body.length;
    return answer;
  };
  const transport: Transport = Object.assign((request: Request) => network()(request), {
    exchange,
  });
  return {
    transport,
    exchange,
    carried: () => ({ requests, bytes }),
    close: async () => http?.close(),
  };
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Uint8Array.from(Buffer.concat(chunks));
}

/** A file that is there and of a sane size, or undefined. */
function readFile(file: string): Uint8Array | undefined {
  try {
    if (!statSync(file).isFile() || statSync(file).size > FILE_BYTES_MAX) return undefined;
    return Uint8Array.from(readFileSync(file));
  } catch {
    return undefined;
  }
}

function runProgram(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: stdout + stderr });
    });
  });
}
