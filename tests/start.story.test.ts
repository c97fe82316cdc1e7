/**
 * `npm start` as a person meets it: the address first, one runner in one folder, nothing left behind
 * when it is told to stop at any moment, and a folder gone on from after the worst.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../apps/sandbox/src/main.ts', import.meta.url));

interface Runner {
  readonly child: ChildProcess;
  said(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

function start(...args: readonly string[]): Runner {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  child.stderr.on('data', (part: Buffer) => (text += part.toString()));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  return { child, said: () => text, ended };
}

async function until(is: () => boolean, what: () => string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (is()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(what());
}

describe('npm start', () => {
  let home: string;
  let folder: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'specie-start-'));
    folder = join(home, 'data');
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  const ready = async (...args: readonly string[]): Promise<Runner> => {
    const runner = start('--data', folder, ...args);
    await until(() => runner.said().includes('Ready in'), runner.said);
    return runner;
  };
  const pids = (): readonly number[] =>
    ['authority', 'operator-1', 'operator-2'].flatMap((name) => {
      const file = join(folder, name, 'service.json');
      return existsSync(file)
        ? [(JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid]
        : [];
    });
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const supply = async (runner: Runner): Promise<unknown> => {
    const url = /http:\/\/[^ \n]+/.exec(runner.said())?.[0] ?? '';
    const page = await (await fetch(url)).text();
    expect(page).toContain('<html lang="en">');
    const status = (await (await fetch(`${url}status.json`)).json()) as {
      readonly currencies: readonly {
        readonly code: string;
        readonly minted: string;
        readonly isSound: boolean;
      }[];
    };
    expect(status.currencies.every((each) => each.isSound)).toBe(true);
    return status.currencies.map(({ code, minted }) => ({ code, minted }));
  };

  it('prints the address of the page first of all, and is ready', async () => {
    const runner = await ready();
    expect(runner.said()).toMatch(/^Specie is at http:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(await supply(runner)).toHaveLength(2);

    const second = start('--data', folder);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.said()).toContain('another npm start runs in');
    const fresh = start('--data', folder, '--fresh');
    expect((await fresh.ended).code).toBe(1);
    expect(pids().every(isAlive)).toBe(true);

    runner.child.kill('SIGTERM');
    expect(await runner.ended).toEqual({ code: 0, signal: null });
    expect(pids().some(isAlive)).toBe(false);
  });

  it('goes on in the same folder after it was killed and its services outlived it', async () => {
    const killed = await ready();
    const before = await supply(killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(pids().every(isAlive)).toBe(true);
    const orphans = pids();
    const runner = await ready();
    expect(orphans.some(isAlive)).toBe(false);
    expect(await supply(runner)).toEqual(before);
    runner.child.kill('SIGINT');
    expect((await runner.ended).code).toBe(0);
  });

  it('leaves nothing running when it is stopped while it starts', async () => {
    const runner = start('--data', folder);
    await until(() => runner.said().includes('Specie is at'), runner.said);
    await new Promise((resolve) => setTimeout(resolve, 400));
    runner.child.kill('SIGINT');
    expect((await runner.ended).code).toBe(0);
    expect(pids().some(isAlive)).toBe(false);
  });

  it('moves the old data aside when asked to begin anew, and takes the ports it is given', async () => {
    const runner = await ready('--fresh');
    expect(runner.said()).toContain('The old data is in');
    expect(readdirSync(home).filter((name) => name.startsWith('data-'))).toHaveLength(1);
    expect(await supply(runner)).toHaveLength(2);
    runner.child.kill('SIGTERM');
    await runner.ended;
  });

  it.each([['--port', 'x'], ['--authority-port', '70000'], ['--nonsense']])(
    'says what is wrong with %s %s',
    async (...args) => {
      const runner = start('--data', folder, ...args);
      expect((await runner.ended).code).toBe(1);
      expect(runner.said()).toContain(args[0]);
    },
  );
});
