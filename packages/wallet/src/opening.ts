/**
 * How a wallet comes to be: opened with a phone number or an e-mail and a code, or brought back from
 * its words. Invariant: the entropy is on disk before the operator hears of the key made from it, so
 * no wallet is ever open at an operator that nobody can open here.
 *
 * Spec: 05 §6; 06 §2.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { operatorOf } from '@specie/core/coin/holder';
import type { WalletCard } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { clientOf, type Context, keysIn, openIdentity, passed, reach } from './context.ts';
import { keysOf } from './keys.ts';
import type { Identity } from './records.ts';
import { operatorAtUrl, refreshTrust } from './trust.ts';
import { commit } from './vault.ts';
import { entropyOfWords, ENTROPY_BYTES } from './words.ts';

export interface Invitation {
  /** Fingerprint of the authority, from a person or an invitation. */
  readonly authority: Uint8Array;
  readonly operatorUrl: string;
}

export interface Ticket {
  /** Enough of the number or address to recognise it. */
  readonly sentTo: string;
  readonly endsAt: number;
}

/** Who opens a wallet. */
export interface Opener {
  /** A phone number or an e-mail, to which the code goes. */
  readonly alias: string;
  readonly language: 'en' | 'zh';
  /** Of a wallet that its operator has lost; without them a new wallet is made. */
  readonly words?: string;
}

/**
 * Begins to open a wallet: a code is sent to the phone or e-mail. Repeated, a new code is sent. A
 * wallet that is open here is opened again, with its key and its tag, when its operator has lost it
 * (it was restored from an older copy); otherwise it is `wallet_present`.
 */
export async function open(
  context: Context,
  { authority, operatorUrl }: Invitation,
  { alias, language, words }: Opener,
): Promise<Result<Ticket>> {
  const { vault, ports } = context;
  const before = vault.identity;
  if (before !== undefined && words !== undefined) return refuse('wallet_present');
  if (before?.card !== undefined) {
    const known = await cardOf(context, before);
    if (known.ok) return refuse('wallet_present');
    if (known.refusal.code !== 'wallet_unknown') return known;
  }
  const entropy = words === undefined ? undefined : entropyOfWords(words);
  if (entropy?.ok === false) return entropy;
  const trusted = await refreshTrust(context, authority, operatorUrl);
  if (!trusted.ok) return trusted;
  const operator = operatorAtUrl(trusted.value, operatorUrl, ports.clock());
  if (!operator.ok) return operator;
  // What was opened at one operator is not opened at another: its money is under the first one's tag.
  const isElsewhere =
    before?.card !== undefined &&
    (before.operator !== operator.value.operator || !equalBytes(before.authority, authority));
  if (isElsewhere) return refuse('wallet_present');
  const identity: Identity = {
    entropy: before?.entropy ?? entropy?.value ?? ports.random(ENTROPY_BYTES),
    authority,
    operator: operator.value.operator,
    operatorUrl,
    ticket: undefined,
    card: before?.card,
    past: before?.past ?? { is: entropy === undefined ? 'none' : 'unread' },
  };
  await commit(vault, [{ is: 'identity', value: identity }]);
  passed(context, 'open.kept');
  const { publicKey } = keysIn(context);
  const client = clientOf(context, identity);
  const ticket = await reach(() =>
    client.ask(OPERATOR_ROUTES.open, { publicKey, alias, language }),
  );
  passed(context, 'open.asked');
  if (!ticket.ok) {
    // An answer was lost, and the wallet is open already: its card says so.
    return ticket.refusal.code === 'wallet_known' ? reopened(context, identity) : ticket;
  }
  await commit(vault, [{ is: 'identity', value: { ...identity, ticket: ticket.value } }]);
  return accept({ sentTo: ticket.value.sentTo, endsAt: ticket.value.endsAt });
}

async function reopened(context: Context, identity: Identity): Promise<Result<Ticket>> {
  const card = await cardOf(context, identity);
  if (!card.ok) return card;
  await commit(context.vault, [{ is: 'identity', value: { ...identity, card: card.value } }]);
  return accept({ sentTo: card.value.sentTo, endsAt: context.ports.clock() });
}

/** Opens the wallet with the code that was sent. */
export async function confirm(context: Context, code: string): Promise<Result<WalletCard>> {
  const { identity } = context.vault;
  if (identity?.ticket === undefined)
    return identity?.card === undefined ? refuse('wallet_missing') : accept(identity.card);
  const { ticket } = identity.ticket;
  const client = clientOf(context, identity);
  let card = await reach(() => client.ask(OPERATOR_ROUTES.confirm, { ticket, code }));
  // The answer to an earlier try may have been lost after the wallet was opened.
  if (!card.ok && (card.refusal.code === 'wallet_known' || card.refusal.code === 'code_ended')) {
    const known = await cardOf(context, identity);
    if (known.ok) card = known;
  }
  if (!card.ok) return card;
  const checked = checkCard(context, identity, card.value);
  if (!checked.ok) return checked;
  await commit(context.vault, [
    { is: 'identity', value: { ...identity, ticket: undefined, card: card.value } },
  ]);
  return card;
}

/** Brings a wallet back from its words. What it held and did comes with the next contact. */
export async function recover(
  context: Context,
  { authority, operatorUrl }: Invitation,
  words: string,
): Promise<Result<WalletCard>> {
  const { vault, ports } = context;
  if (vault.identity !== undefined) return refuse('wallet_present');
  const entropy = entropyOfWords(words);
  if (!entropy.ok) return entropy;
  const trusted = await refreshTrust(context, authority, operatorUrl);
  if (!trusted.ok) return trusted;
  const operator = operatorAtUrl(trusted.value, operatorUrl, ports.clock());
  if (!operator.ok) return operator;
  const identity: Identity = {
    entropy: entropy.value,
    authority,
    operator: operator.value.operator,
    operatorUrl,
    ticket: undefined,
    card: undefined,
    past: { is: 'unread' },
  };
  const card = await cardOf(
    { ...context, vault: { ...vault, identity }, keys: undefined },
    identity,
  );
  if (!card.ok) return card;
  await commit(vault, [{ is: 'identity', value: { ...identity, card: card.value } }]);
  return card;
}

/** Asks for the card again: limits change by date. */
export async function refreshCard(context: Context): Promise<Result<WalletCard>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  const card = await cardOf(context, identity.value);
  if (!card.ok) return card;
  await commit(context.vault, [{ is: 'identity', value: { ...identity.value, card: card.value } }]);
  return card;
}

async function cardOf(context: Context, identity: Identity): Promise<Result<WalletCard>> {
  const client = clientOf(context, identity);
  const card = await reach(() => client.ask(OPERATOR_ROUTES.card, {}));
  return card.ok ? checkCard(context, identity, card.value) : card;
}

/** A card is this wallet's own or nobody's. */
function checkCard(context: Context, identity: Identity, card: WalletCard): Result<WalletCard> {
  const { wallet } = keysOf(identity.entropy, context.ports.mlDsa);
  const isOwn =
    card.address.operator === identity.operator &&
    equalBytes(card.address.wallet, wallet) &&
    operatorOf(card.tag) === identity.operator;
  if (!isOwn) return refuse('answer_unbelieved', '.address');
  const known = identity.card;
  return known !== undefined && !equalBytes(known.tag, card.tag)
    ? refuse('answer_unbelieved', '.tag')
    : accept(card);
}
