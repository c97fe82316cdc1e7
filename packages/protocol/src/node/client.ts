/**
 * A transport over connections that stay open. A peer that cannot be reached was told nothing, so
 * its fault is safe to repeat; one that is silent after it was told may have acted.
 *
 * Spec: 10 §1.
 * @module
 */
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { Fault } from '../fault.ts';
import { joined } from '../http-service.ts';
import { ANSWER_BYTES_MAX, type Incoming, type Outgoing, type Transport } from '../transport.ts';
import { TLS_GROUPS } from './listen.ts';

export interface HttpTransportOptions {
  /** Connections to one peer at the same time. */
  readonly connectionsMax?: number;
  readonly timeoutMs?: number;
  /** Certificates to trust besides the machine's own, as PEM. */
  readonly ca?: string;
}

const CONNECTIONS_MAX = 64;
const TIMEOUT_MS = 20_000;

/** What failed before a byte of the request can have reached the peer. */
const UNREACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

export type HttpTransport = Transport & {
  readonly exchange: (outgoing: Outgoing) => Promise<Incoming>;
  /** Closes the connections kept open. */
  close(): void;
};

/** A transport with connections of its own. */
export function httpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const keep = { keepAlive: true, maxSockets: options.connectionsMax ?? CONNECTIONS_MAX };
  const plain = new Agent(keep);
  const secure = new TlsAgent({
    ...keep,
    minVersion: 'TLSv1.3',
    ecdhCurve: TLS_GROUPS,
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  const exchange = (outgoing: Outgoing): Promise<Incoming> =>
    send(outgoing, plain, secure, outgoing.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS);
  const transport = async (request: Request): Promise<Response> => {
    const body = new Uint8Array(await request.arrayBuffer());
    const answer = await exchange({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: body.length === 0 ? undefined : body,
    });
    const type = answer.header('content-type');
    return new Response(Uint8Array.from(answer.body), {
      status: answer.status,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  };
  return Object.assign(transport, {
    exchange,
    close() {
      plain.destroy();
      secure.destroy();
    },
  });
}

function send(
  { method, url, headers, body }: Outgoing,
  plain: Agent,
  secure: TlsAgent,
  timeoutMs: number,
): Promise<Incoming> {
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      clearTimeout(patience);
      reject(faultOf(cause, target.origin));
    };
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const options = { method, headers: { ...headers, ...length } };
    const answered = (answer: IncomingMessage): void => {
      collect(answer, fail, (incoming) => {
        clearTimeout(patience);
        resolve(incoming);
      });
    };
    const request = isTls
      ? httpsRequest(target, { ...options, agent: secure }, answered)
      : httpRequest(target, { ...options, agent: plain }, answered);
    const patience = setTimeout(() => {
      request.destroy(
        new Fault('peer_silent', 'unsafe', `no answer from ${target.origin} in time`),
      );
    }, timeoutMs);
    request.on('error', fail);
    request.end(body);
  });
}

function collect(
  answer: IncomingMessage,
  fail: (cause: unknown) => void,
  end: (incoming: Incoming) => void,
): void {
  const parts: Buffer[] = [];
  let length = 0;
  answer.on('data', (part: Buffer) => {
    length += part.length;
    if (length > ANSWER_BYTES_MAX) answer.destroy(new Error('the answer is too large'));
    else parts.push(part);
  });
  answer.on('error', fail);
  answer.on('end', () => {
    end({
      status: answer.statusCode ?? 0,
      body: parts.length === 1 ? parts[0]! : joined(parts, length),
      header(name) {
        const value = answer.headers[name];
        return typeof value === 'string' ? value : value?.[0];
      },
    });
  });
}

function faultOf(cause: unknown, origin: string): Fault {
  if (cause instanceof Fault) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isUnreached = UNREACHED.has(code) || code.startsWith('ERR_TLS') || code.includes('CERT');
  return isUnreached
    ? new Fault('peer_unreachable', 'safe', `cannot reach ${origin}`, cause)
    : new Fault('peer_silent', 'unsafe', `no answer from ${origin}`, cause);
}
