/**
 * A small ledger with named people, for tests that break one thing at a time. Li and Wang hold wallets
 * at operator 7 and 9; three coins were minted, and Li holds pieces of all of them.
 * @module
 */
import { instantOf, type Instant } from '../base/instant.ts';
import type { Result } from '../base/result.ts';
import type { Coin } from '../coin/coin.ts';
import { stockTag, tagOf } from '../coin/holder.ts';
import { lockOfSecret, type Lock } from '../coin/lock.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Order } from '../payment/order.ts';
import { caveatOf } from '../terms/terms.ts';
import type { Command, CommandBody } from './command.ts';
import type { Entry } from './entry.ts';
import { step } from './ledger.ts';
import { emptyState, type LedgerState } from './state.ts';

/** A value that a test may change in place. */
export type Draft<T> = T extends Uint8Array | bigint | number | string | boolean | undefined
  ? T
  : T extends readonly (infer E)[]
    ? Draft<E>[]
    : { -readonly [K in keyof T]: Draft<T[K]> };

export const SCENE_AUTHORITY = new Uint8Array(32).fill(0xa0);
export const NORTH = 7;
export const SOUTH = 9;
export const STRANGER = 99;
export const LI = tagOf(NORTH, new Uint8Array(12).fill(1));
export const ZHOU = tagOf(NORTH, new Uint8Array(12).fill(2));
export const WANG = tagOf(SOUTH, new Uint8Array(12).fill(3));
export const CNY = 156;
export const USD = 840;
export const START = instantOf(1_700_000_000_000);

/** A byte string that is different for every name, so that scenes read as stories. */
export function bytesFor(name: string): Uint8Array {
  return sha256(new TextEncoder().encode(name));
}

export function lockFor(name: string): Lock {
  return lockOfSecret(bytesFor(name));
}

/** Identity of a coin: the first byte orders coins as parts have to be ordered. */
export function identityOf(first: number): Uint8Array {
  return new Uint8Array(32).fill(first);
}

export const PLAIN = identityOf(0x10);
export const DATED = identityOf(0x20);
export const MIXED = identityOf(0x30);
export const LAST = identityOf(0xf0);
export const DATED_UNTIL = instantOf(START + 1_000_000);

export interface Scene {
  readonly state: LedgerState;
  now: Instant;
  sequence: number;
  /** Entries since the beginning, for replay. */
  readonly entries: Entry[];
}

/** The next command of one session, by the authority or an operator. */
export function commandOf(scene: Scene, operator: number, body: CommandBody): Command {
  scene.sequence += 1;
  return { operator, session: new Uint8Array(16).fill(1), sequence: scene.sequence, body };
}

/** Gives a command to the ledger and keeps the entry. */
export function give(scene: Scene, operator: number, body: CommandBody): Result<Entry> {
  const result = step(scene.state, commandOf(scene, operator, body), scene.now);
  if (result.ok) scene.entries.push(result.value);
  return result;
}

/** The same, where the story has no room for a refusal. */
export function must(scene: Scene, operator: number, body: CommandBody): Entry {
  const result = give(scene, operator, body);
  if (!result.ok) throw new Error(`refused: ${result.refusal.code} at ${result.refusal.at}`);
  return result.value;
}

export function coinOf(identity: Uint8Array, change: Partial<Coin> = {}): Coin {
  const basket = [{ currency: CNY, minorPerUnit: 1 }];
  return { identity, basket, units: 1000, terms: [], mintedAt: START, ...change };
}

/** An order of Li, to be changed by the test. */
export function orderOf(parts: Order['parts'], change: Partial<Order> = {}): Order {
  return {
    authority: SCENE_AUTHORITY,
    operator: NORTH,
    holder: LI,
    verb: 'transfer',
    end: instantOf(START + 60_000),
    nonce: new Uint8Array(16),
    parts,
    ...change,
  };
}

/** Policies and operators, and nothing minted yet. */
export function emptyScene(): Scene {
  const scene: Scene = { state: emptyState(SCENE_AUTHORITY), now: START, sequence: 0, entries: [] };
  const quotas = [
    { currency: CNY, amount: 10_000_000n },
    { currency: USD, amount: 10_000_000n },
  ];
  must(scene, 0, { is: 'policy', currency: CNY, numerator: 1, denominator: 1 });
  must(scene, 0, { is: 'policy', currency: USD, numerator: 1, denominator: 1 });
  must(scene, 0, { is: 'admit', operator: NORTH, quotas });
  must(scene, 0, { is: 'admit', operator: SOUTH, quotas });
  return scene;
}

/** Coins of North's stock, and the pieces of each that Li holds: two neighbours from the beginning. */
export function fullScene(): Scene {
  const scene = emptyScene();
  const mixed = [
    { currency: CNY, minorPerUnit: 350 },
    { currency: USD, minorPerUnit: 50 },
  ];
  const coins = [
    coinOf(PLAIN),
    coinOf(DATED, { terms: [caveatOf({ is: 'expires', at: DATED_UNTIL })] }),
    coinOf(MIXED, { basket: mixed }),
    coinOf(LAST),
  ];
  must(scene, 0, {
    is: 'issue',
    operator: NORTH,
    reserve: {
      reference: bytesFor('first reserve'),
      sums: [
        { currency: CNY, amount: 353_000n },
        { currency: USD, amount: 50_000n },
      ],
    },
    coins: coins.map((coin) => ({ coin, lock: lockFor(`stock ${coin.identity[0] ?? 0}`) })),
    sources: new Uint8Array(0),
  });
  const order = orderOf(
    coins.map(({ identity }) => ({
      coin: identity,
      inputs: [{ from: 0, to: 1000 }],
      outputs: [
        { to: 100, lock: lockFor(`li ${identity[0] ?? 0} first`), tag: LI },
        { to: 250, lock: lockFor(`li ${identity[0] ?? 0} second`), tag: LI },
        { to: 1000, lock: lockFor(`stock ${identity[0] ?? 0} again`), tag: stockTag(NORTH) },
      ],
    })),
    { holder: stockTag(NORTH) },
  );
  const secrets = coins.map(({ identity }) => bytesFor(`stock ${identity[0] ?? 0}`));
  must(scene, NORTH, { is: 'move', order, secrets });
  return scene;
}

/** A command that may be changed in place, with everything it holds. */
export function draftOf<T>(value: T): Draft<T> {
  return structuredClone(value) as Draft<T>;
}
