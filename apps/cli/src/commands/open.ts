/** `specie open`: opens a wallet with a phone number or an e-mail and the code sent there. */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { formatAddress } from '@specie/core/payment/address';
import type { WalletCard } from '@specie/protocol/messages/wallet';
import type { Wallet } from '@specie/wallet/wallet';
import { type Call, type Command, type Outcome, say, textOption } from '../command.ts';
import { INVITATION_OPTIONS, invitationOf } from '../invitation.ts';

export const ALIAS_OPTIONS = {
  phone: { type: 'string', value: '+8613800138000', about: 'number that gets the code' },
  mail: { type: 'string', value: 'ADDRESS', about: 'e-mail that gets the code' },
  code: { type: 'string', value: 'CODE', about: 'the code, when it has come' },
} as const;

export const open: Command = {
  name: 'open',
  usage: '',
  about: 'opens a wallet with a phone number or an e-mail',
  words: { min: 0, max: 0 },
  options: { ...ALIAS_OPTIONS, ...INVITATION_OPTIONS },
  async run(call) {
    const wallet = await call.wallet();
    if (!wallet.ok) return wallet;
    const hasNothing = aliasOf(call) === undefined && textOption(call, 'code') === undefined;
    // One that is open is opened again only when its operator has lost it, which the wallet asks.
    if (wallet.value.state() === 'open' && hasNothing) return refuse('wallet_present');
    return openWith(call, wallet.value);
  },
};

/** The phone number or e-mail of a call. */
export function aliasOf(call: Call): string | undefined {
  return textOption(call, 'phone') ?? textOption(call, 'mail');
}

/** Sends for a code and opens with it; with words, a wallet that its operator has lost. */
export async function openWith(
  call: Call,
  wallet: Wallet,
  words?: string,
): Promise<Result<Outcome>> {
  const alias = aliasOf(call);
  let code = textOption(call, 'code');
  if (code === undefined || wallet.state() === 'none') {
    if (alias === undefined) return refuse('argument_missing', '--phone or --mail');
    const invitation = await invitationOf(call);
    if (!invitation.ok) return invitation;
    const ticket = await wallet.open(invitation.value, alias, call.language, words);
    if (!ticket.ok) return ticket;
    const { sentTo, endsAt } = ticket.value;
    const sent = say(call, `A code was sent to ${sentTo}.`, `验证码已发送至 ${sentTo}。`);
    code ??= call.isJson
      ? undefined
      : await call.world.ask(`${sent}\n${say(call, 'Code: ', '验证码:')}`);
    if (code === undefined) {
      const next = say(call, 'Then: specie open --code CODE', '随后运行:specie open --code 验证码');
      return accept({ json: { state: 'opening', sentTo, endsAt }, text: `${sent}\n${next}` });
    }
  }
  const card = await wallet.confirm(code.trim());
  if (!card.ok) return card;
  const contacted = await wallet.contact();
  return contacted.ok ? accept(openedOutcome(call, card.value)) : contacted;
}

/** What a person is told about a wallet that is open now. */
export function openedOutcome(call: Call, card: WalletCard): Outcome {
  const address = formatAddress(card.address);
  const text = say(
    call,
    `Open. Your address is\n${call.ink.strong(address)}\nWrite down your words now: specie words`,
    `已开立。你的地址是\n${call.ink.strong(address)}\n请现在抄下助记词:specie words`,
  );
  return { json: { state: 'open', address, tier: card.tier, sentTo: card.sentTo }, text };
}
