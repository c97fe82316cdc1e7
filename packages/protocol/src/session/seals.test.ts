import { expect, it } from 'vitest';
import { concatBytes } from '@specie/core/base/bytes';
import { accept } from '@specie/core/base/result';
import { Fault } from '../fault.ts';
import { hashOf } from '@specie/core/crypto/hash';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  sessionSealMessage,
} from '../messages/session.ts';
import { digestNative, kemNative, mlDsaNative } from '../node/native-crypto.ts';
import { AUTHORITY_ROUTES } from '../route.ts';
import { littleAuthority } from './authority.fixture.ts';
import {
  isChainSealed,
  isExchangeSealed,
  isSealedBy,
  type SaidExchange,
  type SealedLinks,
  type SealEvidence,
  type SignedSessionSeal,
} from './evidence.ts';
import { accepted, refusalIn, seedOf, settled, worldOf } from './parties.fixture.ts';
import { ask, lineTo, scene } from './scene.fixture.ts';
import {
  answerAuthenticator,
  firstLink,
  nextLink,
  requestAuthenticator,
  sessionKeysOf,
} from './session-chain.ts';
import type { SessionDesk } from './session-desk.ts';

const { feed } = AUTHORITY_ROUTES;

const witness = {
  suite: mlDsaNative,
  kem: kemNative,
  digest: digestNative,
  callerKey: mlDsaNative.publicKeyOf(seedOf(1)),
  calleeKey: mlDsaNative.publicKeyOf(seedOf(0)),
};

it('are made by themselves a second after something was said, and once', async () => {
  const { world, session, evidence } = await scene();
  accepted(await session.call(feed, ask(1)));
  accepted(await session.call(feed, ask(2)));
  await world.pass(999);
  expect(evidence.callee).toHaveLength(0);
  await world.pass(1);
  await settled();
  expect(evidence.callee.map((one) => one.byCaller.seal.counter)).toEqual([2]);
  expect(evidence.caller.map((one) => one.byCallee.seal.counter)).toEqual([2]);
  await world.pass(60_000);
  expect(evidence.callee).toHaveLength(1);
});

it('let anyone see that both sides said exactly this', async () => {
  const { session, evidence, said } = await scene();
  for (const from of [1, 404, 3]) await session.call(feed, ask(from));
  await session.end();
  const spoken = said.slice(0, 3);
  for (const one of [evidence.caller[0]!, evidence.callee[0]!]) {
    expect(isSealedBy(one, spoken, witness)).toBe(true);
    expect(isSealedBy(one, spoken.slice(0, 2), witness)).toBe(false);
    expect(isSealedBy(one, [spoken[1]!, spoken[0]!, spoken[2]!], witness)).toBe(false);
    const other = { ...spoken[1]!, request: feed.request!.encode(ask(405)) };
    expect(isSealedBy(one, [spoken[0]!, other, spoken[2]!], witness)).toBe(false);
    const claimed = { ...spoken[1]!, status: 200 };
    expect(isSealedBy(one, [spoken[0]!, claimed, spoken[2]!], witness)).toBe(false);
    expect(isSealedBy(one, spoken, { ...witness, callerKey: witness.calleeKey })).toBe(false);
    expect(isSealedBy({ ...one, byCallee: one.byCaller }, spoken, witness)).toBe(false);
    const opening = { ...one.opening, bytes: one.opening.bytes.map((byte) => byte ^ 1) };
    expect(isSealedBy({ ...one, opening }, spoken, witness)).toBe(false);
  }
});

it('prove a single exchange by its authenticators, without showing any other', async () => {
  const { session, evidence, said, linksOf } = await scene();
  for (const from of [1, 404]) await session.call(feed, ask(from));
  accepted(await session.seal());
  for (const from of [3, 4, 5]) await session.call(feed, ask(from));
  await session.end();
  for (const side of [evidence.caller, evidence.callee]) {
    const links = linksOf(side);
    expect(links.map(({ after }) => after)).toEqual([0, 2]);
    const whole = concatBytes(...links.map(({ authenticators }) => authenticators));
    const newest = side.at(-1)!;
    expect(isChainSealed(newest, whole, witness)).toBe(true);
    for (const [i, each] of said.slice(0, 6).entries())
      expect(isExchangeSealed(newest, whole, i + 1, each, witness)).toBe(true);
    const denied = said[1]!;
    const other = { ...denied, status: 200 };
    expect(isExchangeSealed(newest, whole, 2, other, witness)).toBe(false);
    expect(isExchangeSealed(newest, whole, 3, denied, witness)).toBe(false);
    expect(isExchangeSealed(newest, whole, 99, denied, witness)).toBe(false);
    expect(isChainSealed(newest, whole.subarray(64), witness)).toBe(false);
    expect(isChainSealed(newest, whole.subarray(0, -1), witness)).toBe(false);
    expect(isChainSealed(side[0]!, whole, witness)).toBe(false);
  }
});

it('wait for their evidence to be kept, and give what was not kept once more', async () => {
  const world = worldOf(16);
  const kept: SealedLinks[] = [];
  let release: () => void = () => undefined;
  const desk = world.desk(0, {
    keepSeal(_, links) {
      kept.push(links);
      return new Promise((resolve) => (release = resolve));
    },
  });
  const { service } = littleAuthority(world, desk);
  const session = accepted(await world.open(1, 0, lineTo(service)));
  accepted(await session.call(feed, ask(1)));
  let isSealed = false;
  const sealing = session.seal().then((answer) => {
    isSealed = answer.ok;
  });
  await settled();
  expect([isSealed, kept.map(({ authenticators }) => authenticators.length)]).toEqual([
    false,
    [64],
  ]);
  release();
  await sealing;
  expect(isSealed).toBe(true);
  accepted(await session.call(feed, ask(2)));
  const again = session.seal();
  await settled();
  release();
  accepted(await again);
  // The exchange that carried the first seal is covered by the second.
  expect(kept.map(({ after, authenticators }) => [after, authenticators.length])).toEqual([
    [0, 64],
    [1, 128],
  ]);
});

it('come in time while a session is busy for long', async () => {
  const { world, session, evidence } = await scene();
  for (let i = 0; i < 100; i++) {
    accepted(await session.call(feed, ask(i)));
    await world.pass(90);
    await settled();
  }
  expect(evidence.callee.length).toBeGreaterThanOrEqual(8);
  expect(evidence.callee).toHaveLength(evidence.caller.length);
});

it('stop a session left unsigned for more than two seconds, with an authenticated refusal', async () => {
  const world = worldOf(11);
  const ended: string[] = [];
  const desk = world.desk(0, { onEnd: (_, __, why) => ended.push(why) });
  const { service, carriedOut } = littleAuthority(world, desk);
  // A caller whose timer never rings and whose clock stands still, so that it thinks no time passed.
  const session = accepted(
    await world.open(1, 0, lineTo(service), { timer: () => () => undefined, monotonic: () => 0 }),
  );
  accepted(await session.call(feed, ask(1)));
  await world.pass(2000);
  accepted(await session.call(feed, ask(2)));
  await world.pass(1);
  expect(refusalIn(await session.call(feed, ask(3)))).toBe('session_unsealed');
  expect(carriedOut).toEqual([1, 2]);
  expect(ended).toEqual(['unsealed']);
  expect(session.isOpen).toBe(false);
});

it('stop a session whose seal comes after two seconds', async () => {
  const world = worldOf(12);
  const desk = world.desk(0);
  const { service } = littleAuthority(world, desk);
  const session = accepted(
    await world.open(1, 0, lineTo(service), { timer: () => () => undefined, monotonic: () => 0 }),
  );
  accepted(await session.call(feed, ask(1)));
  await world.pass(2001);
  expect(refusalIn(await session.seal())).toBe('session_unsealed');
  expect(desk.size).toBe(0);
});

it('do not hold the time the callee itself took against the caller', async () => {
  const world = worldOf(13);
  const desk = world.desk(0);
  const { service } = littleAuthority(world, desk, (from) =>
    from === 2 ? world.pass(30_000) : undefined,
  );
  const session = accepted(
    await world.open(1, 0, lineTo(service), { timer: () => () => undefined }),
  );
  accepted(await session.call(feed, ask(1)));
  accepted(await session.call(feed, ask(2)));
  expect(refusalIn(await session.call(feed, ask(3)))).toBe('accepted');
});

it('are made before a call that waits on purpose, and before going on after a pause', async () => {
  const { world, session, evidence } = await scene();
  accepted(await session.call(feed, ask(1)));
  accepted(await session.call(feed, ask(2), { timeoutMs: 30_000 }));
  expect(evidence.callee.map((one) => one.byCaller.seal.counter)).toEqual([1]);
  await world.pass(3600);
  accepted(await session.call(feed, ask(3)));
  expect(evidence.callee).toHaveLength(2);
});

it('cost nothing when nothing was said', async () => {
  const { session, evidence, said } = await scene();
  accepted(await session.seal());
  await session.end();
  expect(said).toEqual([]);
  expect(evidence.callee).toEqual([]);
});

const { sessionSeal } = AUTHORITY_ROUTES;
type Seal = SignedSessionSeal['seal'];
it.each([
  ['another chain', (seal: Seal) => ({ ...seal, chain: new Uint8Array(32) }), 1, '.seal'],
  ['another counter', (seal: Seal) => ({ ...seal, counter: seal.counter + 1 }), 1, '.seal'],
  ['another session', (seal: Seal) => ({ ...seal, session: new Uint8Array(16) }), 1, '.seal'],
  ["another party's signature", (seal: Seal) => seal, 2, '.signature'],
  ['nothing wrong', (seal: Seal) => seal, 1, undefined],
])(
  'with %s are judged, authenticated, and end the session if wrong',
  async (_, change, signer, at) => {
    const { session, evidence, desk, said } = await scene();
    accepted(await session.call(feed, ask(1)));
    accepted(await session.seal());
    // The chain now: the honest seal's, and one link more for the exchange that carried it.
    const links = linksOf(evidence.caller[0]!, said);
    const seal = change({ ...evidence.caller[0]!.byCaller.seal, counter: 2, chain: links[2]! });
    const signature = mlDsaNative.sign(seedOf(signer), sessionSealMessage.encode(seal));
    const answer = await session.call(sessionSeal, { seal, signature });
    expect(refusalIn(answer)).toBe(at === undefined ? 'accepted' : `session_seal_wrong ${at}`);
    expect(desk.size).toBe(at === undefined ? 1 : 0);
  },
);

it('that the callee answers with a signature of nobody end the session', async () => {
  const world = worldOf(14);
  const desk = world.desk(0);
  const liar: SessionDesk = {
    ...desk,
    admit(request) {
      const admitted = desk.admit(request);
      if (!admitted.ok) return admitted;
      const admission = admitted.value;
      return accept({
        ...admission,
        async seal(given: SignedSessionSeal) {
          const signed = await admission.seal(given);
          return signed.ok ? accept({ ...signed.value, signature: new Uint8Array(2420) }) : signed;
        },
      });
    },
  };
  const { service } = littleAuthority(world, liar);
  const session = accepted(await world.open(1, 0, lineTo(service)));
  accepted(await session.call(feed, ask(1)));
  expect(refusalIn(await session.seal())).toBe('session_seal_wrong');
  expect(session.isOpen).toBe(false);
});

it('are not answered when their evidence could not be kept', async () => {
  const world = worldOf(15);
  const desk = world.desk(0, {
    keepSeal: () => {
      throw new Fault('disk_failed', 'unsafe', 'no room');
    },
  });
  const { service } = littleAuthority(world, desk);
  const session = accepted(await world.open(1, 0, lineTo(service)));
  accepted(await session.call(feed, ask(1)));
  expect(refusalIn(await session.seal())).toBe('peer_silent');
  expect(session.isOpen).toBe(false);
});

/** The chain after each exchange, computed from what went over the wire. */
function linksOf(evidence: SealEvidence, said: readonly SaidExchange[]): readonly Uint8Array[] {
  const { open, accept: half, opening } = evidence;
  const secret = kemNative.decapsulate(opening.bytes, half.accept.ciphertext)!;
  const first = firstLink(
    digestNative,
    hashOf(sessionOpenMessage, open.open),
    hashOf(sessionAcceptMessage, half.accept),
  );
  const keys = sessionKeysOf(secret, first);
  const { session } = half.accept;
  const links = [first];
  for (const [i, { method, path, request, status, answer }] of said.entries()) {
    const counter = i + 1;
    links.push(
      nextLink(
        digestNative,
        links[i]!,
        requestAuthenticator(digestNative, keys.request, {
          session,
          counter,
          method,
          path,
          body: request,
        }),
        answerAuthenticator(digestNative, keys.answer, { session, counter, status, body: answer }),
      ),
    );
  }
  return links;
}
