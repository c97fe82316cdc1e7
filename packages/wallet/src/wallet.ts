/**
 * A wallet without a screen: everything a holder can do, one act at a time, over ports. Invariant:
 * whatever is asked, and wherever it is cut off, the money ends in paid or in not paid, and the
 * balance is explained by lines that add up.
 *
 * Spec: 05 §6 onward.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { accept, type Result } from '@specie/core/base/result';
import { type AddressText, formatAddress } from '@specie/core/payment/address';
import { dayOf, SAMPLE_LIMITS, YEAR_DAYS } from '@specie/core/risk/limit';
import type { WalletCard } from '@specie/protocol/messages/wallet';
import { contact } from './contact.ts';
import { type Context, inTurn, openContext, openIdentity, type WalletPorts } from './context.ts';
import type { Finding } from './book.ts';
import { cashOut, type FundingWish, topUp } from './funding.ts';
import { explain, historyOf, type HistoryLine, type WhyLine } from './history.ts';
import { confirm, type Invitation, open, recover, refreshCard, type Ticket } from './opening.ts';
import { findOrder, findPayee, pay, type Payee, type PaymentWish } from './payment.ts';
import type { OwnFunding, OwnOrder } from './records.ts';
import { tidy } from './refresh.ts';
import { resolve } from './settlement.ts';
import { sync } from './events.ts';
import { type Standing, standings } from './standing.ts';
import { claimedAuthority, refreshTrust, trustState, type TrustState } from './trust.ts';
import { wordsOf } from './words.ts';

/** A limit with how much of it is used. Minor units. */
export interface LimitStanding {
  readonly currency: number;
  readonly balance: bigint;
  readonly held: bigint;
  readonly payment: bigint;
  readonly day: bigint;
  readonly paidToday: bigint;
  readonly year: bigint;
  readonly paidThisYear: bigint;
}

export interface Wallet {
  /** Whether it is open at an operator, waits for a code, or is not there yet. One that is opened again is open. */
  state(): 'none' | 'opening' | 'open';
  /** `words` are those of a wallet that its operator has lost. */
  open(
    invitation: Invitation,
    alias: string,
    language: 'en' | 'zh',
    words?: string,
  ): Promise<Result<Ticket>>;
  confirm(code: string): Promise<Result<WalletCard>>;
  recover(invitation: Invitation, words: string): Promise<Result<WalletCard>>;
  /** The 24 words: whoever reads them has the money. */
  words(): Result<readonly string[]>;
  address(): Result<AddressText>;
  card(): Result<WalletCard>;
  /** Takes in what happened and finishes what was left open. */
  contact(): Promise<Result<true>>;
  balance(): readonly Standing[];
  history(): readonly HistoryLine[];
  /** Lines that add up to the balance of a currency. */
  explain(currency: number): readonly WhyLine[];
  /** What in the operator's account does not hold, with its evidence. */
  findings(): readonly Finding[];
  findPayee(to: string): Promise<Result<Payee>>;
  /** Pays whom a person confirmed, the amount a person confirmed. */
  pay(wish: PaymentWish): Promise<Result<OwnOrder>>;
  /** What became of an own order, asked again when it is open. */
  order(hash: string): Promise<Result<OwnOrder>>;
  orders(): readonly OwnOrder[];
  /** Joins neighbours; undefined when there was nothing to join. */
  tidy(): Promise<Result<OwnOrder | undefined>>;
  topUp(wish: FundingWish): Promise<Result<OwnFunding>>;
  cashOut(wish: FundingWish): Promise<Result<OwnFunding>>;
  limits(): Promise<Result<readonly LimitStanding[]>>;
  trust(): TrustState;
  refreshTrust(): Promise<Result<TrustState>>;
  claimedAuthority(url: string): ReturnType<typeof claimedAuthority>;
  /** Lets go of the storage. */
  close(): Promise<void>;
}

/** Opens what the storage keeps. */
export async function openWallet(ports: WalletPorts): Promise<Result<Wallet>> {
  const opened = await openContext(ports);
  return opened.ok ? accept(walletOver(opened.value)) : opened;
}

function walletOver(context: Context): Wallet {
  const { vault } = context;
  const orders = (): readonly OwnOrder[] => [...vault.orders.values()];
  const history = (): readonly HistoryLine[] =>
    historyOf({ book: context.book, orders: orders(), fundings: [...vault.fundings.values()] });
  const turn = <T>(act: () => Promise<T>): Promise<T> => inTurn(context, act);
  return {
    ...lookingInto(context, orders, history),
    open: (invitation, alias, language, words) =>
      turn(() =>
        open(context, invitation, { alias, language, ...(words !== undefined && { words }) }),
      ),
    confirm: (code) => turn(() => confirm(context, code)),
    recover: (invitation, words) => turn(() => recover(context, invitation, words)),
    contact: () => turn(() => contact(context)),
    findPayee: (to) => turn(() => findPayee(context, to)),
    pay: (wish) => turn(() => pay(context, wish)),
    order: (hash) => turn(() => askedOrder(context, hash)),
    tidy: () => turn(() => tidied(context)),
    topUp: (wish) => turn(() => topUp(context, wish)),
    cashOut: (wish) => turn(() => cashOut(context, wish)),
    limits: () => turn(() => limitsOf(context)),
    async refreshTrust() {
      const identity = openIdentity(context);
      if (!identity.ok) return identity;
      const { authority, operatorUrl } = identity.value;
      const fresh = await turn(() => refreshTrust(context, authority, operatorUrl));
      return fresh.ok ? accept(trustState(context)) : fresh;
    },
    claimedAuthority: (url) => claimedAuthority(context.ports, url),
    close: () => turn(() => vault.storage.close()),
  };
}

/** What can be told from memory alone. */
function lookingInto(
  context: Context,
  orders: () => readonly OwnOrder[],
  history: () => readonly HistoryLine[],
): Pick<
  Wallet,
  | 'state'
  | 'words'
  | 'address'
  | 'card'
  | 'balance'
  | 'history'
  | 'explain'
  | 'findings'
  | 'orders'
  | 'trust'
> {
  return {
    state() {
      const { identity } = context.vault;
      if (identity === undefined) return 'none';
      return identity.card === undefined ? 'opening' : 'open';
    },
    words() {
      const identity = openIdentity(context);
      return identity.ok ? accept(wordsOf(identity.value.entropy)) : identity;
    },
    address() {
      const identity = openIdentity(context);
      return identity.ok ? accept(formatAddress(identity.value.card.address)) : identity;
    },
    card() {
      const identity = openIdentity(context);
      return identity.ok ? accept(identity.value.card) : identity;
    },
    balance: () => standings(context.book, orders()),
    history,
    explain: (currency) => explain(history(), currency),
    findings: () => context.book.findings,
    orders,
    trust: () => trustState(context),
  };
}

async function askedOrder(context: Context, hash: string): Promise<Result<OwnOrder>> {
  const own = findOrder(context, hash);
  if (!own.ok || own.value.state.is !== 'signed') return own;
  const synced = await sync(context);
  if (!synced.ok) return synced;
  const again = findOrder(context, hash);
  return again.ok && again.value.state.is === 'signed' ? resolve(context, again.value.hash) : again;
}

async function tidied(context: Context): Promise<Result<OwnOrder | undefined>> {
  const joined = await tidy(context);
  if (joined.ok && joined.value !== undefined) await contact(context);
  return joined;
}

async function limitsOf(context: Context): Promise<Result<readonly LimitStanding[]>> {
  const card = await refreshCard(context);
  if (!card.ok) return card;
  const now = context.ports.clock();
  const today = dayOf(SAMPLE_LIMITS, now);
  const orders = [...context.vault.orders.values()];
  const held = new Map(standings(context.book, orders).map((each) => [each.currency, each]));
  return accept(
    card.value.limits.map((limit) => {
      const paid = (days: number): bigint =>
        paidSince(
          orders,
          card.value.tag,
          limit.currency,
          (at) => dayOf(SAMPLE_LIMITS, at) > today - days,
        );
      const standing = held.get(limit.currency);
      return {
        ...limit,
        held:
          standing === undefined ? 0n : standing.available + standing.waiting + standing.inPayment,
        paidToday: paid(1),
        paidThisYear: paid(YEAR_DAYS),
      };
    }),
  );
}

function paidSince(
  orders: readonly OwnOrder[],
  tag: Uint8Array,
  currency: number,
  isCounted: (at: Instant) => boolean,
): bigint {
  return orders
    .filter(({ purpose, state, order }) => {
      const isPaid = state.is === 'paid' && isCounted(state.time);
      return purpose === 'pay' && isPaid && equalBytes(order.holder, tag);
    })
    .reduce((sum, own) => (own.currency === currency ? sum + own.amount : sum), 0n);
}
