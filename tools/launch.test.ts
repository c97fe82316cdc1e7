import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODE_FILES } from './launch.mjs';
import { ROOT } from './tree.ts';

const EMPTY_LOCK = JSON.stringify({ lockfileVersion: 3, packages: {} });
const NODE_FILE = NODE_FILES[`${process.platform}-${process.arch}`] ?? '';
const NODE_PACKAGE = NODE_FILE.split('/')[0] ?? '';

/** Stands in for npm: writes down how it was called and leaves what an install leaves. */
const NPM = `
const fs = require('node:fs');
const path = require('node:path');
const call = { cwd: process.cwd(), node: fs.realpathSync(process.execPath), args: process.argv.slice(2) };
fs.appendFileSync(process.env.NPM_CALLS, JSON.stringify(call) + '\\n');
if (process.env.NPM_SAYS) { console.error(process.env.NPM_SAYS); process.exit(1); }
fs.mkdirSync('node_modules', { recursive: true });
fs.writeFileSync('node_modules/.package-lock.json', fs.readFileSync('package-lock.json'));
for (const place of Object.keys(JSON.parse(fs.readFileSync('package-lock.json', 'utf8')).packages)) {
  if (!place.endsWith(process.env.NPM_LOSES)) fs.mkdirSync(place, { recursive: true });
}
if (path.basename(process.cwd()) === 'runtime' && !process.env.NPM_SKIPS) {
  fs.symlinkSync(process.env.NODE_FOLDER, 'node_modules/${NODE_PACKAGE}', 'junction');
}
`;

interface Call {
  readonly cwd: string;
  readonly node: string;
  readonly args: readonly string[];
}

let tree: string;
/** The Node a machine happens to have: the same program in another place than the one brought. */
let outer: string;

beforeEach(() => {
  tree = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'specie-launch-'));
  for (const folder of ['tools', 'runtime', 'bench', 'apps/cli/src']) {
    fs.mkdirSync(path.join(tree, folder), { recursive: true });
  }
  fs.copyFileSync(path.join(ROOT, 'tools/launch.mjs'), path.join(tree, 'tools/launch.mjs'));
  fs.writeFileSync(path.join(tree, 'package-lock.json'), EMPTY_LOCK);
  fs.writeFileSync(path.join(tree, 'runtime/package-lock.json'), EMPTY_LOCK);
  fs.writeFileSync(path.join(tree, 'npm-cli.js'), NPM);
  outer = path.join(tree, path.basename(NODE_FILE));
  try {
    fs.linkSync(process.execPath, outer);
  } catch {
    fs.copyFileSync(process.execPath, outer);
  }
});

afterEach(() => fs.rmSync(tree, { recursive: true, force: true }));

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    npm_execpath: path.join(tree, 'npm-cli.js'),
    NPM_CALLS: path.join(tree, 'calls'),
    NODE_FOLDER: path.join(ROOT, 'runtime/node_modules', NODE_PACKAGE),
    ...extra,
  };
}

function launch(
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  cwd = tree,
): { status: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string } {
  const file = path.join(tree, 'tools/launch.mjs');
  return spawnSync(outer, [file, ...args], {
    cwd,
    env: environment(extra),
    encoding: 'utf8',
  });
}

function calls(): Call[] {
  const file = path.join(tree, 'calls');
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}

function entry(file: string, text: string): void {
  fs.writeFileSync(path.join(tree, file), text);
}

describe('the install', () => {
  it('brings the Node first, then everything else under that Node, then never again', () => {
    expect(launch(['setup'])).toMatchObject({ status: 0 });
    const brought = fs.realpathSync(path.join(ROOT, 'runtime/node_modules', NODE_FILE));
    expect(calls()).toMatchObject([
      { cwd: path.join(tree, 'runtime'), node: outer },
      { cwd: tree, node: brought },
    ]);
    expect(calls()[1]?.args.slice(0, 3)).toEqual(['ci', '--include=dev', '--include=optional']);
    expect(launch(['setup'])).toMatchObject({ status: 0 });
    expect(calls()).toHaveLength(2);
  });

  it('is done again when the lock file names something that is not there', () => {
    launch(['setup']);
    const packages = { 'node_modules/a': { version: '1.0.0' } };
    fs.writeFileSync(path.join(tree, 'package-lock.json'), JSON.stringify({ packages }));
    expect(launch(['setup'])).toMatchObject({ status: 0 });
    expect(calls()).toHaveLength(3);
  });

  it('is not done again when somebody just installed what the lock file names', () => {
    launch(['setup']);
    const lock = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } });
    fs.writeFileSync(path.join(tree, 'package-lock.json'), lock);
    fs.writeFileSync(path.join(tree, 'node_modules/.package-lock.json'), lock);
    fs.mkdirSync(path.join(tree, 'node_modules/a'));
    launch(['setup']);
    expect(calls()).toHaveLength(2);
  });

  it('does not miss what belongs on other machines', () => {
    launch(['setup']);
    const packages = { 'node_modules/a': { version: '1.0.0', optional: true, os: ['plan9'] } };
    fs.writeFileSync(path.join(tree, 'package-lock.json'), JSON.stringify({ packages }));
    launch(['setup']);
    expect(calls()).toHaveLength(2);
  });

  it('says so when there is no network', () => {
    const { status, stderr } = launch(['setup'], { NPM_SAYS: 'npm error code ENOTFOUND' });
    expect(status).toBe(1);
    expect(stderr).toContain('The package registry cannot be reached.');
    expect(stderr).not.toContain('at launch');
  });

  it('says so when npm silently leaves out the Node, as it does without a network', () => {
    const { status, stderr } = launch(['setup'], { NPM_SKIPS: 'yes' });
    expect(status).toBe(1);
    expect(stderr).toContain('The package registry cannot be reached.');
    expect(launch(['setup'])).toMatchObject({ status: 0 });
  });

  it('is not taken for done when npm leaves something out', () => {
    launch(['setup']);
    const here = { optional: true, os: [process.platform], cpu: [process.arch] };
    const packages = { 'node_modules/a': { version: '1.0.0', ...here } };
    fs.writeFileSync(path.join(tree, 'package-lock.json'), JSON.stringify({ packages }));
    const { status, stderr } = launch(['setup'], { NPM_LOSES: '/a' });
    expect(status).toBe(1);
    expect(stderr).toContain('npm did not bring node_modules/a.');
  });

  it('is done once when two start at the same time', async () => {
    const start = (): Promise<number | null> =>
      new Promise((resolve) => {
        const file = path.join(tree, 'tools/launch.mjs');
        const child = spawn(outer, [file, 'setup'], { env: environment() });
        child.on('exit', resolve);
      });
    expect(await Promise.all([start(), start(), start()])).toEqual([0, 0, 0]);
    expect(calls()).toHaveLength(2);
  });

  it('takes over from an install that died', () => {
    fs.writeFileSync(path.join(tree, 'runtime/.installing'), '999999999');
    expect(launch(['setup'])).toMatchObject({ status: 0 });
  });
});

describe('a target', () => {
  it('runs under the Node that was brought, with its arguments, at the root', () => {
    entry(
      'bench/main.ts',
      'const [, , ...args]: string[] = process.argv;\n' +
        'console.log(JSON.stringify([process.version, args, process.cwd()]));',
    );
    const { stdout } = launch(['bench', 'one', '--two'], {}, os.tmpdir());
    const node = path.join(ROOT, 'runtime/node_modules', NODE_FILE);
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    expect(JSON.parse(stdout)).toEqual([version, ['one', '--two'], tree]);
  });

  it('that is the command line stays in the folder it was called in', () => {
    entry('apps/cli/src/main.ts', 'console.log(process.cwd());');
    const elsewhere = fs.realpathSync(os.tmpdir());
    expect(launch(['specie'], {}, elsewhere).stdout.trim()).toBe(elsewhere);
  });

  it('hands back its exit code', () => {
    entry('bench/main.ts', 'process.exit(7);');
    expect(launch(['bench']).status).toBe(7);
  });

  it.skipIf(process.platform === 'win32')('hands back the signal that ended it', () => {
    entry('bench/main.ts', `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 60_000);`);
    expect(launch(['bench']).signal).toBe('SIGTERM');
  });

  it.skipIf(process.platform === 'win32')('gets the signals that the launcher gets', async () => {
    entry(
      'bench/main.ts',
      `process.on('SIGTERM', () => process.exit(9));\n` +
        `setTimeout(() => {}, 60_000);\nconsole.log('ready');`,
    );
    launch(['setup']);
    const file = path.join(tree, 'tools/launch.mjs');
    const child = spawn(outer, [file, 'bench'], { env: environment() });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(9);
  });

  it('that is not there is named', () => {
    expect(launch(['bench']).stderr).toContain('bench/main.ts is not in this tree');
    expect(launch(['no-such-target']).stderr).toContain('There is no target "no-such-target"');
  });
});
