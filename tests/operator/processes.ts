/**
 * Real processes: an authority, an operator that can be told where to die, and a bank with an outbox
 * that live in the test itself and remember every movement by its reference.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { instantOf } from '@specie/core/base/instant';
import { httpTransport } from '@specie/protocol/node/client';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import { parseAlias } from '@specie/operator/rule/alias';
import type { Counter } from './person.ts';
import { until } from './town.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MAIN = {
  authority: path.join(ROOT, 'apps/authority/src/main.ts'),
  operator: path.join(ROOT, 'apps/operator/src/main.ts'),
};

export interface Services {
  readonly url: string;
  readonly movements: {
    readonly kind: string;
    readonly reference: string;
    readonly amount: string;
  }[];
  readonly codes: Map<string, string>;
  close(): void;
}

/** A bank and an outbox. A movement is remembered once for each reference. */
async function startServices(): Promise<Services> {
  const movements: { kind: string; reference: string; amount: string }[] = [];
  const codes = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as Record<string, string>;
      const [, kind] = /^\/bank\/(debit|credit)$/.exec(request.url ?? '') ?? [];
      if (kind === undefined) codes.set(body['to']!, body['code']!);
      else if (!movements.some(({ reference }) => reference === body['reference']))
        movements.push({ kind, reference: body['reference']!, amount: body['amount']! });
      response.setHeader('content-type', 'application/json');
      response.end('{"state":"done"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    movements,
    codes,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<number | string>;
  /** The end of what it wrote. */
  told(): string;
}

export interface Works {
  readonly folder: string;
  readonly services: Services;
  readonly fingerprint: string;
  /** Starts the operator, to die at a point or not; waits until it takes requests unless it dies. */
  startOperator(crashAt?: string, data?: string): Promise<Running>;
  run(app: keyof typeof MAIN, ...args: readonly string[]): string;
  counter(running: Running): Counter;
  close(): Promise<void>;
}

export async function startWorks(): Promise<Works> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-operator-'));
  const services = await startServices();
  const run = (app: keyof typeof MAIN, ...args: readonly string[]): string => {
    const done = spawnSync(process.execPath, [MAIN[app], ...args], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${app} ${args[0]}: ${done.stderr}`);
    return done.stdout;
  };
  const authorityData = path.join(folder, 'authority');
  const operatorData = path.join(folder, 'operator');
  const made = run('authority', 'init', '--data', authorityData, '--name', 'Test', '--sandbox');
  const fingerprint = /sa1[a-z0-9]+/.exec(made)![0];
  const launch = (app: keyof typeof MAIN, data: string, crashAt?: string): Running => {
    fs.rmSync(path.join(data, 'service.json'), { force: true });
    const child = spawn(process.execPath, [MAIN[app], 'serve', '--data', data, '--port', '0'], {
      env: { ...process.env, SPECIE_CRASH_AT: crashAt ?? '' },
    });
    let told = '';
    const hear = (part: Buffer): void => {
      told = (told + part.toString()).slice(-4000);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const ended = new Promise<number | string>((resolve) => {
      child.on('exit', (code, signal) => resolve(signal ?? code ?? 0));
    });
    return {
      child,
      get url() {
        const file = path.join(data, 'service.json');
        return (JSON.parse(fs.readFileSync(file, 'utf8')) as { url: string }).url;
      },
      ended,
      told: () => told,
    };
  };
  const isUp = (running: Running, data: string): Promise<void> =>
    upOrDead(running, () => fs.existsSync(path.join(data, 'service.json')));
  run(
    'operator',
    'init',
    '--data',
    operatorData,
    '--number',
    '1',
    '--name',
    'Bank One',
    '--url',
    'http://127.0.0.1:1',
    '--authority',
    fingerprint,
    '--authority-url',
    'http://127.0.0.1:1',
    '--sandbox',
    '--sandbox-url',
    services.url,
  );
  fs.mkdirSync(path.join(authorityData, 'operators'), { recursive: true });
  fs.copyFileSync(
    path.join(operatorData, 'card.json'),
    path.join(authorityData, 'operators/1.json'),
  );
  const authority = launch('authority', authorityData);
  await isUp(authority, authorityData);
  const settingsFile = path.join(operatorData, 'settings.json');
  const settings = JSON.parse(fs.readFileSync(settingsFile, 'utf8')) as Record<string, unknown>;
  const changed = { ...settings, authorityUrl: authority.url, answerWaitMs: 3000 };
  fs.writeFileSync(settingsFile, JSON.stringify(changed));
  const transport = httpTransport({ timeoutMs: 5000 });
  const started: Running[] = [authority];

  return {
    folder,
    services,
    fingerprint,
    run,
    async startOperator(crashAt, data = operatorData) {
      const running = launch('operator', data, crashAt);
      started.push(running);
      await isUp(running, data);
      if (crashAt === undefined) {
        let isReady = false;
        await until(() => {
          void fetch(`${running.url}/readyz`).then(
            (answer) => (isReady = answer.ok),
            () => undefined,
          );
          return isReady;
        }, 15_000);
      }
      return running;
    },
    counter: (running) => ({
      number: 1,
      url: running.url,
      authorityId: (parseAuthority(fingerprint) as { value: Uint8Array }).value,
      transport,
      clock: () => instantOf(Date.now()),
      async code(to) {
        const alias = parseAlias(to);
        const key = alias.ok ? alias.value.text : to;
        await until(() => services.codes.has(key));
        return services.codes.get(key)!;
      },
    }),
    async close() {
      for (const { child } of started) child.kill('SIGKILL');
      await transport.close();
      services.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function upOrDead({ child, told }: Running, isUp: () => boolean): Promise<void> {
  const isDead = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(() => isDead() || isUp(), 15_000);
  if (isDead() && child.signalCode === null) throw new Error(`it died: ${told()}`);
}
