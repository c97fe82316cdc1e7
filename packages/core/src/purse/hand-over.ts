/**
 * A hand-over on the wire: grants, coins, openings, chains and the new endorsement, each distinct
 * thing once. Endorsements are signed in full and travel short: what the hand-over carries anyway is
 * named by its place. Invariant: what is carried has one form, see `bundle.ts`.
 *
 * Spec: 12 §5.
 * @module
 */
import {
  bytes,
  instant,
  list,
  optional,
  struct,
  u32,
  u8,
  union,
  upTo,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { identity, UNITS_MAX } from '../coin/coin.ts';
import { basket } from '../coin/basket.ts';
import { HASH_BYTES } from '../crypto/hash.ts';
import { ML_DSA_SIGNATURE_BYTES } from '../crypto/signature.ts';
import { terms } from '../terms/terms.ts';
import { ENDORSED_PARTS_MAX, endorsementFigures, PURSE_SIGNATURE_BYTES } from './endorsement.ts';
import { grantFields } from './grant.ts';
import { place } from './loaded-piece.ts';

/** Things of one kind in a hand-over. A payment within the limits of purses stays far below. */
export const CARRIED_MAX = 64;
/** Whatever the shape allows fits, so that packing again what was unpacked never meets the bound. */
export const HAND_OVER_BYTES_MAX = 640 * 1024;

/** An LMS signature without the words that its purse's key and its index say anyway. */
export const SHORT_SIGNATURE_BYTES = PURSE_SIGNATURE_BYTES - 12;

const carriedGrant = struct({ ...grantFields, signature: bytes(ML_DSA_SIGNATURE_BYTES) });

/** A coin, described when this payment pays of it, else by its identity alone. */
const carriedCoin = struct({
  identity,
  described: optional(struct({ basket, units: upTo(32, UNITS_MAX), terms, mintedAt: instant })),
});

const carriedOpening = struct({ grant: u8, coin: u8, from: u32, to: u32, place });

const carriedPart = struct({
  coin: u8,
  from: u32,
  to: u32,
  before: union({
    /** Loaded under the signer's own grant. */
    load: [1, struct({})],
    /** Received by an endorsement carried further up. */
    carried: [2, struct({ at: u8 })],
    /** Received by one that is not carried, because nothing of it is paid here. */
    elsewhere: [3, struct({ hash: bytes(HASH_BYTES) })],
  }),
});

const carriedEndorsement = struct({
  grant: u8,
  ...endorsementFigures,
  parts: list(carriedPart, 0, ENDORSED_PARTS_MAX),
  to: union({
    purse: [1, struct({ purse: bytes(HASH_BYTES), request: bytes(HASH_BYTES) })],
    home: [2, struct({})],
    close: [3, struct({ journal: bytes(HASH_BYTES) })],
    /** To the purse of a grant that is carried. */
    carried: [4, struct({ grant: u8, request: bytes(HASH_BYTES) })],
  }),
  signature: bytes(SHORT_SIGNATURE_BYTES),
});

export const handOver = struct({
  authority: bytes(HASH_BYTES),
  grants: list(carriedGrant, 1, CARRIED_MAX),
  coins: list(carriedCoin, 0, CARRIED_MAX),
  openings: list(carriedOpening, 0, CARRIED_MAX),
  /** Each behind what it continues; the new one last. */
  endorsements: list(carriedEndorsement, 1, CARRIED_MAX),
});

export type HandOver = ValueOf<typeof handOver>;
export type CarriedCoin = ValueOf<typeof carriedCoin>;
export type CarriedEndorsement = ValueOf<typeof carriedEndorsement>;
export type CarriedPart = ValueOf<typeof carriedPart>;

export const handOverMessage = message('HandOver', 0x85, 1, HAND_OVER_BYTES_MAX, handOver);
