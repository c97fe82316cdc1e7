/**
 * A service on a port. Invariant: beyond loopback nothing is served without TLS 1.3, and where both
 * ends can, the key exchange is hybrid with ML-KEM, so that what is recorded today stays closed.
 *
 * Spec: 10 §1. RFC 8446.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Fault } from '../fault.ts';
import { joined, type Begun, type Service } from '../http-service.ts';
import { plainReply, type Reply } from '../reply.ts';

/** Key exchange groups in order of preference; the first is hybrid with ML-KEM-768. */
export const TLS_GROUPS = 'X25519MLKEM768:X25519:P-256';

/** What may be served: a service of ours, or anything else from Request to Response. */
export type RequestHandler =
  Service | ((request: Request, remote: { readonly address: string }) => Promise<Response>);

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the machine choose. */
  readonly port: number;
  /** Private key and certificate chain as PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Listening {
  readonly url: string;
  /** Takes no more connections, lets requests under way end, then frees the port. */
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
/** Time for requests under way when closing; a wait for notices is broken off. */
const CLOSE_MS = 5000;

/** Serves. Refuses to be reachable from other machines without TLS. */
export async function listen(handler: RequestHandler, options: ListenOptions): Promise<Listening> {
  const { host, port, tls } = options;
  if (tls === undefined && !LOOPBACK.has(host)) {
    const advice =
      'give a key and a certificate, or listen on 127.0.0.1 behind a proxy that has them';
    throw new Fault('tls_missing', 'never', `${host} is reachable from other machines: ${advice}`);
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(handler, request, response, tls !== undefined);
  };
  const bounds = { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 };
  const server: Server =
    tls === undefined
      ? createServer(bounds, answer)
      : createTlsServer(
          {
            ...bounds,
            ...tls,
            minVersion: 'TLSv1.3',
            maxVersion: 'TLSv1.3',
            ecdhCurve: TLS_GROUPS,
          },
          answer,
        );
  server.maxRequestsPerSocket = 0;
  const bound = await bind(server, host, port);
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown}:${bound.port}`,
    close: () => close(server),
  };
}

function bind(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: Error) => {
      reject(new Fault('port_unavailable', 'never', `cannot listen on ${host}:${port}`, cause));
    });
    server.listen({ host, port }, () => {
      resolve(server.address() as AddressInfo);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      server.closeAllConnections();
    }, CLOSE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function serve(
  handler: RequestHandler,
  request: IncomingMessage,
  response: ServerResponse,
  isTls: boolean,
): Promise<void> {
  const address = request.socket.remoteAddress ?? '';
  // A connection that breaks is seen where it is read; here it must only not end the process.
  for (const end of [request, response]) end.on('error', () => undefined);
  if (!('begin' in handler)) {
    await serveWhole(handler, request, response, { address, isTls });
    return;
  }
  const { method = 'GET', url = '/', headers } = request;
  const query = url.indexOf('?');
  const begun = handler.begin({
    method,
    path: query === -1 ? url : url.slice(0, query),
    remote: address,
    header(name) {
      const value = headers[name];
      return typeof value === 'string' ? value : value?.[0];
    },
  });
  if (begun.is === 'answered') {
    // A body nobody will read: the connection is closed rather than drained.
    send(response, begun.reply, method, request.complete ? undefined : 'close');
    return;
  }
  read(request, begun, (reply, isCutShort) => {
    if (reply instanceof Promise)
      void reply.then((settled) => {
        send(response, settled, method, undefined);
      });
    else send(response, reply, method, isCutShort ? 'close' : undefined);
  });
}

type Waiting = Extract<Begun, { is: 'waiting' }>;

/** Collects a body up to its bound. */
function read(
  request: IncomingMessage,
  begun: Waiting,
  end: (reply: Reply | Promise<Reply>, isCutShort: boolean) => void,
): void {
  const parts: Buffer[] = [];
  let length = 0;
  let isOver = false;
  request.on('data', (part: Buffer) => {
    if (isOver) return;
    length += part.length;
    if (length <= begun.bytesMax) {
      parts.push(part);
      return;
    }
    isOver = true;
    request.pause();
    end(begun.oversized(), true);
  });
  request.on('end', () => {
    if (isOver) return;
    isOver = true;
    end(begun.finish(parts.length === 1 ? parts[0]! : joined(parts, length)), false);
  });
  request.on('close', () => {
    if (isOver) return;
    isOver = true;
    begun.abandon();
  });
}

function send(
  response: ServerResponse,
  { status, headers, body }: Reply,
  method: string,
  connection: 'close' | undefined,
): void {
  if (response.destroyed) return;
  const length = status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(status, { ...headers, ...length, ...(connection && { connection }) });
  response.end(method === 'HEAD' || status === 204 ? undefined : body);
}

/** Serves a handler that wants a whole Request. */
async function serveWhole(
  handler: (request: Request, remote: { readonly address: string }) => Promise<Response>,
  incoming: IncomingMessage,
  response: ServerResponse,
  { address, isTls }: { readonly address: string; readonly isTls: boolean },
): Promise<void> {
  const { method = 'GET' } = incoming;
  const request = requestOf(incoming, isTls);
  if (request === undefined) {
    send(response, plainReply(400, undefined, ''), method, 'close');
    return;
  }
  try {
    const answer = await handler(request, { address });
    const body = new Uint8Array(await answer.arrayBuffer());
    const headers = Object.fromEntries(answer.headers);
    send(response, { status: answer.status, headers, body }, method, undefined);
  } catch (cause) {
    // Whoever hung up while still sending gets no answer; anything else is a bug of the handler.
    if (!incoming.complete) response.destroy();
    else throw cause;
  }
}

/** Undefined for what HTTP lets through and a Request does not: strange targets and methods. */
function requestOf(incoming: IncomingMessage, isTls: boolean): Request | undefined {
  const { method = 'GET', url = '/' } = incoming;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const headers = new Headers();
  try {
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const host = incoming.headers.host ?? 'service';
    return new Request(new URL(url, `${isTls ? 'https' : 'http'}://${host}`), {
      method,
      headers,
      ...(hasBody && { body: streamOf(incoming), duplex: 'half' as const }),
    });
  } catch {
    return undefined;
  }
}

function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const parts = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new ReadableStream({
    async pull(controller) {
      const next = await parts.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
}
