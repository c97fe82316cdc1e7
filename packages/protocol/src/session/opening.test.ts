import { expect, it } from 'vitest';
import { hashOf } from '@specie/core/crypto/hash';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  signedSessionAcceptMessage,
} from '../messages/session.ts';
import { digestNative, kemNative, mlDsaNative } from '../node/native-crypto.ts';
import { AUTHORITY_ROUTES } from '../route.ts';
import { littleAuthority } from './authority.fixture.ts';
import { KEM_SEED_BYTES } from './kem.ts';
import { accepted, AUTHORITY, refusalIn, seedOf, type World, worldOf } from './parties.fixture.ts';
import { ask, lineTo, scene } from './scene.fixture.ts';
import { firstLink, requestAuthenticator, sessionKeysOf } from './session-chain.ts';
import type { SessionDesk } from './session-desk.ts';

const { feed } = AUTHORITY_ROUTES;

const signedOpen = (
  world: World,
  change: Partial<{
    authority: Uint8Array;
    caller: number;
    callee: number;
    kemKey: Uint8Array;
    time: number;
    nonce: Uint8Array;
  }>,
  signer = 1,
): Parameters<SessionDesk['open']>[0] => {
  const open = {
    authority: AUTHORITY,
    caller: 1,
    callee: 0,
    kemKey: kemNative.publicKeyOf(world.random(KEM_SEED_BYTES)),
    nonce: world.random(16),
    time: world.clock(),
    seen: undefined,
    ...(change as object),
  };
  return { open, signature: mlDsaNative.sign(seedOf(signer), sessionOpenMessage.encode(open)) };
};

it.each([
  [
    'of another authority',
    { authority: new Uint8Array(32) },
    1,
    'handshake_invalid .open.authority',
  ],
  ['for another callee', { callee: 2 }, 1, 'handshake_invalid .open.callee'],
  ['from ourselves', { caller: 0 }, 0, 'handshake_invalid .open.caller'],
  ['of a party outside the key set', { caller: 7 }, 1, 'party_unknown .open.caller'],
  ['signed by another party', {}, 2, 'handshake_invalid .signature'],
  [
    'with a key that is none',
    { kemKey: new Uint8Array(1184).fill(0xff) },
    1,
    'handshake_invalid .open.kemKey',
  ],
])('refuses a handshake %s', (_, change, signer, refusal) => {
  const world = worldOf(2);
  expect(refusalIn(world.desk(0).open(signedOpen(world, change, signer)))).toBe(refusal);
});

it.each([
  [-300_000, 'accepted'],
  [-300_001, 'handshake_invalid .open.time'],
  [300_000, 'accepted'],
  [300_001, 'handshake_invalid .open.time'],
])('judges a handshake %i ms away from its clock: %s', (away, refusal) => {
  const world = worldOf(3);
  const open = signedOpen(world, { time: world.clock() + away });
  expect(refusalIn(world.desk(0).open(open))).toBe(refusal);
});

it('refuses a handshake seen before, even minutes later, until its time is over', async () => {
  const world = worldOf(4);
  const desk = world.desk(0);
  const open = signedOpen(world, { time: world.clock() + 200_000 });
  expect(refusalIn(desk.open(open))).toBe('accepted');
  expect(refusalIn(desk.open(open))).toBe('handshake_invalid .open.nonce');
  await world.pass(499_000);
  accepted(desk.open(signedOpen(world, {})));
  expect(refusalIn(desk.open(open))).toBe('handshake_invalid .open.nonce');
  await world.pass(2000);
  expect(refusalIn(desk.open(open))).toBe('handshake_invalid .open.time');
});

it('refuses a handshake whose signature was changed without remembering its nonce', () => {
  const world = worldOf(5);
  const desk = world.desk(0);
  const open = signedOpen(world, {});
  const signature = open.signature.slice();
  signature[9] = signature[9]! ^ 1;
  expect(refusalIn(desk.open({ ...open, signature }))).toBe('handshake_invalid .signature');
  expect(refusalIn(desk.open(open))).toBe('accepted');
});

it('refuses handshakes beyond what it can remember of one party', () => {
  const world = worldOf(6);
  const desk = world.desk(0, { handshakesMax: 20, sessionsMax: 64 });
  for (let i = 0; i < 20; i++) accepted(desk.open(signedOpen(world, {})));
  expect(refusalIn(desk.open(signedOpen(world, {})))).toBe('rate_limited');
  expect(refusalIn(desk.open(signedOpen(world, { caller: 2 }, 2)))).toBe('accepted');
});

it('hears what the caller saw last, and may refuse the session for it', () => {
  const world = worldOf(7);
  const desk = world.desk(0, {
    onOpen: (party, seen) =>
      party === 1 && seen === undefined ? { code: 'ledger_behind', at: '' } : undefined,
  });
  expect(refusalIn(desk.open(signedOpen(world, {})))).toBe('ledger_behind');
  expect(desk.size).toBe(0);
});

it('drops the longest unused session of a party that has too many, and of no other', async () => {
  const world = worldOf(8);
  const ended: string[] = [];
  const desk = world.desk(0, {
    sessionsMax: 2,
    onEnd: (_, party, why) => ended.push(`${party} ${why}`),
  });
  for (const caller of [2, 1, 1]) {
    accepted(desk.open(signedOpen(world, { caller }, caller)));
    await world.pass(10);
  }
  expect(ended).toEqual([]);
  accepted(desk.open(signedOpen(world, {})));
  expect(ended).toEqual(['1 crowded']);
  expect(desk.size).toBe(3);
});

it.each([
  [
    'answers another handshake',
    (accept: { open: Uint8Array }) => ({ ...accept, open: new Uint8Array(32) }),
    0,
    'handshake_invalid .accept.open',
  ],
  ['is too old', (accept: object) => ({ ...accept, time: 5 }), 0, 'handshake_invalid .accept.time'],
  ['is signed by another party', (accept: object) => accept, 2, 'handshake_invalid .signature'],
])('does not believe an acceptance that %s', async (_, change, signer, refusal) => {
  const world = worldOf(9);
  const { service } = littleAuthority(world, world.desk(0));
  const route = AUTHORITY_ROUTES.sessionOpen;
  const transport = lineTo(service, async (outgoing, go) => {
    const answer = await go(outgoing);
    const given = accepted(signedSessionAcceptMessage.decode(answer.body));
    const accept = change(given.accept) as typeof given.accept;
    const signature = mlDsaNative.sign(seedOf(signer), sessionAcceptMessage.encode(accept));
    return { ...answer, body: route.answer!.encode({ accept, signature }) };
  });
  expect(refusalIn(await world.open(1, 0, transport))).toBe(refusal);
});

it('gives both sides keys that nobody has who saw the handshake alone', async () => {
  const { evidence, session, last } = await scene(10);
  accepted(await session.call(feed, ask(1)));
  const sent = last();
  await session.end();
  const { open, accept } = evidence.caller[0]!;
  const first = firstLink(
    digestNative,
    hashOf(sessionOpenMessage, open.open),
    hashOf(sessionAcceptMessage, accept.accept),
  );
  const guessed = sessionKeysOf(new Uint8Array(32), first);
  const head = {
    session: session.id,
    counter: 1,
    method: 'POST',
    path: feed.path,
    body: sent.body!,
  };
  const mac = Buffer.from(requestAuthenticator(digestNative, guessed.request, head)).toString(
    'hex',
  );
  expect(mac).not.toBe(sent.headers['specie-authenticator']);
});
