/**
 * What a payee shows: its purse, its name, how much it asks for, a nonce, and the hash of a secret
 * that will be the receipt. A name is an operator's word or is plainly unverified, never in between.
 *
 * Spec: 12 §6.
 * @module
 */
import { equalBytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import {
  bytes,
  currencyNumber,
  instant,
  optional,
  struct,
  text,
  u32,
  union,
  type ValueOf,
} from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { holderTag } from '../coin/holder.ts';
import { HASH_BYTES, hashOf, sha256 } from '../crypto/hash.ts';
import { ML_DSA_SIGNATURE_BYTES } from '../crypto/signature.ts';
import { keysAt } from './grant.ts';
import type { PurseSuites, PurseTrust } from './trust.ts';

export const NAME_BYTES_MAX = 64;
const NONCE_BYTES = 16;
export const RECEIPT_SECRET_BYTES = 32;

/** An operator's word on whose purse this is. Signed with its statement key. */
const attestation = struct({
  authority: bytes(HASH_BYTES),
  operator: u32,
  purse: bytes(HASH_BYTES),
  name: text(NAME_BYTES_MAX),
  issuedAt: instant,
  endsAt: instant,
});
export type Attestation = ValueOf<typeof attestation>;

export const attestationMessage = message('PurseName', 0x86, 1, 256, attestation);

export const purseRequest = struct({
  authority: bytes(HASH_BYTES),
  purse: bytes(HASH_BYTES),
  /** The tag of the payee's grant, which conditions of coins ask about. */
  tag: holderTag,
  currency: currencyNumber,
  /** Minor units, or nothing when the payer is to say how much. */
  amount: optional(u32),
  name: union({
    unverified: [1, struct({ name: text(NAME_BYTES_MAX) })],
    attested: [
      2,
      struct({
        operator: u32,
        name: text(NAME_BYTES_MAX),
        issuedAt: instant,
        endsAt: instant,
        signature: bytes(ML_DSA_SIGNATURE_BYTES),
      }),
    ],
  }),
  nonce: bytes(NONCE_BYTES),
  /** SHA-256 of the secret that the payee gives back for the money. */
  receipt: bytes(HASH_BYTES),
  madeAt: instant,
});
export type PurseRequest = ValueOf<typeof purseRequest>;

/** Fits one code of the largest size (QR version 40-L: 2,953 bytes). */
export const purseRequestMessage = message('PurseRequest', 0x87, 1, 2953, purseRequest);

/** What an endorsement names its request by. */
export function requestHash(request: PurseRequest): Uint8Array {
  return hashOf(purseRequestMessage, request);
}

/** The payee's thanks: whoever has it knows that the payee verified this endorsement and took it. */
export const receiptMessage = message(
  'PurseReceipt',
  0x88,
  1,
  128,
  struct({ endorsement: bytes(HASH_BYTES), secret: bytes(RECEIPT_SECRET_BYTES) }),
);
export type PurseReceipt = {
  readonly endorsement: Uint8Array;
  readonly secret: Uint8Array;
};

/** Whether a secret is the one a request asked its payer to wait for. */
export function isReceipt({ receipt }: PurseRequest, secret: Uint8Array): boolean {
  return secret.length === RECEIPT_SECRET_BYTES && equalBytes(sha256(secret), receipt);
}

/** Who asks, as far as it is known. */
export type Asker =
  | { readonly is: 'unverified'; readonly name: string }
  | { readonly is: 'attested'; readonly name: string; readonly operator: number };

/** Whether a request may be paid at all, and what the payer may believe about who asks. */
export function checkRequest(
  request: PurseRequest,
  { trust, suites, now }: { trust: PurseTrust; suites: PurseSuites; now: Instant },
): Result<Asker> {
  const { authority, purse, name } = request;
  if (!equalBytes(authority, trust.authority)) return refuse('request_foreign', '.authority');
  if (request.amount === 0) return refuse('request_amount_other', '.amount');
  if (name.is === 'unverified') return accept(name);
  if (trust.endsAt <= now) return refuse('key_set_ended');
  const { is: _, signature, ...said } = name;
  if (said.endsAt <= now || said.endsAt <= said.issuedAt)
    return refuse('request_name_invalid', '.name.endsAt');
  const signed = attestationMessage.encode({ authority, purse, ...said });
  const isAttested = keysAt(trust.statementKeys, said.issuedAt).some(
    (key) =>
      key.operator === said.operator && suites.authority.verify(key.publicKey, signed, signature),
  );
  return isAttested
    ? accept({ is: 'attested', name: said.name, operator: said.operator })
    : refuse('request_name_invalid', '.name.signature');
}
