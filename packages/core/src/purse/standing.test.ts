import { describe, expect, it } from 'vitest';
import { DAY, instantOf } from '../base/instant.ts';
import type { Coin } from '../coin/coin.ts';
import { caveatOf } from '../terms/terms.ts';
import { unpacked, type Bundle } from './bundle.ts';
import {
  accepted,
  AUTHORITY,
  coinOf,
  countryOf,
  deviceOf,
  grantFor,
  granted,
  handOver,
  pay,
  realSuites,
  refusalIn,
  resigned,
  standpoint,
  START,
  take,
  type Country,
  type Device,
} from './country.fixture.ts';
import { type Grant } from './grant.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { openPurse } from './purse.ts';
import { verifyCarried, verifyPresented } from './verify.ts';

interface Scene {
  readonly country: Country;
  readonly li: Device;
  readonly wang: Device;
  readonly chen: Device;
  readonly zhao: Device;
}

function scene(suites?: typeof realSuites, change: Partial<Grant> = {}): Scene {
  const country = countryOf(1, suites);
  return {
    country,
    li: deviceOf(country, 'Li', [10_000, 5_000], change),
    wang: deviceOf(country, 'Wang', [300]),
    chen: deviceOf(country, 'Chen', []),
    zhao: deviceOf(country, 'Zhao', []),
  };
}

const bundleIn = (carried: HandOver): Bundle => accepted(unpacked(carried, handOverMessage.encode));

describe('grants', () => {
  const cases: readonly (readonly [string, Partial<Grant>, string])[] = [
    ['of another authority', { authority: new Uint8Array(32) }, 'grant_foreign'],
    ['for a key that is none of a purse', { key: new Uint8Array(48) }, 'grant_key_unsuitable'],
    ['that end before they begin', { endsAt: START }, 'grant_dates_invalid'],
    ['that live too long', { endsAt: instantOf(START + 31 * DAY) }, 'grant_dates_invalid'],
    ['of endless grace', { graceHours: 90 * 24 + 1 }, 'grant_dates_invalid'],
    [
      'signed before the key was in force',
      { issuedAt: instantOf(START - 11 * DAY), endsAt: START },
      'grant_signature_invalid',
    ],
    ['of other pieces', { root: new Uint8Array(32) }, 'load_mismatched'],
    ['of fewer pieces', { pieces: 0 }, 'load_mismatched'],
    ['of another currency', { currency: 978 }, 'basket_unsuitable'],
    ['whose grace is longer than a coin lives', { graceHours: 30 * 24 }, 'load_expires_early'],
  ];
  it.each(cases)('%s open no purse', (_, change, expected) => {
    const country = countryOf(4);
    const key = deviceOf(country, 'x', []).purse.own.grant.key;
    const coin = {
      ...coinOf(country, 100),
      terms: [caveatOf({ is: 'expires' as const, at: instantOf(START + 30 * DAY) })],
    };
    const loads = [{ coin, from: 0, to: 100 }];
    const own = grantFor(country, key, loads, change);
    const { trust, suites } = country;
    expect(refusalIn(openPurse(own, loads, trust, suites)).split(' ')[0]).toBe(expected);
  });

  it('are judged by what the authority signed, so a changed one is none', () => {
    const { country, li, wang } = scene();
    const { trust, suites } = country;
    const carried = handOver(country, li, wang, 5);
    const changed = { ...carried, grants: [{ ...carried.grants[0]!, cover: 9 }] };
    expect(refusalIn(take(country, wang, changed))).toMatch(/^endorsement_signature_invalid/);
    const own = granted(country, li.purse.own.grant);
    const forged = { ...own, grant: { ...own.grant, cover: 9 } };
    expect(refusalIn(openPurse(forged, [], trust, suites))).toBe(
      'grant_signature_invalid .signature',
    );
  });
});

describe('the day', () => {
  const at = (change: (scene: Scene) => void): string => {
    const made = scene();
    const carried = handOver(made.country, made.li, made.wang, 10);
    change(made);
    return refusalIn(verifyCarried(carried, standpoint(made.country, made.wang)));
  };
  const clock = (days: number) => (made: Scene) => {
    made.wang.clock = instantOf(START + days * DAY);
  };

  it('is the later of the clock and what the authority was seen to have signed', () => {
    expect(at(clock(-9))).toBe('accepted');
    expect(
      at(({ wang }) => (wang.purse = { ...wang.purse, seen: instantOf(START + 7 * DAY) })),
    ).toBe('grant_ended');
  });

  it('is that of the list of revoked purses, if that is the newest thing signed', () => {
    const issuedAt = instantOf(START + 7 * DAY);
    const list = { authority: AUTHORITY, number: 1, issuedAt, revoked: [] };
    expect(at(({ wang }) => (wang.list = list))).toBe('grant_ended');
  });

  it('moves on with the grants in hand, and is kept', () => {
    const country = countryOf(8);
    const later = { issuedAt: instantOf(START + 8 * DAY), endsAt: instantOf(START + 15 * DAY) };
    const [li, wang] = [deviceOf(country, 'Li', [9], later), deviceOf(country, 'Wang', [], later)];
    const carried = handOver(country, li, wang, 9);
    wang.purse = { ...wang.purse, seen: START };
    const verified = accepted(verifyCarried(carried, standpoint(country, wang)));
    expect([verified.now, verified.seen]).toEqual([later.issuedAt, later.issuedAt]);
    accepted(take(country, wang, carried));
    expect(wang.purse.seen).toBe(later.issuedAt);
  });

  it('ends a grant, and with the key set everything', () => {
    expect(at(clock(6.9))).toBe('accepted');
    expect(at(clock(7))).toBe('grant_ended');
    expect(at(clock(60))).toBe('key_set_ended');
  });

  it('leaves nothing that has less than a day to its deadline, whoever passes it on', () => {
    const country = countryOf(5);
    const li = deviceOf(country, 'Li', [100], { graceHours: 0 });
    const wang = deviceOf(country, 'Wang', [], { endsAt: instantOf(START + 20 * DAY) });
    const zhao = deviceOf(country, 'Zhao', [], { endsAt: instantOf(START + 20 * DAY) });
    pay(country, li, wang, 100);
    const carried = handOver(country, wang, zhao, 50);
    const later = (days: number): string => {
      zhao.clock = instantOf(START + days * DAY);
      return refusalIn(verifyCarried(carried, standpoint(country, zhao)));
    };
    expect([later(6), later(6.01)]).toEqual(['accepted', 'deadline_near']);
  });

  it('changes nothing about what was signed, which is settled whenever it is brought', () => {
    const { country, li, wang, zhao } = scene();
    pay(country, li, wang, 50);
    const carried = handOver(country, wang, zhao, 40);
    zhao.clock = instantOf(START + 40 * DAY);
    expect(refusalIn(verifyCarried(carried, standpoint(country, zhao)))).toBe('grant_ended');
    const presented = accepted(verifyPresented(carried, country));
    expect(presented.deadline).toBe(START + 14 * DAY);
    const endorsements = carried.endorsements.map((each) => ({ ...each, amount: 41 }));
    expect(refusalIn(verifyPresented({ ...carried, endorsements }, country))).not.toBe('accepted');
    const foreign = { ...carried, authority: new Uint8Array(32) };
    expect(refusalIn(verifyPresented(foreign, country))).toBe('endorsement_foreign .authority');
  });

  it('brings lists of revoked purses, and money that passed through one is not taken', () => {
    const { country, li, wang, chen, zhao } = scene();
    pay(country, li, wang, 5_000);
    pay(country, wang, chen, 5_300);
    const carried = handOver(country, chen, zhao, 5_300);
    const revoked = [li.purse.own.grant.serial];
    zhao.list = { authority: carried.authority, number: 1, issuedAt: START, revoked };
    expect(refusalIn(take(country, zhao, carried))).toMatch(/^grant_revoked .grants/);
    zhao.list = { ...zhao.list, revoked: [revoked[0]! + 1000] };
    expect(accepted(take(country, zhao, carried)).isListBehind).toBe(false);
  });
});

describe('a coin', () => {
  const coins: readonly (readonly [string, (coin: Coin) => Partial<Coin>])[] = [
    ['worth more', () => ({ basket: [{ currency: 156, minorPerUnit: 2 }] })],
    ['of more units', ({ units }) => ({ units: units + 1 })],
    ['without its conditions', () => ({ terms: [] })],
    ['minted later', ({ mintedAt }) => ({ mintedAt: instantOf(mintedAt + 1) })],
  ];
  it.each(coins)('said to be %s is not the one that was loaded', (_, change) => {
    const { country, li, wang } = scene();
    const bundle = bundleIn(handOver(country, li, wang, 10));
    const sources = bundle.sources.map((each) => ({
      ...each,
      coin: { ...each.coin, ...change(each.coin) },
    }));
    const amount = 10 * (sources[0]!.coin.basket[0]?.minorPerUnit ?? 1);
    const carried = resigned({ ...bundle, sources }, { amount, sum: amount });
    expect(refusalIn(verifyCarried(carried, standpoint(country, wang)))).toMatch(
      /^piece_not_loaded/,
    );
  });

  it('meant for one holder is not handed on to another', () => {
    const country = countryOf(6);
    const [key, wang] = [
      deviceOf(country, 'x', []).purse.own.grant.key,
      deviceOf(country, 'W', []),
    ];
    const coin = {
      ...coinOf(country, 100),
      terms: [caveatOf({ is: 'payee' as const, tag: new Uint8Array(16).fill(7) })],
    };
    const loads = [{ coin, from: 0, to: 100 }];
    const own = grantFor(country, key, loads);
    const purse = accepted(openPurse(own, loads, country.trust, country.suites));
    const li = { ...deviceOf(country, 'Li', []), purse };
    expect(() => handOver(country, li, wang, 10)).toThrow('payee_forbidden');
  });
});
