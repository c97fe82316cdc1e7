/**
 * A person with a wallet, as small as can be: keys, pieces learned from the operator's events, and
 * orders made by hand, so that a test can also make the ones no decent wallet would.
 */
import { concatBytes, hexOf } from '@specie/core/base/bytes';
import { after, DAY, HOUR } from '@specie/core/base/instant';
import type { Result } from '@specie/core/base/result';
import type { Coin } from '@specie/core/coin/coin';
import { lockOfSecret } from '@specie/core/coin/lock';
import { deriveKey } from '@specie/core/crypto/hash';
import { walletIdOf, formatAddress, type Address } from '@specie/core/payment/address';
import {
  batchHeadMessage,
  batchRoot,
  batchSecret,
  type LockBatch,
  type LockOffer,
} from '@specie/core/payment/lock-batch';
import { orderHash, orderMessage, type Order } from '@specie/core/payment/order';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import type { PayAnswer, PayRequest, WalletCard } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES as ROUTES } from '@specie/protocol/route';
import { walletClient, type WalletClient } from '@specie/protocol/wallet-client';
import type { Transport } from '@specie/protocol/transport';
import { drawn } from './town.ts';

/** Where a person's operator is, in one process or behind a socket. */
export interface Counter {
  readonly number: number;
  readonly url: string;
  readonly authorityId: Uint8Array;
  readonly transport: Transport;
  readonly clock: () => ReturnType<typeof after>;
  code(to: string): Promise<string>;
}

export interface Held {
  readonly coin: Coin;
  readonly from: number;
  readonly to: number;
  readonly secret: Uint8Array;
}

export interface Person {
  readonly counter: Counter;
  readonly alias: string;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: Address;
  readonly addressText: string;
  readonly client: WalletClient;
  readonly lockKey: Uint8Array;
  card: WalletCard;
  events: number;
  pieces: Held[];
  notes: string[];
}

export function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

export function newPerson(counter: Counter, alias: string): Person {
  const seed = drawn(32);
  const publicKey = mlDsaNative.publicKeyOf(seed);
  const address = { operator: counter.number, wallet: walletIdOf(publicKey) };
  const client = walletClient({
    transport: counter.transport,
    operatorUrl: counter.url,
    authority: counter.authorityId,
    operator: counter.number,
    wallet: address.wallet,
    sign: (message) => mlDsaNative.sign(seed, message),
    clock: counter.clock,
    random: drawn,
  });
  return {
    counter,
    alias,
    seed,
    publicKey,
    address,
    addressText: formatAddress(address),
    client,
    lockKey: deriveKey(seed, 'wallet/locks'),
    card: undefined as never,
    events: 0,
    pieces: [],
    notes: [],
  };
}

/** Opens a wallet and leaves locks. */
export async function openPerson(counter: Counter, alias: string, locks = 64): Promise<Person> {
  const person = newPerson(counter, alias);
  const ticket = good(
    await person.client.ask(ROUTES.open, { publicKey: person.publicKey, alias, language: 'en' }),
  );
  const code = await counter.code(alias);
  person.card = good(await person.client.ask(ROUTES.confirm, { ticket: ticket.ticket, code }));
  if (locks > 0) good(await person.client.ask(ROUTES.locks, batchOf(person, locks)));
  return person;
}

/** A batch of locks as a wallet makes it. */
export function batchOf(
  { counter, address, lockKey, seed }: Person,
  count: number,
  nonce = drawn(16),
): LockBatch {
  const hashes = Array.from(
    { length: count },
    (_, i) => lockOfSecret(batchSecret(lockKey, nonce, i)).hash,
  );
  const head = {
    authority: counter.authorityId,
    owner: address,
    nonce,
    count,
    root: batchRoot(hashes),
    ends: after(counter.clock(), 29 * DAY),
  };
  return { head, hashes, signature: mlDsaNative.sign(seed, batchHeadMessage.encode(head)) };
}

/** Learns what happened since the last time. */
export async function learn(person: Person): Promise<void> {
  for (;;) {
    const state = good(await person.client.ask(ROUTES.state, { after: person.events, max: 100 }));
    for (const { number, what } of state.events) {
      if (number !== person.events + 1) throw new Error('events have no gap');
      person.events = number;
      const { from, to } = what;
      if (what.is === 'went') {
        person.pieces = person.pieces.filter(
          (held) =>
            hexOf(held.coin.identity) !== hexOf(what.coin) || held.from !== from || held.to !== to,
        );
        continue;
      }
      const secret = batchSecret(person.lockKey, what.origin.nonce, what.origin.index);
      if (hexOf(lockOfSecret(secret).hash) !== hexOf(what.hash))
        throw new Error('a piece opens with its origin');
      person.pieces.push({ coin: what.coin, from, to, secret });
      if (what.note !== '') person.notes.push(what.note);
    }
    if (!state.hasMore) return;
  }
}

export function balance({ pieces }: Person, currency = 156): bigint {
  return pieces
    .filter(({ coin }) => coin.basket[0]!.currency === currency)
    .reduce((sum, { from, to }) => sum + BigInt(to - from), 0n);
}

export async function draw(
  payer: Person,
  payee: Address,
  amount: bigint,
  count = 1,
  currency = 156,
  note = '',
): Promise<Result<{ readonly offers: readonly LockOffer[] }>> {
  return payer.client.ask(ROUTES.draw, { payee, sums: [{ currency, amount }], count, note });
}

export interface OrderWish {
  readonly to: readonly { readonly hash: Uint8Array; readonly tag: Uint8Array }[];
  readonly amount: bigint;
  readonly verb?: Order['verb'];
  readonly currency?: number;
  readonly end?: number;
  readonly pieces?: readonly Held[];
  readonly change?: (order: Order) => Order;
}

/** An order out of as many pieces as it takes, one lock each. */
export function orderOf(person: Person, wish: OrderWish): PayRequest {
  const nonce = drawn(16);
  const chosen: { held: Held; units: number }[] = [];
  let left = wish.amount;
  const own =
    wish.pieces ??
    person.pieces.filter(({ coin }) => coin.basket[0]!.currency === (wish.currency ?? 156));
  for (const held of own) {
    if (left === 0n) break;
    const units = Number(BigInt(held.to - held.from) < left ? BigInt(held.to - held.from) : left);
    chosen.push({ held, units });
    left -= BigInt(units);
  }
  if (left > 0n) throw new Error('not enough money');
  chosen.sort(
    (a, b) =>
      Buffer.compare(a.held.coin.identity, b.held.coin.identity) || a.held.from - b.held.from,
  );
  let output = 0;
  const parts = chosen.map(({ held, units }, i) => {
    const { hash, tag } = wish.to[i % wish.to.length]!;
    const outputs = [{ to: held.from + units, lock: { kind: 'secret' as const, hash }, tag }];
    output += 1;
    if (held.from + units < held.to) {
      const { hash: own_ } = lockOfSecret(batchSecret(person.lockKey, nonce, output));
      outputs.push({ to: held.to, lock: { kind: 'secret', hash: own_ }, tag: person.card.tag });
      output += 1;
    }
    return { coin: held.coin.identity, inputs: [{ from: held.from, to: held.to }], outputs };
  });
  const plain: Order = {
    authority: person.counter.authorityId,
    operator: person.counter.number,
    holder: person.card.tag,
    verb: wish.verb ?? 'transfer',
    end: (wish.end ?? after(person.counter.clock(), HOUR)) as Order['end'],
    nonce,
    parts,
  };
  const order = wish.change?.(plain) ?? plain;
  return {
    order,
    signature: mlDsaNative.sign(person.seed, orderMessage.encode(order)),
    secrets: chosen.map(({ held }) => held.secret),
  };
}

/** Draws, orders, pays; the payer does not learn of it by itself. */
export async function pay(
  payer: Person,
  payee: Address,
  amount: bigint,
  note = '',
): Promise<PayAnswer> {
  const { offers } = good(await draw(payer, payee, amount, 4, 156, note));
  return good(await payer.client.pay(orderOf(payer, { to: offers, amount })));
}

export async function topUp(
  person: Person,
  amount: bigint,
  currency = 156,
  reference = drawn(16),
): Promise<string> {
  const funding = good(
    await person.client.ask(ROUTES.topUp, { reference, currency, amount, account: 'TB-0001' }),
  );
  return funding.state;
}

export { orderHash, concatBytes };
