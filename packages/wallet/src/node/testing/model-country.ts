/**
 * A small country for tests of the wallet: one ledger with the rules of core, and operators that
 * speak the protocol's own messages over a transport in memory. It keeps just as much as the wallet
 * can see. Storage, signatures and secrets are real; the services themselves are tested elsewhere.
 */
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { after, HOUR, type Instant } from '@specie/core/base/instant';
import type { RefusalCode } from '@specie/core/base/refusals';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { hashOf } from '@specie/core/crypto/hash';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { plainBasket } from '@specie/core/coin/basket';
import { coinKey, type Coin } from '@specie/core/coin/coin';
import { operatorOf, stockTag, tagKey, tagOf } from '@specie/core/coin/holder';
import { lockOfSecret } from '@specie/core/coin/lock';
import type { CommandBody } from '@specie/core/ledger/command';
import { step } from '@specie/core/ledger/ledger';
import { emptyState, type LedgerState } from '@specie/core/ledger/state';
import { walletIdOf, type Address } from '@specie/core/payment/address';
import { batchPath, type LockBatch, type LockOffer } from '@specie/core/payment/lock-batch';
import { orderHash, orderMessage, outputRanges, type Order } from '@specie/core/payment/order';
import type { Caveat } from '@specie/core/terms/terms';
import { Fault } from '@specie/protocol/fault';
import { problemOf } from '@specie/protocol/problem';
import {
  askMessage,
  payeeStatementMessage,
  payRequestMessage,
  signedAskMessage,
  type PayAnswer,
  type PayRequest,
  type WalletEvent,
} from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import type { Transport } from '@specie/protocol/transport';
import {
  AUTHORITY,
  bytesOf,
  cardOf,
  chainFor,
  CNY,
  CODE,
  hasBatch,
  left,
  locksLeft,
  type ModelOperator,
  type ModelWallet,
  originIn,
  refusedAnswer,
  START,
  stockOffer,
} from './model-people.ts';

/** What a country is told to do wrong, once or always. */
export interface Mischief {
  /** Refuses the next payments, signed, with this code. */
  refusePayments: RefusalCode | undefined;
  /** Called before a request is served; throwing loses the request. */
  before: ((route: string) => void) | undefined;
  /** Called after it was served; throwing loses the answer. */
  after: ((route: string) => void) | undefined;
}

export interface Country {
  readonly state: LedgerState;
  readonly operators: readonly ModelOperator[];
  readonly mischief: Mischief;
  readonly transport: Transport;
  /** Secrets that were ever shown to an operator, by hex. */
  readonly shown: Set<string>;
  /** The clock of everybody. */
  now: Instant;
  /** Mints a coin of this many units into an operator's stock. */
  mint(operator: number, units: number, terms?: readonly Caveat[]): void;
  walletOf(alias: string): ModelWallet;
  /** Whatever the operator tells, for tests that make it lie. */
  operatorOf(wallet: ModelWallet): ModelOperator;
}

/** A country with this many operators, each with one large coin in stock. */
export function newCountry(count = 2): Country {
  const state = emptyState(AUTHORITY);
  const operators = Array.from({ length: count }, (_, i): ModelOperator => ({
    number: i + 1,
    url: `http://operator-${i + 1}.test`,
    statementSeed: bytesOf(`statement ${i + 1}`),
    wallets: new Map(),
    opening: new Map(),
    answers: new Map(),
    stockDrawn: 0,
  }));
  const model = new Model(state, operators);
  model.setUp();
  return model;
}

class Model implements Country {
  readonly state: LedgerState;
  readonly operators: readonly ModelOperator[];
  readonly mischief: Mischief = { refusePayments: undefined, before: undefined, after: undefined };
  readonly shown = new Set<string>();
  now: Instant = START;
  private sequence = 0;
  private coins = 0;
  private draws = 0;
  /** Secrets of stock pieces, by `coin:from`. */
  private readonly stockSecrets = new Map<string, Uint8Array>();
  private readonly notes = new Map<string, string>();

  constructor(state: LedgerState, operators: readonly ModelOperator[]) {
    this.state = state;
    this.operators = operators;
  }

  setUp(): void {
    this.command({ is: 'policy', currency: CNY, numerator: 1, denominator: 1 });
    for (const { number } of this.operators) {
      const quotas = [{ currency: CNY, amount: 10n ** 12n }];
      this.command({ is: 'admit', operator: number, quotas });
    }
  }

  readonly transport: Transport = async (request) => {
    const url = new URL(request.url);
    const operator = this.operators.find((each) => each.url === url.origin);
    if (operator === undefined) throw new Fault('peer_silent', 'safe', 'nobody there');
    this.mischief.before?.(url.pathname);
    const body = new Uint8Array(await request.arrayBuffer());
    const answer = this.serve(operator, url.pathname, body);
    this.mischief.after?.(url.pathname);
    return answer;
  };

  mint(operator: number, units: number, terms: readonly Caveat[] = []): void {
    this.coins += 1;
    const identity = bytesOf(`coin ${this.coins}`);
    const secret = bytesOf(`stock ${this.coins}`);
    const coin: Coin = { identity, basket: plainBasket(CNY), units, terms, mintedAt: this.now };
    const reference = bytesOf(`reserve ${this.coins}`);
    const sums = [{ currency: CNY, amount: BigInt(units) }];
    const coins = [{ coin, lock: lockOfSecret(secret) }];
    const reserve = { reference, sums };
    this.command({ is: 'issue', operator, reserve, coins, sources: new Uint8Array(0) });
    this.stockSecrets.set(`${coinKey(identity)}:0`, secret);
  }

  walletOf(alias: string): ModelWallet {
    for (const { wallets } of this.operators)
      for (const wallet of wallets.values()) if (wallet.alias === alias) return wallet;
    throw new Error(`no wallet of ${alias}`);
  }

  operatorOf(wallet: ModelWallet): ModelOperator {
    return this.operators[wallet.address.operator - 1]!;
  }

  private command(body: CommandBody, operator = 0): Result<{ readonly position: number }> {
    this.sequence += 1;
    const command = { operator, session: new Uint8Array(16), sequence: this.sequence, body };
    const entry = step(this.state, command, this.now);
    if (!entry.ok && body.is !== 'move') throw new Error(entry.refusal.code + entry.refusal.at);
    return entry;
  }

  private serve(operator: ModelOperator, path: string, body: Uint8Array): Response {
    if (path === OPERATOR_ROUTES.trust.path) return answered(chainFor(this.operators));
    if (path === OPERATOR_ROUTES.pay.path) {
      const request = payRequestMessage.decode(body);
      if (!request.ok) return problemOf(request.refusal);
      const paid = this.pay(operator, request.value);
      return paid.ok
        ? answered(OPERATOR_ROUTES.pay.answer!.encode(paid.value))
        : problemOf(paid.refusal);
    }
    const asked = signedAskMessage.decode(body);
    if (!asked.ok) return problemOf(asked.refusal);
    const { ask, signature } = asked.value;
    const key = hexOf(ask.wallet);
    const wallet = operator.wallets.get(key);
    const opening =
      path === OPERATOR_ROUTES.open.path
        ? OPERATOR_ROUTES.open.request!.decode(ask.body)
        : undefined;
    if (opening?.ok === true) {
      const { publicKey, alias } = opening.value;
      operator.opening.set(key, { publicKey, alias });
    }
    const publicKey = wallet?.publicKey ?? operator.opening.get(key)?.publicKey;
    if (publicKey === undefined) return problem('wallet_unknown');
    const isSigned =
      ask.route === path &&
      equalBytes(walletIdOf(publicKey), ask.wallet) &&
      mlDsaNative.verify(publicKey, askMessage.encode(ask), signature);
    if (!isSigned) return problem('signature_invalid');
    return this.asked(operator, path, ask.body, key, wallet);
  }

  private asked(
    operator: ModelOperator,
    path: string,
    body: Uint8Array,
    key: string,
    wallet: ModelWallet | undefined,
  ): Response {
    const route = Object.values(OPERATOR_ROUTES).find((each) => each.path === path);
    const value = route?.request?.decode(body);
    if (route?.answer === undefined || value === undefined) return problem('route_unknown');
    if (!value.ok) return problemOf(value.refusal);
    const handler = this.handlers[path];
    if (handler === undefined) return problem('route_unknown');
    if (wallet === undefined && !path.endsWith('/open') && !path.endsWith('/confirm'))
      return problem('wallet_unknown');
    const result = handler(operator, value.value as never, wallet as ModelWallet, key);
    if (!result.ok) return problemOf(result.refusal);
    return answered(route.answer.encode(result.value as never));
  }

  private readonly handlers: Record<
    string,
    (operator: ModelOperator, value: never, wallet: ModelWallet, key: string) => Result<unknown>
  > = {
    '/v1/wallet/open': (_operator, _value, wallet) =>
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent until opened.
      wallet !== undefined
        ? refuse('wallet_known')
        : accept({
            ticket: new Uint8Array(16),
            sentTo: '+86 138 •••• 0000',
            endsAt: after(this.now, HOUR),
          }),
    '/v1/wallet/confirm': (operator, { code }: { code: string }, _wallet, key) => {
      if (code !== CODE) return refuse('code_wrong');
      const { publicKey, alias } = operator.opening.get(key)!;
      const address = { operator: operator.number, wallet: walletIdOf(publicKey) };
      const tag = tagOf(operator.number, bytesOf(`tag ${key}`).slice(0, 12));
      const made: ModelWallet = {
        address,
        publicKey,
        alias,
        tag,
        batches: [],
        events: [],
        fundings: new Map(),
      };
      operator.wallets.set(key, made);
      return accept(cardOf(made));
    },
    '/v1/wallet/card': (_operator, _value, wallet) => accept(cardOf(wallet)),
    '/v1/wallet/locks': (_operator, whole: LockBatch, wallet) => left(wallet, whole, 0),
    '/v1/wallet/locks-again': (_operator, whole: LockBatch, wallet) =>
      left(wallet, whole, whole.hashes.length),
    '/v1/wallet/batches': (_operator, { nonces }: { nonces: readonly Uint8Array[] }, wallet) =>
      accept({ nonces: nonces.filter((nonce) => !hasBatch(wallet, nonce)) }),
    '/v1/wallet/state': (_operator, { after: last, max }: { after: number; max: number }, wallet) =>
      accept({
        events: wallet.events.slice(last, last + max),
        hasMore: wallet.events.length > last + max,
        locksLeft: locksLeft(wallet),
        ledgerTime: this.now,
      }),
    '/v1/wallet/payee': (_operator, { to }: { to: string }) => {
      for (const { wallets, statementSeed } of this.operators) {
        for (const wallet of wallets.values()) {
          if (wallet.alias !== to) continue;
          const { address } = wallet;
          const until = after(this.now, HOUR);
          const statement = { authority: AUTHORITY, address, name: `${to} (checked)`, until };
          const signature = mlDsaNative.sign(
            statementSeed,
            payeeStatementMessage.encode(statement),
          );
          return accept({ statement, signature });
        }
      }
      return refuse('payee_unknown');
    },
    '/v1/wallet/draw': (
      operator,
      { payee, count, note }: { payee: Address; count: number; note: string },
    ) => {
      const offers = Array.from({ length: count }, () => this.offer(operator, payee, note));
      const missing = offers.find((each) => !each.ok);
      if (missing?.ok === false) return missing;
      return accept({ offers: offers.flatMap((each) => (each.ok ? [each.value] : [])) });
    },
    '/v1/wallet/order': (operator, { order }: { order: Uint8Array }) => {
      const answer = operator.answers.get(hexOf(order));
      return answer === undefined ? refuse('order_unknown') : accept(answer);
    },
    '/v1/wallet/topup': (
      operator,
      { reference, amount, currency }: { reference: Uint8Array; amount: bigint; currency: number },
      wallet,
    ) => {
      const key = hexOf(reference);
      if (!wallet.fundings.has(key)) {
        const moved = this.fromStock(operator, wallet, Number(amount));
        if (!moved.ok) return moved;
        wallet.fundings.set(key, { amount, currency, kind: 'topUp' });
      }
      return this.funding(wallet, reference);
    },
    '/v1/wallet/cashout': (
      operator,
      { reference, payment }: { reference: Uint8Array; payment: PayRequest },
      wallet,
    ) => {
      const paid = this.pay(operator, payment);
      if (!paid.ok) return paid;
      if (paid.value.outcome.is !== 'paid') return refuse('bank_refused');
      let units = 0;
      for (const part of payment.order.parts)
        for (const { from, to, output } of outputRanges(part))
          if (equalBytes(output.tag, stockTag(operator.number))) units += to - from;
      const amount = BigInt(units);
      wallet.fundings.set(hexOf(reference), { amount, currency: CNY, kind: 'cashOut' });
      return this.funding(wallet, reference);
    },
    '/v1/wallet/funding': (_operator, { reference }: { reference: Uint8Array }, wallet) =>
      this.funding(wallet, reference),
  };

  private funding(wallet: ModelWallet, reference: Uint8Array): Result<unknown> {
    const found = wallet.fundings.get(hexOf(reference));
    if (found === undefined) return refuse('order_unknown');
    return accept({ reference, ...found, state: 'done', code: 0 });
  }

  private offer(operator: ModelOperator, payee: Address, note: string): Result<LockOffer> {
    const publicKey = mlDsaNative.publicKeyOf(operator.statementSeed);
    if (equalBytes(payee.wallet, walletIdOf(publicKey)))
      return accept(stockOffer(operator, this.now));
    const wallet = this.operators[payee.operator - 1]?.wallets.get(hexOf(payee.wallet));
    const batch = wallet?.batches.find(
      ({ whole, next }) => next < whole.head.count && whole.head.ends > this.now,
    );
    if (wallet === undefined || batch === undefined) return refuse('locks_exhausted');
    const index = batch.next++;
    const { head, signature, hashes } = batch.whole;
    this.notes.set(hexOf(hashes[index]!), note);
    return accept({
      head,
      signature,
      publicKey: wallet.publicKey,
      index,
      hash: hashes[index]!,
      path: batchPath(hashes, index),
      tag: wallet.tag,
    });
  }

  private pay(
    operator: ModelOperator,
    { order, signature, secrets }: PayRequest,
  ): Result<PayAnswer> {
    const hash = orderHash(order);
    const known = operator.answers.get(hexOf(hash));
    if (known !== undefined) return accept(known);
    const wallet = [...operator.wallets.values()].find((each) =>
      equalBytes(each.tag, order.holder),
    );
    if (wallet === undefined) return refuse('wallet_unknown');
    if (!mlDsaNative.verify(wallet.publicKey, orderMessage.encode(order), signature))
      return refuse('signature_invalid');
    for (const secret of secrets) this.shown.add(hexOf(secret));
    const { refusePayments } = this.mischief;
    const isOwn = order.verb === 'merge';
    const entry =
      refusePayments !== undefined && !isOwn
        ? refuse(refusePayments)
        : this.command({ is: 'move', order, secrets }, operator.number);
    const answer = entry.ok
      ? this.applied(order, hash, entry.value.position)
      : refusedAnswer(operator, hash, entry.refusal, this.now);
    operator.answers.set(hexOf(hash), answer);
    return accept(answer);
  }

  private applied(order: Order, hash: Uint8Array, position: number): PayAnswer {
    let index = 0;
    for (const part of order.parts) {
      const { coin } = this.state.coins.get(coinKey(part.coin))!;
      const holder = this.holderOf(order.holder);
      for (const { from, to } of part.inputs)
        this.tell(holder, position, { is: 'went', coin: part.coin, from, to, order: hash });
      for (const { from, to, output } of outputRanges(part)) {
        const isChange = equalBytes(output.tag, order.holder);
        const receiver = this.holderOf(output.tag);
        const origin = isChange
          ? { nonce: order.nonce, index }
          : originIn(receiver, output.lock.hash);
        index += 1;
        if (origin === undefined) continue;
        const note = this.notes.get(hexOf(output.lock.hash)) ?? '';
        this.tell(receiver, position, {
          is: 'came',
          coin,
          from,
          to,
          hash: output.lock.hash,
          origin,
          order: isChange ? hash : undefined,
          isChange,
          note,
        });
      }
    }
    return { order: hash, outcome: { is: 'paid', position, time: this.now } };
  }

  private tell(wallet: ModelWallet | undefined, position: number, what: WalletEvent['what']): void {
    wallet?.events.push({ number: wallet.events.length + 1, position, time: this.now, what });
  }

  private holderOf(tag: Uint8Array): ModelWallet | undefined {
    const operator = this.operators[operatorOf(tag) - 1];
    return [...(operator?.wallets.values() ?? [])].find((each) => equalBytes(each.tag, tag));
  }

  /** Moves units of the stock to a wallet, cutting the first piece that is large enough. */
  private fromStock(operator: ModelOperator, wallet: ModelWallet, units: number): Result<true> {
    const stock = tagKey(stockTag(operator.number));
    for (const [key, { coin, pieces }] of this.state.coins) {
      for (const piece of pieces) {
        if (piece.state !== 'live' || tagKey(piece.tag) !== stock) continue;
        const secret = this.stockSecrets.get(`${key}:${piece.from}`);
        if (secret === undefined || piece.to - piece.from < units) continue;
        const offer = this.offer(operator, wallet.address, '');
        if (!offer.ok) return offer;
        return this.moveStock(operator, { coin, piece, secret, units, offer: offer.value });
      }
    }
    return refuse('stock_insufficient');
  }

  private moveStock(
    operator: ModelOperator,
    {
      coin,
      piece,
      secret,
      units,
      offer,
    }: {
      readonly coin: Coin;
      readonly piece: { readonly from: number; readonly to: number };
      readonly secret: Uint8Array;
      readonly units: number;
      readonly offer: LockOffer;
    },
  ): Result<true> {
    const { from, to } = piece;
    const middle = from + units;
    const rest = bytesOf(`stock rest ${this.draws++}`);
    const holder = stockTag(operator.number);
    const out = { to: middle, lock: { kind: 'secret', hash: offer.hash }, tag: offer.tag } as const;
    const change = { to, lock: lockOfSecret(rest), tag: holder };
    const order: Order = {
      authority: AUTHORITY,
      operator: operator.number,
      holder,
      verb: 'transfer',
      end: after(this.now, HOUR),
      nonce: rest.slice(0, 16),
      parts: [
        {
          coin: coin.identity,
          inputs: [{ from, to }],
          outputs: middle < to ? [out, change] : [out],
        },
      ],
    };
    const entry = this.command({ is: 'move', order, secrets: [secret] }, operator.number);
    if (!entry.ok) return entry;
    this.stockSecrets.set(`${coinKey(coin.identity)}:${middle}`, rest);
    this.applied(order, hashOf(orderMessage, order), entry.value.position);
    return accept(true);
  }
}

const problem = (code: RefusalCode): Response => problemOf({ code, at: '' });

const answered = (body: Uint8Array): Response =>
  new Response(Uint8Array.from(body), { headers: { 'content-type': 'application/vnd.specie' } });
