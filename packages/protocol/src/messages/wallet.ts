/**
 * Messages between a wallet and its operator. Every request is an Ask signed with the wallet's key,
 * which names operator, route and time, except a payment: there the order is what is signed.
 *
 * Spec: 06.
 * @module
 */
import {
  blob,
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
  type ValueOf,
} from '@specie/core/codec/codec';
import { message } from '@specie/core/codec/message';
import { coin, identity } from '@specie/core/coin/coin';
import { holderTag } from '@specie/core/coin/holder';
import { ML_DSA_PUBLIC_KEY_BYTES, ML_DSA_SIGNATURE_BYTES } from '@specie/core/crypto/signature';
import { address, walletId } from '@specie/core/payment/address';
import { lockOffer } from '@specie/core/payment/lock-batch';
import { NONCE_BYTES, order, PARTS_MAX, secrets } from '@specie/core/payment/order';
import { COMMAND_BYTES_MAX, sum } from '@specie/core/ledger/command';

const signature = bytes(ML_DSA_SIGNATURE_BYTES);
export const ASK_BODY_MAX = 256 * 1024;
/** How far a request's time may be from the operator's clock. */
export const ASK_SPAN = 5 * 60 * 1000;
export const NOTE_MAX = 140;

/** A request by a wallet: for whom, for which route, when, and the message that is asked. */
export const ask = struct({
  authority: bytes(32),
  operator: u32,
  wallet: walletId,
  route: text(64),
  time: instant,
  nonce: bytes(NONCE_BYTES),
  body: blob(ASK_BODY_MAX),
});
export type Ask = ValueOf<typeof ask>;
export const askMessage = message('Ask', 0x60, 1, ASK_BODY_MAX + 512, ask);
export const signedAskMessage = message(
  'SignedAsk',
  0x61,
  1,
  ASK_BODY_MAX + 4096,
  struct({ ask, signature }),
);

/** Opens a wallet for a key and a phone number or e-mail, to which a code is sent. */
export const openRequestMessage = message(
  'OpenRequest',
  0x62,
  1,
  2048,
  struct({
    publicKey: bytes(ML_DSA_PUBLIC_KEY_BYTES),
    alias: text(254),
    language: choice({ en: 1, zh: 2 }),
  }),
);
export const openTicketMessage = message(
  'OpenTicket',
  0x63,
  1,
  512,
  /** `sentTo` shows enough of the number to recognise it and no more. */
  struct({ ticket: bytes(16), sentTo: text(254), endsAt: instant }),
);
export const openConfirmMessage = message(
  'OpenConfirm',
  0x64,
  1,
  128,
  struct({ ticket: bytes(16), code: text(16) }),
);

/** A limit in force, in minor units. */
export const limit = struct({
  currency: currencyNumber,
  balance: u64,
  payment: u64,
  day: u64,
  year: u64,
});

/** What an operator knows of a wallet and tells it. */
export const walletCard = struct({
  address,
  tag: holderTag,
  tier: text(8),
  sentTo: text(254),
  openedAt: instant,
  limits: list(limit, 0, 64),
});
export type WalletCard = ValueOf<typeof walletCard>;
export const walletCardMessage = message('WalletCard', 0x65, 1, 8192, walletCard);

/** After a LockBatch: how many locks are left to be drawn. */
export const locksLeftMessage = message('LocksLeft', 0x66, 1, 64, struct({ left: u32 }));

export const stateQueryMessage = message(
  'StateQuery',
  0x67,
  1,
  64,
  struct({ after: u48, max: u16 }),
);

/** How the secret of a piece is found again from the recovery words: a nonce and a number under it. */
export const origin = struct({ nonce: bytes(NONCE_BYTES), index: u16 });

/** One thing that happened to a wallet at the ledger, numbered by the operator for this wallet without gaps. */
export const walletEvent = struct({
  number: u48,
  position: u48,
  time: instant,
  what: union({
    /** A piece came in: paid, topped up, or change of an own order. */
    came: [
      1,
      struct({
        coin,
        from: u32,
        to: u32,
        hash: bytes(32),
        origin,
        order: optional(bytes(32)),
        isChange: flag,
        note: text(NOTE_MAX * 4),
      }),
    ],
    /** A piece of ours was consumed by an order. */
    went: [2, struct({ coin: identity, from: u32, to: u32, order: bytes(32) })],
  }),
});
export type WalletEvent = ValueOf<typeof walletEvent>;
export const walletStateMessage = message(
  'WalletState',
  0x68,
  1,
  4 * 1024 * 1024,
  struct({
    events: list(walletEvent, 0, 1024),
    hasMore: flag,
    locksLeft: u32,
    ledgerTime: instant,
  }),
);

/** A payment: the order, signed, and the secrets that open its inputs. */
export const payRequest = struct({ order, signature, secrets });
export type PayRequest = ValueOf<typeof payRequest>;
export const payRequestMessage = message('PayRequest', 0x69, 1, COMMAND_BYTES_MAX, payRequest);

/** An operator's word that an order was refused and will never be carried out. Signed with its statement key. */
export const refusalNotice = struct({
  authority: bytes(32),
  operator: u32,
  order: bytes(32),
  code: u16,
  at: text(256),
  time: instant,
});
export const refusalNoticeMessage = message('RefusalNotice', 0x6a, 1, 1024, refusalNotice);

/** What became of an order. */
export const payAnswer = struct({
  order: bytes(32),
  outcome: union({
    paid: [1, struct({ position: u48, time: instant })],
    refused: [2, struct({ notice: refusalNotice, signature })],
    /** Sent to the ledger, answer not yet known: ask again. */
    pending: [3, struct({})],
  }),
});
export type PayAnswer = ValueOf<typeof payAnswer>;
export const payAnswerMessage = message('PayAnswer', 0x6b, 1, 8192, payAnswer);
export const orderQueryMessage = message('OrderQuery', 0x6c, 1, 64, struct({ order: bytes(32) }));

/** Whom to pay: an address, a phone number or an e-mail. */
export const payeeQueryMessage = message('PayeeQuery', 0x6d, 1, 512, struct({ to: text(254) }));

/** An operator's statement about one of its wallets. Signed with its statement key. */
export const payeeStatement = struct({
  authority: bytes(32),
  address,
  /** What the payee is shown as: enough of its number or e-mail to recognise it. */
  name: text(254),
  until: instant,
});
export const payeeStatementMessage = message('PayeeStatement', 0x6e, 1, 1024, payeeStatement);
export const payeeCardMessage = message(
  'PayeeCard',
  0x6f,
  1,
  8192,
  struct({ statement: payeeStatement, signature }),
);

/** Asks for locks of a payee, for a payment of these sums. The note is shown to the payee when paid. */
export const drawRequest = struct({
  payee: address,
  sums: list(sum, 1, 8),
  count: u16,
  note: text(NOTE_MAX * 4),
});
export const drawRequestMessage = message('DrawRequest', 0x70, 1, 2048, drawRequest);
/** The same between operators; the payer is a pseudonym made for this pair of wallet and operator. */
export const peerDrawMessage = message(
  'PeerDraw',
  0x71,
  1,
  2048,
  struct({ payer: bytes(16), draw: drawRequest }),
);
export const offersMessage = message(
  'Offers',
  0x72,
  1,
  1024 * 1024,
  struct({ offers: list(lockOffer, 1, PARTS_MAX) }),
);
export const peerPayeeMessage = message('PeerPayee', 0x73, 1, 128, struct({ payee: address }));

/** Buys money from a bank account. The reference is the wallet's and makes the request repeatable. */
export const topUpMessage = message(
  'TopUp',
  0x74,
  1,
  512,
  struct({ reference: bytes(16), currency: currencyNumber, amount: u64, account: text(64) }),
);
/** Gives money back for a bank credit: a redeem order. */
export const cashOutMessage = message(
  'CashOut',
  0x75,
  1,
  COMMAND_BYTES_MAX,
  struct({ reference: bytes(16), account: text(64), payment: payRequest }),
);
export const fundingQueryMessage = message(
  'FundingQuery',
  0x76,
  1,
  64,
  struct({ reference: bytes(16) }),
);
/** How many batches are asked about at once. */
export const BATCHES_ASKED_MAX = 512;
/** Asks which of a wallet's batches its operator knows; one restored from a copy has lost the newest. */
export const batchQueryMessage = message(
  'BatchQuery',
  0x78,
  1,
  16 * 1024,
  struct({ nonces: list(bytes(NONCE_BYTES), 1, BATCHES_ASKED_MAX) }),
);
/** Nonces of the batches that the operator does not know, of those asked about and in that order. */
export const batchesUnknownMessage = message(
  'BatchesUnknown',
  0x79,
  1,
  16 * 1024,
  struct({ nonces: list(bytes(NONCE_BYTES), 0, BATCHES_ASKED_MAX) }),
);
/** How far a top-up or a cash-out is. */
export const fundingMessage = message(
  'Funding',
  0x77,
  1,
  1024,
  struct({
    reference: bytes(16),
    kind: choice({ topUp: 1, cashOut: 2 }),
    currency: currencyNumber,
    amount: u64,
    state: choice({ asked: 1, funded: 2, redeemed: 3, done: 4, refused: 5, returned: 6 }),
    code: u16,
  }),
);
