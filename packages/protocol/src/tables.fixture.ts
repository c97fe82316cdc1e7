/**
 * Both tables of routes mounted over handlers that count, with honest requests to every route, so
 * that one test can try one wrong caller on all of them.
 * @module
 */
import { chanceOf } from '@specie/core/base/chance.fixture';
import { hexOf } from '@specie/core/base/bytes';
import { arbitraryValue } from '@specie/core/codec/arbitrary.fixture';
import { accept } from '@specie/core/base/result';
import { hashOf } from '@specie/core/crypto/hash';
import { walletIdOf } from '@specie/core/payment/address';
import { createAskGate } from './ask-gate.ts';
import { createService, type Service } from './http-service.ts';
import {
  sessionOpenMessage,
  sessionAcceptMessage,
  signedSessionAcceptMessage,
  signedSessionOpenMessage,
} from './messages/session.ts';
import { type Ask, askMessage, openRequestMessage, signedAskMessage } from './messages/wallet.ts';
import type { RouteTable } from './mount.ts';
import { digestNative, kemNative, mlDsaNative } from './node/native-crypto.ts';
import { AUTHORITY_ROUTES, MESSAGE_MEDIA_TYPE, OPERATOR_ROUTES, type Route } from './route.ts';
import { accepted, AUTHORITY, seedOf, type World, worldOf } from './session/parties.fixture.ts';
import {
  firstLink,
  requestAuthenticator,
  type SessionKeys,
  sessionKeysOf,
} from './session/session-chain.ts';
import type { Outgoing } from './transport.ts';

export const WALLET_SEED = new Uint8Array(32).fill(50);
const WALLET_KEY = mlDsaNative.publicKeyOf(WALLET_SEED);
export const WALLET = walletIdOf(WALLET_KEY);
export const URL_BASE = 'http://service.example';

export interface Mounted {
  readonly world: World;
  readonly service: Service;
  /** Keys of the routes whose handler ran. */
  readonly ran: string[];
  readonly self: number;
}

/** A service over a table whose handlers answer with any value of the right shape. */
export function mounted(table: RouteTable, self: number, seed = 5): Mounted {
  const world = worldOf(seed);
  const ran: string[] = [];
  const handlers = Object.fromEntries(
    Object.entries(table).map(([key, route]) => [
      key,
      () => {
        ran.push(key);
        const shape = route.answer?.shape;
        return accept(shape === undefined ? undefined : arbitraryValue(shape, chanceOf(seed)));
      },
    ]),
  );
  const service = createService<RouteTable>({
    name: 'service',
    routes: table,
    handlers,
    gates: {
      session: world.desk(self),
      ask: createAskGate({
        authority: AUTHORITY,
        operator: self,
        suite: mlDsaNative,
        clock: world.clock,
        publicKeyOf: (wallet) => (hexOf(wallet) === hexOf(WALLET) ? WALLET_KEY : undefined),
      }),
    },
    clock: world.clock,
    plain: {
      status: () => ({ name: 'service' }),
      metrics: async () => 'up 1\n',
      isReady: () => true,
      openapi: () => '{}',
    },
  });
  return { world, service, ran, self };
}

/** A request to a route as anybody could send it. */
export function plainTo(route: Route<unknown, unknown>, body?: Uint8Array): Outgoing {
  return {
    method: route.method,
    url: URL_BASE + route.path,
    headers: body === undefined ? {} : { 'content-type': MESSAGE_MEDIA_TYPE },
    body,
  };
}

/** Any message a route takes. */
export function bodyFor(route: Route<unknown, unknown>, seed = 9): Uint8Array | undefined {
  if (route.request === undefined) return undefined;
  if (route.path === OPERATOR_ROUTES.open.path)
    return openRequestMessage.encode({
      publicKey: WALLET_KEY,
      alias: 'a@example.org',
      language: 'en',
    });
  return route.request.encode(arbitraryValue(route.request.shape, chanceOf(seed)));
}

/** A signed Ask around a message. */
export function askTo(
  { world, self }: Mounted,
  route: Route<unknown, unknown>,
  change: Partial<Ask> = {},
  seed = WALLET_SEED,
): Outgoing {
  const ask: Ask = {
    authority: AUTHORITY,
    operator: self,
    wallet: WALLET,
    route: route.path,
    time: world.clock(),
    nonce: world.random(16),
    body: bodyFor(route) ?? new Uint8Array(),
    ...change,
  };
  const signature = mlDsaNative.sign(seed, askMessage.encode(ask));
  return plainTo(route, signedAskMessage.encode({ ask, signature }));
}

export interface OpenedSession {
  readonly id: Uint8Array;
  readonly keys: SessionKeys;
}

/** A session opened by hand, so that a test can say anything in it. */
export async function opened(
  { world, service, self }: Mounted,
  caller = 2,
): Promise<OpenedSession> {
  const kemSeed = world.random(64);
  const open = {
    authority: AUTHORITY,
    caller,
    callee: self,
    kemKey: kemNative.publicKeyOf(kemSeed),
    nonce: world.random(16),
    time: world.clock(),
    seen: undefined,
  };
  const signature = mlDsaNative.sign(seedOf(caller), sessionOpenMessage.encode(open));
  const body = signedSessionOpenMessage.encode({ open, signature });
  const answer = await service.exchange(plainTo(AUTHORITY_ROUTES.sessionOpen, body));
  const { accept: half } = accepted(signedSessionAcceptMessage.decode(answer.body));
  const secret = kemNative.decapsulate(kemSeed, half.ciphertext) ?? new Uint8Array();
  const first = firstLink(
    digestNative,
    hashOf(sessionOpenMessage, open),
    hashOf(sessionAcceptMessage, half),
  );
  return { id: half.session, keys: sessionKeysOf(secret, first) };
}

/** A request inside a session. */
export function saidIn(
  { id, keys }: OpenedSession,
  counter: number,
  route: Route<unknown, unknown>,
  body = bodyFor(route) ?? new Uint8Array(),
): Outgoing {
  const { method, path } = route;
  const mac = requestAuthenticator(digestNative, keys.request, {
    session: id,
    counter,
    method,
    path,
    body,
  });
  const plain = plainTo(route, body);
  const own = {
    'specie-session': hexOf(id),
    'specie-counter': String(counter),
    'specie-authenticator': hexOf(mac),
  };
  return { ...plain, headers: { ...plain.headers, ...own } };
}

export const TABLES = [
  ['authority', AUTHORITY_ROUTES as RouteTable, 0],
  ['operator', OPERATOR_ROUTES as RouteTable, 1],
] as const;
