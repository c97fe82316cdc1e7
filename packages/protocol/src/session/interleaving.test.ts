import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { AUTHORITY_ROUTES } from '../route.ts';
import type { Incoming, Outgoing } from '../transport.ts';
import { littleAuthority } from './authority.fixture.ts';
import { isSealedBy, type SaidExchange, type SealEvidence } from './evidence.ts';
import { digestNative, kemNative, mlDsaNative } from '../node/native-crypto.ts';
import { accepted, seedOf, settled, worldOf } from './parties.fixture.ts';
import { ask, lineTo } from './scene.fixture.ts';
import type { Session } from './session-caller.ts';

const { feed } = AUTHORITY_ROUTES;

/** What the network does with the next message, or what else happens. */
type Step =
  | { readonly is: 'call'; readonly way: Way }
  | { readonly is: 'pass'; readonly ms: number }
  | { readonly is: 'replay'; readonly which: number }
  | { readonly is: 'seal' }
  | { readonly is: 'restart' };
type Way =
  'well' | 'request lost' | 'answer lost' | 'sent twice' | 'answer swapped' | 'bit flipped';

const way = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Way>('well') },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Way>(
      'request lost',
      'answer lost',
      'sent twice',
      'answer swapped',
      'bit flipped',
    ),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: way.map((each): Step => ({ is: 'call', way: each })) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 3000 }).map((ms): Step => ({ is: 'pass', ms })),
  },
  { weight: 2, arbitrary: fc.nat(30).map((which): Step => ({ is: 'replay', which })) },
  { weight: 1, arbitrary: fc.constant<Step>({ is: 'seal' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ is: 'restart' }) },
);

const witness = {
  suite: mlDsaNative,
  kem: kemNative,
  digest: digestNative,
  callerKey: mlDsaNative.publicKeyOf(seedOf(1)),
  calleeKey: mlDsaNative.publicKeyOf(seedOf(0)),
};

/** One run: what was asked, what was carried out, what the caller believes, what both sides signed. */
async function run(steps: readonly Step[]): Promise<void> {
  const world = worldOf(42);
  const carriedOut: number[] = [];
  const believed = new Set<number>();
  const kept: { caller: SealEvidence[]; callee: SealEvidence[] } = { caller: [], callee: [] };
  const wire: Outgoing[] = [];
  let said: SaidExchange[] = [];
  const saidBySession = new Map<string, SaidExchange[]>();
  let nextWay: Way = 'well';
  let lastAnswer: Incoming | undefined;

  const start = (): ReturnType<typeof littleAuthority>['service'] => {
    const desk = world.desk(0, { keepSeal: (one) => void kept.callee.push(one) });
    return littleAuthority(world, desk, (from) => void carriedOut.push(from)).service;
  };
  let service = start();
  const gate = { exchange: (outgoing: Outgoing) => service.exchange(outgoing) };
  const transport = lineTo(gate, async (outgoing, go) => {
    const taken = nextWay;
    nextWay = 'well';
    if (outgoing.headers['specie-counter'] === undefined) return go(outgoing);
    wire.push(outgoing);
    const silent = new Fault('peer_silent', 'unsafe', 'nothing came back');
    if (taken === 'request lost') throw silent;
    const sent = taken === 'bit flipped' ? flipped(outgoing) : outgoing;
    const answer = await go(sent);
    const { pathname: path } = new URL(outgoing.url);
    const { method, body: request = new Uint8Array() } = outgoing;
    said.push({ method, path, request, status: answer.status, answer: answer.body });
    if (taken === 'sent twice') await go(sent);
    const given = taken === 'answer swapped' ? (lastAnswer ?? answer) : answer;
    lastAnswer = answer;
    if (taken === 'answer lost') throw silent;
    return given;
  });
  const open = async (): Promise<Session> => {
    said = [];
    const session = accepted(
      await world.open(1, 0, transport, { keepSeal: (one) => kept.caller.push(one) }),
    );
    saidBySession.set(session.id.toString(), said);
    return session;
  };

  let session = await open();
  let asked = 1000;
  for (const each of steps) {
    if (!session.isOpen) session = await open();
    switch (each.is) {
      case 'call': {
        nextWay = each.way;
        asked += 1;
        const from = asked;
        const answer = await session.call(feed, ask(from)).catch((cause: unknown) => {
          expect(cause).toBeInstanceOf(Fault);
          return undefined;
        });
        if (answer?.ok === true) {
          expect(answer.value.next).toBe(from + 1);
          believed.add(from);
        }
        // Whatever is uncertain ends the session; nothing is guessed.
        if (answer === undefined) expect(session.isOpen).toBe(false);
        break;
      }
      case 'pass':
        await world.pass(each.ms);
        await settled();
        break;
      case 'replay': {
        const again = wire[each.which % Math.max(wire.length, 1)];
        if (again !== undefined) {
          const before = carriedOut.length;
          const answer = await service.exchange(again);
          if (carriedOut.length > before) expect(answer.status).toBe(200);
        }
        break;
      }
      case 'seal':
        await session.seal().catch(() => undefined);
        break;
      case 'restart':
        service = start();
        break;
    }
  }
  await session.end().catch(() => undefined);

  expect(new Set(carriedOut).size).toBe(carriedOut.length);
  for (const from of believed) expect(carriedOut).toContain(from);
  // Whatever the caller holds a countersignature for, the callee holds the caller's signature for.
  const signatures = new Set(kept.callee.map((one) => one.byCaller.signature.toString()));
  for (const one of kept.caller) {
    expect(signatures.has(one.byCaller.signature.toString())).toBe(true);
  }
  const [newest] = kept.caller.slice(-1);
  if (newest !== undefined) {
    const spoken = saidBySession.get(newest.accept.accept.session.toString()) ?? [];
    expect(isSealedBy(newest, spoken.slice(0, newest.byCaller.seal.counter), witness)).toBe(true);
  }
}

function flipped(outgoing: Outgoing): Outgoing {
  const body = Uint8Array.from(outgoing.body ?? []);
  body[body.length - 1] = body[body.length - 1]! ^ 1;
  return { ...outgoing, body };
}

it('carries nothing out twice, and both sides agree on what was said or the session ends', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), run), {
    numRuns: 120,
    seed: 20_260_101,
  });
});

it('carries a lost request out when it turns up late, and only once', async () => {
  await run([
    { is: 'call', way: 'well' },
    { is: 'call', way: 'request lost' },
    { is: 'replay', which: 1 },
    { is: 'replay', which: 1 },
    { is: 'call', way: 'well' },
  ]);
});
