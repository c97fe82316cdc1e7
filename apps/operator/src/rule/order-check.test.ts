/** What an order means to its operator, row by row. */
import { expect, test } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { plainBasket } from '@specie/core/coin/basket';
import { stockTag, tagOf } from '@specie/core/coin/holder';
import { commandMessage } from '@specie/core/ledger/command';
import { orderMessage, type Order } from '@specie/core/payment/order';
import { moveCommandBytes } from './command-bytes.ts';
import { checkAddressed, checkPayable, meaningOf, sumsOfText, sumsText } from './order-check.ts';

const me = tagOf(1, new Uint8Array(12).fill(1));
const you = tagOf(2, new Uint8Array(12).fill(2));
const other = tagOf(1, new Uint8Array(12).fill(3));
const coin = new Uint8Array(32).fill(4);
const authority = new Uint8Array(32).fill(5);
const lock = (n: number) => ({ kind: 'secret' as const, hash: new Uint8Array(32).fill(n) });

function order(
  outputs: readonly (readonly [number, Uint8Array])[],
  change: Partial<Order> = {},
): Order {
  return {
    authority,
    operator: 1,
    holder: me,
    verb: 'transfer',
    end: instantOf(1),
    nonce: new Uint8Array(16),
    parts: [
      {
        coin,
        inputs: [{ from: 0, to: 100 }],
        outputs: outputs.map(([to, tag], i) => ({ to, tag, lock: lock(i) })),
      },
    ],
    ...change,
  };
}

const basketOf = (identity: Uint8Array) => (identity[0] === 4 ? plainBasket(156) : undefined);

test('counts what leaves the holder, and not its change', () => {
  expect(
    meaningOf(
      order([
        [30, you],
        [100, me],
      ]),
      basketOf,
    ),
  ).toEqual({
    ok: true,
    value: { payee: you, paid: new Map([[156, 30n]]) },
  });
  expect(meaningOf(order([[100, me]]), basketOf)).toMatchObject({
    ok: true,
    value: { payee: undefined },
  });
});

const REFUSED: readonly (readonly [string, Order, string])[] = [
  [
    'two payees',
    order([
      [30, you],
      [60, other],
      [100, me],
    ]),
    'order_payee_mixed',
  ],
  [
    'an unknown coin',
    order([[100, you]], {
      parts: [{ ...order([[100, you]]).parts[0]!, coin: new Uint8Array(32) }],
    }),
    'coin_unknown',
  ],
  [
    'outputs that run backwards',
    order([
      [60, me],
      [30, you],
    ]),
    'outputs_not_tiling',
  ],
];

test.each(REFUSED)('refuses %s', (_, given, code) => {
  expect(meaningOf(given, basketOf)).toMatchObject({ ok: false, refusal: { code } });
});

test('pays nobody’s stock and redeems nothing', () => {
  expect(checkPayable(order([[100, you]]), stockTag(2))).toMatchObject({
    refusal: { code: 'payee_unknown' },
  });
  expect(checkPayable(order([[100, you]], { verb: 'redeem' }), you)).toMatchObject({
    refusal: { code: 'ask_misdirected' },
  });
});

test('is for this authority and operator, with a secret for each input', () => {
  const here = { authority, operator: 1 };
  const code = (given: Order, secrets = 1): string => {
    const verdict = checkAddressed(given, secrets, here);
    return verdict.ok ? 'accepted' : verdict.refusal.code;
  };
  const plain = order([[100, you]]);
  expect(code(plain)).toBe('accepted');
  expect(code({ ...plain, authority: coin })).toBe('authority_mismatch');
  expect(code({ ...plain, operator: 2 })).toBe('operator_mismatch');
  expect(code({ ...plain, holder: you })).toBe('operator_mismatch');
  expect(code(plain, 2)).toBe('secrets_miscounted');
});

test('a command put together from bytes is the command encoded', () => {
  const given = order([
    [30, you],
    [100, me],
  ]);
  for (const sequence of [1, 2 ** 32 + 5]) {
    const head = { operator: 1, session: new Uint8Array(16).fill(9), sequence };
    const secrets = [new Uint8Array(32).fill(8)];
    const made = moveCommandBytes({ ...head, order: orderMessage.encode(given), secrets });
    const encoded = commandMessage.encode({ ...head, body: { is: 'move', order: given, secrets } });
    expect(made).toEqual(encoded);
  }
});

test('amounts survive their column', () => {
  const sums = new Map([
    [978, 5n],
    [156, 2n ** 62n],
  ]);
  expect(sumsText(sums)).toBe(`156:${2n ** 62n},978:5`);
  expect(sumsOfText(sumsText(sums))).toEqual(new Map([...sums].reverse()));
  expect(sumsOfText('')).toEqual(new Map());
});
