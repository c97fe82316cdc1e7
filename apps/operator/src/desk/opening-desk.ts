/**
 * Opens wallets: a key and a name, and a code that proves the name. Invariant: a name leads to a
 * wallet only after its code came back; who asks learns nothing about who has a wallet here before.
 *
 * Spec: 06 §2.
 * @module
 */
import { after } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { ContentOf } from '@specie/core/codec/message';
import { limitsAt, type Tier } from '@specie/core/risk/limit';
import { faultOf } from '@specie/protocol/fault';
import type {
  openRequestMessage,
  openTicketMessage,
  WalletCard,
} from '@specie/protocol/messages/wallet';
import { keyOf } from '../book/column.ts';
import type { Wallet } from '../book/wallets.ts';
import { pause } from '../ledger/back-off.ts';
import type { Outbox } from '../ports.ts';
import { maskAlias, parseAlias } from '../rule/alias.ts';
import { CODE_LIFE, drawCode } from '../rule/one-time-code.ts';
import { tagKeyOf, walletTag } from '../rule/wallet-tag.ts';
import type { Confirmed } from '../vault.ts';
import type { Directory } from './directory.ts';
import { isAllowed, type Office } from './office.ts';

type OpenRequest = ContentOf<typeof openRequestMessage>;
type OpenTicket = ContentOf<typeof openTicketMessage>;

const TICKET_BYTES = 16;
/** What is opened with a phone number or an e-mail alone. */
const LOWEST: Tier = 'IV';
/** A wallet is open before the directory knows it; its answer waits this long for that at most. */
const PUBLISH_MS = 2000;

export interface OpeningDesk {
  open(address: Uint8Array, request: OpenRequest, remote: string): Promise<Result<OpenTicket>>;
  confirm(
    address: Uint8Array,
    given: { readonly ticket: Uint8Array; readonly code: string },
  ): Promise<Result<WalletCard>>;
  card(wallet: Wallet): WalletCard;
  /** Opens what was proven before the last stop and is not in the book. */
  resume(): Promise<void>;
}

/** A desk for openings. */
export function createOpeningDesk(
  office: Office,
  {
    outbox,
    directory,
    adopt,
    signal,
  }: {
    readonly outbox: Outbox;
    readonly directory: Directory;
    /** Inside the transaction that adds a wallet: gives it what was told of its tag before. */
    readonly adopt: (wallet: Wallet) => void;
    readonly signal: AbortSignal;
  },
): OpeningDesk {
  const { book, vault } = office;
  const tagKey = tagKeyOf(office.keys.vault);
  const keep = ({ address, publicKey, alias }: Confirmed): Promise<Wallet> =>
    book.write(() => {
      const wallet = book.wallets.add({
        address,
        publicKey,
        tag: walletTag(tagKey, office.operator, address),
        tier: LOWEST,
        shown: maskAlias(alias),
        openedAt: office.clock(),
      });
      adopt(wallet);
      return wallet;
    });
  return {
    open: (address, request, remote) => open(office, outbox, address, request, remote),
    async confirm(address, given) {
      if (!isAllowed(office, 'codePerWallet', keyOf(address))) return refuse('rate_limited');
      const confirmed = vault.confirm({ ...given, address }, office.clock());
      if (!confirmed.ok) return confirmed;
      office.at('operator.open.confirmed');
      const wallet = await keep(confirmed.value);
      office.at('operator.open.kept');
      await Promise.race([directory.publish(), pause(PUBLISH_MS, signal)]);
      return accept(cardOf(office, wallet));
    },
    card: (wallet) => cardOf(office, wallet),
    async resume() {
      for (const confirmed of vault.confirmed()) await keep(confirmed);
      vault.sweep(office.clock());
    },
  };
}

async function open(
  office: Office,
  outbox: Outbox,
  address: Uint8Array,
  { publicKey, alias: written, language }: OpenRequest,
  remote: string,
): Promise<Result<OpenTicket>> {
  const { book, vault, random, clock } = office;
  const alias = parseAlias(written);
  if (!alias.ok) return refuse(alias.refusal.code, '.alias');
  if (book.wallets.byAddress(address) !== undefined) return refuse('wallet_known', '.publicKey');
  const isFine =
    isAllowed(office, 'openPerName', alias.value.text) &&
    isAllowed(office, 'openPerRemote', remote) &&
    isAllowed(office, 'openInAll', '');
  if (!isFine) return refuse('rate_limited');
  const ticket = random(TICKET_BYTES);
  const code = drawCode(random);
  const endsAt = after(clock(), CODE_LIFE);
  vault.begin({ ticket, address, publicKey, alias: alias.value, endsAt }, code);
  const { kind: channel, text: to } = alias.value;
  try {
    await outbox.send({ channel, to, code, text: letter(language, code, office.settings.name) });
  } catch (cause) {
    if (faultOf(cause) === undefined) throw cause;
    office.onFault(cause);
    return refuse('overloaded');
  }
  return accept({ ticket, sentTo: maskAlias(alias.value), endsAt });
}

function letter(language: OpenRequest['language'], code: string, operator: string): string {
  return language === 'zh'
    ? `${operator}:您的验证码是 ${code},10 分钟内有效。请勿告诉任何人。`
    : `${operator}: your code is ${code}. It is valid for 10 minutes. Tell it to nobody.`;
}

/** What a wallet is told about itself. */
function cardOf(office: Office, wallet: Wallet): WalletCard {
  const { operator, settings, clock } = office;
  const { address, tag, tier, shown, openedAt } = wallet;
  const now = clock();
  const currencies = new Set(settings.limits.rows.map((row) => row.currency));
  const limits = [...currencies]
    .sort((a, b) => a - b)
    .flatMap((currency) => {
      const row = limitsAt(settings.limits, tier, currency, now);
      if (!row.ok) return [];
      const { balance, payment, day, year } = row.value;
      return [{ currency, balance, payment, day, year }];
    });
  return { address: { operator, wallet: address }, tag, tier, sentTo: shown, openedAt, limits };
}
