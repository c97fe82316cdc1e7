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
import { stopLeftovers } from './adapters/leftovers.ts';
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
  /** Starts every service and waits until all take requests. */
  start(): Promise<void>;
  /** Stops every service, also while they are being started. */
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
  const authority = makeAuthority(folder, loopback(authorityPort), before);
  const { pagePort } = options;
  const settings: SandboxSettings = {
    format: 1,
    pagePort,
    authorityPort,
    operatorPorts,
    authority,
  };
  writeSettings(folder, settings);
  for (const [i] of OPERATOR_NAMES.entries()) makeOperator(options, settings, i);
  return settings;
}

function run(app: 'authority' | 'operator', args: readonly string[]): string {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  return execFileSync(process.execPath, [programOf(app), ...args], { encoding: 'utf8', stdio });
}

/** Makes the authority when it is not there, and gives its fingerprint. */
function makeAuthority(folder: string, url: string, before: SandboxSettings | undefined): string {
  const home = join(folder, 'authority');
  const fingerprint =
    before?.authority ??
    run('authority', ['init', '--data', home, '--name', AUTHORITY_NAME, '--sandbox']).trim();
  overlay(join(home, 'settings.json'), { url });
  return fingerprint;
}

/** Makes an operator when it is not there, and hands its card to the authority. */
function makeOperator(options: SystemOptions, settings: SandboxSettings, place: number): void {
  const number = place + 1;
  const home = join(options.folder, `operator-${number}`);
  const url = loopback(settings.operatorPorts[place]!);
  const authorityUrl = loopback(settings.authorityPort);
  const { sandboxUrl } = options;
  if (!existsSync(home)) {
    const who = ['--number', String(number), '--name', OPERATOR_NAMES[place]!, '--url', url];
    const whose = ['--authority', settings.authority, '--authority-url', authorityUrl];
    const args = [...who, ...whose, '--sandbox', '--sandbox-url', sandboxUrl];
    run('operator', ['init', '--data', home, ...args]);
    overlay(join(home, 'settings.json'), options.operatorSettings ?? {});
  }
  // Ports may have been taken by others since, so every start says where the parties are now.
  overlay(join(home, 'settings.json'), { url, authorityUrl, sandboxUrl });
  overlay(join(home, 'card.json'), { url });
  copyFileSync(
    join(home, 'card.json'),
    join(options.folder, 'authority', 'operators', `${number}.json`),
  );
}

/** Lays some values over a JSON file. */
function overlay(file: string, values: Readonly<Record<string, unknown>>): void {
  const before = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, `${JSON.stringify({ ...before, ...values }, undefined, 2)}\n`, {
    mode: 0o600,
  });
}

/** The services of a folder, made and not yet started. */
export async function createSystem(options: SystemOptions): Promise<System> {
  const { folder } = options;
  const homes = ['authority', ...OPERATOR_NAMES.map((_, i) => `operator-${i + 1}`)];
  await stopLeftovers(homes.map((home) => join(folder, home)));
  const settings = await prepareSystem(options);
  const service = (app: 'authority' | 'operator', name: string, port: number): ServiceProcess =>
    new ServiceProcess({
      name,
      program: programOf(app),
      args: ['serve', '--data', join(folder, name), '--port', String(port)],
      log: join(folder, 'logs', `${name}.log`),
      readyUrl: `${loopback(port)}/readyz`,
      environment: options.environment?.[name] ?? {},
    });
  const authority = service('authority', 'authority', settings.authorityPort);
  const operators = settings.operatorPorts.map((port, i) =>
    service('operator', `operator-${i + 1}`, port),
  );
  let isWanted = true;
  return {
    fingerprint: settings.authority,
    authority,
    operators,
    authorityUrl: loopback(settings.authorityPort),
    operatorUrls: settings.operatorPorts.map(loopback),
    async start() {
      await authority.start();
      if (isWanted) await Promise.all(operators.map((each) => each.start()));
    },
    async stop() {
      isWanted = false;
      // Operators first: an authority that is gone would leave them with questions.
      await Promise.all(operators.map((each) => each.stop()));
      await authority.stop();
    },
  };
}

/** Starts every service of a folder and waits until all take requests. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const system = await createSystem(options);
  try {
    await system.start();
    return system;
  } catch (cause) {
    await system.stop();
    throw cause;
  }
}
