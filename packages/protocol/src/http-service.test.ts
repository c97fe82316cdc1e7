import { expect, it } from 'vitest';
import { Bug } from '@specie/core/base/assert';
import { arbitraryValue } from '@specie/core/codec/arbitrary.fixture';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { blob, struct } from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { Fault } from './fault.ts';
import { createService, type Call, type ServiceOptions, type Service } from './http-service.ts';
import { refusalOfProblem } from './problem.ts';
import { MESSAGE_MEDIA_TYPE, OPERATOR_ROUTES } from './route.ts';
import { AUTHORITY, refusalIn, START } from './session/parties.fixture.ts';
import { mounted, plainTo, TABLES, URL_BASE, WALLET, WALLET_SEED } from './tables.fixture.ts';
import { walletClient } from './wallet-client.ts';
import { mlDsaNative } from './node/native-crypto.ts';
import type { Outgoing } from './transport.ts';

const echoMessage = message('Echo', 0xf0, 1, 64, struct({ said: blob(32) }));
const ROUTES = {
  echo: {
    method: 'POST',
    path: '/echo',
    caller: 'anyone',
    request: echoMessage,
    answer: echoMessage,
    summary: 'Says it again.',
  },
  ready: { ...OPERATOR_ROUTES.ready },
  health: { ...OPERATOR_ROUTES.health },
  metrics: { ...OPERATOR_ROUTES.metrics },
  status: { ...OPERATOR_ROUTES.status },
} as const;

type Echo = { readonly said: Uint8Array };
type Handler = (call: Call<Echo>) => Result<Echo> | Promise<Result<Echo>>;

function echoing(
  echo: Handler = ({ value }) => accept(value),
  more: Partial<ServiceOptions<typeof ROUTES>> = {},
): Service {
  return createService({
    name: 'echo',
    routes: ROUTES,
    handlers: { echo },
    gates: {},
    clock: () => START,
    plain: { status: () => ({ name: 'echo' }), metrics: async () => 'up 1\n', isReady: () => true },
    ...more,
  });
}

const SAID = { said: Uint8Array.of(1, 2, 3) };
const sent: Outgoing = {
  method: 'POST',
  url: 'http://echo.example/echo',
  headers: { 'content-type': MESSAGE_MEDIA_TYPE },
  body: echoMessage.encode(SAID),
};
const json: Outgoing = {
  ...sent,
  headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
  body: new TextEncoder().encode('{"said":"AQID"}'),
};
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

it('takes and gives the readable form to whoever asks for it', async () => {
  const answer = await echoing().exchange(json);
  expect(answer.header('content-type')).toBe('application/json');
  expect(textOf(answer.body)).toBe('{"said":"AQID"}');
  const canonical = await echoing().exchange({
    ...json,
    headers: { 'content-type': 'application/json' },
  });
  expect(canonical.header('content-type')).toBe(MESSAGE_MEDIA_TYPE);
  expect(canonical.body).toEqual(echoMessage.encode(SAID));
});

it.each([
  ['no JSON', '{"said":', 'json_invalid'],
  ['another field', '{"said":"AQID","more":1}', 'json_invalid'],
  ['no UTF-8', '\u0000', 'json_invalid'],
])('refuses a readable form that is %s', async (_, text, code) => {
  const body = text === '\u0000' ? Uint8Array.of(0xff, 0xfe) : new TextEncoder().encode(text);
  const answer = await echoing().exchange({ ...json, body });
  expect(refusalOfProblem(answer.body)?.code).toBe(code);
});

it('answers the same through Request and Response as in the lean form', async () => {
  const service = echoing();
  for (const outgoing of [
    sent,
    json,
    { ...sent, method: 'PUT' },
    { ...sent, url: 'http://e/no' },
  ]) {
    const lean = await service.exchange(outgoing);
    const { method, url, headers, body } = outgoing;
    const request = new Request(url, { method, headers, body: Uint8Array.from(body ?? []) });
    const whole = await service(request, { address: '127.0.0.1' });
    expect(whole.status).toBe(lean.status);
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(lean.body);
    for (const [name, value] of whole.headers) expect(lean.header(name)).toBe(value);
  }
});

it('guards every answer against being guessed at, framed and stored', async () => {
  const answers = [sent, json, { ...sent, url: 'http://e/no' }, { ...sent, method: 'OPTIONS' }];
  for (const outgoing of answers) {
    const answer = await echoing().exchange(outgoing);
    expect(answer.header('x-content-type-options')).toBe('nosniff');
    expect(answer.header('cache-control')).toBe('no-store');
    expect(answer.header('content-security-policy')).toContain("default-src 'none'");
    expect(answer.header('access-control-allow-origin')).toBeUndefined();
  }
});

it('gives a handler the head of the request and whence it came', async () => {
  let seen: [string, string, string | null] | undefined;
  const service = echoing(({ value, request, remote }) => {
    seen = [remote, request.method, request.headers.get('accept-language')];
    return accept(value);
  });
  const headers = { ...sent.headers, 'accept-language': 'zh', cookie: 'secret' };
  await service.exchange({ ...sent, headers }, '10.1.2.3');
  expect(seen).toEqual(['10.1.2.3', 'POST', 'zh']);
});

it('stops reading a body that says nothing of its length as soon as it is too long', async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(50));
    },
  });
  const { method, url, headers } = sent;
  const request = new Request(url, { method, headers, body: endless, duplex: 'half' as const });
  const answer = await echoing()(request, { address: '127.0.0.1' });
  expect(answer.status).toBe(413);
  expect(pulled).toBeLessThan(10);
});

it('refuses a body that breaks off, and counts it as no longer under way', async () => {
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.error(new Error('gone'));
    },
  });
  const service = echoing();
  const { method, url, headers } = sent;
  const request = new Request(url, { method, headers, body: broken, duplex: 'half' as const });
  expect((await service(request, { address: '127.0.0.1' })).status).toBe(400);
  await service.drain();
});

it('turns a fault into advice to come again, by what may have happened', async () => {
  const faults: unknown[] = [];
  const service = echoing(
    ({ value }) => {
      throw new Fault('disk_full', value.said.length === 0 ? 'safe' : 'unsafe', 'no room');
    },
    { onFault: (fault) => faults.push(fault) },
  );
  const unsafe = await service.exchange(sent);
  expect([unsafe.status, refusalOfProblem(unsafe.body)?.code]).toEqual([503, 'peer_silent']);
  expect(unsafe.header('retry-after')).toBe('1');
  const empty = { ...sent, body: echoMessage.encode({ said: new Uint8Array() }) };
  expect(refusalOfProblem((await service.exchange(empty)).body)?.code).toBe('overloaded');
  expect(faults).toHaveLength(2);
  expect(textOf(unsafe.body)).not.toContain('no room');
});

it.each([
  [
    'thrown',
    () => {
      throw new Bug('sums agree');
    },
  ],
  ['rejected', () => Promise.reject(new TypeError('x is undefined'))],
  ['a value outside its shape', () => accept({ said: new Uint8Array(99) })],
])(
  'hands a bug that is %s to whoever stops the process, and never claims that nothing happened',
  async (_, echo) => {
    const bugs: unknown[] = [];
    const answer = await echoing(echo, { onBug: (bug) => bugs.push(bug) }).exchange(sent);
    expect(bugs).toHaveLength(1);
    expect(refusalOfProblem(answer.body)?.code).toBe('peer_silent');
  },
);

it('asks people to come again when too many are under way, and lets them in later', async () => {
  const gates: (() => void)[] = [];
  const slow: Handler = ({ value }) =>
    new Promise((resolve) =>
      gates.push(() => {
        resolve(accept(value));
      }),
    );
  const service = echoing(slow, { inFlightMax: 2 });
  const first = [service.exchange(sent), service.exchange(sent)];
  const third = await service.exchange(sent);
  expect(refusalOfProblem(third.body)?.code).toBe('overloaded');
  while (gates.length < 2) await Promise.resolve();
  for (const open of gates) open();
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  const fourth = service.exchange(sent);
  while (gates.length < 3) await Promise.resolve();
  gates[2]!();
  expect((await fourth).status).toBe(200);
});

it('finishes what is under way when stopping, and takes nothing new', async () => {
  let open = (): void => undefined;
  const service = echoing(
    ({ value }) =>
      new Promise((resolve) => {
        open = () => {
          resolve(accept(value));
        };
      }),
  );
  const first = service.exchange(sent);
  await Promise.resolve();
  await Promise.resolve();
  let isDrained = false;
  const drained = service.drain().then(() => {
    isDrained = true;
  });
  expect(refusalOfProblem((await service.exchange(sent)).body)?.code).toBe('stopping');
  const ready = await service.exchange({
    ...plainTo(OPERATOR_ROUTES.ready),
    url: 'http://e/readyz',
  });
  expect(refusalOfProblem(ready.body)?.code).toBe('stopping');
  expect(isDrained).toBe(false);
  open();
  expect((await first).status).toBe(200);
  await drained;
});

it('tells metrics to this machine alone', async () => {
  const get = { method: 'GET', url: 'http://e/metrics', headers: {}, body: undefined };
  const service = echoing();
  for (const near of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    expect(textOf((await service.exchange(get, near)).body)).toBe('up 1\n');
  }
  for (const far of ['10.0.0.1', '::ffff:10.0.0.1', '', '1127.0.0.1']) {
    expect(refusalOfProblem((await service.exchange(get, far)).body)?.code).toBe('route_unknown');
  }
});

it('says whether it runs and whether it is ready', async () => {
  const get = (path: string): Outgoing => ({
    method: 'GET',
    url: `http://e${path}`,
    headers: {},
    body: undefined,
  });
  const plain = { status: () => ({ name: 'echo' }), isReady: () => false };
  const service = echoing(undefined, { plain });
  expect((await service.exchange(get('/healthz'))).status).toBe(200);
  expect((await service.exchange(get('/readyz'))).status).toBe(503);
  expect(textOf((await service.exchange(get('/v1/status'))).body)).toBe('{"name":"echo"}');
  expect((await service.exchange(get('/metrics'))).status).toBe(404);
  expect((await service.exchange({ ...get('/healthz'), method: 'HEAD' })).status).toBe(200);
});

it('does not start without a handler for every route', () => {
  expect(() => mounted({ echo: ROUTES.echo }, 1)).not.toThrow();
  const options = {
    name: 'x',
    routes: ROUTES,
    handlers: {},
    gates: {},
    clock: () => START,
    plain: { status: () => 1, isReady: () => true },
  };
  expect(() => createService(options as never)).toThrow('has a handler');
});

it('counts every refusal with its place and its path', async () => {
  const refused: string[] = [];
  const service = echoing(() => refuse('coin_unknown', '.said'), {
    onRefusal: ({ code, at }, path) => refused.push(`${code} ${at} ${path}`),
  });
  await service.exchange(sent);
  await service.exchange({ ...sent, url: 'http://e/no' });
  expect(refused).toEqual(['coin_unknown .said /echo', 'route_unknown  /no']);
});

it('lets a wallet ask and pay through its client, by fetch or by the lean form', async () => {
  const house = mounted(TABLES[1][1], 1);
  const whole = (request: Request): Promise<Response> =>
    house.service(request, { address: '127.0.0.1' });
  const lean = Object.assign(whole, { exchange: (o: Outgoing) => house.service.exchange(o) });
  for (const transport of [whole, lean]) {
    const client = walletClient({
      transport,
      operatorUrl: `${URL_BASE}/`,
      authority: AUTHORITY,
      operator: 1,
      wallet: WALLET,
      sign: (bytes) => mlDsaNative.sign(WALLET_SEED, bytes),
      clock: house.world.clock,
      random: house.world.random,
    });
    expect(refusalIn(await client.ask(OPERATOR_ROUTES.card, {}))).toBe('accepted');
    const { request } = OPERATOR_ROUTES.pay;
    const order = arbitraryValue(request!.shape, house.world.chance) as never;
    expect(refusalIn(await client.pay(order))).toBe('accepted');
    expect(refusalIn(await client.trust())).toBe('accepted');
  }
  expect(house.ran).toEqual(['card', 'pay', 'trust', 'card', 'pay', 'trust']);
});

it('gives a wallet the refusal it met, and a fault when nobody answered', async () => {
  const house = mounted(TABLES[1][1], 1);
  const client = (
    transport: Parameters<typeof walletClient>[0]['transport'],
    seed = WALLET_SEED,
  ): ReturnType<typeof walletClient> =>
    walletClient({
      transport,
      operatorUrl: URL_BASE,
      authority: AUTHORITY,
      operator: 1,
      wallet: WALLET,
      sign: (bytes) => mlDsaNative.sign(seed, bytes),
      clock: house.world.clock,
      random: house.world.random,
    });
  const well = (request: Request): Promise<Response> => house.service(request, { address: '::1' });
  const stranger = client(well, new Uint8Array(32));
  expect(refusalIn(await stranger.ask(OPERATOR_ROUTES.card, {}))).toBe(
    'authenticator_wrong .signature',
  );
  const dead = client(() => Promise.reject(new TypeError('fetch failed')));
  await expect(dead.ask(OPERATOR_ROUTES.card, {})).rejects.toMatchObject({
    code: 'peer_silent',
    retry: 'unsafe',
  });
  const proxy = client(async () => new Response('<html>', { status: 502 }));
  await expect(proxy.ask(OPERATOR_ROUTES.card, {})).rejects.toMatchObject({
    code: 'answer_unreadable',
  });
  const garbled = client(async () => new Response('ok', { status: 200 }));
  await expect(garbled.ask(OPERATOR_ROUTES.card, {})).rejects.toMatchObject({
    code: 'answer_unreadable',
  });
});
