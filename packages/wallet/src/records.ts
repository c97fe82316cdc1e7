/**
 * What a wallet keeps, as messages: each record is written in the canonical encoding, so that a file
 * has one reading. Invariant: a record that cannot be read in full stops the wallet from opening; it
 * is never guessed at.
 *
 * Spec: 05 §12.
 * @module
 */
import {
  bytes,
  choice,
  currencyNumber,
  flag,
  instant,
  list,
  optional,
  struct,
  text,
  u16,
  u32,
  u48,
  u64,
  union,
  upTo,
  type ValueOf,
} from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { ML_DSA_SIGNATURE_BYTES } from '@specie/core/crypto/signature';
import { address } from '@specie/core/payment/address';
import { BATCH_LOCKS_MAX } from '@specie/core/payment/lock-batch';
import {
  NONCE_BYTES,
  order,
  ORDER_BYTES_MAX,
  PART_PIECES_MAX,
  PARTS_MAX,
} from '@specie/core/payment/order';
import { refusalNotice, walletCard, walletEvent } from '@specie/protocol/messages/wallet';

export const NOTE_BYTES_MAX = 560;

/** Which program may read the file. Raised with every migration. */
export const formatMessage = message('WalletFormat', 0xe0, 1, 16, struct({ format: u16 }));

/** Who this wallet is and where. There is one, from the moment it has words. */
const identity = struct({
  entropy: bytes(32),
  authority: bytes(32),
  operator: u32,
  operatorUrl: text(256),
  /** A code was sent and is awaited. */
  ticket: optional(struct({ ticket: bytes(16), sentTo: text(254), endsAt: instant })),
  /** What the operator said when it was opened; absent until then. */
  card: optional(walletCard),
  /**
   * After recovery from words, the last event of the time before: what went out until then was
   * ordered by this wallet's former self, of which nothing is left to check it against.
   */
  past: union({
    none: [1, struct({})],
    unread: [2, struct({})],
    known: [3, struct({ until: u48 })],
  }),
});
export type Identity = ValueOf<typeof identity>;
export const identityMessage = message('WalletIdentity', 0xe1, 1, 16 * 1024, identity);

/** What became of a signed order. Each state carries only what is true in it. */
export const orderState = union({
  /** Signed and on disk: its secrets may have been shown from here on. */
  signed: [1, struct({})],
  paid: [2, struct({ position: u48, time: instant })],
  /** It will never be carried out, but its secrets guard nothing any more: the money must move. */
  exposed: [3, struct({ why: u16 })],
  /** The money is being moved to fresh locks by another order. */
  refreshing: [4, struct({ why: u16, by: bytes(32) })],
  /** It will never be carried out, and nothing of it is at risk. */
  refused: [5, struct({ why: u16 })],
});
export type OrderState = ValueOf<typeof orderState>;

/** An own order, from the moment it is signed. */
export const ownOrder = struct({
  hash: bytes(32),
  order,
  signature: bytes(ML_DSA_SIGNATURE_BYTES),
  /** Hashes of the locks that the order's secrets open, input by input: a range may come back, a lock never. */
  locks: list(bytes(32), 1, PARTS_MAX * PART_PIECES_MAX),
  purpose: choice({ pay: 1, tidy: 2, refresh: 3, cashOut: 4 }),
  payee: optional(struct({ address, name: text(254) })),
  note: text(NOTE_BYTES_MAX),
  currency: currencyNumber,
  amount: u64,
  signedAt: instant,
  state: orderState,
  /** The operator's signed refusal, kept as evidence. */
  notice: optional(struct({ notice: refusalNotice, signature: bytes(ML_DSA_SIGNATURE_BYTES) })),
});
export type OwnOrder = ValueOf<typeof ownOrder>;
export const ownOrderMessage = message('WalletOrder', 0xe2, 1, 2 * ORDER_BYTES_MAX, ownOrder);

/** A batch of receiving locks; its nonce is on disk before the operator sees it. */
const ownBatch = struct({
  nonce: bytes(NONCE_BYTES),
  count: upTo(16, BATCH_LOCKS_MAX),
  ends: instant,
  isLeft: flag,
});
export type OwnBatch = ValueOf<typeof ownBatch>;
export const ownBatchMessage = message('WalletBatch', 0xe3, 1, 64, ownBatch);

/** A top-up or a cash-out, under a reference that is on disk before it is asked for. */
const ownFunding = struct({
  reference: bytes(16),
  kind: choice({ topUp: 1, cashOut: 2 }),
  currency: currencyNumber,
  amount: u64,
  account: text(64),
  askedAt: instant,
  /** The redeeming order of a cash-out. */
  order: optional(bytes(32)),
  state: choice({ asked: 1, funded: 2, redeemed: 3, done: 4, refused: 5, returned: 6 }),
  code: u16,
});
export type OwnFunding = ValueOf<typeof ownFunding>;
export const ownFundingMessage = message('WalletFunding', 0xe4, 1, 512, ownFunding);

/** An event as the operator told it, kept unchanged: what is booked is always worked out again from these. */
export const storedEventMessage = message('WalletEvent', 0xe5, 1, 16 * 1024, walletEvent);
