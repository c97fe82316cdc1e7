import { describe, expect, it } from 'vitest';
import { type Incoming, type Outgoing } from './transport.ts';
import type { Route } from './route.ts';
import { OPERATOR_ROUTES } from './route.ts';
import { REFUSALS, type RefusalCode } from '@specie/core/base/refusals';
import { refusalOfProblem } from './problem.ts';
import {
  askTo,
  bodyFor,
  mounted,
  type Mounted,
  opened,
  plainTo,
  saidIn,
  TABLES,
} from './tables.fixture.ts';

/** Code of the refusal, after making sure that everything on the wire says the same. */
function codeOf(answer: Incoming): RefusalCode | 'accepted' {
  if (answer.status === 200) return 'accepted';
  expect(answer.header('content-type')).toBe('application/problem+json');
  const refusal = refusalOfProblem(answer.body);
  if (refusal === undefined) throw new Error(`no refusal: ${answer.status}`);
  expect(answer.status).toBe(REFUSALS[refusal.code].status);
  return refusal.code;
}

async function codeFor({ service }: Mounted, outgoing: Outgoing): Promise<string> {
  return codeOf(await service.exchange(outgoing));
}

function routesOf(
  table: Readonly<Record<string, Route<unknown, unknown>>>,
  caller: string,
): [string, Route<unknown, unknown>][] {
  return Object.entries(table).filter(
    ([key, route]) => route.caller === caller && key !== 'sessionSeal',
  );
}

describe.each(TABLES)('routes of the %s', (_, table, self) => {
  it.each(routesOf(table, 'session'))(
    '%s is for the other party of a session alone',
    async (key, route) => {
      const house = mounted(table, self);
      const body = bodyFor(route) ?? new Uint8Array();
      expect(await codeFor(house, plainTo(route, body))).toBe('session_unknown');
      expect(await codeFor(house, askTo(house, route))).toBe('session_unknown');
      const session = await opened(house);
      const other = await opened(house);
      const honest = saidIn(session, 1, route);
      const wrong: [Outgoing, string][] = [
        [
          { ...honest, headers: { ...honest.headers, 'specie-session': '11'.repeat(16) } },
          'session_unknown',
        ],
        [saidIn({ ...session, keys: other.keys }, 1, route), 'authenticator_wrong'],
        [saidIn({ ...session, id: other.id }, 1, route), 'authenticator_wrong'],
        [
          saidIn({ ...session, keys: { ...session.keys, request: session.keys.answer } }, 1, route),
          'authenticator_wrong',
        ],
        [
          { ...honest, body: Uint8Array.of(...body.slice(0, -1), (body.at(-1) ?? 0) ^ 1) },
          'authenticator_wrong',
        ],
        [{ ...honest, body: Uint8Array.of(...body, 0) }, 'authenticator_wrong'],
        [
          { ...saidIn(session, 1, { ...route, path: '/v1/elsewhere' }), url: honest.url },
          'authenticator_wrong',
        ],
        [
          { ...saidIn(session, 1, { ...route, method: 'GET' }), method: route.method },
          'authenticator_wrong',
        ],
        [saidIn(session, 2, route), 'authenticator_wrong'],
      ];
      for (const [outgoing, code] of wrong) expect(await codeFor(house, outgoing)).toBe(code);
      expect(house.ran).toEqual([]);
      expect(await codeFor(house, honest)).toBe('accepted');
      expect(await codeFor(house, honest)).toBe('counter_repeated');
      expect(house.ran).toEqual([key]);
    },
  );

  it.each(routesOf(table, 'ask'))('%s is for the wallet that signed alone', async (key, route) => {
    const house = mounted(table, self);
    const other =
      route.path === OPERATOR_ROUTES.state.path ? OPERATOR_ROUTES.card : OPERATOR_ROUTES.state;
    const misdirected = askTo(house, other);
    const stale = (ms: number): Outgoing =>
      askTo(house, route, { time: (house.world.clock() + ms) as never });
    const wrong: [Outgoing, string][] = [
      [plainTo(route, bodyFor(route)), 'message_type_unexpected'],
      [askTo(house, route, {}, new Uint8Array(32).fill(51)), 'authenticator_wrong'],
      [{ ...misdirected, url: plainTo(route).url }, 'ask_misdirected'],
      [askTo(house, route, { operator: self + 1 }), 'ask_misdirected'],
      [askTo(house, route, { authority: new Uint8Array(32) }), 'ask_misdirected'],
      [stale(-300_001), 'ask_stale'],
      [stale(300_001), 'ask_stale'],
    ];
    for (const [outgoing, code] of wrong) expect(await codeFor(house, outgoing)).toBe(code);
    const session = await opened(house);
    expect(await codeFor(house, saidIn(session, 1, route))).not.toBe('accepted');
    expect(house.ran).toEqual([]);
    const honest = askTo(house, route);
    expect(await codeFor(house, honest)).toBe('accepted');
    expect(await codeFor(house, honest)).toBe('ask_repeated');
    const body = honest.body ?? new Uint8Array();
    const tampered = {
      ...honest,
      body: body.map((byte, i) => (i === body.length - 1 ? byte ^ 1 : byte)),
    };
    expect(await codeFor(house, tampered)).toBe('ask_repeated');
    expect(house.ran).toEqual([key]);
  });

  it.each(Object.entries(table).filter(([, route]) => route.request !== undefined))(
    '%s refuses a wrong method, another media type, too much and too little',
    async (_key, route) => {
      const house = mounted(table, self);
      const { service } = house;
      const honest = plainTo(route, bodyFor(route) ?? new Uint8Array());
      const got = await service.exchange({ ...honest, method: 'GET' });
      expect(codeOf(got)).toBe('method_not_allowed');
      expect(got.header('allow')).toBe('POST, OPTIONS');
      for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
        const headers = type === undefined ? {} : { 'content-type': type };
        expect(await codeFor(house, { ...honest, headers })).toBe('media_type_unknown');
      }
      const huge = { ...honest.headers, 'content-length': String(2 ** 40) };
      expect(await codeFor(house, { ...honest, headers: huge })).toBe('message_oversized');
      if (route.caller !== 'session') {
        const bound = (route.request?.bytesMax ?? 0) + 4097;
        expect(await codeFor(house, { ...honest, body: new Uint8Array(bound) })).toBe(
          'message_oversized',
        );
        expect(await codeFor(house, { ...honest, body: new Uint8Array() })).toBe(
          'message_truncated',
        );
      }
      expect(house.ran).toEqual([]);
    },
  );

  it('answers every route with the form of its table and nothing at any other address', async () => {
    const house = mounted(table, self);
    for (const route of Object.values(table)) {
      const answer = await house.service.exchange({ ...plainTo(route), method: 'OPTIONS' });
      expect(answer.status).toBe(204);
      expect(answer.header('allow')).toContain(route.method);
    }
    for (const path of [
      '/',
      '/v1',
      '/v1/status/',
      '/v1/ledger/../status',
      '/healthz%00',
      '//healthz',
    ]) {
      const route = { ...table['health']!, path };
      expect(await codeFor(house, plainTo(route))).toMatch(/route_unknown|accepted/);
    }
    expect(house.ran).toEqual([]);
  });
});
