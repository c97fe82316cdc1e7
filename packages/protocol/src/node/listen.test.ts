import net from 'node:net';
import tls from 'node:tls';
import { expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { accept } from '@specie/core/base/result';
import { blob, struct } from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { instantOf } from '@specie/core/base/instant';
import { createService, type Service } from '../http-service.ts';
import { refusalOfProblem } from '../problem.ts';
import { MESSAGE_MEDIA_TYPE } from '../route.ts';
import type { Outgoing } from '../transport.ts';
import { httpTransport } from './client.ts';
import { listen, type Listening, TLS_GROUPS } from './listen.ts';
import { selfSigned } from './self-signed.ts';

const helloMessage = message('Hello', 0xf2, 1, 2048, struct({ said: blob(2000) }));
const route = {
  method: 'POST',
  path: '/hello',
  caller: 'anyone',
  request: helloMessage,
  answer: helloMessage,
  summary: '',
} as const;
const now = instantOf(Date.parse('2030-01-01'));

function hello(wait: Promise<void> = Promise.resolve()): Service {
  return createService({
    name: 'hello',
    routes: { hello: route },
    handlers: {
      hello: async ({ value }) => {
        await wait;
        return accept(value);
      },
    },
    gates: {},
    clock: () => now,
    plain: { status: () => 1, isReady: () => true },
  });
}

const said = { said: new Uint8Array(1500).fill(7) };
const to = (at: Listening, more: Partial<Outgoing> = {}): Outgoing => ({
  method: 'POST',
  url: `${at.url}/hello`,
  headers: { 'content-type': MESSAGE_MEDIA_TYPE },
  body: helloMessage.encode(said),
  ...more,
});

const LOCAL = { host: '127.0.0.1', port: 0 };

it.each(['0.0.0.0', '::', '192.168.1.10', 'example.org'])(
  'refuses to be reachable at %s without TLS, and says what to do',
  async (host) => {
    const failure = listen(hello(), { host, port: 0 });
    await expect(failure).rejects.toMatchObject({ code: 'tls_missing', retry: 'never' });
    await expect(failure).rejects.toThrow(/certificate/);
  },
);

it('serves on loopback, over connections that stay open', async () => {
  const at = await listen(hello(), LOCAL);
  const transport = httpTransport();
  for (let i = 0; i < 3; i++) {
    const answer = await transport.exchange(to(at));
    expect(answer.body).toEqual(helloMessage.encode(said));
    expect(answer.header('content-type')).toBe(MESSAGE_MEDIA_TYPE);
  }
  const whole = await transport(new Request(`${at.url}/nowhere`));
  expect(refusalOfProblem(await whole.json())?.code).toBe('route_unknown');
  const head = await fetch(`${at.url}/hello`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([404, '']);
  await transport.close();
  await at.close();
});

it('serves anything from Request to Response as well', async () => {
  const at = await listen(
    async (request, { address }) =>
      Response.json({ said: await request.text(), path: new URL(request.url).pathname, address }),
    LOCAL,
  );
  const answer = await fetch(`${at.url}/page?x=1`, { method: 'POST', body: 'hi' });
  expect(await answer.json()).toEqual({ said: 'hi', path: '/page', address: '127.0.0.1' });
  await at.close();
});

it('answers a body that is too large without reading it to its end', async () => {
  const at = await listen(hello(), LOCAL);
  const transport = httpTransport();
  const answer = await transport
    .exchange(to(at, { body: new Uint8Array(5_000_000) }))
    .catch(() => undefined);
  if (answer !== undefined) expect(refusalOfProblem(answer.body)?.code).toBe('message_oversized');
  const next = await transport.exchange(to(at));
  expect(next.status).toBe(200);
  await transport.close();
  await at.close();
});

it('lets a request under way end before it closes', async () => {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  const at = await listen(hello(wait), LOCAL);
  const transport = httpTransport();
  const answer = transport.exchange(to(at));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = at.close();
  open();
  expect((await answer).status).toBe(200);
  await transport.close();
  await closed;
  await expect(httpTransport().exchange(to(at))).rejects.toMatchObject({ retry: 'safe' });
});

it('says that a port is taken', async () => {
  const at = await listen(hello(), LOCAL);
  const port = Number(new URL(at.url).port);
  await expect(listen(hello(), { ...LOCAL, port })).rejects.toMatchObject({
    code: 'port_unavailable',
  });
  await at.close();
});

it('calls a peer silent that takes a request and does not answer in time', async () => {
  const at = await listen(hello(new Promise<void>(() => undefined)), LOCAL);
  const transport = httpTransport();
  const failure = transport.exchange(to(at, { timeoutMs: 200 }));
  await expect(failure).rejects.toMatchObject({ code: 'peer_silent', retry: 'unsafe' });
  await transport.close();
}, 10_000);

it('calls a peer silent that hangs up after it was asked', async () => {
  const server = net.createServer((socket) => {
    socket.on('data', () => socket.destroy());
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const transport = httpTransport();
  const failure = transport.exchange({
    method: 'POST',
    url: `http://127.0.0.1:${port}/`,
    headers: {},
    body: new Uint8Array(9),
  });
  await expect(failure).rejects.toMatchObject({ code: 'peer_silent', retry: 'unsafe' });
  await transport.close();
  server.close();
});

/** Sends bytes as they are and gives what comes back until the connection ends or is cut. */
function spoken(at: Listening, text: string, cutAfterMs = 100): Promise<string> {
  const { port } = new URL(at.url);
  return new Promise((resolve) => {
    let heard = '';
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (part) => (heard += part.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(heard);
    });
    setTimeout(() => socket.destroy(), cutAfterMs);
  });
}

it.each([
  ['a service', hello()],
  [
    'anything from Request to Response',
    async (request: Request) => new Response(await request.text()),
  ],
])(
  'goes on serving %s after callers that hang up, ask strangely or send no HTTP',
  async (_, handler) => {
    const at = await listen(handler, LOCAL);
    const type = 'content-type: application/vnd.specie';
    await spoken(
      at,
      `POST /hello HTTP/1.1\r\nhost: x\r\n${type}\r\ncontent-length: 900\r\n\r\nhalf`,
    );
    await spoken(
      at,
      `POST /hello HTTP/1.1\r\nhost: x\r\n${type}\r\ntransfer-encoding: chunked\r\n\r\n5\r\nha`,
    );
    expect(await spoken(at, 'TRACE /hello HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(
      /^HTTP\/1.1 40[04]/,
    );
    expect(await spoken(at, 'GET // HTTP/1.1\r\nhost: ::::\r\n\r\n')).toMatch(/^HTTP\/1.1 40[04]/);
    expect(await spoken(at, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    const { status } = await fetch(`${at.url}/hello`, {
      method: 'POST',
      body: helloMessage.encode(said),
      headers: { 'content-type': MESSAGE_MEDIA_TYPE },
    });
    expect(status).toBe(200);
    await at.close();
  },
);

const certificate = selfSigned({
  names: ['localhost', '127.0.0.1'],
  now: instantOf(Date.now()),
  random: (length) => chanceOf(8).bytes(length),
});

/** What two ends agree on, or why they do not. */
function handshake(at: Listening, options: tls.ConnectionOptions): Promise<string> {
  const { port } = new URL(at.url);
  return new Promise((resolve) => {
    const socket = tls.connect(
      { port: Number(port), host: '127.0.0.1', ca: certificate.cert, ...options },
      () => {
        const { name } = socket.getEphemeralKeyInfo() as { name?: string };
        resolve(`${socket.getProtocol() ?? ''} ${name ?? ''}`);
        socket.destroy();
      },
    );
    socket.on('error', (cause: Error & { code?: string }) => {
      resolve(cause.code ?? cause.message);
    });
  });
}

it('speaks TLS 1.3 with a hybrid key exchange, and nothing older', async () => {
  const at = await listen(hello(), { ...LOCAL, tls: certificate });
  expect(at.url).toMatch(/^https:/);
  expect(await handshake(at, {})).toBe('TLSv1.3 X25519MLKEM768');
  expect(await handshake(at, { ecdhCurve: TLS_GROUPS })).toBe('TLSv1.3 X25519MLKEM768');
  // A client that has only X25519 is served all the same; one that has only TLS 1.2 is not.
  expect(await handshake(at, { ecdhCurve: 'X25519' })).toBe('TLSv1.3 X25519');
  expect(await handshake(at, { maxVersion: 'TLSv1.2' })).toMatch(/PROTOCOL_VERSION/);
  await at.close();
});

it('believes a server whose certificate it was given, and no other', async () => {
  const at = await listen(hello(), { ...LOCAL, tls: certificate });
  const known = httpTransport({ ca: certificate.cert });
  expect((await known.exchange(to(at))).status).toBe(200);
  const stranger = httpTransport();
  await expect(stranger.exchange(to(at))).rejects.toMatchObject({
    code: 'peer_unreachable',
    retry: 'safe',
  });
  await known.close();
  await stranger.close();
  await at.close();
});
