/**
 * What the authority may tell everybody. Invariant: no holder tag, no name, no identity of a coin;
 * a coin is shown by its handle, an HMAC under a key fixed for the journal's life.
 *
 * Spec: 09 §10.
 * @module
 */
import { equalBytes, hexOf } from '@specie/core/base/bytes';
import { worthOf } from '@specie/core/coin/basket';
import { coinKey } from '@specie/core/coin/coin';
import { authenticate } from '@specie/core/crypto/hash';
import { supplyOf } from '@specie/core/ledger/change';
import type { Entry } from '@specie/core/ledger/entry';
import { outstandingOf, type LedgerState } from '@specie/core/ledger/state';
import { currencyOfNumber } from '@specie/core/money/currency';
import { outputRanges, type Order } from '@specie/core/payment/order';
import { formatAuthority, type KeySet } from '@specie/protocol/trust/key-set';
import type { Halt } from './ledger/halt.ts';
import type { Follower } from './ledger/start.ts';

const RECENT_MAX = 50;
const HANDLE_BYTES = 8;

/** The latest entries, for the status page. */
export interface RecentEntries extends Follower {
  list(): readonly Entry[];
}

export function recentEntries(): RecentEntries {
  const kept: Entry[] = [];
  return {
    follow(entry) {
      kept.push(entry);
      if (kept.length > RECENT_MAX * 2) kept.splice(0, kept.length - RECENT_MAX);
    },
    list: () => kept.slice(-RECENT_MAX).reverse(),
  };
}

export interface StatusOptions {
  readonly state: LedgerState;
  readonly halt: Halt;
  readonly recent: RecentEntries;
  readonly handleKey: Uint8Array;
  readonly keySet: () => KeySet;
  readonly isReady: () => boolean;
  readonly entropy: () => unknown;
}

/** The status page as JSON; amounts are decimal text of minor units. */
export function statusOf(options: StatusOptions): unknown {
  const { state, halt } = options;
  const set = options.keySet();
  const readsOnly = halt.records();
  return {
    name: set.name,
    authority: formatAuthority(state.authority),
    position: state.position,
    time: state.time,
    ready: options.isReady(),
    ...(readsOnly.length > 0 && { readsOnly }),
    currencies: [...state.policies.keys()]
      .sort((a, b) => a - b)
      .map((of) => currencyView(state, of)),
    operators: set.operators.map(({ operator, name, url }) => ({
      number: operator,
      name,
      url,
      outstanding: amountsView(state.operators.get(operator)?.outstanding ?? new Map()),
    })),
    recent: options.recent.list().map((entry) => entryView(options, entry)),
    entropy: options.entropy(),
  };
}

function codeOf(currency: number): string {
  const known = currencyOfNumber(currency);
  return known.ok ? known.value.code : String(currency);
}

interface AmountView {
  readonly currency: string;
  readonly amount: string;
}

function amountsView(amounts: ReadonlyMap<number, bigint>): readonly AmountView[] {
  return [...amounts]
    .sort(([a], [b]) => a - b)
    .map(([currency, amount]) => ({ currency: codeOf(currency), amount: amount.toString() }));
}

function currencyView(state: LedgerState, currency: number): unknown {
  const supply = supplyOf(state, currency);
  return {
    code: codeOf(currency),
    minted: supply.minted.toString(),
    retired: supply.retired.toString(),
    outstanding: outstandingOf(supply).toString(),
    reserves: supply.reserves.toString(),
    policy: state.policies.get(currency),
  };
}

function entryView(
  { state, handleKey }: StatusOptions,
  { position, time, command }: Entry,
): unknown {
  const { body } = command;
  const verb = body.is === 'move' ? body.order.verb : body.is;
  const moved = piecesOf(command.body);
  const amounts = new Map<number, bigint>();
  for (const { coin, units } of moved) {
    const basket = state.coins.get(coinKey(coin))?.coin.basket ?? [];
    for (const { currency, amount } of worthOf(basket, units))
      amounts.set(currency, (amounts.get(currency) ?? 0n) + amount);
  }
  const [first] = moved;
  const handle = first && hexOf(authenticate(handleKey, first.coin).subarray(0, HANDLE_BYTES));
  return { position, time, verb, handle: handle ?? '', amounts: amountsView(amounts) };
}

/** What an order gives to others; all of it where nothing leaves the holder. */
function handedOver(
  order: Order,
): readonly { readonly coin: Uint8Array; readonly units: number }[] {
  const made = order.parts.flatMap((part) =>
    outputRanges(part).map(({ from, to, output }) => ({
      coin: part.coin,
      units: to - from,
      isOwn: equalBytes(output.tag, order.holder),
    })),
  );
  const given = made.filter(({ isOwn }) => !isOwn);
  return given.length === 0 ? made : given;
}

/** What an entry handed over, minted or retired, by coin and number of units; change is not handed over. */
function piecesOf(
  body: Entry['command']['body'],
): readonly { readonly coin: Uint8Array; readonly units: number }[] {
  switch (body.is) {
    case 'move':
      return handedOver(body.order);
    case 'issue':
      return body.coins.map(({ coin }) => ({ coin: coin.identity, units: coin.units }));
    case 'retire':
      return body.pieces.map(({ coin, from, to }) => ({ coin, units: to - from }));
    case 'policy':
    case 'admit':
      return [];
  }
}
