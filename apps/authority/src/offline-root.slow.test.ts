/**
 * An authority and its root in folders apart, as on machines apart: only two files pass between them.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { hexOf } from '@specie/core/base/bytes';
import { sha256 } from '@specie/core/crypto/hash';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import {
  fetchKeySet,
  operatorSeed,
  runAuthority,
  startAuthority,
  writeCard,
  type Ran,
} from './testing/authority-process.ts';

let folder = '';
let data = '';
let root = '';
let fingerprint = '';
const at = (name: string): string => path.join(folder, name);
const now = (): Instant => instantOf(Date.now());

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-root-'));
  data = at('data');
  root = at('vault');
  const ran = runAuthority('init', '--data', data, '--name', 'Apart', '--root', root);
  fingerprint = ran.out.trim();
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const prepare = (out: string): Ran =>
  runAuthority('key-set', 'prepare', '--data', data, '--out', at(out));
const sign = (given: string, out: string, by = root): Ran =>
  runAuthority('key-set', 'sign', '--in', at(given), '--root', by, '--out', at(out));
const install = (given: string): Ran =>
  runAuthority('key-set', 'install', '--data', data, '--in', at(given));

test('an operator comes into the key set without the root and the authority ever meeting', async () => {
  const authority = parseAuthority(fingerprint);
  if (!authority.ok) throw new Error('no fingerprint');
  expect(fs.existsSync(path.join(data, 'root'))).toBe(false);
  const running = await startAuthority(data);
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 4), '--quota', 'CNY=5000');
  expect(prepare('asked').status).toBe(0);
  // On the other machine there is neither the authority's folder nor anything else of it.
  const away = at('away');
  fs.renameSync(data, away);
  const shown = runAuthority('key-set', 'sign', '--in', at('asked'), '--root', root);
  const signed = sign('asked', 'signed');
  fs.renameSync(away, data);
  expect([shown.status, signed.status]).toEqual([0, 0]);
  expect(JSON.parse(shown.out)).toMatchObject({
    authority: fingerprint,
    number: 2,
    name: 'Apart',
    operators: [
      {
        operator: 4,
        name: 'Operator 4',
        sessionKeySha256: hexOf(sha256(mlDsaNative.publicKeyOf(operatorSeed(4)))),
      },
    ],
    isSigned: false,
  });
  expect(JSON.parse(signed.out)).toMatchObject({ number: 2, isSigned: true });
  const installed = install('signed');
  expect(JSON.parse(installed.out)).toEqual({ number: 2, isOutdated: false });
  let operators: readonly number[] = [];
  for (let i = 0; i < 100 && operators.length === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const set = await fetchKeySet(running.url, authority.value, now());
    operators = set.operators.map(({ operator }) => operator);
  }
  expect(operators).toEqual([4]);
  expect(await running.stop()).toBe('0');
  // The same set a second time is not the next one.
  expect(install('signed').err).toContain('key_set_refused');
});

test('what was changed, signed by another root, or made for another authority is not put in force', () => {
  prepare('asked');
  const other = at('other');
  const otherRoot = at('other-vault');
  runAuthority('init', '--data', other, '--name', 'Other', '--root', otherRoot);
  expect(sign('asked', 'forged', otherRoot).err).toContain('root_foreign');
  runAuthority('key-set', 'prepare', '--data', other, '--out', at('foreign'));
  expect(sign('foreign', 'foreign-signed', otherRoot).status).toBe(0);
  expect(install('foreign-signed').err).toContain('root_unknown');
  expect(sign('asked', 'signed').status).toBe(0);
  const bytes = fs.readFileSync(at('signed'));
  bytes[bytes.length - 1]! ^= 1;
  fs.writeFileSync(at('changed'), bytes);
  expect(install('changed').err).toContain('key_set_invalid');
  expect(install('asked').err).toContain('file_malformed');
  expect(sign('asked', 'signed').err).toContain('file_exists');
  expect(runAuthority('key-set', 'prepare', '--data', data).err).toContain('--out is missing');
  expect(runAuthority('key-set', 'dance', '--data', data).err).toContain('no step dance');
  // A set without the session key in use would lock the authority out of its own sessions.
  const key = path.join(data, 'keys/session.key');
  fs.renameSync(key, at('own.key'));
  fs.copyFileSync(path.join(other, 'keys/session.key'), key);
  expect(install('signed').err).toContain('does not name the session key');
  fs.renameSync(at('own.key'), key);
  expect(install('signed').status).toBe(0);
});

test('a set prepared before the folder changed goes in force and says that another is needed', () => {
  prepare('asked');
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 4));
  sign('asked', 'signed');
  expect(JSON.parse(install('signed').out)).toEqual({ number: 2, isOutdated: true });
  runAuthority('key-set', 'prepare', '--data', data, '--out', at('next'));
  sign('next', 'next-signed');
  expect(JSON.parse(install('next-signed').out)).toEqual({ number: 3, isOutdated: false });
});
