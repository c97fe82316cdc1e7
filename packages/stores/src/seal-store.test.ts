import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSealStore, type SealRow } from './seal-store.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-seals-'));
  file = path.join(folder, 'seals.sqlite');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const TRUST = Uint8Array.of(1, 2, 3);

function row(name: number, after: number, counter: number, sealedAt: number): SealRow {
  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(name);
  return {
    ...{ handshake: bytes(32), session: bytes(16), caller: 1, callee: 0, openedAt: 5 },
    ...{ open: bytes(9), accept: bytes(8), openingBy: 'caller', opening: bytes(64) },
    ...{ trust: TRUST, counter, sealedAt, byCaller: bytes(7), byCallee: Uint8Array.of(counter) },
    ...{ after, authenticators: new Uint8Array((counter - after) * 64).fill(counter) },
  };
}

test('keeps the newest seal of a session and everything it covers, in a file of its owner alone', async () => {
  const store = openSealStore(file);
  await Promise.all([
    store.keep(row(1, 0, 2, 10)),
    store.keep(row(2, 0, 1, 11)),
    store.keep(row(1, 2, 3, 12)),
  ]);
  store.close();
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  const again = openSealStore(file, { isReadOnly: true });
  const [first, second, ...more] = [...again.sessions()];
  expect(more).toEqual([]);
  const { after: _, authenticators, ...rest } = row(1, 2, 3, 12);
  const whole = Uint8Array.from([...new Uint8Array(128).fill(2), ...authenticators]);
  expect(first).toEqual({ ...rest, authenticators: whole });
  expect(second).toMatchObject({ counter: 1, sealedAt: 11, trust: TRUST });
  again.close();
});

test('what comes in one turn is one commit, and a seal that cannot be kept is told to whoever waits', async () => {
  const store = openSealStore(file);
  const good = store.keep(row(1, 0, 1, 10));
  // The same links twice: a gap or an overlap would make the chain worthless.
  const bad = store.keep(row(1, 0, 2, 11));
  await expect(bad).rejects.toMatchObject({ code: 'append_failed' });
  await expect(good).rejects.toMatchObject({ code: 'append_failed' });
  expect([...store.sessions()]).toEqual([]);
  await store.keep(row(1, 0, 1, 10));
  expect([...store.sessions()]).toHaveLength(1);
  store.close();
});

test('forgets sessions by the age of their newest seal, and what nobody needs with them', async () => {
  const store = openSealStore(file);
  await store.keep(row(1, 0, 1, 10));
  await store.keep({ ...row(2, 0, 1, 10), trust: Uint8Array.of(9) });
  await store.keep(row(1, 1, 2, 20));
  store.forget(20);
  expect([...store.sessions()].map(({ counter, trust }) => [counter, ...trust])).toEqual([
    [2, 1, 2, 3],
  ]);
  store.forget(21);
  expect([...store.sessions()]).toEqual([]);
  // What was forgotten may come back: its chain of trust is kept anew.
  await store.keep(row(1, 0, 1, 30));
  expect([...store.sessions()]).toHaveLength(1);
  store.close();
});
