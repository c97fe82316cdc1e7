/**
 * Messages between an operator and the authority about the ledger, the mint and the directory. All
 * of them travel inside a session; requests to mint and to retire are signed one by one besides.
 *
 * Spec: 09.
 * @module
 */
import {
  blob,
  bytes,
  instant,
  list,
  optional,
  struct,
  text,
  u16,
  u32,
  u48,
  upTo,
  type ValueOf,
} from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { basket } from '@specie/core/coin/basket';
import { coin, identity, UNITS_MAX } from '@specie/core/coin/coin';
import { holderTag } from '@specie/core/coin/holder';
import { lock } from '@specie/core/coin/lock';
import { ML_DSA_SIGNATURE_BYTES } from '@specie/core/crypto/signature';
import {
  COMMAND_BYTES_MAX,
  ISSUE_COINS_MAX,
  reserve,
  RETIRE_PIECES_MAX,
  SESSION_BYTES,
} from '@specie/core/ledger/command';
import { answer } from '@specie/core/ledger/entry';
import { address } from '@specie/core/payment/address';
import { terms } from '@specie/core/terms/terms';

/** Commands sent at once: one request of an operator carries what arrived while the last was under way. */
export const COMMANDS_MAX = 1024;
export const NOTICES_MAX = 2048;
const BULK_BYTES_MAX = 16 * 1024 * 1024;
const signature = bytes(ML_DSA_SIGNATURE_BYTES);

/** Encoded Command messages, in rising order of sequence. */
export const commandsMessage = message(
  'Commands',
  0x50,
  1,
  BULK_BYTES_MAX,
  struct({ commands: list(blob(COMMAND_BYTES_MAX), 1, COMMANDS_MAX) }),
);

/** One answer for each command, in the same order, given only when all of them are durable. */
export const answersMessage = message(
  'Answers',
  0x51,
  1,
  BULK_BYTES_MAX,
  struct({ answers: list(answer, 0, COMMANDS_MAX) }),
);

/** Asks again for the answer to a command of an earlier session, which ends that session. */
export const answerQueryMessage = message(
  'AnswerQuery',
  0x52,
  1,
  256,
  struct({ session: bytes(SESSION_BYTES), sequence: u48, commandHash: bytes(32) }),
);

/** Asks for notices of entries at or after a position, waiting up to `waitMs` when there are none. */
export const feedQueryMessage = message(
  'FeedQuery',
  0x53,
  1,
  64,
  struct({ from: u48, waitMs: u16, max: u16 }),
);

/** What one entry means to one operator: its pieces consumed, its pieces made. Other holders' tags and locks are left out. */
export const notice = struct({
  position: u48,
  time: instant,
  verb: text(16),
  /** Hash of the order when the entry is a move. */
  order: optional(bytes(32)),
  /** Nonce of the order, for the operator whose session sent it: change is found again by it. */
  nonce: optional(bytes(16)),
  holder: optional(holderTag),
  consumed: list(struct({ coin: identity, from: u32, to: u32 }), 0, 4096),
  made: list(
    struct({
      coin,
      from: u32,
      to: u32,
      lock,
      tag: holderTag,
      /** Number of the output in the order. */ output: u16,
    }),
    0,
    4096,
  ),
});
export type Notice = ValueOf<typeof notice>;
export const feedMessage = message(
  'Feed',
  0x54,
  1,
  BULK_BYTES_MAX,
  /** Ask from `next` on; every entry before it has been told. */
  struct({ notices: list(notice, 0, NOTICES_MAX), next: u48 }),
);

/** An operator's wish to have coins minted into its stock against reserves. */
export const issueRequest = struct({
  authority: bytes(32),
  operator: u32,
  reserve,
  basket,
  unitsPerCoin: upTo(32, UNITS_MAX),
  /** One coin is minted for each lock. */
  locks: list(lock, 1, ISSUE_COINS_MAX),
  terms,
  time: instant,
});
export type IssueRequest = ValueOf<typeof issueRequest>;
export const issueRequestMessage = message('IssueRequest', 0x55, 1, 256 * 1024, issueRequest);
export const signedIssueRequestMessage = message(
  'SignedIssueRequest',
  0x56,
  1,
  260 * 1024,
  struct({ request: issueRequest, signature }),
);

/** Coins minted; asked again under the same reserve reference, the same answer comes. */
export const issueReceiptMessage = message(
  'IssueReceipt',
  0x57,
  1,
  BULK_BYTES_MAX,
  struct({ position: u48, time: instant, coins: list(coin, 1, ISSUE_COINS_MAX) }),
);

/** An operator's wish to take whole pieces of its stock out of circulation against reserves. */
export const retireRequest = struct({
  authority: bytes(32),
  operator: u32,
  reserve,
  pieces: list(
    struct({ coin: identity, from: u32, to: u32, secret: bytes(32) }),
    1,
    RETIRE_PIECES_MAX,
  ),
  time: instant,
});
export type RetireRequest = ValueOf<typeof retireRequest>;
export const retireRequestMessage = message('RetireRequest', 0x58, 1, 256 * 1024, retireRequest);
export const signedRetireRequestMessage = message(
  'SignedRetireRequest',
  0x59,
  1,
  260 * 1024,
  struct({ request: retireRequest, signature }),
);
export const retireReceiptMessage = message(
  'RetireReceipt',
  0x5a,
  1,
  64,
  struct({ position: u48, time: instant }),
);

/** Which operator's wallet a name leads to. Names travel only as HMAC under the directory's key. */
export const directoryEntryMessage = message(
  'DirectoryEntry',
  0x5b,
  1,
  128,
  struct({ alias: bytes(32), address }),
);
export const directoryQueryMessage = message(
  'DirectoryQuery',
  0x5c,
  1,
  64,
  struct({ alias: bytes(32) }),
);
export const directoryKeyMessage = message('DirectoryKey', 0x5d, 1, 64, struct({ key: bytes(32) }));
export const doneMessage = message('Done', 0x5e, 1, 64, struct({}));
/** A request that needs no words. */
export const nothingMessage = message('Nothing', 0x5f, 1, 64, struct({}));
