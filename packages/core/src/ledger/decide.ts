/**
 * The rule book of the ledger. `decide` is pure, synchronous and total: for a state, a command and a
 * ledger time it returns the change or the first refusal in the order the spec gives. Nothing is
 * changed here.
 *
 * Spec: 07 §4.
 * @module
 */
import { unreachable } from '../base/assert.ts';
import { hexOf } from '../base/bytes.ts';
import { MINUTE, type Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { checkBasket, worthOf } from '../coin/basket.ts';
import { coinKey, type Coin } from '../coin/coin.ts';
import { stockTag } from '../coin/holder.ts';
import { lockKey } from '../coin/lock.ts';
import { currencyOfNumber } from '../money/currency.ts';
import { conditionsOf } from '../terms/terms.ts';
import { isCountable, isCovered, NO_CHANGE, supplyOf, type Change } from './change.ts';
import { AUTHORITY, type BodyOf, type Command } from './command.ts';
import { decideMove } from './decide-move.ts';
import { decideRetire } from './decide-retire.ts';
import { checkReserve, supplyAfter, supplyChanges } from './reserve.ts';
import { isLockUsed, type LedgerState } from './state.ts';

/** The change a command makes to the state at a ledger time, or the first reason why it makes none. */
export function decide(state: LedgerState, command: Command, now: Instant): Result<Change> {
  if (command.sequence <= (state.sessions.get(sessionKey(command)) ?? 0)) {
    return refuse('sequence_behind', '.sequence');
  }
  const { body } = command;
  const isOwn = command.operator === AUTHORITY;
  if (!isOwn && !state.operators.has(command.operator)) {
    return refuse('operator_unknown', '.operator');
  }
  switch (body.is) {
    case 'policy':
      return isOwn ? decidePolicy(state, body) : refuse('authority_only', '.operator');
    case 'admit':
      return isOwn ? decideAdmit(body) : refuse('authority_only', '.operator');
    case 'issue':
      return isOwn ? decideIssue(state, body, now) : refuse('authority_only', '.operator');
    case 'move':
      return decideMove(state, command.operator, body, now);
    case 'retire':
      return decideRetire(state, command.operator, body);
    default:
      return unreachable(body);
  }
}

/** Key of a command's session in the state. */
export function sessionKey(command: Pick<Command, 'operator' | 'session'>): string {
  return `${command.operator}:${hexOf(command.session)}`;
}

function decidePolicy(state: LedgerState, body: BodyOf<'policy'>): Result<Change> {
  if (!currencyOfNumber(body.currency).ok) return refuse('currency_unknown', '.body.currency');
  if (body.denominator === 0) return refuse('policy_invalid', '.body.denominator');
  const supply = supplyOf(state, body.currency);
  const outstanding = supply.minted - supply.retired;
  // A stricter policy that today's money already breaks would stop the ledger at its next issue.
  if (outstanding * BigInt(body.denominator) > supply.reserves * BigInt(body.numerator)) {
    return refuse('reserves_insufficient', '.body.numerator');
  }
  const policy = { numerator: body.numerator, denominator: body.denominator };
  return accept({ ...NO_CHANGE, policy: { currency: body.currency, policy } });
}

function decideAdmit(body: BodyOf<'admit'>): Result<Change> {
  if (body.operator === AUTHORITY) return refuse('operator_invalid', '.body.operator');
  const quotas = new Map<number, bigint>();
  for (const [i, quota] of body.quotas.entries()) {
    const at = `.body.quotas[${i}]`;
    if (!currencyOfNumber(quota.currency).ok) return refuse('currency_unknown', at);
    if (quotas.has(quota.currency)) return refuse('quota_invalid', at);
    quotas.set(quota.currency, quota.amount);
  }
  return accept({ ...NO_CHANGE, operator: { operator: body.operator, quotas } });
}

function decideIssue(state: LedgerState, body: BodyOf<'issue'>, now: Instant): Result<Change> {
  const operator = state.operators.get(body.operator);
  if (operator === undefined) return refuse('operator_unknown', '.body.operator');
  const reference = checkReserve(state, body.reserve);
  if (!reference.ok) return reference;
  const coins = checkCoins(state, body, now);
  if (!coins.ok) return coins;
  const supply = supplyChanges(body.operator, coins.value.worth, body.reserve, 1n);
  for (const each of supply) {
    const after = supplyAfter(state, each);
    if (!state.policies.has(each.currency)) return refuse('currency_not_issued', '.body.coins');
    if (!isCountable(after)) return refuse('amount_out_of_range', '.body.reserve.sums');
    if (!isCovered(state, each.currency, after)) {
      return refuse('reserves_insufficient', '.body.reserve.sums');
    }
    const through = (operator.outstanding.get(each.currency) ?? 0n) + each.minted;
    if (through > (operator.quotas.get(each.currency) ?? 0n)) {
      return refuse('quota_exceeded', '.body.coins');
    }
  }
  return accept({
    ...NO_CHANGE,
    coins: coins.value.coins,
    locks: coins.value.locks,
    supply,
    reference: reference.value,
  });
}

/** The mint's clock and the ledger's may be this far apart and no further. */
export const MINT_AHEAD_MAX = MINUTE;

interface CheckedCoins {
  readonly coins: Change['coins'];
  readonly locks: readonly string[];
  readonly worth: ReadonlyMap<number, bigint>;
}

function checkCoins(state: LedgerState, body: BodyOf<'issue'>, now: Instant): Result<CheckedCoins> {
  const worth = new Map<number, bigint>();
  const identities = new Set<string>();
  const locks = new Set<string>();
  const tag = stockTag(body.operator);
  const coins: Change['coins'][number][] = [];
  for (const [i, { coin, lock }] of body.coins.entries()) {
    const at = `.body.coins[${i}]`;
    const key = coinKey(coin.identity);
    const checked = checkCoin(coin, now);
    if (state.coins.has(key) || identities.has(key)) {
      return refuse('identity_known', `${at}.coin.identity`);
    }
    if (!checked.ok) return refuse(checked.refusal.code, `${at}.coin${checked.refusal.at}`);
    const locked = lockKey(lock);
    if (locks.has(locked) || isLockUsed(state, locked, now))
      return refuse('lock_seen', `${at}.lock`);
    identities.add(key);
    locks.add(locked);
    for (const { currency, amount } of worthOf(coin.basket, coin.units)) {
      worth.set(currency, (worth.get(currency) ?? 0n) + amount);
    }
    coins.push({ coin, piece: { state: 'live', from: 0, to: coin.units, lock, tag } });
  }
  return accept({ coins, locks: [...locks], worth });
}

/** Whether a coin by itself may be minted at a ledger time. */
function checkCoin(coin: Coin, now: Instant): Result<true> {
  if (coin.units === 0) return refuse('coin_empty', '.units');
  if (coin.mintedAt > now + MINT_AHEAD_MAX) return refuse('coin_postdated', '.mintedAt');
  const basket = checkBasket(coin.basket);
  if (!basket.ok) return basket;
  // Terms nobody here understands would lock money away for ever.
  const conditions = conditionsOf(coin.terms);
  if (!conditions.ok) return conditions;
  const expired = conditions.value.findIndex((each) => each.is === 'expires' && each.at <= now);
  return expired === -1 ? accept(true) : refuse('coin_expired', `.terms[${expired}]`);
}
