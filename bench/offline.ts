/**
 * What a payment with both sides offline costs, in time and in bytes on the wire: one core, the code
 * that runs in browsers (ML-DSA in JavaScript, LMS with four chains side by side). Prints a table
 * with the hardware; with --json the last line is one JSON object.
 *
 * Times are medians of processor time, so that neighbours on a shared machine do not count. Every
 * hand-over whose size is given was verified: a size of something nobody takes is none.
 */
import { DAY, HOUR, instantOf } from '@specie/core/base/instant';
import { plainBasket } from '@specie/core/coin/basket';
import { tagOf } from '@specie/core/coin/holder';
import {
  generate,
  PURSE_PARAMETERS,
  reserve,
  verify,
  type LmsKeyState,
} from '@specie/core/crypto/lms';
import { hashingMachine } from '@specie/core/crypto/lms/hashing-machine';
import { mlDsaPortable } from '@specie/core/crypto/signature';
import type { Result } from '@specie/core/base/result';
import { endorsementMessage } from '@specie/core/purse/endorsement';
import { grantMessage } from '@specie/core/purse/grant';
import { type HandOver, handOverMessage } from '@specie/core/purse/hand-over';
import { type Load, loadOrder, loadRoot } from '@specie/core/purse/loaded-piece';
import { reservePayment, shown, signReserved } from '@specie/core/purse/pay';
import { openPurse, type Purse, written } from '@specie/core/purse/purse';
import { ask, receive } from '@specie/core/purse/receive';
import { portableSuites, type PurseTrust } from '@specie/core/purse/trust';
import { newSettlement, present, registerLoad } from '@specie/core/purse/settle';
import { LEAST_LEFT, type Standpoint, verifyPresented } from '@specie/core/purse/verify';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { caveatOf } from '@specie/core/terms/terms';
import { hardware, hardwareLine, median, millisecondsOf } from './hardware.ts';

const CNY = 156;
const START = instantOf(1_800_000_000_000);
const AUTHORITY = new Uint8Array(32).fill(0xa1);
const GRANT_SEED = new Uint8Array(32).fill(1);
const YEAR = instantOf(START + 365 * DAY);

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly what: string;
}

interface Device {
  purse: Purse;
  key: LmsKeyState;
}

/** Bytes that differ from call to call and from nothing else. */
let drawn = 0;
function bytesOf(length: number): Uint8Array {
  drawn += 1;
  let word = Math.imul(drawn, 0x9e3779b9) | 1;
  return Uint8Array.from({ length }, () => {
    word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return word >>> 24;
  });
}

function accepted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

const dated = { from: instantOf(START - DAY), until: instantOf(START + 20 * DAY) };
const trust: PurseTrust = {
  authority: AUTHORITY,
  grantKeys: [{ publicKey: mlDsaPortable.publicKeyOf(GRANT_SEED), ...dated }],
  revocationKeys: [],
  statementKeys: [],
  endsAt: YEAR,
};
const standpoint: Standpoint = {
  trust,
  suites: portableSuites,
  clock: START,
  seen: START,
  list: undefined,
  leastLeft: LEAST_LEFT,
};

/** A device whose purse was loaded with `pieces` coins of a hundred cents that expire in a year. */
function deviceOf(pieces: number): Device {
  const terms = [caveatOf({ is: 'expires', at: YEAR })];
  const loads = Array.from({ length: pieces }, (): Load => {
    const coin = { identity: bytesOf(32), basket: plainBasket(CNY), units: 100, terms };
    return { coin: { ...coin, mintedAt: START }, from: 0, to: 100 };
  });
  const key = generate(PURSE_PARAMETERS, bytesOf(32));
  const grant = {
    authority: AUTHORITY,
    serial: drawn,
    tag: tagOf(7, bytesOf(12)),
    key: key.publicKey,
    tier: 'II' as const,
    holder: 'person' as const,
    category: 0,
    region: CNY,
    currency: CNY,
    limits: { payment: 50_000, total: 200_000, payments: 30, hops: 5, chains: 10 },
    cover: 20_000,
    list: 1,
    issuedAt: START,
    endsAt: instantOf(START + 7 * DAY),
    graceHours: (7 * DAY) / HOUR,
    pieces,
    root: loadRoot(loadOrder(loads)),
  };
  const own = { grant, signature: mlDsaPortable.sign(GRANT_SEED, grantMessage.encode(grant)) };
  return { purse: accepted(openPurse(own, loads, trust, portableSuites)), key };
}

interface Offer {
  readonly carried: HandOver;
  /** The payee's purse that asked for it. */
  readonly asked: Purse;
}

/** One device asks another, which hands over by the steps of life. */
function offer(payer: Device, payee: Device, amount: number): Offer {
  const asked = ask(payee.purse, {
    amount,
    name: { is: 'unverified', name: 'Corner shop' },
    nonce: bytesOf(16),
    secret: bytesOf(32),
    madeAt: START,
  });
  const made = accepted(reservePayment(payer.purse, asked.request, amount, standpoint));
  const taken = reserve(payer.key);
  if (taken === undefined) throw new Error('the key is used up');
  payer.key = taken.rest;
  payer.purse = signReserved(written(made.purse), made.index, taken.oneTimeKey, bytesOf(24));
  return { carried: accepted(shown(written(payer.purse), made.index)), asked: asked.purse };
}

/** One device pays another, and the other takes it. */
function pay(payer: Device, payee: Device, amount: number): HandOver {
  const { carried, asked } = offer(payer, payee, amount);
  payee.purse = accepted(receive(asked, carried, standpoint, true)).purse;
  return carried;
}

/** Milliseconds of everything a payee does with the bytes it was shown. */
function takeMilliseconds({ carried, asked }: Offer): number {
  const bytes = handOverMessage.encode(carried);
  return millisecondsOf(20, () => {
    const decoded = accepted(handOverMessage.decode(bytes));
    accepted(receive(asked, decoded, standpoint, true));
  });
}

const sizeOf = (carried: HandOver): number => handOverMessage.encode(carried).length;

/** Bytes of a hand-over of one piece that passes through so many hands, from purses of four pieces. */
function hopsBytes(hops: number): number {
  let [payer, bytes] = [deviceOf(4), 0];
  for (let hop = 1; hop <= hops; hop++) {
    const payee = deviceOf(0);
    bytes = sizeOf(pay(payer, payee, 50));
    payer = payee;
  }
  return bytes;
}

/**
 * Bytes of a hand-over of so many received pieces under so many grants in all, the payer's own
 * included. With one grant less than pieces and its own, one payer paid twice.
 */
function piecesBytes(pieces: number, grants: number, loaded = 1): number {
  const payers = Array.from({ length: grants - 1 }, () => deviceOf(loaded));
  const [hub, shop] = [deviceOf(0), deviceOf(0)];
  for (let i = 0; i < pieces; i++) pay(payers[i % payers.length]!, hub, 10);
  const carried = pay(hub, shop, 10 * pieces);
  if (carried.grants.length !== grants || carried.endorsements.length !== pieces + 1)
    throw new Error('the shape is another one');
  return sizeOf(carried);
}

/** Median milliseconds of a signature, everything but the disk: reserve, encode, sign, show. */
function signMilliseconds(): number {
  const [payer, payee] = [deviceOf(4), deviceOf(0)];
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    const asked = ask(payee.purse, {
      amount: 5,
      name: { is: 'unverified', name: 'Corner shop' },
      nonce: bytesOf(16),
      secret: bytesOf(32),
      madeAt: START,
    });
    const taken = reserve(payer.key);
    if (taken === undefined) throw new Error('the key is used up');
    payer.key = taken.rest;
    const before = performance.now();
    const made = accepted(reservePayment(payer.purse, asked.request, 5, standpoint));
    payer.purse = signReserved(written(made.purse), made.index, taken.oneTimeKey, bytesOf(24));
    accepted(shown(written(payer.purse), made.index));
    times.push(performance.now() - before);
  }
  return median(times);
}

function measure(): readonly Figure[] {
  const [payer, payee, second] = [deviceOf(4), deviceOf(0), deviceOf(0)];
  const verifyOne = takeMilliseconds(offer(payer, deviceOf(0), 50));
  pay(payer, payee, 50);
  pay(payee, second, 50);
  const verifyThree = takeMilliseconds(offer(second, deviceOf(0), 50));
  const keygen = millisecondsOf(10, () => void generate(PURSE_PARAMETERS, bytesOf(32)));
  const { endorsement, signature } = lastOf(payer);
  const message = endorsementMessage.encode(endorsement);
  const lms = millisecondsOf(3000, () => {
    if (!verify(payer.key.publicKey, message, signature)) throw new Error('refused');
  });
  return [
    { name: 'keygenMs', value: keygen, what: 'a purse’s key' },
    { name: 'signMs', value: signMilliseconds(), what: 'choose, cut, sign and show, without disk' },
    {
      name: 'verifyMs',
      value: verifyOne,
      what: 'one hop, everything the payee checks, from the bytes',
    },
    { name: 'verifyThreeHopMs', value: verifyThree, what: 'three hops' },
    {
      name: 'lmsVerifySimdPerSecond',
      value: hashingMachine() === undefined ? 0 : 1000 / lms,
      what: 'endorsement signatures, four chains side by side',
    },
    {
      name: 'settledPerSecond',
      value: settledPerSecond(),
      what: 'endorsements verified with native ML-DSA and settled in memory',
    },
    { name: 'oneHopBytes', value: hopsBytes(1), what: 'one piece, of four loaded' },
    { name: 'threeHopBytes', value: hopsBytes(3), what: 'the same after three hands' },
    { name: 'fiveHopBytes', value: hopsBytes(5), what: 'the same after five' },
    {
      name: 'fivePieceBytes',
      value: piecesBytes(5, 5),
      what: 'five received pieces, five grants in all',
    },
    {
      name: 'fivePayerBytes',
      value: piecesBytes(5, 6),
      what: 'five payers’ grants and the payer’s own',
    },
    {
      name: 'fivePieceOfEightBytes',
      value: piecesBytes(5, 5, 8),
      what: 'five grants that loaded eight pieces each',
    },
    {
      name: 'tenReceiptBytes',
      value: piecesBytes(10, 10),
      what: 'ten received pieces, ten grants in all',
    },
    {
      name: 'tenPayerBytes',
      value: piecesBytes(10, 11),
      what: 'ten payers’ grants and the payer’s own',
    },
  ];
}

/** Payments that twenty purses made, from one piece each, as a ledger gets them. */
function presentations(): {
  readonly payers: readonly Device[];
  readonly bytes: readonly Uint8Array[];
} {
  const payers = Array.from({ length: 20 }, () => deviceOf(1));
  const fresh = payers.map((payer) => ({ ...payer }));
  const shop = deviceOf(0);
  const bytes = fresh.flatMap((payer) =>
    Array.from({ length: 5 }, () => handOverMessage.encode(pay(payer, shop, 10))),
  );
  return { payers, bytes };
}

/** Endorsements a second, verified with the machine's own ML-DSA and settled in memory; no disk, no ledger. */
function settledPerSecond(): number {
  const { payers, bytes } = presentations();
  const suites = { ...portableSuites, authority: mlDsaNative };
  const each = millisecondsOf(1, () => {
    const state = newSettlement();
    for (const { purse } of payers) {
      const loads = purse.holdings.map(({ source, from, to }) => ({
        coin: source.coin.identity,
        from,
        to,
      }));
      registerLoad(state, purse.own, loads);
    }
    for (const each of bytes) {
      const carried = accepted(handOverMessage.decode(each));
      const { parts } = present(
        state,
        accepted(verifyPresented(carried, { trust, suites })).bundle,
      );
      if (parts[0]?.kept.length !== 1) throw new Error('a payment was not kept');
    }
  });
  return (1000 * bytes.length) / each;
}

function lastOf({ purse }: Device): {
  endorsement: Purse['journal'][number]['endorsement'];
  signature: Uint8Array;
} {
  const row = purse.journal.at(-1);
  if (row?.signature === undefined) throw new Error('nothing was signed');
  return { endorsement: row.endorsement, signature: row.signature };
}

/** Measures and prints; with `--json` the last line is for programs. */
export function bench(args: readonly string[]): void {
  const machine = hardware();
  const figures = measure();
  const shape =
    'coins with an expires caveat, unverified name, ML-DSA-44 and LMS, one core, no disk';
  console.log(`${hardwareLine(machine)}\n${shape}\n`);
  for (const { name, value, what } of figures) {
    const shown = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
    console.log(`${name.padEnd(30)}${shown.padStart(10)}  ${what}`);
  }
  console.log(
    '\nOf a received piece 2,420 bytes are the signature of its payer’s grant and 1,368 that of its' +
      '\nendorsement. Smaller would be: grants signed by LMS of height 20 with 8-bit digits (1,140 bytes),' +
      '\nendorsements with 8-bit digits (768 bytes, nine times the work to verify), or grants the payee' +
      '\nsays it has met already.',
  );
  if (!args.includes('--json')) return;
  const values = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
  console.log(JSON.stringify({ bench: 'offline', shape, hardware: machine, ...values }));
}

if (import.meta.main) bench(process.argv.slice(2));
