import fs from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexOf } from '@specie/core/base/bytes';
import { instantOf } from '@specie/core/base/instant';
import { commandMessage } from '@specie/core/ledger/command';
import { brokenInvariants } from '@specie/core/ledger/invariants';
import { step } from '@specie/core/ledger/ledger';
import { stateHash } from '@specie/core/ledger/snapshot';
import { emptyState } from '@specie/core/ledger/state';
import { formatAddress, parseAddress } from '@specie/core/payment/address';
import type { LedgerStep } from './ledger-vectors.ts';
import {
  coreMessages,
  coreVectors,
  fileOf,
  type MessageVectors,
  VECTORS,
  vectorText,
} from './vectors.ts';

const read = (name: string): unknown =>
  JSON.parse(fs.readFileSync(path.join(VECTORS, name), 'utf8'));
const bytesOf = (hex: string): Uint8Array => {
  const bytes = bytesOfHex(hex);
  if (bytes === undefined) throw new Error('a vector is no hexadecimal text');
  return bytes;
};

describe('the vectors of the core', () => {
  it('are those that the code makes today, and no others lie beside them', () => {
    const made = coreVectors();
    const ours = fs.readdirSync(VECTORS).filter((name) => /^0[0-57]-/.test(name));
    expect(ours.sort()).toEqual([...made.keys()].sort());
    for (const [name, content] of made) {
      const committed = fs.readFileSync(path.join(VECTORS, name), 'utf8');
      expect(committed === vectorText(content), `${name}: run tools/vectors.ts`).toBe(true);
    }
  });
});

describe.each(coreMessages().map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  const vectors = read(fileOf(name)) as MessageVectors;

  it('is read, hashed and shown as its vectors say', () => {
    expect(vectors).toMatchObject({ message: name, type: kind.type, version: kind.version });
    for (const { json, hex, hash } of vectors.valid) {
      const bytes = bytesOf(hex);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
      const decoded = kind.decode(bytes);
      if (!decoded.ok) throw new Error(`refused: ${decoded.refusal.code}`);
      expect(hexOf(kind.encode(decoded.value))).toBe(hex);
      expect(kind.toJson(decoded.value)).toEqual(json);
      const back = kind.fromJson(json);
      if (!back.ok) throw new Error(`refused: ${back.refusal.code}`);
      expect(hexOf(kind.encode(back.value))).toBe(hex);
    }
  });

  it('is refused as its vectors say, which are at least as many', () => {
    expect(vectors.invalid.length).toBeGreaterThanOrEqual(vectors.valid.length);
    for (const { hex, refusal, at } of vectors.invalid) {
      expect(kind.decode(bytesOf(hex))).toEqual({ ok: false, refusal: { code: refusal, at } });
    }
  });
});

it('addresses are read and refused as their vectors say', () => {
  const { valid, invalid } = read('05-addresses.json') as {
    valid: { operator: number; wallet: string; text: string }[];
    invalid: { text: string; refusal: string }[];
  };
  expect(invalid.length).toBeGreaterThanOrEqual(valid.length);
  for (const { operator, wallet, text } of valid) {
    expect(formatAddress({ operator, wallet: bytesOf(wallet) })).toBe(text);
    expect(parseAddress(text)).toEqual({ ok: true, value: { operator, wallet: bytesOf(wallet) } });
  }
  for (const { text, refusal } of invalid) {
    expect(parseAddress(text)).toMatchObject({ ok: false, refusal: { code: refusal } });
  }
});

it('the ledger answers every command as its vectors say', () => {
  const { authority, steps } = read('07-ledger.json') as { authority: string; steps: LedgerStep[] };
  const state = emptyState(bytesOf(authority));
  const refused = steps.filter(({ refusal }) => refusal !== undefined);
  expect(refused.length).toBeGreaterThanOrEqual(steps.length / 2);
  for (const { name, time, command, refusal, at, state: after } of steps) {
    const decoded = commandMessage.decode(bytesOf(command));
    if (!decoded.ok) throw new Error(`the command of "${name}" does not decode`);
    const before = hexOf(stateHash(state));
    const result = step(state, decoded.value, instantOf(time));
    const answer = result.ok ? {} : { refusal: result.refusal.code, at: result.refusal.at };
    expect([name, answer]).toEqual([name, refusal === undefined ? {} : { refusal, at }]);
    expect([name, hexOf(stateHash(state))]).toEqual([name, after ?? before]);
    expect(brokenInvariants(state)).toEqual([]);
  }
});
