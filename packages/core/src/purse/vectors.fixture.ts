/**
 * The vectors of purses: one country with everything signed as in life, hand-overs that hold and that
 * do not, proofs, and an encoding of every message. Drawn from fixed seeds and signed without chance,
 * so that making them again gives the same file.
 *
 * Spec: 12 §12.
 * @module
 */
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { DAY, instantOf } from '../base/instant.ts';
import type { Result } from '../base/result.ts';
import { arbitraryValue } from '../codec/arbitrary.fixture.ts';
import type { Message } from '../codec/message.ts';
import { generate, PURSE_PARAMETERS, reserve, signOnce } from '../crypto/lms.ts';
import { linkOf, packed, unpacked, type Bundle, type Link } from './bundle.ts';
import {
  accepted,
  countryOf,
  deviceOf,
  finish,
  handOver,
  pay,
  realSuites,
  standpoint,
  START,
  take,
  type Country,
  type Device,
} from './country.fixture.ts';
import { endorsementMessage, type Endorsement } from './endorsement.ts';
import { checkFraudProof, fraudProofMessage, fraudProofOf, type FraudProof } from './fraud.ts';
import { hashKey, signedGrantMessage } from './grant.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { journalHeadMessage } from './journal.ts';
import { purseMessages } from './messages.fixture.ts';
import { reserveClose } from './pay.ts';
import { journalOf } from './purse.ts';
import { purseRequestMessage, receiptMessage } from './request.ts';
import { verifyHandOver, type Verified } from './verify.ts';

const bundleIn = (carried: HandOver): Bundle => accepted(unpacked(carried, handOverMessage.encode));

const refusalOf = (result: Result<unknown>): { readonly refusal: string; readonly at: string } =>
  result.ok ? { refusal: 'none', at: '' } : { refusal: result.refusal.code, at: result.refusal.at };

/** Purses whose keys come from seeds that the file names. */
function seeded(country: Country, name: string, seed: number, units: readonly number[]): Device {
  const key = generate(PURSE_PARAMETERS, new Uint8Array(32).fill(seed));
  return { ...deviceOf(country, name, units, { key: key.publicKey }), key };
}

/** Signs anything, under any index, as often as asked: what nobody does who keeps to the rules. */
function forced(seed: number, endorsement: Endorsement): Link {
  let state = generate(PURSE_PARAMETERS, new Uint8Array(32).fill(seed));
  for (;;) {
    const taken = reserve(state);
    if (taken === undefined) throw new Error('no such index');
    if (taken.oneTimeKey.index < endorsement.index) {
      state = taken.rest;
      continue;
    }
    const message = endorsementMessage.encode(endorsement);
    const signature = signOnce(taken.oneTimeKey, message, new Uint8Array(24).fill(seed));
    return linkOf({ endorsement, signature });
  }
}

function saidOf({ bundle, payer, deadline }: Verified): unknown {
  const { endorsement, hash } = bundle.last;
  return {
    endorsement: hexOf(hash),
    payer: payer.serial,
    amount: endorsement.amount,
    hop: endorsement.hop,
    deadline,
    pieces: endorsement.parts.map(({ coin, from, to }) => ({ coin: hexOf(coin), from, to })),
  };
}

/** Everything the file holds. */
export function purseVectors(): unknown {
  const country = countryOf(121, realSuites);
  const li = seeded(country, 'Li', 0x11, [10_000, 5_000]);
  const wang = seeded(country, 'Wang', 0x12, []);
  const chen = seeded(country, 'Chen', 0x13, [300]);
  const zhao = seeded(country, 'Zhao', 0x14, []);
  const before = { ...li };
  const one = pay(country, li, wang, 1_234);
  const two = pay(country, wang, chen, 1_000);
  const three = handOver(country, chen, zhao, 1_250);
  const asked = zhao.purse.asked[0]!;
  const { receipt } = accepted(take(country, zhao, three));
  const { trust, seeds } = country;
  const dated = (publicKey: Uint8Array, seed: Uint8Array): unknown => ({
    seed: hexOf(seed),
    publicKey: hexOf(publicKey),
    from: trust.grantKeys[0]!.from,
    until: trust.grantKeys[0]!.until,
  });
  return {
    about: 'Purses, grants, hand-overs, and proofs (12). Instants are milliseconds since 1970.',
    trust: {
      authority: hexOf(trust.authority),
      endsAt: trust.endsAt,
      grantKey: dated(trust.grantKeys[0]!.publicKey, seeds.grant),
      clock: START,
    },
    purses: [li, wang, chen, zhao].map(({ name, purse }, i) => ({
      name,
      seed: hexOf(new Uint8Array(32).fill(0x11 + i)),
      purse: hexOf(purse.name),
      grantHash: hexOf(purse.grant),
      signedGrant: hexOf(signedGrantMessage.encode(purse.own)),
    })),
    request: {
      hex: hexOf(purseRequestMessage.encode(asked.request)),
      hash: hexOf(asked.hash),
      receipt: hexOf(receiptMessage.encode(receipt)),
    },
    handOvers: [
      ['one hop', one],
      ['two hops', two],
      ['three hops and a piece of its own', three],
    ].map(([name, carried]) => {
      const bytes = handOverMessage.encode(carried as HandOver);
      const verified = accepted(verifyHandOver(bytes, standpoint(country, zhao)));
      return { name, hex: hexOf(bytes), verified: saidOf(verified) };
    }),
    refused: refusedVectors(country, bundleIn(one), bundleIn(two)),
    proofs: proofVectors(country, before, li, chen),
    messages: purseMessages().map((kind) => messageVector(kind)),
  };
}

interface Wrong {
  readonly name: string;
  readonly carried: HandOver;
  readonly days?: number;
}

function refusedVectors(country: Country, one: Bundle, two: Bundle): unknown {
  const again = (change: Partial<Endorsement>): HandOver =>
    packed({ ...one, last: forced(0x11, { ...one.last.endorsement, ...change }) });
  const carried = packed(one);
  const short = packed(two);
  const described = carried.coins[0]!.described!;
  const wrongs: readonly Wrong[] = [
    { name: 'after the end of the grant', carried, days: 7 },
    { name: 'after the end of the key set', carried, days: 60 },
    { name: 'an amount that is not the pieces’ worth', carried: again({ amount: 1, sum: 1 }) },
    { name: 'a hop too many', carried: again({ hop: 2 }) },
    { name: 'more hops than are granted', carried: again({ hop: 6 }) },
    { name: 'a count past its index', carried: again({ count: 2 }) },
    { name: 'a sum below its amount', carried: again({ sum: 1 }) },
    { name: 'the index kept for closing', carried: again({ index: 31 }) },
    {
      name: 'a coin without its terms',
      carried: {
        ...carried,
        coins: [{ ...carried.coins[0]!, described: { ...described, terms: [] } }],
      },
    },
    { name: 'no openings', carried: { ...carried, openings: [] } },
    { name: 'no grant of the first signer', carried: { ...short, grants: short.grants.slice(1) } },
    { name: 'a grant twice', carried: { ...short, grants: [...short.grants, short.grants[0]!] } },
    {
      name: 'another authority',
      carried: { ...carried, authority: new Uint8Array(32) },
    },
    {
      name: 'a signature with one bit changed',
      carried: {
        ...carried,
        endorsements: carried.endorsements.map((each) => ({
          ...each,
          signature: each.signature.with(600, each.signature[600]! ^ 1),
        })),
      },
    },
    {
      name: 'a grant signed by another',
      carried: {
        ...carried,
        grants: carried.grants.map((each) => ({ ...each, signature: new Uint8Array(2420) })),
      },
    },
  ];
  const judge = deviceOf(country, 'judge', []);
  return wrongs.map(({ name, carried: wrong, days = 0 }) => {
    judge.clock = instantOf(START + days * DAY);
    const bytes = handOverMessage.encode(wrong);
    const result = verifyHandOver(bytes, standpoint(country, judge));
    return { name, clock: judge.clock, hex: hexOf(bytes), ...refusalOf(result) };
  });
}

function proofVectors(country: Country, before: Device, li: Device, chen: Device): unknown {
  const [first] = li.purse.journal;
  const row = first!;
  const link: Link = {
    endorsement: row.endorsement,
    hash: row.hash,
    signature: row.signature!,
  };
  const index = forced(0x11, { ...row.endorsement, amount: 1, sum: 1 });
  const units = forced(0x11, { ...row.endorsement, index: 3 });
  finish(country, li, accepted(reserveClose(li.purse)));
  const closing = li.purse.journal.at(-1)!;
  const close: Link = {
    endorsement: closing.endorsement,
    hash: closing.hash,
    signature: closing.signature!,
  };
  const journal = journalOf(li.purse);
  const parts = row.endorsement.parts.map((part) => ({ ...part, from: 4_000, to: 4_001 }));
  const hidden = forced(0x11, { ...row.endorsement, index: 7, amount: 1, count: 2, parts });
  const own = before.purse.own;
  const holding = [
    fraudProofOf(own, link, index),
    fraudProofOf(own, link, units),
    fraudProofOf(own, close, hidden, journal),
  ].map((proof) => proof!);
  const [good] = holding;
  const empty = [link, hidden].sort((a, b) => (hashKey(a.hash) < hashKey(b.hash) ? -1 : 1));
  const signed = ({ endorsement, signature }: Link) => ({ endorsement, signature });
  const bad: readonly FraudProof[] = [
    { ...good!, first: good!.second, second: good!.first },
    { ...good!, second: good!.first },
    { ...good!, grant: chen.purse.own },
    { ...good!, journal },
    { ...good!, first: signed(empty[0]!), second: signed(empty[1]!) },
    { ...good!, second: { ...good!.second, signature: new Uint8Array(1380) } },
    { ...holding[2]!, journal: { ...journal, signed: [] } },
  ];
  return {
    journal: hexOf(journalHeadMessage.encode(journal)),
    all: [...holding, ...bad].map((proof) => {
      const result = checkFraudProof(proof, country.trust, country.suites);
      const hex = hexOf(fraudProofMessage.encode(proof));
      return result.ok
        ? { hex, fraud: result.value.fraud, serial: result.value.grant.serial }
        : { hex, ...refusalOf(result) };
    }),
  };
}

function messageVector(kind: Message<unknown>): unknown {
  const value = arbitraryValue(kind.shape, chanceOf(kind.type));
  const bytes = kind.encode(value);
  const changed = (at: number, to: number): Uint8Array => bytes.with(at, to);
  const tries: readonly (readonly [object, Uint8Array])[] = [
    [{ cut: 3 }, bytes.slice(0, 3)],
    [{ cut: bytes.length - 1 }, bytes.slice(0, -1)],
    [{ add: '00' }, Uint8Array.of(...bytes, 0)],
    [{ at: 0, put: '00' }, changed(0, 0)],
    [{ at: 2, put: '00' }, changed(2, 0)],
    [{ at: 3, put: '02' }, changed(3, 2)],
  ];
  const invalid = tries.map(([damage, damaged]) => ({
    ...damage,
    ...refusalOf(kind.decode(damaged)),
  }));
  const { name, type, version } = kind;
  return { name, type, version, hex: hexOf(bytes), json: kind.toJson(value), invalid };
}
