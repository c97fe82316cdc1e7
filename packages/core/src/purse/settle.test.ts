import { describe, expect, it } from 'vitest';
import { chanceOf } from '../base/chance.fixture.ts';
import { linkOf, unpacked, type Bundle } from './bundle.ts';
import {
  accepted,
  countryOf,
  deviceOf,
  finish,
  handOver,
  pay,
  resigned,
  take,
  toySigned,
  type Country,
  type Device,
} from './country.fixture.ts';
import { checkFraudProof, divergence } from './fraud.ts';
import { hashKey } from './grant.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { grantKeyOf, shuffled } from './history.fixture.ts';
import { reserveClose, reserveHome } from './pay.ts';
import { journalOf } from './purse.ts';
import { bookedUnjudged } from './receive.ts';
import {
  accusedOf,
  giveBack,
  newSettlement,
  present,
  presentClosing,
  registerLoad,
  whereabouts,
  type Settlement,
} from './settle.ts';

const bundleIn = (carried: HandOver): Bundle => accepted(unpacked(carried, handOverMessage.encode));

/** A settlement that knows what each of some devices was loaded with, before any of them pays. */
function loadedWith(...devices: readonly Device[]): () => Settlement {
  const loads = devices.map(({ purse }) => ({
    own: purse.own,
    ranges: purse.holdings.map(({ source, from, to }) => ({
      coin: source.coin.identity,
      from,
      to,
    })),
  }));
  return () => {
    const state = newSettlement();
    for (const { own, ranges } of loads) registerLoad(state, own, ranges);
    return state;
  };
}

function orders<T>(things: readonly T[]): readonly (readonly T[])[] {
  if (things.length === 0) return [[]];
  return things.flatMap((thing, i) =>
    orders(things.filter((_, j) => j !== i)).map((rest) => [thing, ...rest]),
  );
}

const nameOf = ({ purse }: Device): string => hashKey(purse.name);
const copyOf = (device: Device): Device => ({ ...device });

function people(seed: number): [Country, Device, Device, Device, () => Settlement] {
  const country = countryOf(seed);
  const [a, b, c] = [[100], [], []].map((units, i) => deviceOf(country, 'ABC'[i]!, units));
  return [country, a!, b!, c!, loadedWith(a!)];
}

describe('honest payments', () => {
  it('that went round and home settle alike in every order, and accuse nobody', () => {
    const [country, a, b, c, fresh] = people(31);
    const bundles = [
      pay(country, a, b, 60),
      pay(country, b, c, 50),
      pay(country, c, a, 50),
      pay(country, a, b, 90),
      finish(country, b, accepted(reserveHome(b.purse))),
    ].map(bundleIn);
    for (const order of orders(bundles)) {
      const state = fresh();
      for (const bundle of order) present(state, bundle);
      expect(accusedOf(state)).toEqual([]);
      expect(whereabouts(state)).toEqual(new Map([['home', 100]]));
    }
  });

  it('are answered by what became of their units: kept, or passed on', () => {
    const [country, a, b, c, fresh] = people(32);
    const [first, second] = [pay(country, a, b, 60), pay(country, b, c, 20)].map(bundleIn);
    const state = fresh();
    const at = (bundle: Bundle) => present(state, bundle).parts[0]!;
    expect(at(first!)).toMatchObject({ kept: [{ from: 0, to: 60 }], passedOn: [], short: [] });
    expect(present(state, first!).isKnown).toBe(true);
    expect(at(second!)).toMatchObject({ kept: [{ from: 0, to: 20 }] });
    expect(at(first!)).toMatchObject({
      kept: [{ from: 20, to: 60 }],
      passedOn: [{ from: 0, to: 20 }],
      short: [],
    });
    expect(whereabouts(state).get(nameOf(a))).toBe(40);
    expect(whereabouts(state).get(nameOf(b))).toBe(40);
    expect(whereabouts(state).get(nameOf(c))).toBe(20);
  });

  it('pay a payee who lost everything, by whoever brings them', () => {
    const [country, a, b, c, fresh] = people(33);
    pay(country, a, b, 60);
    const onward = bundleIn(pay(country, b, c, 20));
    const state = fresh();
    // Only C comes back: the way its money came books B's part too.
    present(state, onward);
    expect(whereabouts(state).get(nameOf(b))).toBe(40);
  });
});

describe('a purse that pays from a copy', () => {
  /** A's copy pays C what A paid B; both pay on. */
  function copied(
    seed: number,
  ): [Device, Device, Device, readonly Bundle[], () => Settlement, Country] {
    const [country, a, b, c, fresh] = people(seed);
    const copy = copyOf(a);
    const d = deviceOf(country, 'D', []);
    const carried = [
      pay(country, a, b, 60),
      pay(country, copy, c, 50),
      pay(country, b, d, 30),
      pay(country, c, deviceOf(country, 'E', []), 50),
    ];
    return [a, b, c, carried.map(bundleIn), fresh, country];
  }

  it('is proven in every order, and nobody else is accused', () => {
    const [a, , , bundles, fresh, country] = copied(34);
    for (const order of orders(bundles)) {
      const state = fresh();
      for (const bundle of order) present(state, bundle);
      expect(accusedOf(state)).toEqual([grantKeyOf(a)]);
      const proof = state.accused.get(grantKeyOf(a))!;
      const judged = accepted(checkFraudProof(proof, country.trust, country.suites));
      expect(judged.grant).toEqual(a.purse.own.grant);
      const units = [...whereabouts(state).values()].reduce((sum, each) => sum + each, 0);
      expect(units).toBe(100);
    }
  });

  it('is where two chains part, wherever they were passed on', () => {
    const [a, , , bundles] = copied(35);
    const chainOf = ({ sources, last }: Bundle) => [...sources[0]!.chain, last];
    const [one, two] = divergence(chainOf(bundles[2]!), chainOf(bundles[3]!))!;
    expect(hashKey(one.endorsement.grant)).toBe(grantKeyOf(a));
    expect(hashKey(two.endorsement.grant)).toBe(grantKeyOf(a));
    expect(divergence(chainOf(bundles[0]!), chainOf(bundles[2]!))).toBeUndefined();
  });

  it('leaves the units with the first to come, and free ones to the later', () => {
    const [, b, c, bundles, fresh] = copied(36);
    const state = fresh();
    present(state, bundles[1]!);
    const late = present(state, bundles[0]!);
    expect(late.parts[0]).toMatchObject({
      kept: [{ from: 50, to: 60 }],
      short: [{ from: 0, to: 50 }],
    });
    expect(late.accused).toHaveLength(1);
    expect(whereabouts(state).get(nameOf(b))).toBe(10);
    expect(whereabouts(state).get(nameOf(c))).toBe(50);
    // A chain that continues the loser's brings its own claim, and the loser has passed on.
    expect(present(state, bundles[2]!).parts[0]).toMatchObject({ short: [{ from: 0, to: 30 }] });
    expect(present(state, bundles[0]!).parts[0]).toMatchObject({
      kept: [{ from: 50, to: 60 }],
      passedOn: [{ from: 0, to: 30 }],
      short: [{ from: 30, to: 50 }],
    });
  });
});

describe('an index used again', () => {
  it('over other units accuses; a third message, which anyone may have forged, gets no units', () => {
    const [country, a, b, c, fresh] = people(37);
    const messages = [0, 1, 2].map((i) => {
      const copy = copyOf(a);
      const bundle = bundleIn(handOver(country, copy, i === 1 ? c : b, 10 + i));
      const parts = bundle.last.endorsement.parts.map((part) => ({
        ...part,
        from: 30 * i,
        to: 30 * i + 10 + i,
      }));
      return bundleIn(resigned(bundle, { parts }));
    });
    for (const order of orders(messages)) {
      const state = fresh();
      const outcomes = order.map((bundle) => present(state, bundle));
      expect(outcomes.map(({ accused }) => accused.length)).toEqual([0, 1, 0]);
      expect(outcomes.map(({ parts }) => parts[0]!.kept.length)).toEqual([1, 1, 0]);
      expect(outcomes[2]!.parts[0]!.short).toHaveLength(1);
    }
  });

  it('with the same message never accuses, whatever the signature', () => {
    const [country, a, b, , fresh] = people(38);
    const bundle = bundleIn(pay(country, a, b, 10));
    const again = { ...bundle.last, signature: bundle.last.signature.map((byte) => byte ^ 1) };
    const state = fresh();
    present(state, bundle);
    expect(present(state, { ...bundle, last: again })).toMatchObject({
      accused: [],
      isKnown: true,
    });
  });
});

describe('a closing', () => {
  it('accuses by whatever its journal leaves out, whichever comes first', () => {
    const [country, a, b, c, fresh] = people(39);
    const listed = bundleIn(pay(country, a, b, 10));
    const copy = copyOf(a);
    const closing = linkOf(closed(country, a));
    const head = journalOf(a.purse);
    // The copy uses another index, so that nothing but the closing speaks against it.
    copy.purse = { ...copy.purse, next: 5 };
    const hidden = bundleIn(pay(country, copy, c, 10));
    const judge = (...steps: readonly ((state: Settlement) => unknown)[]): readonly string[] => {
      const state = fresh();
      for (const step of steps) step(state);
      for (const proof of state.accused.values()) {
        const { fraud } = accepted(checkFraudProof(proof, country.trust, country.suites));
        expect(fraud).toBe('closed');
      }
      return accusedOf(state);
    };
    const close = (state: Settlement) => presentClosing(state, a.purse.own, closing, head);
    const honest = (state: Settlement) => present(state, listed);
    const cheat = (state: Settlement) => present(state, hidden);
    expect(judge(close, honest, close)).toEqual([]);
    expect(judge(honest, close, cheat)).toEqual([grantKeyOf(a)]);
    expect(judge(cheat, honest, close)).toEqual([grantKeyOf(a)]);
  });

  function closed(country: Country, device: Device) {
    finish(country, device, accepted(reserveClose(device.purse)));
    return toySigned(device.purse.own, device.purse.journal.at(-1)!.endorsement);
  }
});

describe('money given back without a journal', () => {
  it('pays a later endorsement from what was given back, and accuses nobody', () => {
    const [country, a, b, c, fresh] = people(40);
    const paid = bundleIn(pay(country, a, b, 60));
    const onward = bundleIn(pay(country, b, c, 25));
    const state = fresh();
    expect(giveBack(state, a.purse.own)).toBe(100);
    expect(giveBack(state, a.purse.own)).toBe(0);
    expect(whereabouts(state)).toEqual(new Map([['home', 100]]));
    const late = present(state, onward);
    expect(late.parts[0]).toMatchObject({ kept: [{ from: 0, to: 25 }], short: [] });
    expect(present(state, paid).parts[0]).toMatchObject({
      kept: [{ from: 25, to: 60 }],
      fromReturned: [{ from: 25, to: 60 }],
    });
    expect(accusedOf(state)).toEqual([]);
    expect(whereabouts(state)).toEqual(
      new Map([
        ['home', 40],
        [nameOf(b), 35],
        [nameOf(c), 25],
      ]),
    );
  });
});

it('an accomplice who takes both branches and pays both on is not the one accused', () => {
  const [country, a, b, c, fresh] = people(41);
  const copy = copyOf(a);
  const one = handOver(country, a, b, 40);
  const two = handOver(country, copy, b, 40);
  accepted(take(country, b, one));
  b.purse = bookedUnjudged(b.purse, bundleIn(two));
  const bundles = [pay(country, b, c, 40), pay(country, b, deviceOf(country, 'E', []), 40)];
  const chance = chanceOf(41);
  for (let i = 0; i < 6; i++) {
    const state = fresh();
    for (const bundle of shuffled([one, two, ...bundles].map(bundleIn), chance))
      present(state, bundle);
    expect(accusedOf(state)).toEqual([grantKeyOf(a)]);
  }
});
