/**
 * Commands: everything that can change the ledger. A command carries operator, session and sequence,
 * so that what was applied once is never applied again and its answer can be asked for however late.
 *
 * Spec: 07 §2.
 * @module
 */
import {
  blob,
  bytes,
  currencyNumber,
  list,
  sortedList,
  struct,
  u32,
  u48,
  u64,
  union,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { coin, identity } from '../coin/coin.ts';
import { lock } from '../coin/lock.ts';
import { hashOf } from '../crypto/hash.ts';
import { LEGS_MAX } from '../coin/basket.ts';
import { order, secrets } from '../payment/order.ts';

export const SESSION_BYTES = 16;
/** Coins minted by one command: a stock for a middle-sized operator, within one command's bytes. */
export const ISSUE_COINS_MAX = 1024;
export const RETIRE_PIECES_MAX = 1024;
/** Every command the shape allows stays below, so that whoever holds a command can hash it. */
export const COMMAND_BYTES_MAX = 1280 * 1024;

/** An amount of one currency, as reserves and quotas are stated. */
export const sum = struct({ currency: currencyNumber, amount: u64 });
export const sums = sortedList(sum, 1, LEGS_MAX);
export type Sum = ValueOf<typeof sum>;

/** A movement of reserves that stands behind an issue or a retirement; its reference is accepted once. */
export const reserve = struct({ reference: bytes(32), sums });
export type Reserve = ValueOf<typeof reserve>;

/** Outstanding money of a currency may be at most its reserves × numerator / denominator. */
const policy = struct({ currency: currencyNumber, numerator: u32, denominator: u32 });

/** An operator and how much money of each currency may be outstanding through it. */
const admit = struct({ operator: u32, quotas: sortedList(sum, 0, 64) });

/** Coins minted into an operator's stock, each with the lock of its first and only piece. */
const issue = struct({
  operator: u32,
  reserve,
  coins: list(struct({ coin, lock }), 1, ISSUE_COINS_MAX),
  /** Which sources of randomness stood behind the identities; nothing of their output. */
  sources: blob(512),
});

/** A holder's order with the secrets that open its inputs. */
const move = struct({ order, secrets });

/** Whole pieces of an operator's stock that leave circulation against the return of reserves. */
const retire = struct({
  operator: u32,
  reserve,
  pieces: sortedList(struct({ coin: identity, from: u32, to: u32 }), 1, RETIRE_PIECES_MAX),
  secrets: list(bytes(32), 1, RETIRE_PIECES_MAX),
});

export const command = struct({
  /** The operator whose session this is; 0 is the authority itself. */
  operator: u32,
  session: bytes(SESSION_BYTES),
  sequence: u48,
  body: union({
    policy: [1, policy],
    admit: [2, admit],
    issue: [3, issue],
    move: [4, move],
    retire: [5, retire],
  }),
});

export type Command = ValueOf<typeof command>;
export type CommandBody = Command['body'];
export type BodyOf<Is extends CommandBody['is']> = Extract<CommandBody, { readonly is: Is }>;

export const commandMessage = message('Command', 0x20, 1, COMMAND_BYTES_MAX, command);

/** Identity of a command: a repeat with another hash under the same sequence is refused. */
export function commandHash(value: Command): Uint8Array {
  return hashOf(commandMessage, value);
}

export const AUTHORITY = 0;
