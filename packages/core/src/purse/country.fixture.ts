/**
 * A small country for the tests of purses: an authority, an operator, and devices that pay each
 * other by the real state machines. With real suites everything is signed as in life; with toy ones
 * a signature is a hash of key and message, so that thousands of payments take a second and a test
 * can sign what no purse would.
 * @module
 */
import { chanceOf, type Chance } from '../base/chance.fixture.ts';
import { concatBytes } from '../base/bytes.ts';
import { DAY, HOUR, instantOf, type Instant } from '../base/instant.ts';
import type { Result } from '../base/result.ts';
import type { Coin } from '../coin/coin.ts';
import { plainBasket } from '../coin/basket.ts';
import { tagOf } from '../coin/holder.ts';
import { sha256 } from '../crypto/hash.ts';
import { generate, PURSE_PARAMETERS, reserve, type LmsKeyState } from '../crypto/lms.ts';
import { mlDsaPortable, type SignatureSuite } from '../crypto/signature.ts';
import { caveatOf } from '../terms/terms.ts';
import { linkOf, packed, type Bundle } from './bundle.ts';
import {
  endorsementMessage,
  PURSE_SIGNATURE_BYTES,
  type Endorsement,
  type SignedEndorsement,
} from './endorsement.ts';
import { grantMessage, type Grant, type SignedGrant } from './grant.ts';
import type { HandOver } from './hand-over.ts';
import { loadOrder, loadRoot, type Load } from './loaded-piece.ts';
import { reservePayment, shown, signedWith, signReserved, type Reserved } from './pay.ts';
import { openPurse, written, type Purse } from './purse.ts';
import { ask, receive, type Received } from './receive.ts';
import type { PurseRequest } from './request.ts';
import { revocationListMessage, type RevocationList } from './revocation.ts';
import { portableSuites, type PurseSuites, type PurseTrust } from './trust.ts';
import { LEAST_LEFT, type Standpoint } from './verify.ts';

export const CNY = 156;
export const START = instantOf(1_800_000_000_000);
export const AUTHORITY = new Uint8Array(32).fill(0xa1);

/** A signature that only says that somebody had the public key and the message: for tests alone. */
function toySuite(): SignatureSuite {
  const sign = (publicKey: Uint8Array, message: Uint8Array): Uint8Array => {
    const signature = new Uint8Array(2420);
    signature.set(sha256(concatBytes(publicKey, message)));
    return signature;
  };
  return {
    publicKeyBytes: 1312,
    signatureBytes: 2420,
    seedBytes: 32,
    publicKeyOf: (seed) => sha256(seed),
    sign: (seed, message) => sign(sha256(seed), message),
    verify: (publicKey, message, signature) =>
      Buffer.compare(sign(publicKey, message), signature) === 0,
  };
}

const TREE_TYPE_AT = 8 + 24 * (1 + PURSE_PARAMETERS.chains);

function toyPurseSignature(key: Uint8Array, message: Uint8Array, index: number): Uint8Array {
  const signature = new Uint8Array(PURSE_SIGNATURE_BYTES);
  const view = new DataView(signature.buffer);
  view.setUint32(0, index);
  view.setUint32(4, PURSE_PARAMETERS.otsType);
  view.setUint32(TREE_TYPE_AT, PURSE_PARAMETERS.lmsType);
  signature.set(sha256(concatBytes(key, message)), 8);
  return signature;
}

export const toySuites: PurseSuites = {
  authority: toySuite(),
  purse: (key, message, signature) => {
    const index = new DataView(signature.buffer, signature.byteOffset).getUint32(0);
    return Buffer.compare(toyPurseSignature(key, message, index), signature) === 0;
  },
};

export interface Device {
  readonly name: string;
  purse: Purse;
  /** Undefined in a toy country, where the key of a purse signs by itself. */
  key: LmsKeyState | undefined;
  clock: Instant;
  list: RevocationList | undefined;
}

export interface Country {
  readonly chance: Chance;
  readonly suites: PurseSuites;
  readonly trust: PurseTrust;
  readonly seeds: Readonly<Record<'grant' | 'revocation' | 'statement', Uint8Array>>;
}

/** An authority with its keys and one operator, number 7. */
export function countryOf(seed: number, suites: PurseSuites = toySuites): Country {
  const seeds = {
    grant: new Uint8Array(32).fill(1),
    revocation: new Uint8Array(32).fill(2),
    statement: new Uint8Array(32).fill(3),
  };
  const dated = { from: instantOf(START - 10 * DAY), until: instantOf(START + 20 * DAY) };
  const keyOf = (of: Uint8Array): Uint8Array => suites.authority.publicKeyOf(of);
  return {
    chance: chanceOf(seed),
    suites,
    seeds,
    trust: {
      authority: AUTHORITY,
      grantKeys: [{ publicKey: keyOf(seeds.grant), ...dated }],
      revocationKeys: [{ publicKey: keyOf(seeds.revocation), ...dated }],
      statementKeys: [{ operator: 7, publicKey: keyOf(seeds.statement), ...dated }],
      endsAt: instantOf(START + 60 * DAY),
    },
  };
}

export const realSuites = portableSuites;
export { mlDsaPortable };

/** A fresh coin of cents, which expires a year on. */
export function coinOf({ chance }: Country, units: number): Coin {
  return {
    identity: chance.bytes(32),
    basket: plainBasket(CNY),
    units,
    terms: [caveatOf({ is: 'expires', at: instantOf(START + 365 * DAY) })],
    mintedAt: instantOf(START - DAY),
  };
}

/** The authority's signature under a grant. */
export function granted({ suites, seeds }: Country, grant: Grant): SignedGrant {
  return { grant, signature: suites.authority.sign(seeds.grant, grantMessage.encode(grant)) };
}

/** A grant over pieces, with generous limits where nothing else is said. */
export function grantFor(
  country: Country,
  key: Uint8Array,
  loads: readonly Load[],
  change: Partial<Grant> = {},
): SignedGrant {
  const pieces = loadOrder(loads);
  return granted(country, {
    authority: AUTHORITY,
    serial: country.chance.below(2 ** 40),
    tag: tagOf(7, country.chance.bytes(12)),
    key,
    tier: 'II',
    holder: 'person',
    category: 0,
    region: CNY,
    currency: CNY,
    limits: { payment: 1_000_000, total: 5_000_000, payments: 30, hops: 5, chains: 5 },
    cover: 1_000_000,
    list: 0,
    issuedAt: START,
    endsAt: instantOf(START + 7 * DAY),
    graceHours: (7 * DAY) / HOUR,
    pieces: pieces.length,
    root: loadRoot(pieces),
    ...change,
  });
}

/** A device with a purse loaded with one coin for each number of units. */
export function deviceOf(
  country: Country,
  name: string,
  units: readonly number[],
  change: Partial<Grant> = {},
): Device {
  const { chance, suites, trust } = country;
  const loads = units.map((each) => ({ coin: coinOf(country, each), from: 0, to: each }));
  const isToy = suites === toySuites;
  const key = isToy ? undefined : generate(PURSE_PARAMETERS, chance.bytes(32));
  const own = grantFor(country, key?.publicKey ?? toyKey(chance), loads, change);
  const opened = accepted(openPurse(own, loads, trust, suites));
  return { name, purse: opened, key, clock: START, list: undefined };
}

function toyKey(chance: Chance): Uint8Array {
  const key = chance.bytes(48);
  const view = new DataView(key.buffer);
  view.setUint32(0, PURSE_PARAMETERS.lmsType);
  view.setUint32(4, PURSE_PARAMETERS.otsType);
  return key;
}

export function standpoint({ trust, suites }: Country, device: Device): Standpoint {
  const { clock, list } = device;
  return { trust, suites, clock, seen: device.purse.seen, list, leastLeft: LEAST_LEFT };
}

/** The value of a result, or an error that names the refusal. */
export function accepted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

/** The refusal of a result and its place. */
export function refusalIn(result: Result<unknown>): string {
  return result.ok ? 'accepted' : `${result.refusal.code} ${result.refusal.at}`.trim();
}

/** A request of a device under a plainly unverified name. */
export function requestOf({ chance }: Country, payee: Device, amount?: number): PurseRequest {
  const asked = ask(payee.purse, {
    amount,
    name: { is: 'unverified', name: payee.name },
    nonce: chance.bytes(16),
    secret: chance.bytes(32),
    madeAt: payee.clock,
  });
  payee.purse = asked.purse;
  return asked.request;
}

/** Writes down, signs and writes down again what was reserved; gives the hand-over to be shown. */
export function finish(country: Country, payer: Device, made: Reserved): HandOver {
  payer.purse = made.purse;
  if (payer.key === undefined) {
    const row = made.purse.journal.at(-1)!;
    payer.purse = signedWith(
      made.purse,
      row,
      toySigned(payer.purse.own, row.endorsement).signature,
    );
  } else {
    const taken = reserve(payer.key)!;
    payer.key = taken.rest;
    const randomizer = country.chance.bytes(24);
    payer.purse = signReserved(written(made.purse), made.index, taken.oneTimeKey, randomizer);
  }
  return accepted(shown(written(payer.purse), made.index));
}

/** One device hands over to another, which has not judged it yet. */
export function handOver(country: Country, payer: Device, payee: Device, amount: number): HandOver {
  const request = requestOf(country, payee, amount);
  const made = reservePayment(payer.purse, request, amount, standpoint(country, payer));
  return finish(country, payer, accepted(made));
}

/** The payee judges and, if it accepts, books. */
export function take(
  country: Country,
  payee: Device,
  carried: HandOver,
  acceptsRisk = true,
): Result<Received> {
  const result = receive(payee.purse, carried, standpoint(country, payee), acceptsRisk);
  if (result.ok) payee.purse = result.value.purse;
  return result;
}

/** A whole payment. */
export function pay(country: Country, payer: Device, payee: Device, amount: number): HandOver {
  const carried = handOver(country, payer, payee, amount);
  accepted(take(country, payee, carried));
  return carried;
}

/** A toy signature of the purse of a grant under anything at all. */
export function toySigned({ grant }: SignedGrant, endorsement: Endorsement): SignedEndorsement {
  const message = endorsementMessage.encode(endorsement);
  return { endorsement, signature: toyPurseSignature(grant.key, message, endorsement.index) };
}

/** A bundle whose last endorsement was changed by its own signer, who signed it anew, and packed. */
export function resigned(bundle: Bundle, change: Partial<Endorsement>): HandOver {
  const { endorsement } = bundle.last;
  const own = [...bundle.grants.values()].find(
    (each) => linkGrant(each) === Buffer.from(endorsement.grant).toString('hex'),
  )!;
  const sources = change.parts?.map((part) =>
    bundle.sources.find(({ coin }) => Buffer.compare(coin.identity, part.coin) === 0)!,
  );
  const last = linkOf(toySigned(own, { ...endorsement, ...change }));
  return packed({ ...bundle, last, sources: sources ?? bundle.sources });
}

function linkGrant({ grant }: SignedGrant): string {
  return Buffer.from(sha256(grantMessage.encode(grant))).toString('hex');
}

/** The authority's list of revoked purses. */
export function revoking(
  { suites, seeds }: Country,
  number: number,
  revoked: readonly number[],
): { readonly list: RevocationList; readonly signature: Uint8Array } {
  const sorted = [...revoked].sort((a, b) => a - b);
  const list = { authority: AUTHORITY, number, issuedAt: START, revoked: sorted };
  return {
    list,
    signature: suites.authority.sign(seeds.revocation, revocationListMessage.encode(list)),
  };
}
