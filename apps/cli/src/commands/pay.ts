/** `specie pay`: shows whom the money goes to, asks, and pays. */
import { accept, refuse } from '@specie/core/base/result';
import { hexOf } from '@specie/core/base/bytes';
import { formatAddress } from '@specie/core/payment/address';
import { moneyText, orderStateText } from '@specie/wallet/texts';
import type { OwnOrder } from '@specie/wallet/records';
import { type Call, type Command, type Outcome, say, textOption } from '../command.ts';
import { contacted } from '../contacted.ts';
import { moneyArgument } from '../money-argument.ts';
import { codeOf } from './balance.ts';

export const pay: Command = {
  name: 'pay',
  usage: 'TO AMOUNT CUR',
  about: 'pays an address, a phone number or an e-mail',
  words: { min: 3, max: 3 },
  options: {
    note: { type: 'string', value: 'TEXT', about: 'a few words for the payee' },
    yes: { type: 'boolean', about: 'pay without being asked' },
  },
  async run(call) {
    const [to = '', amount, code] = call.words;
    const money = moneyArgument(amount, code);
    if (!money.ok) return money;
    const ready = await contacted(call);
    if (!ready.ok) return ready;
    const { wallet } = ready.value;
    const payee = await wallet.findPayee(to);
    if (!payee.ok) return payee;
    const { name, operatorName, address } = payee.value;
    const sum = moneyText(money.value.currency, money.value.amount);
    const attested = say(call, `attested by ${operatorName}`, `由 ${operatorName} 证实`);
    call.progress(
      `${call.ink.strong(sum)}  →  ${call.ink.strong(name)}\n${call.ink.quiet(`${attested}, ${formatAddress(address)}`)}`,
    );
    if (call.options['yes'] !== true) {
      const answer = call.isJson
        ? undefined
        : await call.world.ask(say(call, 'Pay? [y/N] ', '确认付款?[y/N] '));
      if (!/^(?:y|yes|是)$/i.test(answer?.trim() ?? '')) return refuse('not_confirmed');
    }
    const note = textOption(call, 'note') ?? '';
    const own = await wallet.pay({ payee: payee.value, ...money.value, note });
    return own.ok ? accept(orderOutcome(call, own.value)) : own;
  },
};

/** How an order stands. One that nobody knows the end of yet is not done: exit code 1. */
export function orderOutcome(call: Call, own: OwnOrder): Outcome {
  const { hash, purpose, payee, currency, amount, note, state, signedAt } = own;
  const order = hexOf(hash);
  const isOpen = state.is === 'signed';
  const hint = isOpen ? `\nspecie order ${order}` : '';
  return {
    json: {
      order,
      purpose,
      state: state.is,
      currency: codeOf(currency),
      amount,
      note,
      signedAt,
      ...(payee && { to: formatAddress(payee.address), name: payee.name }),
      ...(state.is === 'paid' && { position: state.position, time: state.time }),
    },
    text: `${orderStateText(own, call.language)}\n${call.ink.quiet(order)}${hint}`,
    code: isOpen ? 1 : 0,
  };
}
