/**
 * What was said in a session is held against whoever said it, after both parties were killed, from
 * what each of them kept, by somebody who knows the authority's fingerprint alone.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import { AUTHORITY_ROUTES } from '@specie/protocol/route';
import { isExchangeSealed, type SaidExchange } from '@specie/protocol/session/evidence';
import { createSealKeeper, judgeSession } from '@specie/protocol/session/kept-seals';
import { openSealStore } from '@specie/stores/seal-store';
import { connect, runAuthority, startAuthority, writeCard } from './testing/authority-process.ts';

const { feed } = AUTHORITY_ROUTES;
let folder = '';
let data = '';
let fingerprint = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-sealing-'));
  data = path.join(folder, 'data');
  fingerprint = runAuthority('init', '--data', data, '--name', 'Sealed', '--sandbox').out.trim();
  runAuthority('admit', '--data', data, '--card', writeCard(folder, 4));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const now = (): Instant => instantOf(Date.now());

/** An operator asks three times, keeps the seal, and the authority is killed. */
async function speak(): Promise<readonly SaidExchange[]> {
  const running = await startAuthority(data);
  const line = await connect(running, fingerprint, 4, now);
  const shelf = openSealStore(path.join(folder, 'operator-seals.sqlite'));
  const keep = createSealKeeper({
    ...{ shelf, chain: () => line.chain, clock: now, days: 366, digest: digestNative },
  });
  const keeping: Promise<void>[] = [];
  const session = await line.open(
    undefined,
    (evidence, links) => void keeping.push(keep(evidence, links)),
  );
  const said: SaidExchange[] = [];
  for (const from of [0, 1, 2]) {
    const value = { from, waitMs: 0, max: 5 };
    const answer = await session.call(feed, value);
    if (!answer.ok) throw new Error(answer.refusal.code);
    const { method, path: place } = feed;
    const bodies = {
      request: feed.request!.encode(value),
      answer: feed.answer!.encode(answer.value),
    };
    said.push({ method, path: place, status: 200, ...bodies });
  }
  await session.seal();
  await Promise.all(keeping);
  running.child.kill('SIGKILL');
  await running.ended;
  line.close();
  shelf.close();
  return said;
}

/** Whether the seals in a file prove that exchange `counter` was this. */
function proves(file: string, counter: number, said: SaidExchange): boolean {
  const authority = parseAuthority(fingerprint);
  if (!authority.ok) throw new Error('no fingerprint');
  const suites = { suite: mlDsaNative, rootSuite: slhDsaNative, kem: kemNative };
  const store = openSealStore(file, { isReadOnly: true });
  const [kept] = [...store.sessions()];
  store.close();
  const judge = { authority: authority.value, digest: digestNative, ...suites };
  const judged = judgeSession(kept!, judge);
  if (!judged.isGood) throw new Error(judged.reason);
  const { evidence, witness } = judged;
  return isExchangeSealed(evidence, kept!.authenticators, counter, said, witness);
}

const linesOf = (text: string): readonly Record<string, unknown>[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line) as never)));

test('one party denies what it said and the other proves it, from what was kept, backed up and restored', async () => {
  const said = await speak();
  const backup = path.join(folder, 'backup');
  const restored = path.join(folder, 'restored');
  expect(runAuthority('backup', '--data', data, '--to', backup).status).toBe(0);
  expect(runAuthority('restore', '--from', backup, '--data', restored).status).toBe(0);
  const listed = runAuthority('seals', '--data', restored);
  expect([listed.status, ...linesOf(listed.out)]).toMatchObject([
    0,
    { caller: 4, callee: 0, exchanges: 3, isGood: true },
  ]);
  const second = said[1]!;
  // The operator says it never asked this; the authority shows that it did.
  const atAuthority = path.join(restored, 'seals.sqlite');
  expect(fs.statSync(atAuthority).mode & 0o777).toBe(0o600);
  expect(proves(atAuthority, 2, second)).toBe(true);
  const asked = feed.request!.encode({ from: 7, waitMs: 0, max: 5 });
  expect(proves(atAuthority, 2, { ...second, request: asked })).toBe(false);
  // The authority says it answered something else; the operator shows that it did not.
  const atOperator = path.join(folder, 'operator-seals.sqlite');
  expect(proves(atOperator, 2, second)).toBe(true);
  const answered = feed.answer!.encode({ notices: [], next: 99 });
  expect(proves(atOperator, 2, { ...second, answer: answered })).toBe(false);
  expect(proves(atOperator, 3, second)).toBe(false);
});

test('seals that were changed afterwards are listed as not good, each with what is wrong', async () => {
  await speak();
  const change = (sql: string): void => {
    const database = new DatabaseSync(path.join(data, 'seals.sqlite'));
    database.exec(sql);
    database.close();
  };
  const reasonAfter = (sql: string): readonly unknown[] => {
    change(sql);
    const { status, out } = runAuthority('seals', '--data', data);
    return [status, linesOf(out)[0]?.['reason']];
  };
  change('CREATE TABLE saved AS SELECT authenticators FROM link');
  expect(reasonAfter('UPDATE link SET authenticators = zeroblob(192)')).toEqual([1, 'signature']);
  change('UPDATE link SET authenticators = (SELECT authenticators FROM saved)');
  expect(reasonAfter('UPDATE session SET opened_at = 0')).toEqual([0, undefined]);
  expect(reasonAfter('UPDATE session SET by_callee = by_caller')).toEqual([1, 'signature']);
  expect(reasonAfter('UPDATE trust SET chain = zeroblob(40)')).toEqual([1, 'unreadable']);
});
