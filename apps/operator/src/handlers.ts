/**
 * Which desk answers which route. Who calls was judged before; here a wallet is found for its
 * caller, and nothing is answered to anybody about a wallet that is not its own.
 *
 * Spec: 06 §1.
 * @module
 */
import { instantOf } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { checkBatchHead, type LockBatch } from '@specie/core/payment/lock-batch';
import type { Handlers, Party } from '@specie/protocol/http-service';
import type { OPERATOR_ROUTES } from '@specie/protocol/route';
import type { Wallet } from './book/wallets.ts';
import type { FundingDesk } from './desk/funding-desk.ts';
import type { Office } from './desk/office.ts';
import type { OpeningDesk } from './desk/opening-desk.ts';
import type { PayeeDesk } from './desk/payee-desk.ts';
import type { PaymentDesk } from './desk/payment-desk.ts';
import type { TrustWatch } from './trust-watch.ts';

interface Desks {
  readonly office: Office;
  readonly openings: OpeningDesk;
  readonly payees: PayeeDesk;
  readonly payments: PaymentDesk;
  readonly fundings: FundingDesk;
  readonly trust: TrustWatch;
}

/** A handler for every route of an operator. */
export function handlersOf(desks: Desks): Handlers<typeof OPERATOR_ROUTES> {
  const { office, openings, payees, payments, fundings, trust } = desks;
  const asWallet = async <O>(
    party: Party,
    run: (wallet: Wallet) => Result<O> | Promise<Result<O>>,
  ): Promise<Result<O>> => {
    const wallet = party.is === 'wallet' ? office.book.wallets.byAddress(party.wallet) : undefined;
    return wallet === undefined ? refuse('wallet_unknown') : run(wallet);
  };
  const asOperator = <O>(
    party: Party,
    run: (operator: number) => Result<O> | Promise<Result<O>>,
  ): Result<O> | Promise<Result<O>> =>
    // The authority has sessions, too, but no business with payees.
    party.is === 'party' && party.number !== 0 ? run(party.number) : refuse('party_unknown');
  const asker = (party: Party): Uint8Array =>
    party.is === 'wallet' ? party.wallet : new Uint8Array(0);

  return {
    trust: () => (trust.chain.length === 0 ? refuse('overloaded') : accept({ sets: trust.chain })),
    peerPayee: ({ party, value }) =>
      asOperator(party, (operator) => payees.peerPayee(operator, value.payee)),
    peerDraw: ({ party, value }) =>
      asOperator(party, (operator) => payees.peerDraw(operator, value.payer, value.draw)),
    open: ({ party, value, remote }) => openings.open(asker(party), value, remote),
    confirm: ({ party, value }) => openings.confirm(asker(party), value),
    card: ({ party }) => asWallet(party, (wallet) => accept(openings.card(wallet))),
    locks: ({ party, value }) => asWallet(party, (wallet) => leaveLocks(office, wallet, value)),
    locksAgain: ({ party, value }) =>
      asWallet(party, (wallet) => leaveLocks(office, wallet, value, 'spent')),
    batches: ({ party, value }) =>
      asWallet(party, (wallet) => {
        const { locks } = office.book;
        return accept({ nonces: value.nonces.filter((nonce) => !locks.knows(wallet, nonce)) });
      }),
    state: ({ party, value }) =>
      asWallet(party, (wallet) => {
        const { book, clock } = office;
        const page = book.custody.events(wallet, value.after, value.max);
        const now = clock();
        return accept({ ...page, locksLeft: book.locks.left(wallet, now), ledgerTime: now });
      }),
    payee: ({ party, value }) => asWallet(party, (wallet) => payees.payee(wallet, value.to)),
    draw: ({ party, value }) => asWallet(party, (wallet) => payees.draw(wallet, value)),
    pay: ({ value }) => payments.pay(value),
    order: ({ party, value }) => asWallet(party, (wallet) => payments.order(wallet, value.order)),
    topUp: ({ party, value }) => asWallet(party, (wallet) => fundings.topUp(wallet, value)),
    cashOut: ({ party, value }) => asWallet(party, (wallet) => fundings.cashOut(wallet, value)),
    funding: ({ party, value }) =>
      asWallet(party, (wallet) => fundings.funding(wallet, value.reference)),
  };
}

/**
 * Keeps a batch of receiving locks that its wallet signed. A spent one was left before and is lost
 * here: it is taken even when it has ended, because money may have come on it.
 */
async function leaveLocks(
  { book, authority, operator, suite, clock }: Office,
  wallet: Wallet,
  batch: LockBatch,
  how?: 'spent',
): Promise<Result<{ readonly left: number }>> {
  const now = clock();
  const { head, signature, hashes } = batch;
  const owner = { operator, wallet: wallet.address };
  const at = how === 'spent' && head.ends > 0 && head.ends <= now ? instantOf(head.ends - 1) : now;
  const expected = { authority, owner, now: at };
  const checked = checkBatchHead(head, signature, wallet.publicKey, expected, suite);
  if (!checked.ok) return checked;
  const kept = await book.write(() => {
    const result = book.locks.keep(wallet, batch, now, how);
    if (result.ok && result.value.batch !== undefined)
      book.custody.attribute(wallet, result.value.batch, hashes);
    return result;
  });
  return kept.ok ? accept({ left: kept.value.left }) : kept;
}
