/** `specie recover`: brings a wallet back from its words, also one that its operator has lost. */
import { accept, refuse } from '@specie/core/base/result';
import { textOfBytes } from '@specie/core/base/bytes';
import { type Command, say } from '../command.ts';
import { INVITATION_OPTIONS, invitationOf } from '../invitation.ts';
import { balanceOutcome } from './balance.ts';
import { ALIAS_OPTIONS, aliasOf, openWith } from './open.ts';

export const recover: Command = {
  name: 'recover',
  usage: '[WORD …|-]',
  about: 'brings a wallet back from its 24 words (typed, given, or - for standard input)',
  words: { min: 0, max: 48 },
  options: { ...ALIAS_OPTIONS, ...INVITATION_OPTIONS },
  async run(call) {
    const wallet = await call.wallet();
    if (!wallet.ok) return wallet;
    if (wallet.value.state() === 'open') return refuse('wallet_present');
    const given =
      call.words[0] === '-' ? textOfBytes(await call.world.readInput()) : call.words.join(' ');
    const typed =
      given === ''
        ? await call.world.ask(say(call, 'Your 24 words: ', '请输入 24 个助记词:'))
        : given;
    if (typed === undefined) return refuse('argument_missing', 'WORD …');
    const invitation = await invitationOf(call);
    if (!invitation.ok) return invitation;
    const card = await wallet.value.recover(invitation.value, typed);
    // An operator that was restored from a copy may have lost it: then it is opened again, with a code.
    const isLost = !card.ok && card.refusal.code === 'wallet_unknown';
    if (isLost && aliasOf(call) !== undefined) return openWith(call, wallet.value, typed);
    if (!card.ok) return card;
    const contacted = await wallet.value.contact();
    return contacted.ok ? accept(balanceOutcome(call, wallet.value, false)) : contacted;
  },
};
