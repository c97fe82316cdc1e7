/**
 * The registry of refusals: every "no" a person or a program can meet, with its number on the wire,
 * its HTTP status, the spec section that gives the rule, and a sentence in each language. The
 * sentence says first what happened to the money. `spec/refusals.md` is held equal to this registry.
 *
 * Spec: refusals.
 * @module
 */
import { LEDGER_REFUSALS } from './ledger-refusals.ts';
import { MONEY_REFUSALS } from './money-refusals.ts';
import { PARTY_REFUSALS } from './party-refusals.ts';
import { PURSE_REFUSALS } from './purse-refusals.ts';
import type { RefusalEntry } from './refusal-row.ts';
import { TRANSPORT_REFUSALS } from './transport-refusals.ts';
import { WALLET_REFUSALS } from './wallet-refusals.ts';

export type { RefusalEntry };

export const REFUSALS = {
  ...MONEY_REFUSALS,
  ...LEDGER_REFUSALS,
  ...PARTY_REFUSALS,
  ...WALLET_REFUSALS,
  ...PURSE_REFUSALS,
  ...TRANSPORT_REFUSALS,
} as const satisfies Readonly<Record<string, RefusalEntry>>;

/** Name of a refusal. */
export type RefusalCode = keyof typeof REFUSALS;

const byNumber = new Map<number, RefusalCode>(
  (Object.keys(REFUSALS) as RefusalCode[]).map((code) => [REFUSALS[code].number, code]),
);

/** The refusal a number on the wire stands for. */
export function refusalOfNumber(number: number): RefusalCode | undefined {
  return byNumber.get(number);
}
