/**
 * A transport over connections that stay open. A peer that cannot be reached was told nothing, so
 * its fault is safe to repeat; one that is silent after it was told may have acted. Nothing is ever
 * repeated here: whoever asked knows what repeating means.
 *
 * undici, the client inside Node's own fetch, spends a third less on a request than node:http and
 * half of what fetch does.
 *
 * Spec: 10 §1.
 * @module
 */
import { Pool } from 'undici';
import { Fault } from '../fault.ts';
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
const CONNECT_MS = 5000;

/** What can fail only before a byte of the request was sent: finding, reaching and recognising the peer. */
const UNREACHED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|.*CERT.*|UNABLE_TO_.*|HOSTNAME_.*)$/;

export type HttpTransport = Transport & {
  readonly exchange: (outgoing: Outgoing) => Promise<Incoming>;
  /** Closes the connections kept open, breaking off what is under way. */
  close(): Promise<void>;
};

/** A transport with connections of its own. */
export function httpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const made = new Pool(origin, {
      connections: options.connectionsMax ?? CONNECTIONS_MAX,
      pipelining: 1,
      allowH2: false,
      maxResponseSize: ANSWER_BYTES_MAX,
      connect: {
        timeout: CONNECT_MS,
        minVersion: 'TLSv1.3',
        ecdhCurve: TLS_GROUPS,
        ...(options.ca !== undefined && { ca: options.ca }),
      },
    });
    pools.set(origin, made);
    return made;
  };
  const exchange = (outgoing: Outgoing): Promise<Incoming> => {
    const { origin, pathname, search } = new URL(outgoing.url);
    const timeoutMs = outgoing.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS;
    return send(poolOf(origin), origin, pathname + search, outgoing, timeoutMs);
  };
  return Object.assign((request: Request) => wholeExchange(request, exchange), {
    exchange,
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  });
}

async function send(
  pool: Pool,
  origin: string,
  path: string,
  { method, headers, body }: Outgoing,
  timeoutMs: number,
): Promise<Incoming> {
  try {
    const answer = await pool.request({
      path,
      method,
      headers: { ...headers },
      body: body ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    return {
      status: answer.statusCode,
      body: bytes,
      header(name) {
        const value = answer.headers[name];
        return typeof value === 'string' ? value : value?.[0];
      },
    };
  } catch (cause) {
    throw faultOf(cause, origin);
  }
}

function faultOf(cause: unknown, origin: string): Fault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isConnecting = cause instanceof Error && 'syscall' in cause && cause.syscall === 'connect';
  return isConnecting || UNREACHED.test(code)
    ? new Fault('peer_unreachable', 'safe', `cannot reach ${origin} (${code})`, cause)
    : new Fault('peer_silent', 'unsafe', `no answer from ${origin}`, cause);
}

/** The same for whoever speaks in Request and Response. */
async function wholeExchange(
  request: Request,
  exchange: (outgoing: Outgoing) => Promise<Incoming>,
): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  const { method, url, headers } = request;
  const answer = await exchange({
    method,
    url,
    headers: Object.fromEntries(headers),
    body: body.length === 0 ? undefined : body,
  });
  const kept = ['content-type', 'retry-after', 'specie-authenticator'].flatMap((name) => {
    const value = answer.header(name);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  return new Response(answer.body.length === 0 ? null : Uint8Array.from(answer.body), {
    status: answer.status,
    headers: kept,
  });
}
