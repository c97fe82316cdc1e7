/**
 * A table of routes turned into what a request is looked up in, and the form a request came in.
 *
 * Spec: 10 §1.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { textOfBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Message } from '@specie/core/codec/message';
import type { Call } from './call.ts';
import { JSON_MEDIA_TYPE, type Want } from './reply.ts';
import { MESSAGE_MEDIA_TYPE, type Route } from './route.ts';

/** The head of a request. `header` takes a name in lower case. */
export interface Head {
  readonly method: string;
  readonly path: string;
  readonly remote: string;
  header(name: string): string | undefined;
}

export type RouteTable = Readonly<Record<string, Route<unknown, unknown>>>;

/** A route with what answers it. */
export interface Mounted {
  readonly key: string;
  readonly route: Route<unknown, unknown>;
  readonly allow: string;
  readonly handler: (call: Call<unknown>) => Result<unknown> | Promise<Result<unknown>>;
}

/** Routes of these keys the service answers itself. */
const OWN = new Set(['sessionOpen', 'sessionSeal']);

/** Every route by its path. A route with a message and without a handler is our bug. */
export function planOf(
  routes: RouteTable,
  handlers: Readonly<Record<string, Mounted['handler']>>,
): ReadonlyMap<string, Mounted> {
  const plan = new Map<string, Mounted>();
  for (const [key, route] of Object.entries(routes)) {
    const handler = handlers[key];
    const isOwn = route.answer === undefined || OWN.has(key);
    assert(isOwn || handler !== undefined, `the route ${key} has a handler`);
    assert(!plan.has(route.path), `the path ${route.path} is mounted once`);
    const allow = route.method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
    plan.set(route.path, { key, route, allow, handler: handler ?? nobody });
  }
  return plan;
}

const nobody: Mounted['handler'] = () => refuse('route_unknown');

/** An Ask around a message: identifiers, a route, a nonce, a time and a signature. */
const ASK_BYTES = 4096;
/** The readable form writes bytes as hex and names every field. */
const JSON_FACTOR = 4;
const JSON_BYTES = 4096;

/** How many bytes a body may have and in which form it comes, or why it cannot be read. */
export function boundOf(
  route: Route<unknown, unknown>,
  head: Head,
): Result<{ readonly bytesMax: number; readonly want: Want }> {
  const isJsonAnswer = wantsJson(head.header('accept'));
  if (route.request === undefined)
    return accept({ bytesMax: 0, want: { isJsonBody: false, isJsonAnswer } });
  const type = mediaTypeOf(head.header('content-type'));
  if (type !== MESSAGE_MEDIA_TYPE && type !== JSON_MEDIA_TYPE) return refuse('media_type_unknown');
  const isJsonBody = type === JSON_MEDIA_TYPE;
  const plain = route.request.bytesMax + (route.caller === 'ask' ? ASK_BYTES : 0);
  const bytesMax = isJsonBody ? plain * JSON_FACTOR + JSON_BYTES : plain;
  const length = head.header('content-length');
  if (length !== undefined && Number(length) > bytesMax) return refuse('message_oversized');
  return accept({ bytesMax, want: { isJsonBody, isJsonAnswer } });
}

function mediaTypeOf(header: string | undefined): string | undefined {
  return header?.split(';', 1)[0]?.trim().toLowerCase();
}

/** Whoever names JSON and not the canonical form gets JSON; everybody else gets the canonical form. */
function wantsJson(accepted: string | undefined): boolean {
  return (
    accepted !== undefined &&
    accepted.includes(JSON_MEDIA_TYPE) &&
    !accepted.includes(MESSAGE_MEDIA_TYPE)
  );
}

/** A message of a body in either form. */
export function readMessage<T>(kind: Message<T>, want: Want, body: Uint8Array): Result<T> {
  if (!want.isJsonBody) return kind.decode(body);
  const text = textOfBytes(body);
  if (text === undefined) return refuse('json_invalid');
  try {
    return kind.fromJson(JSON.parse(text) as unknown);
  } catch (cause) {
    if (cause instanceof SyntaxError) return refuse('json_invalid');
    throw cause;
  }
}
