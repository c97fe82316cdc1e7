/**
 * A wallet's side of the wire: asks its operator, each request signed with the wallet's key for this
 * operator, this route and this time; and pays with a signed order, which needs no second signature.
 *
 * Spec: 06 §3.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import type { Result } from '@specie/core/base/result';
import { NONCE_BYTES } from '@specie/core/payment/order';
import { answerOf } from './answer.ts';
import {
  askMessage,
  type PayAnswer,
  type PayRequest,
  signedAskMessage,
} from './messages/wallet.ts';
import type { Clock, Random } from './ports.ts';
import { MESSAGE_MEDIA_TYPE, OPERATOR_ROUTES, type Route } from './route.ts';
import { type TrustChain } from './trust/key-set.ts';
import { exchange, type Transport } from './transport.ts';

const TIMEOUT_MS = 20_000;

export interface WalletClientOptions {
  readonly transport: Transport;
  readonly operatorUrl: string;
  /** Fingerprint of the authority. */
  readonly authority: Uint8Array;
  /** Number of the operator. */
  readonly operator: number;
  /** Fingerprint of the wallet's key, as in its address. */
  readonly wallet: Uint8Array;
  /** Signs with the wallet's key. */
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeoutMs?: number;
}

export interface WalletClient {
  /** Asks the operator something; a `Fault` when it does not answer. */
  ask<I, O>(route: Route<I, O>, value: I): Promise<Result<O>>;
  /** Gives a signed order to the operator. Safe to repeat: an order happens once. */
  pay(request: PayRequest): Promise<Result<PayAnswer>>;
  /** The operator's copy of the authority's key sets, to be judged by `followTrust`. */
  trust(): Promise<Result<TrustChain>>;
}

/** A client for one wallet at one operator. */
export function walletClient(options: WalletClientOptions): WalletClient {
  const { transport, operatorUrl, authority, operator, wallet, sign, clock, random } = options;
  const base = operatorUrl.endsWith('/') ? operatorUrl.slice(0, -1) : operatorUrl;

  async function send<I, O>(route: Route<I, O>, body: Uint8Array | undefined): Promise<Result<O>> {
    const answer = await exchange(transport, {
      method: route.method,
      url: base + route.path,
      headers: {
        accept: MESSAGE_MEDIA_TYPE,
        ...(body && { 'content-type': MESSAGE_MEDIA_TYPE }),
      },
      body,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    });
    return answerOf(route, answer);
  }

  return {
    async ask(route, value) {
      assert(route.request !== undefined && route.caller === 'ask', 'only asks are asked');
      const ask = {
        authority,
        operator,
        wallet,
        route: route.path,
        time: clock(),
        nonce: random(NONCE_BYTES),
        body: route.request.encode(value),
      };
      const signature = await sign(askMessage.encode(ask));
      return send(route, signedAskMessage.encode({ ask, signature }));
    },
    pay(request) {
      const route = OPERATOR_ROUTES.pay;
      return send(route, route.request?.encode(request));
    },
    async trust() {
      const chain = await send(
        OPERATOR_ROUTES.trust as Route<never, { sets: TrustChain }>,
        undefined,
      );
      return chain.ok ? { ok: true, value: chain.value.sets } : chain;
    },
  };
}
