import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexOf } from '../../base/bytes.ts';
import { generateFrom, reserve, signOnce, type LmsKeyState } from '../lms.ts';
import type { LmsHashing } from './hashing.ts';
import { hashingMachine } from './hashing-machine.ts';
import { laneHashing } from './lane-hashing.ts';
import { parametersOfName } from './parameters.ts';
import { PLAIN } from './plain-hashing.ts';
import { verifyOn } from './verification.ts';

interface Case {
  readonly name: string;
  readonly parameters: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly secret?: {
    readonly identifier: string;
    readonly seed: string;
    readonly index: number;
    readonly randomizer: string;
  };
}

interface AcvpFile {
  readonly publicKey: string;
  readonly cases: readonly {
    readonly tcId: number;
    readonly reason: string;
    readonly message: string;
    readonly signature: string;
    readonly valid: boolean;
  }[];
}

interface MalformedFile {
  readonly cases: readonly {
    readonly name: string;
    readonly of: string;
    readonly part: 'publicKey' | 'message' | 'signature';
    readonly keep?: number;
    readonly at?: number;
    readonly bytes?: string;
  }[];
}

function read(file: string): unknown {
  const at = new URL(`../../../../../spec/vectors/${file}`, import.meta.url);
  return JSON.parse(readFileSync(at, 'utf8'));
}

function hex(text: string): Uint8Array {
  const bytes = bytesOfHex(text);
  if (bytes === undefined) throw new Error('a vector is not hexadecimal');
  return bytes;
}

function indexed(state: LmsKeyState, index: number): ReturnType<typeof reserve> {
  let taken = reserve(state);
  while (taken !== undefined && taken.oneTimeKey.index < index) taken = reserve(taken.rest);
  return taken;
}

const rfc = ['lms-rfc8554.json', 'lms-rfc9858.json'].flatMap((file) =>
  (read(file) as { readonly cases: readonly Case[] }).cases.map((each) => ({ file, ...each })),
);
const acvp = read('lms-acvp.json') as AcvpFile;
const malformed = read('lms-malformed.json') as MalformedFile;

const machine = hashingMachine();
const implementations: readonly [string, LmsHashing][] = [['plain', PLAIN]];
const all =
  machine === undefined
    ? implementations
    : [...implementations, ['lanes', laneHashing(machine)] as const];

describe.each(all)('the %s implementation', (_, hashing) => {
  it.each(rfc)('accepts $file, $name', ({ publicKey, message, signature }) => {
    expect(verifyOn(hashing, hex(publicKey), hex(message), hex(signature))).toBe(true);
  });

  it.each(acvp.cases)('answers NIST’s case $tcId ($reason) as NIST does', (each) => {
    const answer = verifyOn(hashing, hex(acvp.publicKey), hex(each.message), hex(each.signature));
    expect(answer).toBe(each.valid);
  });

  it.each(malformed.cases)('refuses $name', ({ of, part, keep, at, bytes }) => {
    const valid = rfc.find(({ file, name }) => `${file}: ${name}` === of)!;
    const given = { ...valid };
    let text = valid[part].slice(0, keep === undefined ? undefined : 2 * keep);
    if (bytes !== undefined) {
      const place = 2 * (at ?? text.length / 2);
      text = text.slice(0, place) + bytes + text.slice(place + bytes.length);
    }
    given[part] = text;
    expect(text).not.toBe(valid[part]);
    const answer = verifyOn(
      hashing,
      hex(given.publicKey),
      hex(given.message),
      hex(given.signature),
    );
    expect(answer).toBe(false);
  });
});

describe('the private keys of the RFCs', () => {
  const known = rfc.filter(({ secret }) => secret !== undefined);

  it('are three', () => {
    expect(known).toHaveLength(3);
  });

  it.each(known)('make the public key and signature of $file, $name', (each) => {
    const { identifier, seed, index, randomizer } = each.secret!;
    const parameters = parametersOfName(each.parameters);
    const state = generateFrom({ parameters, identifier: hex(identifier), seed: hex(seed) });
    expect(hexOf(state.publicKey)).toBe(each.publicKey);
    const { oneTimeKey } = indexed(state, index)!;
    expect(hexOf(signOnce(oneTimeKey, hex(each.message), hex(randomizer)))).toBe(each.signature);
  });
});
