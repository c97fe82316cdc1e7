/**
 * How a request gets to a service and its answer back. `fetch` fits, a service called directly fits,
 * and a transport may offer `exchange` besides: the same without the cost of Request and Response,
 * which at thousands of payments a second is the larger part of the cost of speaking.
 *
 * Spec: 10 §1.
 * @module
 */
import { Fault } from './fault.ts';

/** A request as bytes. Names of headers are in lower case. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** How long the answer may take before the peer counts as silent. */
  readonly timeoutMs?: number;
}

/** An answer as bytes. `header` takes a name in lower case. */
export interface Incoming {
  readonly status: number;
  readonly body: Uint8Array;
  header(name: string): string | undefined;
}

/** Sends a request. A peer that cannot be reached or is silent is a thrown `Fault`. */
export type Transport = ((request: Request) => Promise<Response>) & {
  readonly exchange?: (outgoing: Outgoing) => Promise<Incoming>;
};

/** Nothing a service of ours answers is larger: the bound of the largest message, with room for its JSON form. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Sends by the shortest way the transport has. */
export async function exchange(transport: Transport, outgoing: Outgoing): Promise<Incoming> {
  if (transport.exchange !== undefined) return transport.exchange(outgoing);
  const { method, url, headers, body, timeoutMs } = outgoing;
  try {
    const response = await transport(
      new Request(url, {
        method,
        headers,
        ...(body && { body: Uint8Array.from(body) }),
        ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
      }),
    );
    const answer = new Uint8Array(await response.arrayBuffer());
    return {
      status: response.status,
      body: answer,
      header: (name) => response.headers.get(name) ?? undefined,
    };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('peer_silent', 'unsafe', `no answer from ${new URL(url).origin}`, cause);
  }
}
