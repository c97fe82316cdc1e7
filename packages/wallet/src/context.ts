/**
 * What every act of a wallet works with: its ports, its vault, its book and its keys. Invariant: one
 * act runs at a time, so nothing is chosen, signed or booked on a state that another act is changing.
 *
 * Spec: 05 §8.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { hexOf } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import { faultOf } from '@specie/protocol/fault';
import type { Clock, Random } from '@specie/protocol/ports';
import type { Transport } from '@specie/protocol/transport';
import { operatorAt, type OperatorCard } from '@specie/protocol/trust/key-set';
import { walletClient, type WalletClient } from '@specie/protocol/wallet-client';
import { bookEvent, emptyBook, type Book, type OwnOrders } from './book.ts';
import type { CrashPoint } from './crash-points.ts';
import { keysOf, type WalletKeys } from './keys.ts';
import type { Identity, OwnOrder } from './records.ts';
import type { Storage } from './storage/storage.ts';
import { openVault, type Vault } from './vault.ts';

/** The world around a wallet. */
export interface WalletPorts {
  readonly storage: Storage;
  readonly transport: Transport;
  /** ML-DSA-44, for everything a wallet signs. */
  readonly mlDsa: SignatureSuite;
  /** SLH-DSA-SHA2-128s, which signs key sets. */
  readonly slhDsa: SignatureSuite;
  readonly clock: Clock;
  readonly random: Random;
  /** Waits before asking again; at once when left out. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  readonly at?: (point: CrashPoint) => void;
}

export interface Context {
  readonly ports: WalletPorts;
  readonly vault: Vault;
  book: Book;
  /** Ledger time as last told; zero before the first contact of this run. */
  ledgerTime: number;
  locksLeft: number | undefined;
  /** Whether the operator was asked in this run which batches of locks it knows. */
  areBatchesKnown: boolean;
  isTrustFresh: boolean;
  /** Keys of the present identity, derived once. */
  keys: { readonly of: Uint8Array; readonly keys: WalletKeys } | undefined;
  queue: Promise<unknown>;
}

/** Reads the storage and books its events again. */
export async function openContext(ports: WalletPorts): Promise<Result<Context>> {
  const vault = await openVault(ports.storage);
  if (!vault.ok) return vault;
  const context: Context = {
    ports,
    vault: vault.value,
    book: emptyBook(),
    ledgerTime: 0,
    locksLeft: undefined,
    areBatchesKnown: false,
    isTrustFresh: false,
    keys: undefined,
    queue: Promise.resolve(),
  };
  rebook(context);
  return accept(context);
}

/** Works the book out again from all events: for opening, and after the past became known. */
export function rebook(context: Context): void {
  context.book = emptyBook();
  if (context.vault.identity === undefined) return;
  const own = ownOrders(context);
  for (const event of context.vault.events) bookEvent(context.book, event, own);
}

/** Runs an act when those before it have ended. */
export function inTurn<T>(context: Context, act: () => Promise<T>): Promise<T> {
  const turn = context.queue.then(act, act);
  context.queue = turn.catch(() => undefined);
  return turn;
}

/** Marks a crash point. */
export function passed(context: Context, point: CrashPoint): void {
  context.ports.at?.(point);
}

/** The keys of the wallet's entropy. */
export function keysIn(context: Context): WalletKeys {
  const { identity } = context.vault;
  assert(identity !== undefined, 'a wallet with words has keys');
  if (context.keys?.of !== identity.entropy) {
    context.keys = { of: identity.entropy, keys: keysOf(identity.entropy, context.ports.mlDsa) };
  }
  return context.keys.keys;
}

/** An identity whose operator has opened it. */
export type OpenIdentity = Identity & { readonly card: NonNullable<Identity['card']> };

/** The identity, when the wallet is open at its operator. */
export function openIdentity(context: Context): Result<OpenIdentity> {
  const { identity } = context.vault;
  if (identity?.card === undefined) return refuse('wallet_missing');
  return accept({ ...identity, card: identity.card });
}

/** The card of an operator in force, by the newest key set known. */
export function operatorCardOf(context: Context, operator: number): Result<OperatorCard> {
  const { keySet } = context.vault;
  if (keySet === undefined) return refuse('trust_missing');
  const now = context.ports.clock();
  if (keySet.endsAt <= now) return refuse('key_set_ended');
  const card = operatorAt(keySet, operator, now);
  return card === undefined ? refuse('operator_unknown') : accept(card);
}

/** A client that asks this wallet's operator in its name. */
export function clientOf(context: Context, identity: Identity): WalletClient {
  const { transport, clock, random } = context.ports;
  const keys = keysIn(context);
  return walletClient({
    transport,
    operatorUrl: identity.operatorUrl,
    authority: identity.authority,
    operator: identity.operator,
    wallet: keys.wallet,
    sign: (message) => keys.sign(message),
    clock,
    random,
  });
}

/** Asks, and turns an operator that cannot be reached into the refusal that says so. */
export async function reach<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await ask();
  } catch (cause) {
    if (faultOf(cause) === undefined) throw cause;
    return refuse('operator_unreachable');
  }
}

/** Whether an order will never be carried out. */
export function isRefused({ state }: OwnOrder): boolean {
  return state.is === 'exposed' || state.is === 'refreshing' || state.is === 'refused';
}

/** What the book asks about own orders, answered from the vault. */
export function ownOrders(context: Context): OwnOrders {
  const { vault } = context;
  const keys = keysIn(context);
  return {
    secretOf: keys.secretOf,
    find(hash) {
      const found = vault.orders.get(hexOf(hash));
      return found && { locks: found.locks, isRefused: isRefused(found) };
    },
    isPast(number) {
      const past = vault.identity?.past ?? { is: 'none' };
      return past.is === 'unread' || (past.is === 'known' && number <= past.until);
    },
  };
}

/** What time it is for a wallet: never before the ledger time it was told. */
export function nowOf(context: Context): Instant {
  const now = context.ports.clock();
  return (context.ledgerTime > now ? context.ledgerTime : now) as Instant;
}
