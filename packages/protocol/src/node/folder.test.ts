import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createFolder,
  openFolder,
  readJson,
  readKeyFile,
  writeDurably,
  writeKeyFile,
} from './folder.ts';

let base = '';
let folder = '';
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-folder-'));
  folder = path.join(base, 'house');
});
afterEach(() => {
  fs.rmSync(base, { recursive: true, force: true });
});

const modeOf = (file: string): number => fs.statSync(file).mode & 0o777;
const onUnix = it.skipIf(process.platform === 'win32');

it('makes a folder that says what it is, and opens it again', () => {
  createFolder(folder, { kind: 'authority', sandbox: true });
  expect(openFolder(folder, 'authority')).toEqual({ format: 1, kind: 'authority', sandbox: true });
});

it('makes no folder over another', () => {
  createFolder(folder, { kind: 'authority', sandbox: true });
  expect(() => {
    createFolder(folder, { kind: 'authority', sandbox: false });
  }).toThrow('not empty');
  expect(openFolder(folder, 'authority').sandbox).toBe(true);
});

onUnix('keeps others out of folder, keys and files', () => {
  createFolder(folder, { kind: 'operator', sandbox: false });
  const key = path.join(folder, 'session.key');
  writeKeyFile(key, new Uint8Array(32).fill(3));
  expect([modeOf(folder), modeOf(key), modeOf(path.join(folder, 'format.json'))]).toEqual([
    0o700, 0o600, 0o600,
  ]);
});

onUnix.each([0o710, 0o701, 0o755])('does not open a folder of mode %o', (mode) => {
  createFolder(folder, { kind: 'operator', sandbox: false });
  fs.chmodSync(folder, mode);
  expect(() => openFolder(folder, 'operator')).toThrow(/open to others.*chmod/);
});

onUnix.each([0o640, 0o604, 0o644])('does not read a key file of mode %o', (mode) => {
  fs.mkdirSync(folder);
  const key = path.join(folder, 'a.key');
  writeKeyFile(key, new Uint8Array(32));
  expect(readKeyFile(key, 32)).toHaveLength(32);
  fs.chmodSync(key, mode);
  expect(() => readKeyFile(key, 32)).toThrow(/open to others/);
});

it('never writes one key over another, and reads none of another length', () => {
  fs.mkdirSync(folder);
  const key = path.join(folder, 'a.key');
  writeKeyFile(key, new Uint8Array(32).fill(1));
  expect(() => {
    writeKeyFile(key, new Uint8Array(32).fill(2));
  }).toThrow('exists');
  expect(readKeyFile(key, 32)[0]).toBe(1);
  expect(() => readKeyFile(key, 64)).toThrow('64 bytes');
  expect(() => readKeyFile(path.join(folder, 'b.key'), 32)).toThrow('cannot read');
});

describe('a folder is not opened', () => {
  it.each([
    ['when it is not there', undefined, 'folder_foreign'],
    ['of another program', '{"format":1,"kind":"operator","sandbox":false}', 'folder_foreign'],
    ['of a later format', '{"format":2,"kind":"authority","sandbox":false}', 'format_unknown'],
    ['of an earlier format', '{"format":0,"kind":"authority","sandbox":false}', 'format_unknown'],
    [
      'that does not say whether it is sandbox',
      '{"format":1,"kind":"authority"}',
      'folder_foreign',
    ],
    ['whose sandbox is a word', '{"format":1,"kind":"authority","sandbox":"no"}', 'folder_foreign'],
    ['whose format is no JSON', '{"format":', 'file_malformed'],
    ['whose format is nothing', 'null', 'folder_foreign'],
  ])('%s', (_, text, code) => {
    if (text !== undefined) {
      fs.mkdirSync(folder, { mode: 0o700 });
      fs.writeFileSync(path.join(folder, 'format.json'), text);
    }
    expect(() => openFolder(folder, 'authority')).toThrow(expect.objectContaining({ code }));
  });
});

it('replaces a file as a whole and leaves no draft behind', () => {
  fs.mkdirSync(folder);
  const file = path.join(folder, 'settings.json');
  expect(readJson(file)).toBeUndefined();
  writeDurably(file, '{"a":1}');
  writeDurably(file, '{"a":2}');
  expect(readJson(file)).toEqual({ a: 2 });
  expect(fs.readdirSync(folder)).toEqual(['settings.json']);
});

it('keeps the old content when the new one cannot be written, and writes over a draft left by a crash', () => {
  fs.mkdirSync(folder);
  const file = path.join(folder, 'settings.json');
  writeDurably(file, '1');
  fs.writeFileSync(path.join(folder, '.settings.json.new'), 'half');
  writeDurably(file, '2');
  expect(readJson(file)).toBe(2);
  expect(() => {
    writeDurably(path.join(folder, 'no', 'file'), '1');
  }).toThrow('cannot write');
  expect(readJson(file)).toBe(2);
});
