/**
 * Addresses. A wallet's address is its operator's number and a fingerprint of its public key, in
 * Bech32m (BIP 350), so that one mistyped letter is noticed and nobody need be believed about which
 * key belongs to it. 160 bits of fingerprint leave 80 against a quantum search.
 *
 * Spec: 05 §3.
 * @module
 */
import { bech32m } from '@scure/base';
import type { Brand } from '../base/brand.ts';
import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { bytes, struct, u32, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { hashOf } from '../crypto/hash.ts';
import { ML_DSA_PUBLIC_KEY_BYTES } from '../crypto/signature.ts';

export const WALLET_ID_BYTES = 20;
const PREFIX = 'sp';
const VERSION = 1;
/** Bech32m's own bound; longer text is refused unread. */
const TEXT_MAX = 90;

/** Text of an address, such as `sp1…`, always lower case. */
export type AddressText = Brand<string, 'AddressText'>;

export const walletId = bytes(WALLET_ID_BYTES);

/** Which wallet of which operator. */
export const address = struct({ operator: u32, wallet: walletId });
export type Address = ValueOf<typeof address>;

const walletKeyMessage = message(
  'WalletKey',
  0x12,
  1,
  2048,
  struct({ publicKey: bytes(ML_DSA_PUBLIC_KEY_BYTES) }),
);

/** Fingerprint of a wallet's public key: the first 20 bytes of the hash of its WalletKey message. */
export function walletIdOf(publicKey: Uint8Array): Uint8Array {
  return hashOf(walletKeyMessage, { publicKey }).slice(0, WALLET_ID_BYTES);
}

/** Address as text. */
export function formatAddress(of: Address): AddressText {
  const head = new Uint8Array(5);
  new DataView(head.buffer).setUint8(0, VERSION);
  new DataView(head.buffer).setUint32(1, of.operator);
  assert(of.wallet.length === WALLET_ID_BYTES, 'a wallet id has 20 bytes');
  return bech32m.encode(PREFIX, bech32m.toWords(concatBytes(head, of.wallet))) as AddressText;
}

/** Address of text that came from outside; capital letters as a whole are allowed, as in QR codes. */
export function parseAddress(text: string): Result<Address> {
  if (text.length > TEXT_MAX) return refuse('address_malformed');
  const decoded = bech32m.decodeUnsafe(text);
  if (decoded?.prefix !== PREFIX) return refuse('address_malformed');
  const raw = bech32m.fromWordsUnsafe(decoded.words);
  if (!(raw instanceof Uint8Array) || raw.length === 0) return refuse('address_malformed');
  // A later version may have another length, so the version is asked first.
  if (raw[0] !== VERSION) return refuse('address_version_unknown');
  if (raw.length !== 5 + WALLET_ID_BYTES) return refuse('address_malformed');
  const operator = new DataView(raw.buffer, raw.byteOffset).getUint32(1);
  return accept({ operator, wallet: raw.slice(5) });
}
