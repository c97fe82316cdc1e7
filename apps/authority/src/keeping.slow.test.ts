import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { equalBytes } from '@specie/core/base/bytes';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { slhDsaNative } from '@specie/protocol/node/native-crypto';
import { followTrust, parseAuthority, trustChainMessage } from '@specie/protocol/trust/key-set';
import {
  connect,
  fetchKeySet,
  runAuthority,
  startAuthority,
  writeCard,
} from './testing/authority-process.ts';

let folder = '';
let data = '';
let fingerprint = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-keeping-'));
  data = path.join(folder, 'data');
  fingerprint = runAuthority('init', '--data', data, '--name', 'Kept', '--sandbox').out.trim();
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const now = (): Instant => instantOf(Date.now());
const statusOf = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${url}/v1/status`)).json()) as Record<string, unknown>;

test('an operator admitted while it serves is in the key set and in the ledger without a restart', async () => {
  const running = await startAuthority(data);
  expect(
    runAuthority('admit', '--data', data, '--card', writeCard(folder, 4), '--quota', 'CNY=5000')
      .status,
  ).toBe(0);
  const authority = parseAuthority(fingerprint);
  if (!authority.ok) throw new Error('no fingerprint');
  const until = Date.now() + 10_000;
  let operators: readonly number[] = [];
  while (operators.length === 0 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    operators = (await fetchKeySet(running.url, authority.value, now())).operators.map(
      ({ operator }) => operator,
    );
  }
  expect(operators).toEqual([4]);
  const line = await connect(running, fingerprint, 4, now);
  expect((await line.open()).isOpen).toBe(true);
  line.close();
  expect(await statusOf(running.url)).toMatchObject({ position: 3, operators: [{ number: 4 }] });
  // A file with a mistake in it is told and changes nothing.
  fs.writeFileSync(path.join(data, 'operators/5.json'), '{');
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 4));
  while (!running.log().includes('could not read again') && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(running.log()).toContain('5.json is not JSON');
  expect(await statusOf(running.url)).toMatchObject({ ready: true });
  expect(await running.stop()).toBe('0');
});

test('refuses to start when a key can be read by others, and says which', () => {
  for (const name of ['session', 'directory', 'handle']) {
    const file = path.join(data, 'keys', `${name}.key`);
    fs.chmodSync(file, 0o640);
    const ran = runAuthority('serve', '--data', data, '--port', '0');
    expect([ran.status, ran.err]).toEqual([
      1,
      expect.stringContaining(`${name}.key is open to others`),
    ]);
    fs.chmodSync(file, 0o600);
  }
});

test('a key laid in the place of another is not taken for it', () => {
  fs.copyFileSync(path.join(data, 'keys/mint.key'), path.join(data, 'keys/directory.key'));
  expect(runAuthority('serve', '--data', data, '--port', '0').err).toContain('key_malformed');
});

test('settings that are wrong are named by their field', () => {
  const file = path.join(data, 'settings.json');
  const good = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  const says = (change: Record<string, unknown>): string => {
    fs.writeFileSync(file, JSON.stringify({ ...good, ...change }));
    const ran = runAuthority('serve', '--data', data, '--port', '0');
    expect(ran.status).toBe(1);
    return ran.err;
  };
  expect(says({ port: 'x' })).toContain('port has to be a number');
  expect(says({ currencies: [{ code: 'XXQ', numerator: 1, denominator: 1 }] })).toContain(
    'currencies[0].code',
  );
  expect(says({ currencies: [{ code: 'CNY', numerator: 0, denominator: 1 }] })).toContain(
    'currencies[0].numerator',
  );
  expect(says({ quotas: [{ currency: 'CNY', amount: 5 }] })).toContain('quotas[0].amount');
  expect(says({ prot: 7100 })).toContain('prot has to be left out');
  expect(says({ format: 2 })).toContain('format has to be 1');
  fs.writeFileSync(file, '{');
  expect(runAuthority('serve', '--data', data).err).toContain('file_malformed');
});

test('is reachable from other machines under TLS alone', () => {
  const ran = runAuthority('serve', '--data', data, '--port', '0', '--host', '0.0.0.0');
  expect([ran.status, ran.err]).toEqual([1, expect.stringContaining('tls_missing')]);
});

test('one process serves a folder', async () => {
  const running = await startAuthority(data);
  expect(runAuthority('serve', '--data', data, '--port', '0').err).toContain('store_locked');
  expect(runAuthority('rotate-keys', '--data', data).err).toContain('store_locked');
  expect(await running.stop()).toBe('0');
});

test('is backed up while it serves, restored whole, and knows that it is behind', async () => {
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 1));
  const backup = path.join(folder, 'backup');
  const running = await startAuthority(data);
  expect(runAuthority('backup', '--data', data, '--to', backup)).toMatchObject({
    status: 0,
    out: '{"position":3}\n',
  });
  expect(runAuthority('backup', '--data', data, '--to', backup).err).toContain('folder_not_empty');
  // One entry more than the backup has.
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 2));
  const until = Date.now() + 10_000;
  while ((await statusOf(running.url))['position'] !== 4 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await running.stop()).toBe('0');

  expect(runAuthority('restore', '--from', backup, '--data', data).err).toContain(
    'folder_not_empty',
  );
  const other = path.join(folder, 'restored');
  expect(runAuthority('restore', '--from', backup, '--data', other)).toMatchObject({
    status: 0,
    out: '{"position":3}\n',
  });
  expect(JSON.parse(runAuthority('verify', '--data', other).out)).toMatchObject({ position: 3 });
  expect(fs.statSync(path.join(other, 'keys/session.key')).mode & 0o077).toBe(0);
  const again = await startAuthority(other);
  const line = await connect(again, fingerprint, 1, now);
  await line.open(2);
  expect(await statusOf(again.url)).toMatchObject({ ready: true });
  await line.open(3);
  line.close();
  expect(await statusOf(again.url)).toMatchObject({
    ready: false,
    readsOnly: [{ cause: 'ledger_behind' }],
  });
  expect(again.log()).toContain('READS ONLY');

  const release = ['release', '--data', other, '--cause', 'ledger_behind', '--reason', 'a test'];
  expect(runAuthority(...release, '--officer', 'A', '--officer', 'A').err).toContain(
    'officers_missing',
  );
  expect((await statusOf(again.url))['ready']).toBe(false);
  expect(runAuthority(...release, '--officer', 'A', '--officer', 'B').status).toBe(0);
  const end = Date.now() + 5000;
  while ((await statusOf(again.url))['ready'] !== true && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await statusOf(again.url)).toMatchObject({ ready: true });
  expect(await again.stop()).toBe('0');
});

test('a backup in which a byte was changed, or a file is missing or strange, is not restored', () => {
  const backup = path.join(folder, 'backup');
  expect(runAuthority('backup', '--data', data, '--to', backup).status).toBe(0);
  const target = path.join(folder, 'target');
  const says = (): string => runAuthority('restore', '--from', backup, '--data', target).err;
  const file = path.join(backup, 'journal.sqlite');
  const whole = fs.readFileSync(file);
  const changed = Uint8Array.from(whole);
  changed[5000] = changed[5000]! ^ 1;
  fs.writeFileSync(file, changed);
  expect(says()).toContain('journal.sqlite is not what was backed up');
  fs.rmSync(file);
  expect(says()).toContain('journal.sqlite is missing');
  fs.writeFileSync(file, whole);
  fs.writeFileSync(path.join(backup, 'more'), 'x');
  expect(says()).toContain('more is not in the manifest');
  expect(fs.existsSync(target)).toBe(false);
});

test('keys and root are rotated, and whoever knows the first fingerprint can follow', async () => {
  const authority = parseAuthority(fingerprint);
  if (!authority.ok) throw new Error('no fingerprint');
  const chainNow = () => {
    const read = trustChainMessage.decode(fs.readFileSync(path.join(data, 'trust.chain')));
    if (!read.ok) throw new Error(read.refusal.code);
    return read.value.sets;
  };
  const follow = () =>
    followTrust(
      { authority: authority.value, known: undefined },
      chainNow(),
      instantOf(Date.now()),
      slhDsaNative,
    );
  const first = chainNow()[0]!.keySet;
  for (const command of ['rotate-keys', 'rotate-root', 'rotate-root', 'rotate-keys']) {
    expect(runAuthority(command, '--data', data).status).toBe(0);
    expect(follow().ok).toBe(true);
  }
  const last = follow();
  if (!last.ok) throw new Error(last.refusal.code);
  expect(last.value.number).toBe(5);
  expect(chainNow().length).toBe(3);
  expect(equalBytes(last.value.root, first.root)).toBe(false);
  const sessions = last.value.keys.filter(({ purpose }) => purpose === 'session');
  expect(sessions.length).toBe(3);
  expect(sessions.filter(({ until }) => until > Date.now()).length).toBe(1);
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 1));
  const running = await startAuthority(data);
  const line = await connect(running, fingerprint, 1, now);
  expect((await line.open()).isOpen).toBe(true);
  line.close();
  expect(await running.stop()).toBe('0');
});

test('a real authority keeps its root elsewhere, and what is a sandbox’s alone is refused', () => {
  const real = path.join(folder, 'real');
  expect(runAuthority('init', '--data', real, '--name', 'Real').err).toContain('root_missing');
  const root = path.join(folder, 'offline');
  fs.mkdirSync(root);
  expect(runAuthority('init', '--data', real, '--name', 'Real', '--root', root).status).toBe(0);
  expect(fs.existsSync(path.join(real, 'root'))).toBe(false);
  expect(runAuthority('key-set', '--data', real).err).toContain('root_missing');
  expect(runAuthority('key-set', '--data', real, '--root', root).out).toBe('{"number":2}\n');
  fs.writeFileSync(path.join(real, 'clock.json'), '{"offsetMs":1000}');
  expect(runAuthority('serve', '--data', real, '--port', '0').err).toContain('sandbox_only');
  const settings = path.join(real, 'settings.json');
  const json = JSON.parse(fs.readFileSync(settings, 'utf8')) as Record<string, unknown>;
  fs.writeFileSync(
    settings,
    JSON.stringify({ ...json, openings: [{ currency: 'CNY', amount: '1' }] }),
  );
  expect(runAuthority('serve', '--data', real, '--port', '0').err).toContain('sandbox_only');
});

test('a sandbox’s clock is shifted, and a journal from the future stops it until it is released', async () => {
  fs.writeFileSync(path.join(data, 'clock.json'), JSON.stringify({ offsetMs: 86_400_000 }));
  const shifted = await startAuthority(data);
  expect(Number((await statusOf(shifted.url))['time'])).toBeGreaterThan(Date.now() + 80_000_000);
  expect(await shifted.stop()).toBe('0');
  fs.rmSync(path.join(data, 'clock.json'));
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 1));
  const ran = runAuthority('serve', '--data', data, '--port', '0');
  expect([ran.status, ran.err]).toEqual([1, expect.stringContaining('ledger_clock_stepped')]);
});

test('a command that does not exist, or lacks something, shows how it is done', () => {
  expect(runAuthority('serve')).toMatchObject({
    status: 2,
    err: expect.stringContaining('--data is missing') as string,
  });
  expect(runAuthority('mint-me-rich', '--data', data).status).toBe(2);
  expect(runAuthority('serve', '--data', data, '--prot', '1').status).toBe(2);
});
