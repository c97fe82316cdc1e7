/**
 * What the desks of an operator share: who it is, its book and vault, its keys, the time.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import type { Book } from '../book/book.ts';
import type { Wallet } from '../book/wallets.ts';
import type { At } from '../crash-points.ts';
import { RateGate } from '../rule/rate.ts';
import { RATE_NAMES, type RateName, type Rates, type Settings } from '../settings.ts';
import type { Vault } from '../vault.ts';

/** Seeds and keys of an operator, 32 bytes each. */
export interface OperatorKeys {
  /** Seed of the key that opens sessions and signs requests to the mint. */
  readonly session: Uint8Array;
  /** Seed of the key that signs statements, refusals and the stock's orders. */
  readonly statement: Uint8Array;
  /** The stock's lock secrets derive from it. */
  readonly stock: Uint8Array;
  /** Names and codes are kept under it. */
  readonly vault: Uint8Array;
}

export interface Office {
  readonly settings: Settings;
  readonly authority: Uint8Array;
  readonly operator: number;
  readonly keys: OperatorKeys;
  /** The operator's own stock, which is kept like a wallet of its statement key. */
  readonly stock: Wallet;
  readonly book: Book;
  readonly vault: Vault;
  readonly suite: SignatureSuite;
  readonly clock: () => Instant;
  readonly random: (length: number) => Uint8Array;
  readonly at: At;
  readonly rates: Readonly<Record<RateName, RateGate>>;
  /** Hears of what failed in the world and will be tried again. */
  readonly onFault: (fault: unknown) => void;
}

/** Gates for all rates. */
export function gatesOf(rates: Rates): Office['rates'] {
  const gates = RATE_NAMES.map((name): [RateName, RateGate] => [name, new RateGate(rates[name])]);
  return Object.fromEntries(gates) as Office['rates'];
}

/** Whether one more request of a name is allowed now. */
export function isAllowed(office: Office, rate: RateName, name: string): boolean {
  return office.rates[rate].take(name, office.clock()) === undefined;
}
