/**
 * A certificate that vouches for itself, for one machine: for trying the house out on a local
 * network, and for tests. It proves nothing to strangers; a service for the public has one from a
 * certificate authority.
 *
 * This writes one fixed profile in DER, some fifty lines, because the libraries that write every
 * profile bring a dozen packages with them. What it writes is read back by the runtime in the tests.
 *
 * RFC 5280 §4.1; RFC 5480; X.690 §8, §10.
 * @module
 */
import { createECDH, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { DAY, type Instant } from '@specie/core/base/instant';
import { concatBytes } from '@specie/core/base/bytes';
import { assert } from '@specie/core/base/assert';
import type { Random } from '../ports.ts';

export interface SelfSigned {
  /** Private key (PKCS #8) as PEM. */
  readonly key: string;
  /** Certificate as PEM. */
  readonly cert: string;
}

export interface SelfSignedOptions {
  /** Names and addresses by which the machine is reached; the first is shown as its name. */
  readonly names: readonly string[];
  readonly now: Instant;
  readonly random: Random;
  readonly days?: number;
}

/** Browsers refuse certificates of more days. */
const DAYS_MAX = 397;
/** Clocks of a local network differ; a certificate that is not yet valid is refused. */
const EARLY_DAYS = 1;

/** Makes a P-256 key and a certificate for it. */
export function selfSigned({ names, now, random, days = DAYS_MAX }: SelfSignedOptions): SelfSigned {
  assert(names.length > 0 && days <= DAYS_MAX, 'a certificate has a name and an end');
  const privateKey = privateKeyOf(random);
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = sequence(setOf(sequence(COMMON_NAME, string(names[0]!))));
  const validity = sequence(time(now - EARLY_DAYS * DAY), time(now + (days - EARLY_DAYS) * DAY));
  const extensions = explicit(
    3,
    sequence(
      extension(BASIC_CONSTRAINTS, sequence(), true),
      extension(KEY_USAGE, DIGITAL_SIGNATURE, true),
      extension(EXTENDED_KEY_USAGE, sequence(SERVER_AUTH), false),
      extension(SUBJECT_ALT_NAME, sequence(...names.map(generalName)), false),
    ),
  );
  const body = sequence(
    explicit(0, tagged(0x02, Uint8Array.of(2))),
    serialNumber(random),
    ECDSA_SHA_256,
    name,
    validity,
    name,
    publicKey,
    extensions,
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ECDSA_SHA_256, bitString(signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: pemOf(certificate),
  };
}

/** A private key from the pool's randomness; values outside the curve's order are drawn again. */
function privateKeyOf(random: Random): ReturnType<typeof createPrivateKey> {
  const curve = createECDH('prime256v1');
  for (;;) {
    try {
      curve.setPrivateKey(random(32));
      break;
    } catch {
      continue;
    }
  }
  const point = curve.getPublicKey();
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: curve.getPrivateKey().toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
}

const COMMON_NAME = objectIdentifier(0x55, 0x04, 0x03);
const BASIC_CONSTRAINTS = objectIdentifier(0x55, 0x1d, 0x13);
const KEY_USAGE = objectIdentifier(0x55, 0x1d, 0x0f);
const EXTENDED_KEY_USAGE = objectIdentifier(0x55, 0x1d, 0x25);
const SUBJECT_ALT_NAME = objectIdentifier(0x55, 0x1d, 0x11);
const SERVER_AUTH = objectIdentifier(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
const ECDSA_SHA_256 = sequence(objectIdentifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
/** Bit 0 alone, so seven bits of the byte are unused. */
const DIGITAL_SIGNATURE = tagged(0x03, Uint8Array.of(7, 0x80));

function objectIdentifier(...bytes: readonly number[]): Uint8Array {
  return tagged(0x06, Uint8Array.from(bytes));
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(tag), lengthOf(content.length), content);
}

/** X.690 §8.1.3: short form below 128, else the number of bytes and the bytes. */
function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100
    ? Uint8Array.of(0x81, length)
    : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, concatBytes(...parts));
}

function setOf(part: Uint8Array): Uint8Array {
  return tagged(0x31, part);
}

function explicit(number: number, part: Uint8Array): Uint8Array {
  return tagged(0xa0 + number, part);
}

function string(text: string): Uint8Array {
  return tagged(0x0c, new TextEncoder().encode(text));
}

function bitString(bytes: Uint8Array): Uint8Array {
  return tagged(0x03, concatBytes(Uint8Array.of(0), bytes));
}

/** GeneralizedTime for every year, which RFC 5280 §4.1.2.5 allows from 2050 on and every reader takes: we use UTCTime before. */
function time(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  const isGeneral = Number(digits.slice(0, 4)) >= 2050;
  const text = new TextEncoder().encode(isGeneral ? digits : digits.slice(2));
  return tagged(isGeneral ? 0x18 : 0x17, text);
}

/** Positive, not zero, 16 bytes of chance (RFC 5280 §4.1.2.2). */
function serialNumber(random: Random): Uint8Array {
  const number = Uint8Array.from(random(16));
  number[0] = (number[0]! & 0x3f) | 0x40;
  return tagged(0x02, number);
}

function extension(identifier: Uint8Array, value: Uint8Array, isCritical: boolean): Uint8Array {
  const critical = isCritical ? [tagged(0x01, Uint8Array.of(0xff))] : [];
  return sequence(identifier, ...critical, tagged(0x04, value));
}

function generalName(name: string): Uint8Array {
  if (isIPv4(name)) return tagged(0x87, Uint8Array.from(name.split('.').map(Number)));
  assert(!isIPv6(name) || name === '::1', 'of IPv6 only loopback is named in a certificate');
  if (name === '::1') return tagged(0x87, Uint8Array.from([...new Array<number>(15).fill(0), 1]));
  return tagged(0x82, new TextEncoder().encode(name));
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
