import { describe, expect, it } from 'vitest';
import { DAY, instantOf } from '../base/instant.ts';
import { coinMessage } from '../coin/coin.ts';
import { caveatOf } from '../terms/terms.ts';
import { unpacked } from './bundle.ts';
import {
  accepted,
  coinOf,
  countryOf,
  deviceOf,
  finish,
  grantFor,
  handOver,
  pay,
  realSuites,
  refusalIn,
  requestOf,
  resigned,
  standpoint,
  START,
  take,
  type Country,
  type Device,
} from './country.fixture.ts';
import { checkFraudProof, fraudProofMessage } from './fraud.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { reservePayment } from './pay.ts';
import { openPurse } from './purse.ts';
import { proofAgainst, receive } from './receive.ts';
import { requestHash } from './request.ts';
import { verifyCarried } from './verify.ts';

function three(suites?: typeof realSuites): [Country, Device, Device, Device] {
  const country = countryOf(21, suites);
  const [li, wang, chen] = ['Li', 'Wang', 'Chen'].map((name) => deviceOf(country, name, [500]));
  return [country, li!, wang!, chen!];
}

/** A second device with everything the first has: what a cheat makes of its own. */
const copyOf = (device: Device): Device => ({ ...device, name: `${device.name} again` });

const bundleIn = (carried: HandOver) => accepted(unpacked(carried, handOverMessage.encode));

describe('a payee takes', () => {
  it('what answers its own request, once', () => {
    const [country, li, wang, chen] = three();
    const request = requestOf(country, wang, 100);
    const made = accepted(reservePayment(li.purse, request, 100, standpoint(country, li)));
    const carried = finish(country, li, made);
    expect(refusalIn(take(country, chen, carried))).toBe('paid_to_another');
    accepted(take(country, wang, carried));
    const second = accepted(reservePayment(li.purse, request, 100, standpoint(country, li)));
    expect(refusalIn(take(country, wang, finish(country, li, second)))).toBe('request_answered');
  });

  it('nothing that was signed for another request, amount or purse', () => {
    const [country, li, wang, chen] = three();
    const bundle = bundleIn(handOver(country, li, wang, 100));
    const { to } = bundle.last.endorsement;
    if (to.is !== 'purse') throw new Error('it is a payment');
    const judged = (change: Partial<typeof to>): string =>
      refusalIn(take(country, wang, resigned(bundle, { to: { ...to, ...change } })));
    expect(judged({ request: new Uint8Array(32) })).toBe('request_unknown');
    expect(judged({ request: requestHash(requestOf(country, chen, 100)) })).toBe('request_unknown');
    expect(judged({ request: requestHash(requestOf(country, wang, 99)) })).toBe(
      'request_amount_other',
    );
    expect(judged({ purse: chen.purse.name })).toBe('paid_to_another');
    expect(judged({})).toBe('accepted');
  });

  it('no more than its cover without its holder’s word, and is told what is at risk', () => {
    const country = countryOf(22);
    const li = deviceOf(country, 'Li', [500]);
    const wang = deviceOf(country, 'Wang', [], { cover: 120 });
    const first = accepted(take(country, wang, handOver(country, li, wang, 100)));
    expect(first).toMatchObject({ amount: 100, covered: 100, atRisk: 0 });
    const carried = handOver(country, li, wang, 50);
    expect(refusalIn(take(country, wang, carried, false))).toBe('cover_exceeded');
    expect(accepted(take(country, wang, carried))).toMatchObject({ covered: 20, atRisk: 30 });
    expect(wang.purse.taken).toBe(150);
  });

  it('nothing any more when its own grant has ended or it is closed', () => {
    const country = countryOf(23);
    const li = deviceOf(country, 'Li', [500]);
    const wang = deviceOf(country, 'Wang', [], { endsAt: instantOf(START + DAY) });
    const carried = handOver(country, li, wang, 50);
    wang.clock = instantOf(START + DAY);
    expect(refusalIn(take(country, wang, carried))).toBe('purse_grant_ended');
    wang.clock = START;
    wang.purse = { ...wang.purse, isClosed: true };
    expect(refusalIn(take(country, wang, carried))).toBe('purse_closed');
  });

  it('no coin that is meant for another, though its payer’s wallet would hand it on', () => {
    const country = countryOf(24);
    const wang = deviceOf(country, 'Wang', []);
    const other = new Uint8Array(16).fill(7);
    const coin = {
      ...coinOf(country, 100),
      terms: [caveatOf({ is: 'payee' as const, tag: other })],
    };
    expect(coinMessage.encode(coin).length).toBeGreaterThan(0);
    const blank = deviceOf(country, 'Li', []);
    const loads = [{ coin, from: 0, to: 100 }];
    const own = grantFor(country, blank.purse.own.grant.key, loads);
    const purse = accepted(openPurse(own, loads, country.trust, country.suites));
    const request = requestOf(country, wang, 5);
    // The payer is told that the payee is the one the coin is meant for.
    const lie = { ...request, tag: other };
    const li = { ...blank, purse };
    const made = accepted(reservePayment(li.purse, lie, 5, standpoint(country, li)));
    const bundle = bundleIn(finish(country, li, made));
    const to = { is: 'purse' as const, purse: wang.purse.name, request: requestHash(request) };
    expect(refusalIn(take(country, wang, resigned(bundle, { to })))).toMatch(/^payee_forbidden/);
  });
});

describe('a cheat who is met twice by one payee', () => {
  it('is found out on the spot, with the proof', () => {
    const [country, li, wang] = three(realSuites);
    const copy = copyOf(li);
    pay(country, li, wang, 100);
    // Real one-time keys sign once; the copy has its own, as a copied file would.
    const { suites, trust } = country;
    copy.key = undefined;
    const toy = { ...country, suites: { ...suites, purse: () => true } };
    const carried = handOver(toy, copy, wang, 100);
    const at = standpoint(toy, wang);
    expect(refusalIn(receive(wang.purse, carried, at, true))).toBe('index_taken .endorsements[0]');
    const proof = proofAgainst(wang.purse, accepted(verifyCarried(carried, at)))!;
    expect(accepted(checkFraudProof(proof, trust, toy.suites)).fraud).toBe('index');
  });

  it('is noticed by the one whose purse was copied, whatever index the copy used', () => {
    for (const skipped of [0, 5]) {
      const [country, li, wang, chen] = three();
      const copy = copyOf(li);
      copy.purse = { ...copy.purse, next: skipped };
      pay(country, li, wang, 10);
      pay(country, copy, chen, 100);
      const before = li.purse;
      const carried = handOver(country, chen, li, 600);
      expect(refusalIn(take(country, li, carried))).toMatch(/^own_key_copied .endorsements/);
      expect(li.purse.holdings).toBe(before.holdings);
    }
  });

  it('under another index is found out by the units', () => {
    const [country, li, wang, chen] = three();
    const copy = copyOf(li);
    pay(country, li, wang, 100);
    pay(country, copy, chen, 30);
    const carried = handOver(country, copy, wang, 400);
    const made = bundleIn(carried);
    const parts = made.last.endorsement.parts.map((part) => ({ ...part, from: 50, to: 450 }));
    const doubled = resigned(made, { parts });
    expect(refusalIn(take(country, wang, doubled))).toBe('chain_conflicting .endorsements[0]');
    const verified = accepted(verifyCarried(doubled, standpoint(country, wang)));
    const proof = proofAgainst(wang.purse, verified)!;
    const judged = accepted(checkFraudProof(proof, country.trust, country.suites));
    expect(judged.fraud).toBe('units');
    expect(judged.grant).toEqual(li.purse.own.grant);
    const back = accepted(fraudProofMessage.decode(fraudProofMessage.encode(proof)));
    expect(back).toEqual(proof);
  });

  it('is not made of an honest one who shows the same bytes again or pays money that came back', () => {
    const [country, li, wang] = three();
    const carried = pay(country, li, wang, 500);
    const again = accepted(verifyCarried(carried, standpoint(country, wang)));
    expect(proofAgainst(wang.purse, again)).toBeUndefined();
    pay(country, wang, li, 1_000);
    const back = handOver(country, li, wang, 1_000);
    const verified = accepted(verifyCarried(back, standpoint(country, wang)));
    expect(proofAgainst(wang.purse, verified)).toBeUndefined();
    accepted(take(country, wang, back));
  });
});
