/**
 * A whole system in one folder: an authority, operators, a test bank and an outbox, each service its
 * own process. `npm start`, the stories and the benchmarks all make their system here, so that what
 * is tested and measured is what runs.
 *
 * Spec: 11.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  freePort,
  readSettings,
  writeSettings,
  type SandboxSettings,
} from './adapters/data-folder.ts';
import { ServiceProcess } from './process-group.ts';

const PROGRAMS = fileURLToPath(new URL('../../', import.meta.url));
const programOf = (app: 'authority' | 'operator'): string => join(PROGRAMS, app, 'src', 'main.ts');

/** Names of the sandbox's operators, in order of their numbers. */
export const OPERATOR_NAMES = ['Aurora', 'Harbour'] as const;
export const AUTHORITY_NAME = 'Sandbox Mint';

export interface SystemOptions {
  readonly folder: string;
  /** Where the test bank and the outbox answer. */
  readonly sandboxUrl: string;
  readonly pagePort: number;
  /** Ports asked for; others are taken when they are not free. */
  readonly ports?: { readonly authority?: number; readonly operators?: readonly number[] };
  /** Laid over an operator's settings before it starts for the first time. */
  readonly operatorSettings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A running system. */
export interface System {
  readonly fingerprint: string;
  readonly authority: ServiceProcess;
  readonly operators: readonly ServiceProcess[];
  readonly authorityUrl: string;
  readonly operatorUrls: readonly string[];
  stop(): Promise<void>;
}

const loopback = (port: number): string => `http://127.0.0.1:${port}`;

/** Makes the folder's services when they are not there, without starting them. */
export async function prepareSystem(options: SystemOptions): Promise<SandboxSettings> {
  const { folder } = options;
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const before = readSettings(folder);
  const authorityPort = await freePort(options.ports?.authority ?? before?.authorityPort);
  const operatorPorts: number[] = [];
  for (const [i] of OPERATOR_NAMES.entries()) {
    operatorPorts.push(await freePort(options.ports?.operators?.[i] ?? before?.operatorPorts[i]));
  }
  const settings: SandboxSettings = {
    format: 1,
    pagePort: options.pagePort,
    authorityPort,
    operatorPorts,
  };
  writeSettings(folder, settings);
  makeAuthority(options, settings);
  return settings;
}

function run(app: 'authority' | 'operator', args: readonly string[]): string {
  return execFileSync(process.execPath, [programOf(app), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function makeAuthority(options: SystemOptions, settings: SandboxSettings): void {
  const folder = join(options.folder, 'authority');
  if (!existsSync(folder)) {
    run('authority', [
      'init',
      '--data',
      folder,
      '--name',
      AUTHORITY_NAME,
      '--sandbox',
      '--url',
      loopback(settings.authorityPort),
    ]);
  }
  const fingerprint = fingerprintOf(options.folder);
  mkdirSync(join(folder, 'operators'), { recursive: true, mode: 0o700 });
  for (const [i, name] of OPERATOR_NAMES.entries()) {
    const number = i + 1;
    const home = join(options.folder, `operator-${number}`);
    const url = loopback(settings.operatorPorts[i]!);
    if (!existsSync(home)) {
      const args = [
        'init',
        '--data',
        home,
        '--number',
        String(number),
        '--name',
        name,
        '--url',
        url,
      ];
      const where = [
        '--authority',
        fingerprint,
        '--authority-url',
        loopback(settings.authorityPort),
      ];
      run('operator', [...args, ...where, '--sandbox', '--sandbox-url', options.sandboxUrl]);
      if (options.operatorSettings !== undefined)
        overlay(join(home, 'settings.json'), options.operatorSettings);
    }
    overlay(join(home, 'settings.json'), {
      url,
      authorityUrl: loopback(settings.authorityPort),
      sandboxUrl: options.sandboxUrl,
    });
    overlay(join(home, 'card.json'), { url });
    copyFileSync(join(home, 'card.json'), join(folder, 'operators', `${number}.json`));
  }
}

/** Lays some values over a JSON file. */
function overlay(file: string, values: Readonly<Record<string, unknown>>): void {
  const before = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, `${JSON.stringify({ ...before, ...values }, undefined, 2)}\n`, {
    mode: 0o600,
  });
}

/** The fingerprint of the authority of a folder. */
export function fingerprintOf(folder: string): string {
  const file = join(folder, 'authority', 'authority.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly authority: string }).authority;
}

/** Starts every service of a folder and waits until all take requests. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const settings = await prepareSystem(options);
  const { folder } = options;
  const service = (
    app: 'authority' | 'operator',
    name: string,
    home: string,
    port: number,
  ): ServiceProcess =>
    new ServiceProcess({
      name,
      program: programOf(app),
      args: ['serve', '--data', home, '--port', String(port)],
      log: join(folder, 'logs', `${name}.log`),
      readyUrl: `${loopback(port)}/readyz`,
      environment: options.environment?.[name] ?? {},
    });
  const authority = service(
    'authority',
    'authority',
    join(folder, 'authority'),
    settings.authorityPort,
  );
  const operators = settings.operatorPorts.map((port, i) =>
    service('operator', `operator-${i + 1}`, join(folder, `operator-${i + 1}`), port),
  );
  const system: System = {
    fingerprint: fingerprintOf(folder),
    authority,
    operators,
    authorityUrl: loopback(settings.authorityPort),
    operatorUrls: settings.operatorPorts.map(loopback),
    async stop() {
      // Operators first: an authority that is gone would leave them with questions.
      await Promise.all(operators.map((each) => each.stop()));
      await authority.stop();
    },
  };
  try {
    await authority.start();
    await Promise.all(operators.map((each) => each.start()));
  } catch (cause) {
    await system.stop();
    throw cause;
  }
  return system;
}
