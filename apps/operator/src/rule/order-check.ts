/**
 * What an operator asks of an order before it sends it to the ledger: whose it is, whom it pays and
 * how much of each currency. The ledger judges the pieces themselves; this judges the holder's side.
 *
 * Spec: 06 §3.
 * @module
 */
import { compareBytes, equalBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Basket } from '@specie/core/coin/basket';
import { isStock, operatorOf } from '@specie/core/coin/holder';
import { inputCount, outputRanges, type Order } from '@specie/core/payment/order';

/** Amounts by currency number, in minor units. */
export type Sums = ReadonlyMap<number, bigint>;

/** What an order does, as far as limits and the payee are concerned. */
export interface OrderMeaning {
  /** Undefined when everything goes back to the holder. */
  readonly payee: Uint8Array | undefined;
  /** What leaves the holder, by currency. */
  readonly paid: Sums;
}

/** Whom an order is from, checked before its signature because nothing else tells whose key it is. */
export function checkAddressed(
  order: Order,
  secrets: number,
  here: { readonly authority: Uint8Array; readonly operator: number },
): Result<true> {
  if (!equalBytes(order.authority, here.authority))
    return refuse('authority_mismatch', '.order.authority');
  if (order.operator !== here.operator) return refuse('operator_mismatch', '.order.operator');
  if (operatorOf(order.holder) !== here.operator)
    return refuse('operator_mismatch', '.order.holder');
  return secrets === inputCount(order) ? accept(true) : refuse('secrets_miscounted', '.secrets');
}

/** The one payee of an order: outputs go to one other tag at most, the rest back to the holder. */
export function payeeOf(order: Order): Result<Uint8Array | undefined> {
  let payee: Uint8Array | undefined;
  for (const [i, part] of order.parts.entries()) {
    for (const [j, { tag }] of part.outputs.entries()) {
      if (equalBytes(tag, order.holder)) continue;
      payee ??= tag;
      if (!equalBytes(payee, tag))
        return refuse('order_payee_mixed', `.order.parts[${i}].outputs[${j}].tag`);
    }
  }
  return accept(payee);
}

/** What an order pays, by the baskets of coins that are known here. */
export function meaningOf(
  order: Order,
  basketOf: (identity: Uint8Array) => Basket | undefined,
): Result<OrderMeaning> {
  const payee = payeeOf(order);
  if (!payee.ok) return payee;
  const paid = new Map<number, bigint>();
  for (const [i, part] of order.parts.entries()) {
    const basket = basketOf(part.coin);
    if (basket === undefined) return refuse('coin_unknown', `.order.parts[${i}].coin`);
    for (const { from, to, output } of outputRanges(part)) {
      // An output that runs backwards tiles nothing; the ledger would say the same.
      if (to <= from) return refuse('outputs_not_tiling', `.order.parts[${i}].outputs`);
      if (equalBytes(output.tag, order.holder)) continue;
      for (const { currency, minorPerUnit } of basket)
        paid.set(currency, (paid.get(currency) ?? 0n) + BigInt(minorPerUnit) * BigInt(to - from));
    }
  }
  return accept({ payee: payee.value, paid });
}

/** What a payment at `pay` may not do: redeeming has its own route, and stock is nobody to be paid. */
export function checkPayable(order: Order, payee: Uint8Array | undefined): Result<true> {
  if (order.verb === 'redeem') return refuse('ask_misdirected', '.order.verb');
  return payee !== undefined && isStock(payee) ? refuse('payee_unknown', '.order') : accept(true);
}

/** Amounts in one text for a column: `156:1200,978:5`, by rising currency. */
export function sumsText(sums: Sums): string {
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([currency, amount]) => `${currency}:${amount}`)
    .join(',');
}

/** The amounts of such a text. */
export function sumsOfText(text: string): Sums {
  if (text === '') return new Map();
  return new Map(
    text.split(',').map((each) => {
      const [currency = '', amount = ''] = each.split(':');
      return [Number(currency), BigInt(amount)];
    }),
  );
}

/** Sorts parts as the ledger wants them: by coin, then by range. */
export function sortedParts<
  P extends { readonly coin: Uint8Array; readonly inputs: readonly { readonly from: number }[] },
>(parts: readonly P[]): readonly P[] {
  return [...parts].sort(
    (a, b) => compareBytes(a.coin, b.coin) || a.inputs[0]!.from - b.inputs[0]!.from,
  );
}
