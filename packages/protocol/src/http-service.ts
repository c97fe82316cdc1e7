/**
 * A service over HTTP: from a table of routes and a handler for each, `Request → Response` that
 * refuses by name whatever does not belong. Invariant: no handler runs before the request is
 * bounded, read, decoded and known to come from the caller its route is for.
 *
 * Paths are fixed texts, so finding a route is one look into a map; the same steps serve Request
 * and Response and the lean form that `listen` uses, which differ only in how bytes come and go.
 *
 * Spec: 10 §1, §3; 06 §3.
 * @module
 */
import { refuse, type Refusal } from '@specie/core/base/result';
import { carryOut, guarded } from './carry-out.ts';
import { type House, refused, type ServiceOptions } from './house.ts';
import { boundOf, type Head, type Mounted, planOf, type RouteTable } from './mount.ts';
import { page } from './page.ts';
import { noReply, plainReply, type Reply, type Want } from './reply.ts';
import { SESSION_HEADER } from './session/session-chain.ts';
import type { Incoming, Outgoing } from './transport.ts';

export type { Call, Handlers, Party } from './call.ts';
export type { PlainPages, ServiceOptions } from './house.ts';

/** A request whose head is judged: either already answered, or waiting for a body of bounded size. */
export type Begun =
  | { readonly is: 'answered'; readonly reply: Reply }
  | {
      readonly is: 'waiting';
      readonly bytesMax: number;
      finish(body: Uint8Array): Reply | Promise<Reply>;
      /** The body turned out larger than `bytesMax`. */
      oversized(): Reply;
      /** The request was broken off; nothing will follow. */
      abandon(): void;
    };

/** A service: called with a Request, or in the lean form in two steps. */
export interface Service {
  (request: Request, remote: { readonly address: string }): Promise<Response>;
  begin(head: Head): Begun;
  /** The service as a transport's lean form, for tests and the simulator. */
  exchange(outgoing: Outgoing, remote?: string): Promise<Incoming>;
  /** Takes no more requests, and resolves when the last one is answered. */
  drain(): Promise<void>;
}

/** More than any number of people a service of this size can answer within the time they wait. */
const IN_FLIGHT_MAX = 4096;

/** Mounts a table of routes. */
export function createService<const T extends RouteTable>(options: ServiceOptions<T>): Service {
  const house: House = {
    options,
    mounted: planOf(options.routes, options.handlers),
    inFlight: 0,
    isDraining: false,
    onEmpty: undefined,
  };
  const service = async (request: Request, remote: { address: string }): Promise<Response> => {
    const { method, url, headers } = request;
    const head: Head = {
      method,
      path: new URL(url).pathname,
      remote: remote.address,
      header: (name) => headers.get(name) ?? undefined,
    };
    return responseOf(await answerTo(house, head, () => bodyOf(request)));
  };
  return Object.assign(service, {
    begin: (head: Head) => begin(house, head),
    async exchange(outgoing: Outgoing, remote = '127.0.0.1'): Promise<Incoming> {
      const { method, url, headers, body } = outgoing;
      const path = new URL(url).pathname;
      const head: Head = { method, path, remote, header: (name) => headers[name] };
      const reply = await answerTo(house, head, async function* () {
        yield body ?? new Uint8Array();
      });
      return {
        status: reply.status,
        body: reply.body,
        header: (name) => reply.headers[name],
      };
    },
    drain() {
      house.isDraining = true;
      return new Promise<void>((resolve) => {
        if (house.inFlight === 0) resolve();
        else house.onEmpty = resolve;
      });
    },
  });
}

async function answerTo(
  house: House,
  head: Head,
  body: () => AsyncIterable<Uint8Array>,
): Promise<Reply> {
  const begun = begin(house, head);
  if (begun.is === 'answered') return begun.reply;
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of body()) {
      length += part.length;
      if (length > begun.bytesMax) return begun.oversized();
      parts.push(part);
    }
  } catch {
    begun.abandon();
    return noReply(refuse('message_truncated').refusal);
  }
  return begun.finish(parts.length === 1 ? parts[0]! : joined(parts, length));
}

/** Bytes that came in several parts, as one. */
export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function* bodyOf(request: Request): AsyncIterable<Uint8Array> {
  if (request.body !== null) for await (const part of request.body) yield part;
}

function responseOf({ status, headers, body }: Reply): Response {
  const hasBody = status !== 204 && body.length > 0;
  return new Response(hasBody ? Uint8Array.from(body) : null, { status, headers });
}

/** Judges the head of a request before a byte of its body is read. Spec: 10 §1, in this order. */
function begin(house: House, head: Head): Begun {
  const { options } = house;
  const no = (refusal: Refusal): Begun => {
    options.onRefusal?.(refusal, head.path);
    return { is: 'answered', reply: noReply(refusal) };
  };
  const mounted = house.mounted.get(head.path);
  if (mounted === undefined) return no(refuse('route_unknown').refusal);
  const { route } = mounted;
  if (head.method === 'OPTIONS')
    return { is: 'answered', reply: plainReply(204, undefined, '', { allow: mounted.allow }) };
  const method = head.method === 'HEAD' ? 'GET' : head.method;
  if (method !== route.method) {
    const reply = noReply(refuse('method_not_allowed').refusal);
    options.onRefusal?.(refuse('method_not_allowed').refusal, head.path);
    return {
      is: 'answered',
      reply: { ...reply, headers: { ...reply.headers, allow: mounted.allow } },
    };
  }
  if (route.answer === undefined) return { ...waitingPlain(house, head, mounted) };
  if (house.isDraining) return no(refuse('stopping').refusal);
  const bound = boundOf(route, head);
  if (!bound.ok) return no(bound.refusal);
  if (route.caller === 'session') {
    // The identifier of a session is known to its two parties alone; nobody else gets to send a body.
    if (options.gates.session?.isOpen(head.header(SESSION_HEADER)) !== true)
      return no(refuse('session_unknown').refusal);
  } else if (house.inFlight >= (options.inFlightMax ?? IN_FLIGHT_MAX)) {
    return no(refuse('overloaded').refusal);
  }
  return waiting(house, head, mounted, bound.value.bytesMax, bound.value.want);
}

function waiting(house: House, head: Head, mounted: Mounted, bytesMax: number, want: Want): Begun {
  house.inFlight += 1;
  const done = <R>(reply: R): R => {
    house.inFlight -= 1;
    if (house.inFlight === 0) house.onEmpty?.();
    return reply;
  };
  return {
    is: 'waiting',
    bytesMax,
    finish(body) {
      const reply = guarded(house, head, () => carryOut(house, head, mounted, want, body));
      return reply instanceof Promise ? reply.then(done) : done(reply);
    },
    oversized: () => done(refused(house, head, refuse('message_oversized').refusal)),
    abandon: () => done(undefined),
  };
}

/** The plain pages: no message, no caller, nothing to read. */
function waitingPlain(house: House, head: Head, mounted: Mounted): Begun {
  return {
    is: 'waiting',
    bytesMax: 0,
    finish: () => guarded(house, head, () => page(house, head, mounted)),
    oversized: () => refused(house, head, refuse('message_oversized').refusal),
    abandon: () => undefined,
  };
}
