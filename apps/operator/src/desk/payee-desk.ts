/**
 * Whom to pay, and with which locks. Wallets of this operator are answered here, others through the
 * authority's directory and their own operator. Invariant: a lock leaves this desk only after the
 * disk knows that it was offered.
 *
 * Spec: 06 §4.
 * @module
 */
import { createHmac } from 'node:crypto';
import { bytesOfText, equalBytes } from '@specie/core/base/bytes';
import { after, DAY, HOUR } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { deriveKey } from '@specie/core/crypto/hash';
import type { ContentOf } from '@specie/core/codec/message';
import { currencyOfNumber } from '@specie/core/money/currency';
import { parseAddress, type Address } from '@specie/core/payment/address';
import { PARTS_MAX } from '@specie/core/payment/order';
import { checkBalance, limitsAt } from '@specie/core/risk/limit';
import {
  payeeStatementMessage,
  type drawRequestMessage,
  type offersMessage,
  type payeeCardMessage,
} from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { keyOf } from '../book/column.ts';
import type { Wallet } from '../book/wallets.ts';
import { parseAlias } from '../rule/alias.ts';
import type { Directory } from './directory.ts';
import { isAllowed, type Office } from './office.ts';
import type { Peers } from './peers.ts';

export type PayeeCard = ContentOf<typeof payeeCardMessage>;
export type DrawRequest = ContentOf<typeof drawRequestMessage>;
export type Offers = ContentOf<typeof offersMessage>;

/** How long a statement counts; it is signed anew when less than half of this is left. */
const STATEMENT_SPAN = DAY;
const STATEMENTS_MAX = 20_000;
/** An order lives a day at most, so after this nobody can pay to an offered lock any more. */
const DRAW_SPAN = DAY + HOUR;

export interface PayeeDesk {
  payee(asker: Wallet, to: string): Promise<Result<PayeeCard>>;
  draw(asker: Wallet, request: DrawRequest): Promise<Result<Offers>>;
  peerPayee(operator: number, payee: Address): Result<PayeeCard>;
  peerDraw(operator: number, payer: Uint8Array, request: DrawRequest): Promise<Result<Offers>>;
}

interface Desk {
  readonly office: Office;
  readonly directory: Directory;
  readonly peers: Peers;
  readonly cards: Map<number, PayeeCard>;
  readonly pseudonymKey: Uint8Array;
}

/** A desk for payees. */
export function createPayeeDesk(office: Office, directory: Directory, peers: Peers): PayeeDesk {
  const pseudonymKey = deriveKey(office.keys.vault, 'payer/pseudonym');
  const desk: Desk = { office, directory, peers, cards: new Map(), pseudonymKey };
  return {
    payee: (asker, to) => payee(desk, asker, to),
    async draw(asker, request) {
      if (!isAllowed(office, 'drawPerWallet', keyOf(asker.address))) return refuse('rate_limited');
      const { operator } = request.payee;
      if (operator === office.operator) return drawOwn(desk, request);
      const payer = pseudonymOf(desk, asker, operator);
      const offers = await peers.call(operator, OPERATOR_ROUTES.peerDraw, { payer, draw: request });
      return offers;
    },
    peerPayee: (operator, address) =>
      isAllowed(office, 'peerPerOperator', `${operator}`)
        ? cardOf(desk, address)
        : refuse('rate_limited'),
    async peerDraw(operator, payer, request) {
      const isFine =
        isAllowed(office, 'peerDrawPerPayer', `${operator}:${keyOf(payer)}`) &&
        isAllowed(office, 'peerPerOperator', `${operator}`);
      return isFine ? drawOwn(desk, request) : refuse('rate_limited');
    },
  };
}

/** The payer as another operator knows it: the same each time, and different at every operator. */
function pseudonymOf({ pseudonymKey }: Desk, { address }: Wallet, operator: number): Uint8Array {
  const keyed = createHmac('sha256', pseudonymKey).update(address);
  return Uint8Array.from(
    keyed
      .update(bytesOfText(`/${operator}`))
      .digest()
      .subarray(0, 16),
  );
}

async function payee(desk: Desk, asker: Wallet, to: string): Promise<Result<PayeeCard>> {
  const { office, directory, peers } = desk;
  if (!isAllowed(office, 'payeePerWallet', keyOf(asker.address))) return refuse('rate_limited');
  const address = await addressOf(office, directory, to);
  if (!address.ok) return address;
  const { operator } = address.value;
  if (operator === office.operator) return cardOf(desk, address.value);
  const card = await peers.call(operator, OPERATOR_ROUTES.peerPayee, { payee: address.value });
  if (!card.ok) return card;
  return isAttested(desk, card.value, address.value) ? card : refuse('attestation_invalid');
}

async function addressOf(
  { vault, operator }: Office,
  directory: Directory,
  to: string,
): Promise<Result<Address>> {
  const written = to.trim();
  if (/^sp1/i.test(written)) return parseAddress(written);
  const alias = parseAlias(written);
  if (!alias.ok) return refuse('payee_unknown', '.to');
  const own = vault.find(alias.value);
  return own === undefined ? directory.find(alias.value) : accept({ operator, wallet: own });
}

/** The statement about one of our wallets, signed once and kept while it counts. */
function cardOf({ office, cards }: Desk, address: Address): Result<PayeeCard> {
  const { authority, suite, keys, clock } = office;
  const wallet = office.book.wallets.byAddress(address.wallet);
  if (wallet === undefined || address.operator !== office.operator) return refuse('payee_unknown');
  const now = clock();
  const kept = cards.get(wallet.id);
  if (kept !== undefined && kept.statement.until > now + STATEMENT_SPAN / 2) return accept(kept);
  const until = after(now, STATEMENT_SPAN);
  const statement = { authority, address, name: wallet.shown, until };
  const signature = suite.sign(keys.statement, payeeStatementMessage.encode(statement));
  const card = { statement, signature };
  if (cards.size >= STATEMENTS_MAX) cards.clear();
  cards.set(wallet.id, card);
  return accept(card);
}

/** Whether another operator's statement is about the wallet asked for and signed with its key. */
function isAttested({ office, peers }: Desk, card: PayeeCard, address: Address): boolean {
  const { statement, signature } = card;
  const key = peers.statementKeyOf(address.operator);
  return (
    key !== undefined &&
    equalBytes(statement.authority, office.authority) &&
    statement.address.operator === address.operator &&
    equalBytes(statement.address.wallet, address.wallet) &&
    statement.until > office.clock() &&
    office.suite.verify(key, payeeStatementMessage.encode(statement), signature)
  );
}

/** Draws locks of one of our wallets. Checks and taking are one step, so that two draws cannot pass one limit. */
async function drawOwn({ office }: Desk, request: DrawRequest): Promise<Result<Offers>> {
  const { book, at, authority, operator } = office;
  const payee = book.wallets.byAddress(request.payee.wallet);
  if (payee === undefined || request.payee.operator !== operator) return refuse('payee_unknown');
  const { count, note } = request;
  if (count < 1 || count > PARTS_MAX) return refuse('value_out_of_range', '.count');
  const sums = new Map<number, bigint>();
  for (const [i, { currency, amount }] of request.sums.entries()) {
    if (!currencyOfNumber(currency).ok) return refuse('currency_unknown', `.sums[${i}]`);
    if (amount === 0n) return refuse('amount_out_of_range', `.sums[${i}]`);
    sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  }
  const now = office.clock();
  const roomy = payee === office.stock ? accept(true as const) : checkRoom(office, payee, sums);
  if (!roomy.ok) return roomy;
  const until = after(now, DRAW_SPAN);
  const taken = book.locks.take(payee, { count, sums, note }, { now, until });
  if (!taken.ok) return taken;
  await book.write(() => book.locks.mark(taken.value));
  at('operator.draw.marked');
  return accept({ offers: book.locks.offers(taken.value, { authority, operator }) });
}

function checkRoom(office: Office, payee: Wallet, sums: ReadonlyMap<number, bigint>): Result<true> {
  const { book, settings, clock } = office;
  for (const [currency, amount] of sums) {
    const row = limitsAt(settings.limits, payee.tier, currency, clock());
    if (!row.ok) return row;
    const held =
      book.custody.held(payee, currency) +
      (payee.awaited.get(currency) ?? 0n) +
      book.fundings.awaited(payee, currency);
    const fits = checkBalance(row.value, held, amount);
    if (!fits.ok) return fits;
  }
  return accept(true);
}
