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
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import type { ContentOf } from '@specie/core/codec/message';
import type { AskGate } from './ask-gate.ts';
import { faultOf } from './fault.ts';
import { signedAskMessage, type Ask } from './messages/wallet.ts';
import { messageReply, noReply, plainReply, type Reply, type Want } from './reply.ts';
import type { Clock } from './ports.ts';
import type { Route } from './route.ts';
import { boundOf, planOf, readMessage, type Head, type Mounted, type RouteTable } from './mount.ts';
import { AUTHENTICATOR_HEADER, COUNTER_HEADER, SESSION_HEADER } from './session/session-chain.ts';
import type { Admission, SessionDesk } from './session/session-desk.ts';
import type { SignedSessionOpen, SignedSessionSeal } from './session/evidence.ts';
import type { Incoming, Outgoing } from './transport.ts';

/** Who calls. */
export type Party =
  | { readonly is: 'anyone' }
  | { readonly is: 'party'; readonly number: number; readonly session: Uint8Array }
  | {
      readonly is: 'wallet';
      readonly wallet: Uint8Array;
      readonly publicKey: Uint8Array;
      readonly ask: Ask;
    };

/** One request as a handler sees it: read, bounded and known to come from `party`. */
export interface Call<I> {
  readonly value: I;
  readonly party: Party;
  /** The request's head, without its body. */
  readonly request: Request;
  /** Network address of whoever sent it. */
  readonly remote: string;
}

type Handler<R> =
  R extends Route<infer I, infer O> ? (call: Call<I>) => Result<O> | Promise<Result<O>> : never;

/** Keys of routes the service answers by itself. */
type Own = 'sessionOpen' | 'sessionSeal';

type MessageKeys<T> = {
  [K in keyof T]: T[K] extends { readonly request: undefined; readonly answer: undefined }
    ? never
    : K;
}[keyof T];

/** A handler for every route with a message, but for those of sessions. */
export type Handlers<T extends RouteTable> = {
  readonly [K in Exclude<MessageKeys<T>, Own>]: Handler<T[K]>;
};

/** The plain pages every service has. */
export interface PlainPages {
  /** What everybody may know, as JSON. */
  status(): unknown;
  /** Metrics as text, for loopback only. */
  metrics?(): Promise<string>;
  /** Whether the service takes requests. */
  isReady(): boolean;
  /** The description of the service, as JSON text. */
  openapi?(): string;
}

export interface ServiceOptions<T extends RouteTable> {
  readonly name: string;
  readonly routes: T;
  readonly handlers: Handlers<T>;
  readonly gates: { readonly session?: SessionDesk; readonly ask?: AskGate };
  readonly plain: PlainPages;
  readonly clock: Clock;
  /** Requests of people and wallets answered at the same time; beyond it, they are asked to come again. */
  readonly inFlightMax?: number;
  readonly onRefusal?: (refusal: Refusal, path: string) => void;
  readonly onFault?: (fault: unknown, path: string) => void;
  /** Hears of a bug of ours. Has to stop the process; without it, the bug is thrown outside every request. */
  readonly onBug?: (bug: unknown) => void;
}

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

const IN_FLIGHT_MAX = 4096;

interface House {
  readonly options: ServiceOptions<RouteTable>;
  readonly mounted: ReadonlyMap<string, Mounted>;
  inFlight: number;
  isDraining: boolean;
  onEmpty: (() => void) | undefined;
}

/** Mounts a table of routes. */
export function createService<const T extends RouteTable>(options: ServiceOptions<T>): Service {
  const house: House = {
    options: options as unknown as ServiceOptions<RouteTable>,
    mounted: planOf(options.routes, options.handlers as unknown as Readonly<Record<string, never>>),
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

function refused(house: House, head: Head, refusal: Refusal): Reply {
  house.options.onRefusal?.(refusal, head.path);
  return noReply(refusal);
}

/** Turns what is thrown into an answer: a fault into "come again", a bug into the end of the process. */
function guarded(
  house: House,
  head: Head,
  run: () => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  try {
    const reply = run();
    return reply instanceof Promise
      ? reply.catch((cause: unknown) => broken(house, head, cause))
      : reply;
  } catch (cause) {
    return broken(house, head, cause);
  }
}

function broken(house: House, head: Head, cause: unknown): Reply {
  return noReply(refusalOfThrown(house, head, cause));
}

function refusalOfThrown(house: House, head: Head, cause: unknown): Refusal {
  const { options } = house;
  const fault = faultOf(cause);
  if (fault === undefined) {
    const onBug = options.onBug ?? thrown;
    onBug(cause);
    return refuse('peer_silent').refusal;
  }
  options.onFault?.(fault, head.path);
  return refuse(fault.retry === 'safe' ? 'overloaded' : 'peer_silent').refusal;
}

/** Throws where no request can catch it, so that the process stops. */
function thrown(bug: unknown): void {
  queueMicrotask(() => {
    throw bug;
  });
}

function carryOut(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply | Promise<Reply> {
  switch (mounted.route.caller) {
    case 'session':
      return inSession(house, head, mounted, want, body);
    case 'ask':
      return asked(house, head, mounted, want, body);
    case 'handshake':
      return handshake(house, head, mounted, want, body);
    case 'anyone':
    case 'order':
      return handled(house, head, mounted, want, body, { is: 'anyone' });
  }
}

/** Reads the message and gives it to the handler. */
function handled(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
  party: Party,
): Reply | Promise<Reply> {
  const { route, handler } = mounted;
  const value =
    route.request === undefined ? accept(undefined) : readMessage(route.request, want, body);
  if (!value.ok) return refused(house, head, value.refusal);
  const result = handler(callOf(head, value.value, party));
  return result instanceof Promise
    ? result.then((settled) => replyOf(house, head, mounted, want, settled))
    : replyOf(house, head, mounted, want, result);
}

function replyOf(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  result: Result<unknown>,
): Reply {
  if (!result.ok) return refused(house, head, result.refusal);
  return messageReply(mounted.route, result.value, want);
}

/** The head is turned into a Request only when a handler looks at it. */
function callOf(head: Head, value: unknown, party: Party): Call<unknown> {
  return {
    value,
    party,
    remote: head.remote,
    get request() {
      const headers = new Headers();
      for (const name of ['accept', 'accept-language', 'content-type', 'origin', 'forwarded']) {
        const given = head.header(name);
        if (given !== undefined) headers.set(name, given);
      }
      return new Request(`http://service${head.path}`, { method: head.method, headers });
    },
  };
}

function handshake(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply {
  const { route } = mounted;
  const desk = house.options.gates.session;
  if (desk === undefined || route.request === undefined)
    return refused(house, head, refuse('route_unknown').refusal);
  const open = readMessage(route.request, want, body);
  if (!open.ok) return refused(house, head, open.refusal);
  return replyOf(house, head, mounted, want, desk.open(open.value as SignedSessionOpen));
}

/** Admits a request in its session; from there on every answer, refusals and faults included, is authenticated. */
function inSession(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply | Promise<Reply> {
  const desk = house.options.gates.session;
  if (desk === undefined) return refused(house, head, refuse('route_unknown').refusal);
  const isSeal = mounted.key === 'sessionSeal';
  const admitted = desk.admit({
    session: head.header(SESSION_HEADER),
    counter: head.header(COUNTER_HEADER),
    authenticator: head.header(AUTHENTICATOR_HEADER),
    method: head.method,
    path: head.path,
    body,
    isSeal,
  });
  if (!admitted.ok) return refused(house, head, admitted.refusal);
  const admission = admitted.value;
  const reply = guarded(house, head, () => {
    if (admission.refusal !== undefined) return refused(house, head, admission.refusal);
    if (isSeal) return sealed(house, head, mounted, want, body, admission);
    const { party, session } = admission;
    return handled(house, head, mounted, want, body, { is: 'party', number: party, session });
  });
  const authenticated = (plain: Reply): Reply => ({
    ...plain,
    headers: {
      ...plain.headers,
      [AUTHENTICATOR_HEADER]: admission.answer(plain.status, plain.body),
    },
  });
  return reply instanceof Promise ? reply.then(authenticated) : authenticated(reply);
}

function sealed(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
  admission: Admission,
): Reply {
  const { request } = mounted.route;
  const given = request === undefined ? refuse('route_unknown') : readMessage(request, want, body);
  if (!given.ok) return refused(house, head, given.refusal);
  return replyOf(house, head, mounted, want, admission.seal(given.value as SignedSessionSeal));
}

function asked(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply | Promise<Reply> {
  const gate = house.options.gates.ask;
  if (gate === undefined) return refused(house, head, refuse('route_unknown').refusal);
  const signed = readMessage(signedAskMessage, want, body);
  if (!signed.ok) return refused(house, head, signed.refusal);
  const admitted = gate.admit(signed.value as ContentOf<typeof signedAskMessage>, head.path);
  if (!admitted.ok) return refused(house, head, admitted.refusal);
  const { wallet, publicKey, ask } = admitted.value;
  const inner: Want = { ...want, isJsonBody: false };
  return handled(house, head, mounted, inner, ask.body, { is: 'wallet', wallet, publicKey, ask });
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

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

function page(house: House, head: Head, mounted: Mounted): Reply | Promise<Reply> {
  const { plain, name } = house.options;
  switch (mounted.key) {
    case 'health':
      return plainReply(200, 'text/plain; charset=utf-8', `${name} runs\n`);
    case 'ready': {
      const isReady = plain.isReady() && !house.isDraining;
      return isReady
        ? plainReply(200, 'text/plain; charset=utf-8', `${name} is ready\n`)
        : noReply(refuse(house.isDraining ? 'stopping' : 'overloaded').refusal);
    }
    case 'metrics': {
      // An answer that would tell a stranger how much is paid here is as if it were not there.
      if (plain.metrics === undefined || !LOOPBACK.test(head.remote))
        return refused(house, head, refuse('route_unknown').refusal);
      const type = 'text/plain; version=0.0.4; charset=utf-8';
      return plain.metrics().then((text) => plainReply(200, type, text));
    }
    case 'openapi':
      return plain.openapi === undefined
        ? refused(house, head, refuse('route_unknown').refusal)
        : plainReply(200, 'application/json', plain.openapi());
    case 'status':
      return plainReply(200, 'application/json', JSON.stringify(plain.status()));
    default:
      return refused(house, head, refuse('route_unknown').refusal);
  }
}
