/** `specie trust`: which authority this wallet trusts, or what an operator claims to belong to. */
import { accept } from '@specie/core/base/result';
import { type Command, say, textOption } from '../command.ts';
import { timeText } from '../ink.ts';
import { operatorUrlOf, sandboxOf } from '../invitation.ts';

export const trust: Command = {
  name: 'trust',
  usage: '',
  about: 'which authority you trust, and since which key set',
  words: { min: 0, max: 0 },
  options: {
    operator: { type: 'string', value: 'URL|N', about: 'show what this operator claims instead' },
    data: { type: 'string', value: 'DIR', about: 'data folder of npm start (default .specie)' },
  },
  async run(call) {
    const wallet = await call.wallet();
    if (!wallet.ok) return wallet;
    const named = operatorUrlOf(
      textOption(call, 'operator'),
      sandboxOf(call.world, textOption(call, 'data')),
    );
    if (!named.ok) return named;
    const url = named.value;
    if (url !== undefined) {
      const claimed = await wallet.value.claimedAuthority(url);
      if (!claimed.ok) return claimed;
      const { fingerprint, name } = claimed.value;
      const note = say(
        call,
        'This is what the operator shows. Compare it with what the authority published.',
        '以上由运营机构出示,请与货币当局公布的指纹核对。',
      );
      return accept({
        json: { state: 'claimed', authority: fingerprint, name },
        text: `${name}\n${call.ink.strong(fingerprint)}\n${call.ink.quiet(note)}`,
      });
    }
    const fresh = wallet.value.state() === 'open' ? await wallet.value.refreshTrust() : undefined;
    if (fresh?.ok === false && fresh.refusal.code !== 'operator_unreachable') return fresh;
    const state = wallet.value.trust();
    if (state.is === 'unknown') {
      return accept({
        json: { state: 'unknown' },
        text: say(call, 'Nobody yet.', '尚未信任任何货币当局。'),
      });
    }
    const { authority, name, number, endsAt, is } = state;
    const until = timeText(endsAt);
    const line =
      is === 'valid'
        ? say(call, `Key set ${number}, good until ${until}.`, `密钥集 ${number},有效至 ${until}。`)
        : say(
            call,
            `Key set ${number} has ended on ${until}. Go online to fetch the present one.`,
            `密钥集 ${number} 已于 ${until} 到期,请联网更新。`,
          );
    return accept({
      json: { state: is, authority, name, number, endsAt },
      text: `${name}\n${call.ink.strong(authority)}\n${call.ink.quiet(line)}`,
    });
  },
};
