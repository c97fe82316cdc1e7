/**
 * A session at work for tests: caller, callee and the line between them, which a test may bend.
 * @module
 */
import type { Incoming, Outgoing, Transport } from '../transport.ts';
import { littleAuthority } from './authority.fixture.ts';
import type { SaidExchange, SealedLinks, SealEvidence } from './evidence.ts';
import { accepted, type World, worldOf } from './parties.fixture.ts';
import type { Session } from './session-caller.ts';
import type { SessionDesk } from './session-desk.ts';

/** A query for notices: the little authority counts it as carried out. */
export const ask = (from: number): { from: number; waitMs: number; max: number } => ({
  from,
  waitMs: 0,
  max: 1,
});

/** A transport that leads to a service, by way of whatever a test puts in between. */
export function lineTo(
  service: { exchange(outgoing: Outgoing): Promise<Incoming> },
  between: (outgoing: Outgoing, go: (o: Outgoing) => Promise<Incoming>) => Promise<Incoming> = (
    o,
    go,
  ) => go(o),
): Transport {
  const whole = (): Promise<Response> => Promise.reject(new Error('the lean form is used'));
  return Object.assign(whole, {
    exchange: (outgoing: Outgoing) => between(outgoing, (o) => service.exchange(o)),
  });
}

/** One session between an operator and the authority, with everything that is said in it. */
export interface Scene {
  readonly world: World;
  readonly desk: SessionDesk;
  readonly carriedOut: number[];
  readonly session: Session;
  /** What the caller sends and gets; a test may change either on the way. */
  readonly way: { request(o: Outgoing): Outgoing; answer(i: Incoming): Incoming };
  readonly said: SaidExchange[];
  readonly evidence: { readonly caller: SealEvidence[]; readonly callee: SealEvidence[] };
  /** What the seals of one side cover, all of it. */
  linksOf(side: SealEvidence[]): readonly SealedLinks[];
  readonly last: () => Outgoing;
  readonly service: { exchange(outgoing: Outgoing): Promise<Incoming> };
}

/** Opens the session. */
export async function scene(
  seed = 1,
  trouble?: (from: number) => void | Promise<void>,
): Promise<Scene> {
  const world = worldOf(seed);
  const evidence: Scene['evidence'] = { caller: [], callee: [] };
  const covered = new Map<SealEvidence[], SealedLinks[]>();
  const keep = (side: SealEvidence[], one: SealEvidence, links: SealedLinks): void => {
    side.push(one);
    covered.set(side, [...(covered.get(side) ?? []), links]);
  };
  const desk = world.desk(0, { keepSeal: (one, links) => keep(evidence.callee, one, links) });
  const { service, carriedOut } = littleAuthority(world, desk, trouble);
  const way: Scene['way'] = { request: (o) => o, answer: (i) => i };
  const said: SaidExchange[] = [];
  let last: Outgoing | undefined;
  const transport = lineTo(service, async (outgoing, go) => {
    last = outgoing;
    const answer = way.answer(await go(way.request(outgoing)));
    const { pathname: path } = new URL(outgoing.url);
    if (outgoing.headers['specie-counter'] !== undefined) {
      const { method, body: request = new Uint8Array() } = outgoing;
      said.push({ method, path, request, status: answer.status, answer: answer.body });
    }
    return answer;
  });
  const session = accepted(
    await world.open(1, 0, transport, {
      keepSeal: (one, links) => keep(evidence.caller, one, links),
    }),
  );
  return {
    world,
    desk,
    carriedOut,
    session,
    way,
    said,
    evidence,
    linksOf: (side) => covered.get(side) ?? [],
    service,
    last: () => {
      if (last === undefined) throw new Error('nothing was sent');
      return last;
    },
  };
}
