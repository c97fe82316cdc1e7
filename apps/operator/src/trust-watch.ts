/**
 * Whom this operator trusts: the authority it was pinned to at `init`, followed through every key
 * set and rotation since. Invariant: a key set is used only when it leads from the pinned
 * fingerprint, and never an older one after a newer.
 *
 * Spec: 02 §5, §6.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { Fault } from '@specie/protocol/fault';
import { answerOf } from '@specie/protocol/answer';
import { MESSAGE_MEDIA_TYPE, OPERATOR_ROUTES, type Route } from '@specie/protocol/route';
import { type PartyKeys, sessionKeyAt } from '@specie/protocol/session/party-keys';
import { exchange, type Transport } from '@specie/protocol/transport';
import {
  followTrust,
  operatorAt,
  trustChainMessage,
  type KeySet,
  type OperatorCard,
  type TrustChain,
} from '@specie/protocol/trust/key-set';

/** Who is not in the key set may be new in it; but nobody can make us ask more often than this. */
const ASK_AGAIN_MS = 5000;
const TIMEOUT_MS = 5000;

export interface TrustWatch extends PartyKeys {
  readonly keySet: KeySet | undefined;
  readonly chain: TrustChain;
  cardOf(operator: number): OperatorCard | undefined;
  /** Fetches the present chain; throws a `Fault` when there is none that can be trusted. */
  fetch(): Promise<void>;
  /** Fetches because somebody is missing, unless that was done a moment ago. */
  look(): Promise<void>;
}

export interface TrustWatchOptions {
  readonly authority: Uint8Array;
  readonly url: string;
  readonly seed: Uint8Array;
  readonly transport: Transport;
  readonly suite: SignatureSuite;
  readonly clock: () => Instant;
  readonly kept: Uint8Array | undefined;
  readonly keep: (chain: Uint8Array) => void;
  readonly onFault: (fault: unknown) => void;
}

/** A watch that begins with what was kept. */
export function createTrustWatch(options: TrustWatchOptions): TrustWatch {
  const { authority, clock, suite } = options;
  let keySet: KeySet | undefined;
  let chain: TrustChain = [];
  let askedAt = 0;

  const follow = (bytes: Uint8Array): void => {
    const read = trustChainMessage.decode(bytes);
    if (!read.ok) throw untrusted(read.refusal.code);
    const followed = followTrust({ authority, known: keySet }, read.value.sets, clock(), suite);
    if (!followed.ok) throw untrusted(followed.refusal.code);
    const isNew = keySet?.number !== followed.value.number;
    keySet = followed.value;
    chain = read.value.sets;
    if (isNew) options.keep(bytes);
  };
  const fetch = async (): Promise<void> => {
    const route = OPERATOR_ROUTES.trust as Route<never, { readonly sets: TrustChain }>;
    const answer = await exchange(options.transport, {
      method: route.method,
      url: options.url.replace(/\/$/, '') + route.path,
      headers: { accept: MESSAGE_MEDIA_TYPE },
      body: undefined,
      timeoutMs: TIMEOUT_MS,
    });
    const read = answerOf(route, answer);
    if (!read.ok) throw untrusted(read.refusal.code);
    follow(answer.body);
  };

  if (options.kept !== undefined) {
    try {
      follow(options.kept);
    } catch (cause) {
      // What was kept may have ended meanwhile; the present one will be fetched.
      options.onFault(cause);
    }
  }

  return {
    authority,
    seed: options.seed,
    get keySet() {
      return keySet;
    },
    get chain() {
      return chain;
    },
    sessionKeyOf: (party) =>
      keySet === undefined ? undefined : sessionKeyAt(keySet, party, clock()),
    cardOf: (operator) =>
      keySet === undefined ? undefined : operatorAt(keySet, operator, clock()),
    fetch,
    async look() {
      const now = clock();
      if (now - askedAt < ASK_AGAIN_MS) return;
      askedAt = now;
      await fetch().catch(options.onFault);
    },
  };
}

function untrusted(code: string): Fault {
  return new Fault(
    'trust_refused',
    'safe',
    `the authority's key set is not to be trusted: ${code}`,
  );
}
