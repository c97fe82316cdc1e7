import { describe, expect, it } from 'vitest';
import { DAY, instantOf } from '../base/instant.ts';
import { writtenMessage } from '../codec/arbitrary.fixture.ts';
import { packed, unpacked, type Bundle } from './bundle.ts';
import {
  accepted,
  countryOf,
  deviceOf,
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
import type { Endorsement } from './endorsement.ts';
import type { Grant } from './grant.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { bookedUnjudged } from './receive.ts';
import { verifyHandOver } from './verify.ts';

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

describe('a payment with no network', () => {
  it('is taken, cut to the cent, and can be passed on at once, by those who had nothing too', () => {
    const { country, li, wang, chen, zhao } = scene(realSuites);
    const one = pay(country, li, wang, 1_234);
    const two = pay(country, wang, chen, 1_500);
    const three = pay(country, chen, zhao, 1_450);
    expect(one.endorsements).toHaveLength(1);
    expect(two.endorsements.map(({ hop }) => hop)).toEqual([1, 2]);
    expect(three.endorsements.map(({ hop }) => hop)).toEqual([1, 2, 3]);
    // Of three coins Zhao has pieces of two: Wang's own, and what came from Li.
    expect(three.openings).toHaveLength(2);
    expect(zhao.purse.holdings.map(({ from, to }) => to - from).sort()).toEqual(
      [1_150, 300].sort(),
    );
  });

  it('comes back to the first payer, who pays it again, and nobody has signed twice', () => {
    const { country, li, wang, chen } = scene();
    pay(country, li, wang, 15_000);
    pay(country, wang, chen, 15_300);
    pay(country, chen, li, 15_300);
    expect(pay(country, li, chen, 15_300).endorsements.map(({ hop }) => hop)).toContain(4);
    pay(country, chen, wang, 15_300);
    expect(wang.purse.holdings.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(15_300);
  });

  it('shown again is thanked for again and booked once, even when its deadline has come', () => {
    const { country, li, wang } = scene();
    const carried = pay(country, li, wang, 10);
    const before = wang.purse;
    wang.clock = instantOf(START + 40 * DAY);
    const again = accepted(take(country, wang, carried));
    expect(again.isAgain).toBe(true);
    expect(wang.purse).toBe(before);
  });
});

describe('every bit of a hand-over', () => {
  it('counts: with any field changed, nothing is taken', () => {
    const { country, li, wang, chen, zhao } = scene();
    pay(country, li, wang, 400);
    pay(country, wang, chen, 450);
    const carried = handOver(country, chen, zhao, 425);
    const before = zhao.purse;
    const { bytes, spots } = writtenMessage(handOverMessage, carried);
    expect(spots.length).toBeGreaterThan(150);
    const codes = new Set<string>();
    for (const { at, length } of spots) {
      for (const each of new Set([at, at + (length >> 1), at + Math.max(0, length - 1)])) {
        if (each >= bytes.length) continue;
        for (const bit of [1, 0x80]) {
          const changed = bytes.with(each, bytes[each]! ^ bit);
          const decoded = handOverMessage.decode(changed);
          const result = decoded.ok ? take(country, zhao, decoded.value) : decoded;
          expect(result.ok, `byte ${each}`).toBe(false);
          codes.add(refusalIn(result).split(' ')[0]!);
        }
      }
    }
    expect(zhao.purse).toBe(before);
    expect(codes.size).toBeGreaterThan(12);
    accepted(take(country, zhao, carried));
  });

  it('counts with the suites of life too: no bit of any signature is spare', () => {
    const { country, li, wang } = scene(realSuites);
    const carried = handOver(country, li, wang, 425);
    const spots = writtenMessage(handOverMessage, carried).spots.filter(
      ({ shape }) => shape.kind === 'bytes' && shape.length > 1000,
    );
    expect(spots).toHaveLength(2);
    const bytes = handOverMessage.encode(carried);
    for (const { at, length } of spots) {
      for (let each = at; each < at + length; each += 97) {
        const changed = bytes.with(each, bytes[each]! ^ 4);
        const refusal = refusalIn(verifyHandOver(changed, standpoint(country, wang)));
        expect(refusal).toMatch(/^(grant|endorsement)_signature_invalid/);
      }
    }
    accepted(verifyHandOver(bytes, standpoint(country, wang)));
  });

  it('is needed: cut anywhere, it is no message', () => {
    const { country, li, wang } = scene();
    const bytes = handOverMessage.encode(handOver(country, li, wang, 425));
    for (let length = 0; length < bytes.length; length += 13) {
      const result = verifyHandOver(bytes.slice(0, length), standpoint(country, wang));
      expect(refusalIn(result)).toMatch(/^message_truncated/);
    }
    expect(refusalIn(verifyHandOver(Uint8Array.of(...bytes, 0), standpoint(country, wang)))).toBe(
      'message_trailing',
    );
  });
});

describe('what a cheat signs with its own key', () => {
  const base = (change: Partial<Grant> = {}): [Scene, Bundle] => {
    const made = scene(undefined, change);
    pay(made.country, made.wang, made.li, 300);
    return [made, bundleIn(handOver(made.country, made.li, made.zhao, 15_100))];
  };
  const partsOf = ({ last }: Bundle): Endorsement['parts'] => last.endorsement.parts;
  const cases: readonly (readonly [string, (bundle: Bundle) => Partial<Endorsement>, string])[] = [
    ['the last index', () => ({ index: 31 }), 'endorsement_index_invalid .endorsements[1].index'],
    ['no pieces', () => ({ parts: [] }), 'endorsement_empty .endorsements[0].parts'],
    [
      'an empty range',
      (bundle) => ({ parts: partsOf(bundle).map((part) => ({ ...part, to: part.from })) }),
      'range_invalid .endorsements[1].parts[0]',
    ],
    ['no hop', () => ({ hop: 0 }), 'hop_wrong .endorsements[1].hop'],
    ['fewer hops', () => ({ hop: 1 }), 'hop_wrong .endorsements[1].parts'],
    ['more hops', () => ({ hop: 3 }), 'hop_wrong .endorsements[1].hop'],
    ['too many hops', () => ({ hop: 6 }), 'hops_exceeded .endorsements[1].hop'],
    ['no count', () => ({ count: 0 }), 'running_figures_wrong .endorsements[1].count'],
    [
      'a count past its index',
      () => ({ count: 2 }),
      'running_figures_wrong .endorsements[1].count',
    ],
    [
      'a sum below its amount',
      () => ({ sum: 15_099 }),
      'running_figures_wrong .endorsements[1].sum',
    ],
    [
      'a first sum above its amount',
      () => ({ sum: 15_101 }),
      'running_figures_wrong .endorsements[1].sum',
    ],
    [
      'another amount',
      () => ({ amount: 15_000, sum: 15_000 }),
      'endorsement_amount_wrong .endorsements[1].amount',
    ],
    [
      'a larger payment than allowed',
      () => ({ amount: 1_000_001, sum: 1_000_001 }),
      'purse_payment_exceeded .endorsements[1].amount',
    ],
    [
      'more payments than allowed',
      () => ({ index: 30, count: 31, sum: 20_000 }),
      'purse_payments_exceeded .endorsements[1].count',
    ],
    [
      'a larger sum than allowed',
      () => ({ index: 1, count: 2, sum: 5_000_001 }),
      'purse_total_exceeded .endorsements[1].sum',
    ],
    [
      'a closing with pieces',
      () => ({ to: { is: 'close', journal: new Uint8Array(32) } }),
      'closing_names_pieces .endorsements[1].parts',
    ],
    [
      'units beyond its coin',
      (bundle) => ({
        parts: partsOf(bundle).map((part) => (part.to === 10_000 ? { ...part, to: 10_001 } : part)),
      }),
      'piece_not_loaded .endorsements[1].parts',
    ],
    [
      'one piece twice',
      (bundle) => ({
        parts: partsOf(bundle).flatMap((part) =>
          part.to === 10_000
            ? [
                { ...part, to: 9_000 },
                { ...part, from: 8_000 },
              ]
            : [part],
        ),
      }),
      'pieces_overlap .endorsements[1].parts',
    ],
    [
      'what it received as what it loaded',
      (bundle) => ({
        parts: partsOf(bundle).map((part) => ({ ...part, before: bundle.last.endorsement.grant })),
      }),
      'piece_not_loaded .endorsements[1].parts',
    ],
    [
      'what came by an endorsement it does not show',
      (bundle) => ({
        parts: partsOf(bundle).map((part) =>
          part.to === 300 ? part : { ...part, before: new Uint8Array(32).fill(9) },
        ),
      }),
      'chain_broken .endorsements[1].parts',
    ],
  ];
  it.each(cases)('with %s is refused by name', (_, change, expected) => {
    const [{ country, zhao }, bundle] = base();
    const carried = resigned(bundle, change(bundle));
    const before = zhao.purse;
    expect(refusalIn(take(country, zhao, carried)).slice(0, expected.length)).toBe(expected);
    expect(zhao.purse).toBe(before);
  });

  it('passing on what another purse was paid is refused', () => {
    const { country, li, wang, chen, zhao } = scene();
    pay(country, li, wang, 100);
    const stolen = { ...chen, purse: { ...chen.purse, holdings: wang.purse.holdings.slice(1) } };
    stolen.purse = { ...stolen.purse, grants: wang.purse.grants };
    stolen.purse = {
      ...stolen.purse,
      grants: new Map([...wang.purse.grants, ...chen.purse.grants]),
    };
    const carried = handOver(country, stolen, zhao, 100);
    expect(refusalIn(take(country, zhao, carried))).toMatch(/^piece_not_received/);
  });

  it('passing on more than it was paid is refused', () => {
    const { country, li, wang, zhao } = scene();
    pay(country, li, wang, 100);
    const [own, received] = [wang.purse.holdings[0]!, wang.purse.holdings[1]!];
    wang.purse = { ...wang.purse, holdings: [{ ...received, to: received.to + 1 }, own] };
    wang.purse = { ...wang.purse, holdings: [{ ...received, to: received.to + 1 }] };
    const carried = handOver(country, wang, zhao, 101);
    expect(refusalIn(take(country, zhao, carried))).toMatch(/^piece_not_received/);
  });

  it('an earlier hop that says less than the units shown of it are worth is refused', () => {
    const { country, li, wang, zhao } = scene();
    const bundle = bundleIn(handOver(country, li, wang, 12_000));
    const lied = bundleIn(resigned(bundle, { amount: 1, sum: 1 }));
    wang.purse = bookedUnjudged(wang.purse, lied);
    const worth = lied.sources.map(({ coin }) => coin.units);
    // A part of one coin only, so that the other is not described and the whole sum is not known.
    const carried = handOver(country, wang, zhao, 300 + Math.min(...worth) - 1);
    expect(carried.coins.filter(({ described }) => described === undefined)).toHaveLength(1);
    expect(refusalIn(take(country, zhao, carried))).toBe(
      'endorsement_amount_wrong .endorsements[0].amount',
    );
  });

  it('more chains than its grant allows are refused', () => {
    const country = countryOf(2);
    const zhao = deviceOf(country, 'Zhao', []);
    const hub = deviceOf(country, 'Hub', [], {
      limits: { payment: 100_000, total: 100_000, payments: 30, hops: 5, chains: 1 },
    });
    for (const name of ['a', 'b']) pay(country, deviceOf(country, name, [10]), hub, 10);
    const grant = { ...hub.purse.own.grant, limits: { ...hub.purse.own.grant.limits, chains: 2 } };
    const loose = { ...hub, purse: { ...hub.purse, own: { ...hub.purse.own, grant } } };
    expect(refusalIn(take(country, zhao, handOver(country, loose, zhao, 20)))).toMatch(
      /^chains_exceeded/,
    );
  });

  it('money goes no further than the first grant on its way lets it', () => {
    const country = countryOf(3);
    const limits = { payment: 100_000, total: 100_000, payments: 30, hops: 2, chains: 5 };
    const li = deviceOf(country, 'Li', [10], { limits });
    const [wang, chen, zhao] = ['Wang', 'Chen', 'Zhao'].map((name) => deviceOf(country, name, []));
    pay(country, li, wang!, 10);
    pay(country, wang!, chen!, 10);
    const bundle = bundleIn(pay(country, deviceOf(country, 'x', [10]), zhao!, 10));
    expect(bundle.sources).toHaveLength(1);
    const held = chen!.purse.holdings[0]!;
    const chain = held.source.chain;
    const own = chen!.purse.own;
    // Chen's own wallet would not sign it, so its hand is forced.
    const loose = { ...own.grant.limits, hops: 9 };
    const forced = {
      ...chen!,
      purse: {
        ...chen!.purse,
        grants: new Map(
          [...chen!.purse.grants].map(([key, each]) => [
            key,
            { ...each, grant: { ...each.grant, limits: loose } },
          ]),
        ),
      },
    };
    forced.purse = { ...forced.purse };
    const carried = handOver(country, forced, zhao!, 10);
    const whole = { ...forced.purse.journal.at(-1)!, sources: [held.source] };
    const honest = packed({
      last: {
        endorsement: whole.endorsement,
        signature: whole.signature!,
        hash: whole.hash,
      },
      sources: [{ ...held.source, chain }],
      grants: chen!.purse.grants,
    });
    expect(carried.endorsements).toHaveLength(3);
    expect(refusalIn(take(country, zhao!, honest))).toMatch(/^hops_exceeded/);
  });
});

describe('a hand-over has one form', () => {
  const three = (): [Scene, HandOver] => {
    const made = scene();
    pay(made.country, made.li, made.wang, 400);
    return [made, handOver(made.country, made.wang, made.zhao, 650)];
  };
  const forms: readonly (readonly [string, (carried: HandOver) => HandOver, string])[] = [
    [
      'a grant twice',
      (c) => ({ ...c, grants: [...c.grants, c.grants[0]!] }),
      'hand_over_disordered',
    ],
    ['a coin twice', (c) => ({ ...c, coins: [...c.coins, c.coins[0]!] }), 'hand_over_disordered'],
    [
      'an opening twice',
      (c) => ({ ...c, openings: [...c.openings, c.openings[0]!] }),
      'hand_over_disordered',
    ],
    [
      'openings exchanged',
      (c) => ({ ...c, openings: c.openings.toReversed() }),
      'hand_over_disordered',
    ],
    [
      'an endorsement twice',
      (c) => ({ ...c, endorsements: [c.endorsements[0]!, ...c.endorsements] }),
      'hand_over_disordered',
    ],
    ['no openings', (c) => ({ ...c, openings: [] }), 'piece_not_loaded'],
    ['no coins', (c) => ({ ...c, coins: [] }), 'hand_over_reference_unknown'],
    [
      'one grant less',
      (c) => ({ ...c, grants: c.grants.slice(0, 1) }),
      'hand_over_reference_unknown',
    ],
    [
      'endorsements exchanged',
      (c) => ({ ...c, endorsements: c.endorsements.toReversed() }),
      'hand_over_reference_unknown',
    ],
    [
      'a coin without its description',
      (c) => ({ ...c, coins: c.coins.map((coin) => ({ ...coin, described: undefined })) }),
      'coin_not_carried',
    ],
    [
      'parts exchanged',
      (c) => ({
        ...c,
        endorsements: c.endorsements.map((each) => ({ ...each, parts: each.parts.toReversed() })),
      }),
      'hand_over_disordered',
    ],
  ];
  it.each(forms)('and with %s is refused', (_, change, expected) => {
    const [{ country, zhao }, carried] = three();
    expect(refusalIn(take(country, zhao, change(carried))).split(' ')[0]).toBe(expected);
    accepted(take(country, zhao, carried));
  });
});
