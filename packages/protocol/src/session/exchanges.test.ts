import { expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { hashOf } from '@specie/core/crypto/hash';
import { sessionAcceptMessage, sessionOpenMessage } from '../messages/session.ts';
import { digestNative, kemNative } from '../node/native-crypto.ts';
import { problemBytesOf } from '../problem.ts';
import { AUTHORITY_ROUTES } from '../route.ts';
import type { Incoming, Outgoing } from '../transport.ts';
import { littleAuthority } from './authority.fixture.ts';
import { accepted, refusalIn } from './parties.fixture.ts';
import { ask, scene } from './scene.fixture.ts';
import {
  answerAuthenticator,
  requestAuthenticator,
  sessionKeysOf,
  firstLink,
} from './session-chain.ts';

const { feed } = AUTHORITY_ROUTES;

it('carries out one request after the other and gives their answers', async () => {
  const { session, carriedOut } = await scene();
  const answers = await Promise.all([1, 2, 3].map((from) => session.call(feed, ask(from))));
  expect(answers.map((answer) => accepted(answer).next)).toEqual([2, 3, 4]);
  expect(carriedOut).toEqual([1, 2, 3]);
});

it('gives a refusal as authenticated as any answer, and goes on', async () => {
  const { session } = await scene();
  expect(refusalIn(await session.call(feed, ask(404)))).toBe('coin_unknown .coin');
  expect(refusalIn(await session.call(feed, ask(1)))).toBe('accepted');
});

it('gives a fault of the callee as an authenticated refusal, and goes on', async () => {
  const { session } = await scene(1, (from) => {
    if (from === 7) throw new Fault('disk_failed', 'unsafe', 'no room');
    if (from === 8) throw new Fault('pool_dry', 'safe', 'no randomness');
  });
  expect(refusalIn(await session.call(feed, ask(7)))).toBe('peer_silent');
  expect(refusalIn(await session.call(feed, ask(8)))).toBe('overloaded');
  expect(refusalIn(await session.call(feed, ask(1)))).toBe('accepted');
});

type Change = [string, (o: Outgoing) => Outgoing, string];
const header = (o: Outgoing, name: string, value: string | undefined): Outgoing => ({
  ...o,
  headers: Object.fromEntries(
    Object.entries({ ...o.headers, [name]: value }).filter(
      (each): each is [string, string] => each[1] !== undefined,
    ),
  ),
});
const changes: Change[] = [
  ['no session', (o) => header(o, 'specie-session', undefined), 'session_unknown'],
  ['another session', (o) => header(o, 'specie-session', '00'.repeat(16)), 'session_unknown'],
  [
    'no counter',
    (o) => header(o, 'specie-counter', undefined),
    'authenticator_wrong specie-counter',
  ],
  [
    'a counter written otherwise',
    (o) => header(o, 'specie-counter', '01'),
    'authenticator_wrong specie-counter',
  ],
  ['the next counter', (o) => header(o, 'specie-counter', '2'), 'authenticator_wrong'],
  ['no authenticator', (o) => header(o, 'specie-authenticator', undefined), 'authenticator_wrong'],
  [
    'an authenticator changed in its last bit',
    (o) => header(o, 'specie-authenticator', flipLast(o.headers['specie-authenticator']!)),
    'authenticator_wrong',
  ],
  [
    'a capital letter in its authenticator',
    (o) => header(o, 'specie-authenticator', o.headers['specie-authenticator']!.toUpperCase()),
    'authenticator_wrong',
  ],
  ['another body', (o) => ({ ...o, body: feed.request!.encode(ask(9)) }), 'authenticator_wrong'],
  [
    'another path',
    (o) => ({ ...o, url: o.url.replace(feed.path, '/v1/ledger/answer') }),
    'authenticator_wrong',
  ],
];
it.each(changes)(
  'refuses a request with %s and carries nothing out',
  async (_, change, refusal) => {
    const { session, way, carriedOut, service, last } = await scene();
    way.request = change;
    await expect(session.call(feed, ask(1))).rejects.toThrow('not authenticated');
    const answer = await service.exchange(change(last()));
    expect(JSON.parse(new TextDecoder().decode(answer.body))).toMatchObject({
      code: refusal.split(' ')[0],
      at: refusal.split(' ')[1] ?? '',
    });
    expect(answer.header('specie-authenticator')).toBeUndefined();
    expect(carriedOut).toEqual([]);
    expect(session.isOpen).toBe(false);
    expect(refusalIn(await session.call(feed, ask(1)))).toBe('session_unknown');
  },
);

it('refuses the same request a second time, and any earlier one', async () => {
  const { session, service, carriedOut, last } = await scene();
  accepted(await session.call(feed, ask(1)));
  const first = last();
  accepted(await session.call(feed, ask(2)));
  for (const again of [first, last()]) {
    const answer = await service.exchange(again);
    expect(JSON.parse(new TextDecoder().decode(answer.body))).toMatchObject({
      code: 'counter_repeated',
    });
    expect(answer.header('specie-authenticator')).toBeUndefined();
  }
  expect(carriedOut).toEqual([1, 2]);
  expect(refusalIn(await session.call(feed, ask(3)))).toBe('accepted');
});

it('refuses an authentic request whose turn has not come', async () => {
  const { session, evidence, service, carriedOut, last } = await scene();
  accepted(await session.call(feed, ask(1)));
  const { headers, body = new Uint8Array() } = last();
  accepted(await session.seal());
  const { open, accept, opening } = evidence.caller[0]!;
  const secret = kemNative.decapsulate(opening.bytes, accept.accept.ciphertext)!;
  const first = firstLink(
    digestNative,
    hashOf(sessionOpenMessage, open.open),
    hashOf(sessionAcceptMessage, accept.accept),
  );
  const key = sessionKeysOf(secret, first).request;
  const sent = (counter: number): Outgoing => {
    const head = { session: session.id, counter, method: 'POST', path: feed.path, body };
    const mac = Buffer.from(requestAuthenticator(digestNative, key, head)).toString('hex');
    const own = { 'specie-counter': String(counter), 'specie-authenticator': mac };
    return { ...last(), url: `http://x${feed.path}`, body, headers: { ...headers, ...own } };
  };
  const early = await service.exchange(sent(4));
  expect(JSON.parse(new TextDecoder().decode(early.body))).toMatchObject({
    code: 'authenticator_wrong',
    at: 'specie-counter',
  });
  expect(carriedOut).toEqual([1]);
  expect((await service.exchange(sent(3))).status).toBe(200);
  expect((await service.exchange(sent(4))).status).toBe(200);
});

const forgeries: [string, (i: Incoming) => Incoming][] = [
  [
    'without an authenticator',
    (i) => ({
      ...i,
      header: (name) => (name === 'specie-authenticator' ? undefined : i.header(name)),
    }),
  ],
  ['with another body', (i) => ({ ...i, body: feed.answer!.encode({ notices: [], next: 99 }) })],
  ['with another status', (i) => ({ ...i, status: 404 })],
  [
    'that is a refusal nobody signed',
    (i) => ({ ...i, status: 404, body: problemBytesOf({ code: 'coin_unknown', at: '' }) }),
  ],
  [
    'that claims the session is unknown',
    (i) => ({ ...i, status: 401, body: problemBytesOf({ code: 'session_unknown', at: '' }) }),
  ],
];
it.each(forgeries)(
  'believes no answer %s, ends the session and says it is unknown what happened',
  async (_, forge) => {
    const { session, way } = await scene();
    way.answer = forge;
    const fault = await session.call(feed, ask(1)).catch((cause: unknown) => cause);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: 'session_lost', retry: 'unsafe' });
    expect(session.isOpen).toBe(false);
  },
);

it('believes no answer that was given to an earlier request', async () => {
  const { session, way } = await scene();
  const answers: Incoming[] = [];
  way.answer = (i) => answers[answers.push(i) - 2] ?? i;
  accepted(await session.call(feed, ask(1)));
  await expect(session.call(feed, ask(2))).rejects.toMatchObject({ code: 'session_lost' });
});

it('ends a session that the callee was told to end', async () => {
  const { session, desk } = await scene();
  expect(desk.end(session.id)).toBe(true);
  expect(desk.end(session.id)).toBe(false);
  await expect(session.call(feed, ask(1))).rejects.toMatchObject({ retry: 'unsafe' });
});

it('knows nothing of a session after a restart', async () => {
  const { world, session, way, carriedOut } = await scene();
  const restarted = littleAuthority(world, world.desk(0));
  way.request = (o) => o;
  const sent = session.call(feed, ask(1));
  await sent;
  const answer = await restarted.service.exchange({
    method: 'POST',
    url: `http://peer.example${feed.path}`,
    headers: {
      'content-type': 'application/vnd.specie',
      'specie-session': Buffer.from(session.id).toString('hex'),
    },
    body: undefined,
  });
  expect(answer.status).toBe(401);
  expect(restarted.carriedOut).toEqual([]);
  expect(carriedOut).toEqual([1]);
});

it('refuses a party that left the key set, authenticated, and ends its session', async () => {
  const { world, session, desk, carriedOut } = await scene();
  world.members.delete(1);
  expect(refusalIn(await session.call(feed, ask(1)))).toBe('party_unknown');
  expect(carriedOut).toEqual([]);
  expect(desk.size).toBe(0);
  expect(session.isOpen).toBe(false);
});

it('forgets a session that was idle for ten minutes', async () => {
  const { world, session, desk } = await scene();
  await world.pass(600_001);
  await expect(session.call(feed, ask(1))).rejects.toThrow(Fault);
  expect(desk.size).toBe(0);
});

it('never shares a key between the two directions', async () => {
  const head = { session: new Uint8Array(16), counter: 1, body: new Uint8Array() };
  const keys = sessionKeysOf(new Uint8Array(32), new Uint8Array(32));
  expect(keys.request).not.toEqual(keys.answer);
  expect(
    requestAuthenticator(digestNative, keys.request, { ...head, method: 'POST', path: '/' }),
  ).not.toEqual(answerAuthenticator(digestNative, keys.request, { ...head, status: 200 }));
});
function flipLast(hex: string): string {
  return hex.slice(0, -1) + (parseInt(hex.slice(-1), 16) ^ 1).toString(16);
}
