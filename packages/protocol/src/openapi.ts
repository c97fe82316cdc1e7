/**
 * The description of a service (OpenAPI 3.1), made of its table of routes and of the shapes of its
 * messages, so that it says what the service does and nothing else.
 *
 * Spec: 10 §1.
 * @module
 */
import { schemaOf } from '@specie/core/codec/json';
import type { Message } from '@specie/core/codec/message';
import type { RouteTable } from './mount.ts';
import { JSON_MEDIA_TYPE } from './reply.ts';
import { type Caller, MESSAGE_MEDIA_TYPE, PROBLEM_MEDIA_TYPE, type Route } from './route.ts';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly summary: string;
}

type Json = Readonly<Record<string, unknown>>;

const CALLERS: Readonly<Record<Caller, string>> = {
  anyone: 'Anyone may call this.',
  handshake: 'Called by a party of the key set, with a signed handshake.',
  session: 'Called inside a session, with its three headers.',
  ask: "Called with a SignedAsk around the message, signed with the wallet's key.",
  order: "Called with an order signed with the wallet's key.",
};

const PROBLEM_SCHEMA: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'number', 'at', 'zh'],
  properties: {
    type: { type: 'string', pattern: '^urn:specie:refusal:[a-z_]+$' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    number: { type: 'integer' },
    at: { type: 'string', description: 'The field it speaks of; empty when it is the whole.' },
    zh: { type: 'string' },
  },
};

const SESSION_PARAMETERS: readonly Json[] = [
  ['specie-session', '^[0-9a-f]{32}$'],
  ['specie-counter', '^[1-9][0-9]{0,14}$'],
  ['specie-authenticator', '^[0-9a-f]{64}$'],
].map(([name, pattern]) => ({
  name,
  in: 'header',
  required: true,
  schema: { type: 'string', pattern },
}));

/** OpenAPI text of a table of routes. `signedAsk` is the message that asks travel in. */
export function openapiOf(routes: RouteTable, info: ApiInfo, signedAsk: Message<unknown>): string {
  const schemas: Record<string, Json> = { Problem: PROBLEM_SCHEMA };
  const named = (kind: Message<unknown>): Json => {
    schemas[kind.name] ??= schemaOf(kind.shape);
    return { $ref: `#/components/schemas/${kind.name}` };
  };
  const paths: Record<string, Json> = {};
  for (const [key, route] of Object.entries(routes)) {
    paths[route.path] = {
      [route.method.toLowerCase()]: operationOf(key, route, signedAsk, named),
    };
  }
  return JSON.stringify({ openapi: '3.1.0', info, paths, components: { schemas } }, null, 2);
}

function operationOf(
  key: string,
  route: Route<unknown, unknown>,
  signedAsk: Message<unknown>,
  named: (kind: Message<unknown>) => Json,
): Json {
  const { request, answer, caller, summary } = route;
  const sent = caller === 'ask' ? signedAsk : request;
  const inside = caller === 'ask' && request !== undefined ? named(request) : undefined;
  const asked = request === undefined ? '' : ` The message asked is ${request.name}.`;
  return {
    operationId: key,
    summary,
    description: `${CALLERS[caller]}${inside === undefined ? '' : asked}`,
    ...(caller === 'session' && { parameters: SESSION_PARAMETERS }),
    ...(request !== undefined &&
      sent !== undefined && { requestBody: { required: true, content: contentOf(sent, named) } }),
    ...(inside !== undefined && { 'x-specie-asked': inside }),
    responses: {
      200: {
        description: answer === undefined ? summary : answer.name,
        ...(answer !== undefined && { content: contentOf(answer, named) }),
      },
      default: {
        description: 'A refusal.',
        content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function contentOf(kind: Message<unknown>, named: (kind: Message<unknown>) => Json): Json {
  return {
    [MESSAGE_MEDIA_TYPE]: {
      schema: { type: 'string', contentMediaType: MESSAGE_MEDIA_TYPE, maxLength: kind.bytesMax },
    },
    [JSON_MEDIA_TYPE]: { schema: named(kind) },
  };
}
