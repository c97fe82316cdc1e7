/**
 * What one entry means to each operator: its own pieces consumed and made, and nothing of anybody
 * else's. Invariant: an operator learns tags and locks of its own holders alone, and nonce and holder
 * of an order only when it sent the order itself.
 *
 * Spec: 09 §5.
 * @module
 */
import { unreachable } from '@specie/core/base/assert';
import type { Coin } from '@specie/core/coin/coin';
import { operatorOf, stockTag } from '@specie/core/coin/holder';
import type { BodyOf } from '@specie/core/ledger/command';
import type { Entry } from '@specie/core/ledger/entry';
import { orderHash, outputRanges } from '@specie/core/payment/order';
import type { Notice } from '@specie/protocol/messages/ledger';
import { orderHashIn } from '../ledger/entry-bytes.ts';

/** The coin of an identity that the ledger knows. */
export type CoinOf = (identity: Uint8Array) => Coin;

type Made = Notice['made'][number];

/**
 * The notices of an entry, by operator; empty when it concerns no operator's pieces. The entry's bytes,
 * where they are at hand, spare encoding its order again for the hash.
 */
export function noticesOf(
  entry: Entry,
  coinOf: CoinOf,
  encoded?: Uint8Array,
): ReadonlyMap<number, Notice> {
  const { body } = entry.command;
  switch (body.is) {
    case 'move':
      return noticesOfMove(
        entry,
        body,
        coinOf,
        encoded === undefined ? orderHash(body.order) : orderHashIn(encoded, body.secrets.length),
      );
    case 'issue':
      return new Map([[body.operator, noticeOfIssue(entry, body)]]);
    case 'retire':
      return new Map([[body.operator, noticeOfRetire(entry, body)]]);
    case 'policy':
    case 'admit':
      return new Map();
    default:
      return unreachable(body);
  }
}

function noticesOfMove(
  { position, time }: Entry,
  { order }: BodyOf<'move'>,
  coinOf: CoinOf,
  hash: Uint8Array,
): ReadonlyMap<number, Notice> {
  const made = new Map<number, Made[]>([[order.operator, []]]);
  let number = 0;
  for (const part of order.parts) {
    const coin = coinOf(part.coin);
    for (const { from, to, output } of outputRanges(part)) {
      const { lock, tag } = output;
      const operator = operatorOf(tag);
      const own = made.get(operator) ?? [];
      own.push({ coin, from, to, lock, tag, output: number });
      made.set(operator, own);
      number += 1;
    }
  }
  const common = { position, time, verb: order.verb, order: hash };
  const notices = new Map<number, Notice>();
  for (const [operator, own] of made) {
    const isSender = operator === order.operator;
    notices.set(operator, {
      ...common,
      nonce: isSender ? order.nonce : undefined,
      holder: isSender ? order.holder : undefined,
      consumed: isSender ? consumedBy(order) : [],
      made: own,
    });
  }
  return notices;
}

function consumedBy(order: BodyOf<'move'>['order']): Notice['consumed'] {
  return order.parts.flatMap(({ coin, inputs }) =>
    inputs.map(({ from, to }) => ({ coin, from, to })),
  );
}

function noticeOfIssue({ position, time }: Entry, body: BodyOf<'issue'>): Notice {
  const tag = stockTag(body.operator);
  return {
    position,
    time,
    verb: 'issue',
    order: undefined,
    nonce: undefined,
    holder: tag,
    consumed: [],
    made: body.coins.map(({ coin, lock }, output) => ({
      coin,
      from: 0,
      to: coin.units,
      lock,
      tag,
      output,
    })),
  };
}

function noticeOfRetire({ position, time }: Entry, body: BodyOf<'retire'>): Notice {
  return {
    position,
    time,
    verb: 'retire',
    order: undefined,
    nonce: undefined,
    holder: stockTag(body.operator),
    consumed: body.pieces.map(({ coin, from, to }) => ({ coin, from, to })),
    made: [],
  };
}

/** About how many bytes a notice takes in a message: enough to keep a message within its bound. */
export function noticeBytes(notice: Notice): number {
  const made = notice.made.reduce(
    (sum, { coin }) => sum + 180 + coin.terms.reduce((all, { body }) => all + 6 + body.length, 0),
    0,
  );
  return 160 + notice.consumed.length * 40 + made;
}
