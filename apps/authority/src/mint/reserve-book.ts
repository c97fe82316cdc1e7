/**
 * Reserves as a port: whether the money that is to stand behind an issue is really there, and may go
 * back on a retirement. The sandbox's book gives each operator an opening balance by settings and
 * derives the rest from the ledger's own entries, so that it can never differ from them.
 *
 * Spec: 09 §7.
 * @module
 */
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Reserve } from '@specie/core/ledger/command';
import type { Entry } from '@specie/core/ledger/entry';
import type { Follower } from '../ledger/start.ts';

export interface ReserveBook {
  /** Whether an operator has the sums of a reserve movement to give. */
  cover(operator: number, reserve: Reserve): Result<true>;
}

/** Opening balances in minor units, by operator and currency. */
export type Openings = (operator: number, currency: number) => bigint;

/** The book of the sandbox. */
export function sandboxReserves(openings: Openings): ReserveBook & Follower {
  const used = new Map<string, bigint>();
  const keyOf = (operator: number, currency: number): string => `${operator}/${currency}`;
  const add = (operator: number, reserve: Reserve, sign: bigint): void => {
    for (const { currency, amount } of reserve.sums) {
      const key = keyOf(operator, currency);
      used.set(key, (used.get(key) ?? 0n) + sign * amount);
    }
  };
  return {
    cover(operator, reserve) {
      for (const [i, { currency, amount }] of reserve.sums.entries()) {
        const left = openings(operator, currency) - (used.get(keyOf(operator, currency)) ?? 0n);
        if (amount > left) return refuse('reserves_insufficient', `.request.reserve.sums[${i}]`);
      }
      return accept(true);
    },
    follow({ command: { body } }: Entry) {
      if (body.is === 'issue') add(body.operator, body.reserve, 1n);
      if (body.is === 'retire') add(body.operator, body.reserve, -1n);
    },
  };
}
