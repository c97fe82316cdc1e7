import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { bytesOfHex } from '@specie/core/base/bytes';
import { kemNative, mlDsaNative } from './node/native-crypto.ts';
import { PROTOCOL_MESSAGES } from './messages.fixture.ts';
import { sessionOpenMessage, sessionSealMessage } from './messages/session.ts';
import { type Damage, damaged, protocolVectors } from './vectors.fixture.ts';

const FOLDER = path.join(import.meta.dirname, '../../../spec/vectors');
const read = (file: string): unknown =>
  JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8'));
const bytes = (hex: string): Uint8Array => bytesOfHex(hex) ?? new Uint8Array();

it.each([...protocolVectors()])(
  '%s in spec/vectors is what the protocol makes today',
  (file, made) => {
    expect(read(file)).toEqual(JSON.parse(JSON.stringify(made)));
  },
);

interface MessageVector {
  readonly name: string;
  readonly hex: string;
  readonly json: unknown;
  readonly invalid: readonly (Damage & { readonly code: string; readonly place: string })[];
}

it('reads every message of the vectors, and refuses every damaged one as they say', () => {
  const { messages } = read('10-messages.json') as { messages: readonly MessageVector[] };
  expect(messages.map(({ name }) => name)).toEqual(PROTOCOL_MESSAGES.map(({ name }) => name));
  for (const { name, hex, json, invalid } of messages) {
    const kind = PROTOCOL_MESSAGES.find((each) => each.name === name)!;
    const decoded = kind.decode(bytes(hex));
    if (!decoded.ok) throw new Error(`${name}: ${decoded.refusal.code}`);
    expect(kind.toJson(decoded.value)).toEqual(json);
    expect(kind.fromJson(json)).toEqual(decoded);
    expect(invalid.length).toBeGreaterThanOrEqual(6);
    for (const { code, place, ...damage } of invalid) {
      const refused = kind.decode(damaged(bytes(hex), damage));
      expect(refused).toEqual({ ok: false, refusal: { code, at: place } });
    }
  }
});

it('agrees with the vectors of a session by the suites of the runtime as well', () => {
  const vector = read('10-sessions.json') as Readonly<Record<string, string>>;
  const of = (name: string): Uint8Array => bytes(vector[name] ?? '');
  const open = sessionOpenMessage.decode(of('open'));
  if (!open.ok) throw new Error(open.refusal.code);
  const caller = mlDsaNative.publicKeyOf(of('callerSeed'));
  const callee = mlDsaNative.publicKeyOf(of('calleeSeed'));
  expect(mlDsaNative.verify(caller, of('open'), of('openSignature'))).toBe(true);
  expect(mlDsaNative.verify(callee, of('accept'), of('acceptSignature'))).toBe(true);
  expect(mlDsaNative.verify(caller, of('seal'), of('sealSignature'))).toBe(true);
  expect(kemNative.publicKeyOf(of('kemSeed'))).toEqual(open.value.kemKey);
  const made = kemNative.encapsulate(open.value.kemKey, of('kemChance'));
  expect(kemNative.decapsulate(of('kemSeed'), made!.ciphertext)).toEqual(of('secret'));
  expect(sessionSealMessage.decode(of('seal')).ok).toBe(true);
});
