/**
 * The rule book as data: for every kind of command one that is accepted, and for every rule the one
 * change that breaks it. The order of each table is the order of precedence in the spec (07 §4).
 * @module
 */
import { instantOf } from '../base/instant.ts';
import type { RefusalCode } from '../base/refusals.ts';
import { caveatOf, type Terms } from '../terms/terms.ts';
import type { BodyOf, Command, CommandBody } from './command.ts';
import {
  bytesFor,
  CNY,
  coinOf,
  commandOf,
  draftOf,
  identityOf,
  lockFor,
  NORTH,
  PLAIN,
  SOUTH,
  START,
  STRANGER,
  type Draft,
  type Scene,
} from './scene.fixture.ts';

export const UNKNOWN_TERMS: Terms = [{ kind: 999, body: new Uint8Array(2) }];
export const MALFORMED_TERMS: Terms = [{ kind: 1, body: new Uint8Array(2) }];
export const EXPIRED_TERMS: Terms = [caveatOf({ is: 'expires', at: START })];

/** One rule: what is wrong, the refusal and its place. */
export interface Rule<Is extends CommandBody['is']> {
  readonly title: string;
  /** Changes a good command, or the ledger it comes to. */
  readonly broken: (command: Draft<Command>, body: Draft<BodyOf<Is>>, scene: Scene) => void;
  readonly code: RefusalCode;
  readonly at: string;
}

export const SESSION_RULES: readonly Rule<CommandBody['is']>[] = [
  {
    // Sessions begin at 1, so 0 has passed in every session, also in one of a stranger.
    title: 'a sequence that has passed',
    broken: (command) => (command.sequence = 0),
    code: 'sequence_behind',
    at: '.sequence',
  },
  {
    title: 'an operator nobody admitted',
    broken: (command) => (command.operator = STRANGER),
    code: 'operator_unknown',
    at: '.operator',
  },
];

const AUTHORITY_RULES: readonly Rule<CommandBody['is']>[] = [
  ...SESSION_RULES,
  {
    title: 'an operator in place of the authority',
    broken: (command) => {
      if (command.operator !== STRANGER) command.operator = NORTH;
    },
    code: 'authority_only',
    at: '.operator',
  },
];

export function goodPolicy(scene: Scene): Command {
  return commandOf(scene, 0, { is: 'policy', currency: CNY, numerator: 1, denominator: 1 });
}

export const POLICY_RULES: readonly Rule<'policy'>[] = [
  ...AUTHORITY_RULES,
  {
    title: 'a currency that is none',
    broken: (_, body) => (body.currency = 999),
    code: 'currency_unknown',
    at: '.body.currency',
  },
  {
    title: 'a policy that divides by nothing',
    broken: (_, body) => (body.denominator = 0),
    code: 'policy_invalid',
    at: '.body.denominator',
  },
  {
    title: "a policy that today's money breaks",
    broken: (_, body) => {
      if (body.denominator === 1) body.denominator = 2;
    },
    code: 'reserves_insufficient',
    at: '.body.numerator',
  },
];

export function goodAdmit(scene: Scene): Command {
  const quotas = [{ currency: CNY, amount: 5n }];
  return commandOf(scene, 0, { is: 'admit', operator: 11, quotas });
}

export const ADMIT_RULES: readonly Rule<'admit'>[] = [
  ...AUTHORITY_RULES,
  {
    title: 'the authority as an operator',
    broken: (_, body) => (body.operator = 0),
    code: 'operator_invalid',
    at: '.body.operator',
  },
  {
    title: 'a quota in a currency that is none',
    broken: (_, body) => (body.quotas[0]!.currency = 1),
    code: 'currency_unknown',
    at: '.body.quotas[0]',
  },
  {
    title: 'two quotas of one currency',
    broken: (_, body) => body.quotas.push({ currency: CNY, amount: 6n }),
    code: 'quota_invalid',
    at: '.body.quotas[1]',
  },
];

export function goodIssue(scene: Scene): Command {
  return commandOf(scene, 0, {
    is: 'issue',
    operator: SOUTH,
    reserve: { reference: bytesFor('second reserve'), sums: [{ currency: CNY, amount: 2000n }] },
    coins: [0x40, 0x50].map((first) => ({
      coin: coinOf(identityOf(first)),
      lock: lockFor(`south ${first}`),
    })),
    sources: new Uint8Array(0),
  });
}

/** Rules of one coin are broken in the second, so that the first is seen to be good. */
type IssuedCoin = Draft<BodyOf<'issue'>>['coins'][number];
const second = (body: Draft<BodyOf<'issue'>>): IssuedCoin => body.coins[1]!;

export const ISSUE_RULES: readonly Rule<'issue'>[] = [
  ...AUTHORITY_RULES,
  {
    title: 'an issue to an operator nobody admitted',
    broken: (_, body) => (body.operator = STRANGER),
    code: 'operator_unknown',
    at: '.body.operator',
  },
  {
    title: 'a reserve movement that was used before',
    broken: (_, body) => (body.reserve.reference = bytesFor('first reserve')),
    code: 'reserve_reference_used',
    at: '.body.reserve.reference',
  },
  {
    title: 'reserves in a currency that is none',
    broken: (_, body) => (body.reserve.sums[0]!.currency = 1),
    code: 'currency_unknown',
    at: '.body.reserve.sums[0]',
  },
  {
    title: 'two sums of one currency',
    broken: (_, body) => body.reserve.sums.push({ currency: CNY, amount: 2001n }),
    code: 'reserve_invalid',
    at: '.body.reserve.sums[1]',
  },
  {
    title: 'an identity that exists',
    broken: (_, body) => (second(body).coin.identity = PLAIN),
    code: 'identity_known',
    at: '.body.coins[1].coin.identity',
  },
  {
    title: 'a coin without a unit',
    broken: (_, body) => (second(body).coin.units = 0),
    code: 'coin_empty',
    at: '.body.coins[1].coin.units',
  },
  {
    title: 'a coin dated more than a minute ahead',
    broken: (_, body) => (second(body).coin.mintedAt = instantOf(START + 60_001)),
    code: 'coin_postdated',
    at: '.body.coins[1].coin.mintedAt',
  },
  {
    title: 'a basket of a currency that is none',
    broken: (_, body) => (second(body).coin.basket[0]!.currency = 1),
    code: 'currency_unknown',
    at: '.body.coins[1].coin.basket[0]',
  },
  {
    title: 'a basket that is worth nothing',
    broken: (_, body) => (second(body).coin.basket[0]!.minorPerUnit = 0),
    code: 'basket_invalid',
    at: '.body.coins[1].coin.basket[0]',
  },
  {
    title: 'a condition nobody knows',
    broken: (_, body) => (second(body).coin.terms = draftOf(UNKNOWN_TERMS)),
    code: 'caveat_unknown',
    at: '.body.coins[1].coin.terms[0]',
  },
  {
    title: 'a condition that cannot be read',
    broken: (_, body) => (second(body).coin.terms = draftOf(MALFORMED_TERMS)),
    code: 'caveat_malformed',
    at: '.body.coins[1].coin.terms[0]',
  },
  {
    title: 'a coin that has expired already',
    broken: (_, body) => (second(body).coin.terms = draftOf(EXPIRED_TERMS)),
    code: 'coin_expired',
    at: '.body.coins[1].coin.terms[0]',
  },
  {
    title: 'a lock that was used before',
    broken: (_, body) => (second(body).lock = lockFor('stock 16')),
    code: 'lock_seen',
    at: '.body.coins[1].lock',
  },
  {
    title: 'a currency the authority does not issue',
    broken: (_, __, scene) => scene.state.policies.delete(CNY),
    code: 'currency_not_issued',
    at: '.body.coins',
  },
  {
    title: 'a supply that cannot be written down any more',
    broken: (_, __, { state }) =>
      state.supply.set(CNY, { minted: 2n ** 64n - 1n, retired: 2n ** 64n - 1n, reserves: 0n }),
    code: 'amount_out_of_range',
    at: '.body.reserve.sums',
  },
  {
    title: 'reserves that do not cover what is minted',
    broken: (_, body) => (body.reserve.sums[0]!.amount -= 1n),
    code: 'reserves_insufficient',
    at: '.body.reserve.sums',
  },
  {
    title: 'more than the quota',
    broken: (_, __, { state }) => state.operators.get(SOUTH)?.quotas.set(CNY, 1999n),
    code: 'quota_exceeded',
    at: '.body.coins',
  },
];
