/**
 * Who asks: judges a wallet's signed request before anything is done for it. Invariant: what passes
 * was signed by this wallet's key, for this operator and route, within five minutes, and never
 * passed before.
 *
 * Spec: 06 §3.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { after } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { ContentOf } from '@specie/core/codec/message';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { walletIdOf } from '@specie/core/payment/address';
import {
  type Ask,
  ASK_SPAN,
  askMessage,
  openRequestMessage,
  type signedAskMessage,
} from './messages/wallet.ts';
import { nonceWindow } from './nonce-window.ts';
import type { Clock } from './ports.ts';
import { OPERATOR_ROUTES } from './route.ts';

/** About 60 MB when full: more than a thousand requests a second over the ten minutes that count. */
const NONCES_MAX = 1_000_000;
/** Some thirty requests a second for ten minutes, far beyond what a till does. */
const NONCES_PER_WALLET = 20_000;

/** Anyone can ask to open wallets, under ever new keys; they fill a memory of their own. */
const OPENINGS_MAX = 50_000;

export type SignedAsk = ContentOf<typeof signedAskMessage>;

/** The wallet that asks. */
export interface Asker {
  readonly wallet: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly ask: Ask;
}

export interface AskGateOptions {
  readonly authority: Uint8Array;
  readonly operator: number;
  readonly suite: SignatureSuite;
  readonly clock: Clock;
  /** The key of a wallet of ours, one that is being opened included. */
  readonly publicKeyOf: (wallet: Uint8Array) => Uint8Array | undefined;
  readonly noncesMax?: number;
  readonly noncesPerWallet?: number;
  readonly openingsMax?: number;
}

export interface AskGate {
  /** Lets a request through once. `path` is the route it came by. */
  admit(signed: SignedAsk, path: string): Result<Asker>;
}

/** A gate that has seen nothing yet. */
export function createAskGate(options: AskGateOptions): AskGate {
  const { authority, operator, suite, clock } = options;
  const nonces = nonceWindow({
    max: options.noncesMax ?? NONCES_MAX,
    perOwner: options.noncesPerWallet ?? NONCES_PER_WALLET,
  });
  const openings = nonceWindow({
    max: options.openingsMax ?? OPENINGS_MAX,
    perOwner: OPENINGS_MAX,
  });
  return {
    admit({ ask, signature }, path) {
      const now = clock();
      if (!equalBytes(ask.authority, authority)) return refuse('ask_misdirected', '.ask.authority');
      if (ask.operator !== operator) return refuse('ask_misdirected', '.ask.operator');
      if (ask.route !== path) return refuse('ask_misdirected', '.ask.route');
      if (Math.abs(ask.time - now) > ASK_SPAN) return refuse('ask_stale', '.ask.time');
      const publicKey = keyOf(ask, options);
      if (!publicKey.ok) return publicKey;
      const kept = ask.route === OPERATOR_ROUTES.open.path ? openings : nonces;
      if (kept.isSeen(ask.wallet, ask.nonce)) return refuse('ask_repeated', '.ask.nonce');
      if (!suite.verify(publicKey.value, askMessage.encode(ask), signature))
        return refuse('authenticator_wrong', '.signature');
      const crowding = kept.crowding(ask.wallet, now);
      if (crowding !== undefined) return refuse(crowding);
      kept.keep(ask.wallet, ask.nonce, after(ask.time, ASK_SPAN));
      return accept({ wallet: ask.wallet, publicKey: publicKey.value, ask });
    },
  };
}

/** A wallet that is not open yet brings its key along; the fingerprint it asks under must be that key's. */
function keyOf(ask: Ask, options: AskGateOptions): Result<Uint8Array> {
  if (ask.route !== OPERATOR_ROUTES.open.path) {
    const known = options.publicKeyOf(ask.wallet);
    return known === undefined ? refuse('wallet_unknown', '.ask.wallet') : accept(known);
  }
  const opening = openRequestMessage.decode(ask.body);
  if (!opening.ok) return opening;
  const { publicKey } = opening.value;
  return equalBytes(walletIdOf(publicKey), ask.wallet)
    ? accept(publicKey)
    : refuse('authenticator_wrong', '.ask.wallet');
}
