/**
 * Where a sandbox keeps everything: one folder, gone on from at the next start. `fresh` never
 * deletes: the old folder is moved aside under the time it was last used.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What must stay the same from one start to the next. */
export interface SandboxSettings {
  readonly format: 1;
  readonly pagePort: number;
  readonly authorityPort: number;
  readonly operatorPorts: readonly number[];
  /** Fingerprint of the authority, `sa1…`. */
  readonly authority: string;
}

/** Moves a folder aside and says where it went, or undefined when there was none. */
export function moveAside(folder: string, stamp: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  let target = `${folder}-${stamp}`;
  for (let i = 2; existsSync(target); i++) target = `${folder}-${stamp}-${i}`;
  renameSync(folder, target);
  return target;
}

/** A port nobody listens on at this moment; the wanted one when it is free. */
export async function freePort(wanted = 0): Promise<number> {
  const attempt = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => {
        resolve(undefined);
      });
      probe.listen({ port, host: '127.0.0.1' }, () => {
        const address = probe.address();
        const found = typeof address === 'object' && address !== null ? address.port : undefined;
        probe.close(() => {
          resolve(found);
        });
      });
    });
  const found = (await attempt(wanted)) ?? (await attempt(0));
  if (found === undefined) throw new Error('no free port on the loopback interface');
  return found;
}

/** Reads the settings of a folder made before. */
export function readSettings(folder: string): SandboxSettings | undefined {
  const file = join(folder, 'sandbox.json');
  if (!existsSync(file)) return undefined;
  const settings = JSON.parse(readFileSync(file, 'utf8')) as SandboxSettings;
  // The number on disk decides, whatever the type says of data this program wrote.
  if ((settings.format as number) !== 1) {
    throw new Error(
      `${file} has format ${String(settings.format)}, which this program does not know`,
    );
  }
  return settings;
}

/** Keeps the settings. */
export function writeSettings(folder: string, settings: SandboxSettings): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'sandbox.json'), `${JSON.stringify(settings, undefined, 2)}\n`, {
    mode: 0o600,
  });
}
