/**
 * What a holder reads about states, in English and Simplified Chinese, each written by itself. A
 * state is told with what happens next. Amounts always carry their currency, and errors say first
 * what happened to the money.
 *
 * Spec: 05 §11.
 * @module
 */
import { unreachable } from '@specie/core/base/assert';
import { REFUSALS, refusalOfNumber } from '@specie/core/base/refusals';
import type { Refusal } from '@specie/core/base/result';
import { amountOf, formatMoney } from '@specie/core/money/amount';
import { currencyOfNumber } from '@specie/core/money/currency';
import type { Finding } from './book.ts';
import type { HistoryLine, WhyLine } from './history.ts';
import type { OwnFunding, OwnOrder } from './records.ts';
import type { Sums } from './standing.ts';

export type Language = 'en' | 'zh';

type Both = Readonly<Record<Language, string>>;

/** The sentence of a refusal. */
export function sentenceOf({ code }: Refusal, language: Language): string {
  return REFUSALS[code][language];
}

/** An amount of minor units with its currency, signed when asked. */
export function moneyText(currency: number, amount: bigint, isSigned = false): string {
  const known = currencyOfNumber(currency);
  const size = amount < 0n ? -amount : amount;
  const sign = amount < 0n ? '−' : isSigned ? '+' : '';
  if (!known.ok) return `${sign}${size} (${currency})`;
  return sign + formatMoney({ currency: known.value, amount: amountOf(size) });
}

/** Several amounts, one beside the other. */
export function sumsText(sums: Sums): string {
  return [...sums].map(([currency, amount]) => moneyText(currency, amount, true)).join('  ');
}

const STATES: Readonly<Record<OwnOrder['state']['is'], Both>> = {
  signed: {
    en: 'On its way. It ends in paid or not paid by itself.',
    zh: '处理中,将自动得出已付或未付的结果。',
  },
  paid: { en: 'Final.', zh: '已到账。' },
  exposed: {
    en: 'Not paid. Your money is being made safe at the next contact.',
    zh: '未付款。下次联网时将保护这笔资金。',
  },
  refreshing: {
    en: 'Not paid. Your money is being made safe now.',
    zh: '未付款。正在保护这笔资金。',
  },
  refused: { en: 'Not paid. Your money is with you.', zh: '未付款,资金仍在你手中。' },
};

const FUNDINGS: Readonly<Record<OwnFunding['state'], Both>> = {
  asked: { en: 'Asked for. The bank has not answered yet.', zh: '已提交,等待银行答复。' },
  funded: { en: 'The bank has paid. Your money is coming.', zh: '银行已付款,资金即将到账。' },
  redeemed: { en: 'Given back. The bank credit is coming.', zh: '已兑回,银行入账处理中。' },
  done: { en: 'Done.', zh: '已完成。' },
  refused: { en: 'Not done. No money moved.', zh: '未完成,资金未动。' },
  returned: { en: 'Not done. Your money was returned.', zh: '未完成,资金已退回。' },
};

const FINDINGS: Readonly<Record<Finding['is'], Both>> = {
  secret_does_not_open: {
    en: 'Not counted: your words do not open this money.',
    zh: '未计入:你的助记词无法打开这笔钱。',
  },
  range_invalid: { en: 'Not counted: this is no valid money.', zh: '未计入:无效的资金。' },
  coin_contradicted: {
    en: 'Not counted: it was described in another way before.',
    zh: '未计入:与此前的描述矛盾。',
  },
  overlaps_own_piece: {
    en: 'Not counted: you have this money already.',
    zh: '未计入:你已持有这笔钱。',
  },
  left_without_order: {
    en: 'Left without your order. Keep this wallet as it is and ask your operator.',
    zh: '未经你的指令转出。请保持钱包现状并联系运营机构。',
  },
  left_after_refusal: {
    en: 'Left although your order was refused. Keep this wallet as it is and ask your operator.',
    zh: '指令已被拒绝却仍转出。请保持钱包现状并联系运营机构。',
  },
  left_twice: { en: 'Said to have left; you did not have it.', zh: '被称已转出,但你并未持有。' },
};

/** What became of an order, and what happens next. */
export function orderStateText({ state }: OwnOrder, language: Language): string {
  const text = STATES[state.is][language];
  if (!('why' in state)) return text;
  const code = refusalOfNumber(state.why);
  return code === undefined ? text : `${text} ${REFUSALS[code][language]}`;
}

/** How far a top-up or a cash-out is. */
export function fundingStateText({ state }: OwnFunding, language: Language): string {
  return FUNDINGS[state][language];
}

/** What is wrong about an event. */
export function findingText({ is }: Finding, language: Language): string {
  return FINDINGS[is][language];
}

/** What a history line is about, and how it stands. */
export function lineText(
  line: HistoryLine,
  language: Language,
): { readonly title: string; readonly state: string } {
  const say = (en: string, zh: string): string => (language === 'en' ? en : zh);
  const final = STATES.paid[language];
  switch (line.is) {
    case 'order':
      return { title: orderTitle(line.own, language), state: orderStateText(line.own, language) };
    case 'received':
      return { title: say('Received', '收款') + noteText(line.note), state: final };
    case 'toppedUp':
      return {
        title: say(`Topped up from ${line.account}`, `充值(${line.account})`),
        state: final,
      };
    case 'past':
      return { title: say('Moved before recovery', '恢复前的往来'), state: final };
    case 'finding':
      return { title: say('Please look', '请留意'), state: findingText(line.finding, language) };
    case 'funding': {
      const { account, currency, amount } = line.funding;
      const money = moneyText(currency, amount);
      const title = say(`Top-up of ${money} from ${account}`, `从 ${account} 充值 ${money}`);
      return { title, state: fundingStateText(line.funding, language) };
    }
    default:
      return unreachable(line);
  }
}

function orderTitle(own: OwnOrder, language: Language): string {
  const { purpose, payee, note, currency, amount } = own;
  const say = (en: string, zh: string): string => (language === 'en' ? en : zh);
  switch (purpose) {
    case 'pay': {
      const money = moneyText(currency, amount);
      const name = payee?.name ?? '';
      return say(`${money} to ${name}`, `付给 ${name} ${money}`) + noteText(note);
    }
    case 'tidy':
      return say('Tidied', '整理');
    case 'refresh':
      return say('Made safe', '已保护');
    case 'cashOut': {
      const money = moneyText(currency, amount);
      return say(`Cashed out ${money}`, `兑回 ${money}`);
    }
    default:
      return unreachable(purpose);
  }
}

function noteText(note: string): string {
  return note === '' ? '' : ` · ${note}`;
}

const WHY: Readonly<Record<WhyLine['is'], Both>> = {
  received: { en: 'Received', zh: '收款' },
  toppedUp: { en: 'Topped up', zh: '充值' },
  paid: { en: 'Paid', zh: '付款' },
  cashedOut: { en: 'Cashed out', zh: '兑回' },
  past: { en: 'Moved before recovery', zh: '恢复前的往来' },
  finding: { en: 'Left without your order', zh: '未经你的指令转出' },
  order: { en: 'Moved', zh: '往来' },
  funding: { en: 'Bank', zh: '银行' },
};

/** What a line of the explanation is about. */
export function whyText({ is, count }: WhyLine, language: Language): string {
  const what = WHY[is][language];
  if (count === 1) return what;
  return language === 'en' ? `${what}, ${count} times` : `${what} ${count} 笔`;
}

/** Names of the three parts of a balance. */
export const STANDING_TEXTS: Readonly<Record<'available' | 'inPayment' | 'waiting', Both>> = {
  available: { en: 'Available', zh: '可用' },
  inPayment: { en: 'In payment', zh: '付款中' },
  waiting: { en: 'On its way back', zh: '返回中' },
};
