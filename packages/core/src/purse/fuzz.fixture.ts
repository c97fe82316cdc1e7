/**
 * Mutated hand-overs before a payee: damaged bytes, pieces exchanged between payments, and changes
 * that the payer signed itself. What is taken must be what was handed over, and nothing else.
 * @module
 */
import { hexOf } from '../base/bytes.ts';
import { DAY, instantOf } from '../base/instant.ts';
import type { RefusalCode } from '../base/refusals.ts';
import type { Chance } from '../base/chance.fixture.ts';
import { mutantOf, writtenMessage } from '../codec/arbitrary.fixture.ts';
import { linkOf, packed, unpacked, type Bundle } from './bundle.ts';
import {
  accepted,
  countryOf,
  deviceOf,
  handOver,
  pay,
  resigned,
  START,
  take,
  toySigned,
  type Country,
  type Device,
} from './country.fixture.ts';
import type { Endorsement } from './endorsement.ts';
import { grantHash, hashKey, type Grant } from './grant.ts';
import { HAND_OVER_BYTES_MAX, handOverMessage, type HandOver } from './hand-over.ts';

export interface Tried {
  readonly wrong: readonly string[];
  readonly pastHeader: number;
  readonly refusals: ReadonlySet<RefusalCode>;
}

interface Scene {
  readonly country: Country;
  readonly payee: Device;
  readonly honest: HandOver;
  readonly other: HandOver;
}

function scene(seed: number): Scene {
  const country = countryOf(seed);
  const a = deviceOf(country, 'A', [100, 100], { graceHours: 0 });
  const b = deviceOf(country, 'B', [50], { endsAt: instantOf(START + 13 * DAY) });
  const payee = deviceOf(country, 'P', []);
  // Met before, so that conflicts with it can be noticed.
  pay(country, a, payee, 10);
  pay(country, a, b, 60);
  return {
    country,
    payee,
    honest: handOver(country, b, payee, 80),
    other: handOver(country, a, payee, 20),
  };
}

/** Tries `count` mutants; the payee is never to be moved by any of them. */
export function tryHandOvers(count: number, chance: Chance): Tried {
  const wrong: string[] = [];
  const refusals = new Set<RefusalCode>();
  let pastHeader = 0;
  let { country, payee, honest, other } = scene(1);
  for (let i = 0; i < count && wrong.length < 3; i++) {
    if (i % 1_000 === 0) ({ country, payee, honest, other } = scene(1 + i));
    const { bytes, isSigned } = mutant({ country, payee, honest, other }, chance);
    if (hexOf(bytes.slice(0, 4)) === '53438501' && bytes.length <= HAND_OVER_BYTES_MAX)
      pastHeader += 1;
    const before = payee.purse;
    payee.clock = instantOf(START + chance.pick([0, 0, 0, 0, 0, 0, 6, 6.5, 14, 61]) * DAY);
    const decoded = handOverMessage.decode(bytes);
    const result = decoded.ok ? take(country, payee, decoded.value, chance.once(2)) : decoded;
    if (!result.ok) {
      refusals.add(result.refusal.code);
      if (payee.purse !== before) wrong.push(`a refusal moved the purse: ${result.refusal.code}`);
      continue;
    }
    const isHonest = [honest, other].some(
      (each) => hexOf(handOverMessage.encode(each)) === hexOf(bytes),
    );
    if (!isHonest && !(isSigned && isOwnWord(result.value.amount)))
      wrong.push(`taken: ${hexOf(bytes)}`);
    payee.purse = before;
  }
  return { wrong, pastHeader, refusals };
}

interface Mutant {
  readonly bytes: Uint8Array;
  /** By the payer's own purse. */
  readonly isSigned: boolean;
}

/** A payer may well sign another index or figure that keeps every rule; the money is the same. */
const isOwnWord = (amount: number): boolean => amount === 80 || amount === 20;

function mutant({ country, payee, honest, other }: Scene, chance: Chance): Mutant {
  const of = chance.pick([honest, other]);
  switch (chance.below(4)) {
    case 0:
      return {
        bytes: mutantOf(writtenMessage(handOverMessage, of), 16_384, chance),
        isSigned: false,
      };
    case 1:
      return { bytes: handOverMessage.encode(exchanged(honest, other, chance)), isSigned: false };
    case 2:
      return { bytes: handOverMessage.encode(selfGranted(other, chance)), isSigned: false };
    default: {
      const bundle = accepted(unpacked(of, handOverMessage.encode));
      const lied = resigned(bundle, lie(bundle, payee, country, chance));
      return { bytes: handOverMessage.encode(lied), isSigned: true };
    }
  }
}

/** A part of one hand-over in the place of the same part of another, or a list put in disorder. */
function exchanged(a: HandOver, b: HandOver, chance: Chance): HandOver {
  const field = chance.pick(['grants', 'coins', 'openings', 'endorsements'] as const);
  const list = chance.pick([
    b[field],
    a[field].toReversed(),
    [...a[field], a[field][0]!],
    a[field].slice(0, -1),
    [b[field][0]!, ...a[field].slice(1)],
    ...(field === 'coins' ? [a.coins.map((coin) => ({ ...coin, described: undefined }))] : []),
  ]);
  if (list.length === 0 && (field === 'grants' || field === 'endorsements')) return b;
  return { ...a, [field]: list };
}

/** A payer that writes itself another grant and signs under it: only the authority's signature is missing. */
function selfGranted(carried: HandOver, chance: Chance): HandOver {
  const bundle = accepted(unpacked(carried, handOverMessage.encode));
  const { endorsement } = bundle.last;
  const [signed] = [...bundle.grants.values()];
  const change = chance.pick<Partial<Grant>>([
    { endsAt: instantOf(START + 40 * DAY) },
    { endsAt: START },
    { graceHours: 90 * 24 + 1 },
    { key: chance.bytes(48) },
    { cover: 1 },
  ]);
  const own = { ...signed!, grant: { ...signed!.grant, ...change } };
  const hash = grantHash(own.grant);
  const parts = endorsement.parts.map((part) => ({ ...part, before: hash }));
  const last = linkOf(toySigned(own, { ...endorsement, grant: hash, parts }));
  const sources = bundle.sources.map((each) => ({
    ...each,
    opening: { ...each.opening, grant: hash },
  }));
  return packed({ last, sources, grants: new Map([[hashKey(hash), own]]) });
}

/** What a payer's own key can say. */
function lie(
  { last }: Bundle,
  { purse }: Device,
  { chance: drawn }: Country,
  chance: Chance,
): Partial<Endorsement> {
  const { endorsement } = last;
  const { to, parts } = endorsement;
  const number = chance.pick([0, 1, 2, 6, 31, 81, 1_000_001, 5_000_001]);
  const bytes = drawn.bytes(32);
  if (to.is !== 'purse') return {};
  const known = purse.asked.map(({ hash }) => hash);
  const at = chance.below(parts.length);
  const changed = (change: Partial<(typeof parts)[number]>): Endorsement['parts'] =>
    parts.map((part, i) => (i === at ? { ...part, ...change } : part));
  return chance.pick<Partial<Endorsement>>([
    { amount: number, sum: Math.max(number, endorsement.sum) },
    { hop: number % 256 },
    { count: number % 256 },
    { count: 31, index: 30, sum: 5_000_000 },
    { sum: number },
    { index: number % 32, count: Math.min(endorsement.count, (number % 32) + 1) },
    { parts: [] },
    { parts: changed({ to: parts[at]!.from }) },
    { parts: changed({ before: bytes }) },
    { parts: changed({ before: endorsement.grant }) },
    { parts: changed({ to: parts[at]!.to + number }) },
    {
      parts: [
        ...parts.slice(0, at),
        { ...parts[at]!, to: parts[at]!.from + 2 },
        { ...parts[at]!, from: parts[at]!.from + 1 },
        ...parts.slice(at + 1),
      ],
    },
    { to: { ...to, purse: bytes } },
    { to: { ...to, request: bytes } },
    { to: { ...to, request: chance.pick(known) } },
    { to: { is: 'home' }, count: endorsement.index },
    { index: 0, count: 1, sum: endorsement.amount },
    { parts: changed({ from: 0, to: parts[at]!.to - parts[at]!.from }) },
    { to: { is: 'close', journal: bytes } },
    { authority: bytes },
  ]);
}
