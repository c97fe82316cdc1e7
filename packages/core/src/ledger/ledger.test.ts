import { describe, expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { hexOf } from '../base/bytes.ts';
import { DAY, instantOf, type Instant } from '../base/instant.ts';
import { coinKey, type Range } from '../coin/coin.ts';
import { stockTag } from '../coin/holder.ts';
import { lockKey } from '../coin/lock.ts';
import { LOCK_MEMORY } from '../payment/lock-batch.ts';
import type { Order, Output } from '../payment/order.ts';
import { caveatOf } from '../terms/terms.ts';
import { brokenInvariants } from './invariants.ts';
import { replay, step } from './ledger.ts';
import {
  bytesFor,
  CNY,
  commandOf,
  DATED,
  DATED_UNTIL,
  fullScene,
  give,
  LI,
  lockFor,
  MIXED,
  must,
  NORTH,
  orderOf,
  PLAIN,
  SCENE_AUTHORITY,
  SOUTH,
  START,
  USD,
  WANG,
  type Scene,
} from './scene.fixture.ts';
import { snapshotOf, stateHash, stateOf } from './snapshot.ts';
import { emptyState, isLockUsed, pieceIndex, wasSeen } from './state.ts';

const hashOfState = (scene: Scene): string => hexOf(stateHash(scene.state));
const out = (to: number, name: string, tag: Uint8Array): Output => ({
  to,
  lock: lockFor(name),
  tag,
});

/** Li moves the whole of some of her pieces of one coin. */
function move(
  scene: Scene,
  coin: Uint8Array,
  inputs: readonly Range[],
  outputs: readonly Output[],
  names: readonly string[],
  change: Partial<Order> = {},
): string {
  const order = orderOf([{ coin, inputs, outputs }], {
    end: instantOf(scene.now + 1000),
    ...change,
  });
  const result = give(scene, order.operator, { is: 'move', order, secrets: names.map(bytesFor) });
  return result.ok ? 'applied' : `${result.refusal.code} at ${result.refusal.at}`;
}

const FIRST = [{ from: 0, to: 100 }];
const BOTH = [
  { from: 0, to: 100 },
  { from: 100, to: 250 },
];

describe('what a command does', () => {
  it('a transfer consumes whole pieces and makes the outputs, one beside the other', () => {
    const scene = fullScene();
    expect(
      move(
        scene,
        PLAIN,
        BOTH,
        [out(120, 'w', WANG), out(250, 'c', LI)],
        ['li 16 first', 'li 16 second'],
      ),
    ).toBe('applied');
    const pieces = scene.state.coins.get(coinKey(PLAIN))?.pieces;
    expect(pieces?.map(({ from, to }) => [from, to])).toEqual([
      [0, 120],
      [120, 250],
      [250, 1000],
    ]);
    expect(pieces?.[0]).toEqual({ state: 'live', from: 0, to: 120, lock: lockFor('w'), tag: WANG });
    expect(brokenInvariants(scene.state)).toEqual([]);
  });

  it('a merge makes one piece of neighbours', () => {
    const scene = fullScene();
    const change = { verb: 'merge' } as const;
    expect(
      move(scene, PLAIN, BOTH, [out(250, 'm', LI)], ['li 16 first', 'li 16 second'], change),
    ).toBe('applied');
    expect(move(scene, PLAIN, [{ from: 0, to: 250 }], [out(250, 'm2', WANG)], ['m'], change)).toBe(
      'merge_invalid at .body.order.parts[0].outputs',
    );
  });

  it('one order may touch one coin twice, in ascending order and never overlapping', () => {
    const scene = fullScene();
    const part = (from: number, to: number, name: string): Order['parts'][number] => ({
      coin: PLAIN,
      inputs: [{ from, to }],
      outputs: [out(to, name, LI)],
    });
    const given = (parts: Order['parts'], names: readonly string[]): unknown => {
      const result = give(scene, NORTH, {
        is: 'move',
        order: orderOf(parts),
        secrets: names.map(bytesFor),
      });
      return result.ok ? 'applied' : result.refusal;
    };
    const disordered = { code: 'parts_disordered', at: '.body.order.parts[1]' };
    const names = ['li 16 first', 'li 16 second'];
    expect(given([part(100, 250, 'a'), part(0, 100, 'b')], [...names].reverse())).toEqual(
      disordered,
    );
    expect(given([part(0, 100, 'a'), part(0, 100, 'b')], ['li 16 first', 'li 16 first'])).toEqual(
      disordered,
    );
    expect(given([part(0, 100, 'a'), part(100, 250, 'a')], names)).toEqual({
      code: 'lock_seen',
      at: '.body.order.parts[1].outputs[0].lock',
    });
    expect(given([part(0, 100, 'a'), part(100, 250, 'b')], names)).toBe('applied');
  });

  it('a basket is cut and retired in proportion, leg by leg', () => {
    const scene = fullScene();
    must(scene, NORTH, {
      is: 'retire',
      operator: NORTH,
      reserve: {
        reference: bytesFor('basket back'),
        sums: [
          { currency: CNY, amount: 262_500n },
          { currency: USD, amount: 37_500n },
        ],
      },
      pieces: [{ coin: MIXED, from: 250, to: 1000 }],
      secrets: [bytesFor('stock 48 again')],
    });
    expect(scene.state.supply.get(USD)).toEqual({
      minted: 50_000n,
      retired: 37_500n,
      reserves: 12_500n,
    });
    expect(scene.state.supply.get(CNY)).toEqual({
      minted: 353_000n,
      retired: 262_500n,
      reserves: 90_500n,
    });
    expect(brokenInvariants(scene.state)).toEqual([]);
  });

  it('an operator may retire what another issued, and more than it issued itself', () => {
    const scene = fullScene();
    expect(
      move(
        scene,
        PLAIN,
        BOTH,
        [out(250, 'south', stockTag(SOUTH))],
        ['li 16 first', 'li 16 second'],
      ),
    ).toBe('applied');
    must(scene, SOUTH, {
      is: 'retire',
      operator: SOUTH,
      reserve: { reference: bytesFor('south back'), sums: [{ currency: CNY, amount: 250n }] },
      pieces: [{ coin: PLAIN, from: 0, to: 250 }],
      secrets: [bytesFor('south')],
    });
    expect(scene.state.operators.get(SOUTH)?.outstanding.get(CNY)).toBe(-250n);
    expect(brokenInvariants(scene.state)).toEqual([]);
    expect(snapshotOf(scene.state).operators.flat()[1]?.outstanding).toEqual([
      { currency: CNY, above: 0n, below: 250n },
    ]);
    expect(hexOf(stateHash(stateOf(snapshotOf(scene.state))))).toBe(hashOfState(scene));
  });

  it('a quota made smaller than what is outstanding stops issues and nothing else', () => {
    const scene = fullScene();
    must(scene, 0, { is: 'admit', operator: NORTH, quotas: [] });
    expect(scene.state.operators.get(NORTH)?.outstanding.get(CNY)).toBe(353_000n);
    expect(move(scene, PLAIN, FIRST, [out(100, 'w', WANG)], ['li 16 first'])).toBe('applied');
  });
});

describe('a coin that has expired', () => {
  const expired = (): Scene => {
    const scene = fullScene();
    scene.now = DATED_UNTIL;
    return scene;
  };
  const redeem = { verb: 'redeem' } as const;
  const stock = stockTag(NORTH);

  it('is still redeemed, with change to its holder', () => {
    const outputs = [out(40, 's', stock), out(100, 'c', LI)];
    expect(move(expired(), DATED, FIRST, outputs, ['li 32 first'], redeem)).toBe('applied');
  });

  it('is still given to the stock of its operator, but then without change', () => {
    expect(move(expired(), DATED, FIRST, [out(100, 's', stock)], ['li 32 first'])).toBe('applied');
    const withChange = [out(40, 's', stock), out(100, 'c', LI)];
    expect(move(expired(), DATED, FIRST, withChange, ['li 32 first'])).toBe(
      'coin_expired at .body.order.parts[0].outputs[1].tag',
    );
  });

  it('goes to nobody else, and to no other stock', () => {
    for (const tag of [WANG, LI, stockTag(SOUTH)]) {
      expect(move(expired(), DATED, FIRST, [out(100, 'x', tag)], ['li 32 first'])).toBe(
        'coin_expired at .body.order.parts[0].outputs[0].tag',
      );
    }
  });

  it('gets no new lock by a redemption that redeems nothing', () => {
    expect(move(expired(), DATED, FIRST, [out(100, 'c', LI)], ['li 32 first'], redeem)).toBe(
      'redeem_not_to_stock at .body.order.parts[0].outputs',
    );
  });

  it('can be retired from stock', () => {
    const scene = expired();
    must(scene, NORTH, {
      is: 'retire',
      operator: NORTH,
      reserve: { reference: bytesFor('back'), sums: [{ currency: CNY, amount: 750n }] },
      pieces: [{ coin: DATED, from: 250, to: 1000 }],
      secrets: [bytesFor('stock 32 again')],
    });
  });
});

describe('a redemption', () => {
  const redeem = { verb: 'redeem' } as const;
  it('goes to the stock of the own operator and back to the holder, nowhere else', () => {
    for (const tag of [WANG, stockTag(SOUTH)]) {
      const outputs = [out(40, 's', stockTag(NORTH)), out(100, 'x', tag)];
      expect(move(fullScene(), PLAIN, FIRST, outputs, ['li 16 first'], redeem)).toBe(
        'redeem_not_to_stock at .body.order.parts[0].outputs[1].tag',
      );
    }
  });
});

describe('money meant for one payee', () => {
  it('cannot be passed on as a payment to the stock of another operator', () => {
    const scene = fullScene();
    const record = scene.state.coins.get(coinKey(PLAIN));
    if (record === undefined) return;
    const terms = [caveatOf({ is: 'payee', tag: LI })];
    scene.state.coins.set(coinKey(PLAIN), { ...record, coin: { ...record.coin, terms } });
    expect(move(scene, PLAIN, FIRST, [out(100, 's', stockTag(SOUTH))], ['li 16 first'])).toBe(
      'payee_forbidden at .body.order.parts[0].outputs[0].tag',
    );
    expect(move(scene, PLAIN, FIRST, [out(100, 's', stockTag(NORTH))], ['li 16 first'])).toBe(
      'applied',
    );
  });
});

describe('a lock', () => {
  const later = (scene: Scene, span: number): void => {
    scene.now = instantOf(scene.now + span);
  };

  it('is never used twice, not even after the piece it guarded is gone', () => {
    const scene = fullScene();
    expect(move(scene, PLAIN, FIRST, [out(100, 'a', LI)], ['li 16 first'])).toBe('applied');
    expect(move(scene, PLAIN, FIRST, [out(100, 'li 16 first', LI)], ['a'])).toBe(
      'lock_seen at .body.order.parts[0].outputs[0].lock',
    );
    expect(move(scene, PLAIN, FIRST, [out(100, 'a', LI)], ['a'])).toBe(
      'lock_seen at .body.order.parts[0].outputs[0].lock',
    );
  });

  it('is remembered for its whole memory, wherever in a generation it was seen', () => {
    const middle = instantOf(Math.ceil(START / LOCK_MEMORY) * LOCK_MEMORY + LOCK_MEMORY / 2);
    const seen: readonly Instant[] = [
      instantOf(middle - LOCK_MEMORY / 2),
      middle,
      instantOf(middle + LOCK_MEMORY / 2 - 1),
    ];
    for (const at of seen) {
      for (const idle of [true, false]) {
        const scene = fullScene();
        scene.now = at;
        expect(move(scene, PLAIN, FIRST, [out(100, 'a', LI)], ['li 16 first'])).toBe('applied');
        expect(move(scene, PLAIN, FIRST, [out(100, 'b', LI)], ['a'])).toBe('applied');
        // 'a' is shown now. Commands in between turn the generations; without them they turn at once.
        for (let step = 1; step <= 3; step++) {
          scene.now = instantOf(at + Math.floor((LOCK_MEMORY * step) / 3) - 1);
          expect(wasSeen(scene.state.locks, lockKey(lockFor('a')), scene.now)).toBe(true);
          if (!idle) must(scene, 0, { is: 'policy', currency: CNY, numerator: 1, denominator: 1 });
        }
        expect(move(scene, PLAIN, FIRST, [out(100, 'a', LI)], ['b'])).toContain('lock_seen');
      }
    }
  });

  it('is forgotten after two generations, so that memory stays bounded', () => {
    const scene = fullScene();
    expect(move(scene, PLAIN, FIRST, [out(100, 'a', LI)], ['li 16 first'])).toBe('applied');
    expect(move(scene, PLAIN, FIRST, [out(100, 'b', LI)], ['a'])).toBe('applied');
    later(scene, 2 * LOCK_MEMORY);
    expect(wasSeen(scene.state.locks, lockKey(lockFor('a')), scene.now)).toBe(false);
    must(scene, 0, { is: 'policy', currency: CNY, numerator: 1, denominator: 1 });
    expect(scene.state.locks.current.size + scene.state.locks.previous.size).toBe(0);
    expect(move(scene, PLAIN, FIRST, [out(100, 'a', LI)], ['b'])).toBe('applied');
  });

  it('that guards a piece is refused for ever, though its memory is long gone', () => {
    const scene = fullScene();
    later(scene, 10 * LOCK_MEMORY);
    const key = lockKey(lockFor('li 16 second'));
    expect(wasSeen(scene.state.locks, key, scene.now)).toBe(false);
    expect(isLockUsed(scene.state, key, scene.now)).toBe(true);
    expect(move(scene, PLAIN, FIRST, [out(100, 'li 16 second', LI)], ['li 16 first'])).toBe(
      'lock_seen at .body.order.parts[0].outputs[0].lock',
    );
    expect(brokenInvariants(scene.state)).toEqual([]);
  });
});

describe('the ledger', () => {
  it('numbers entries without gap and never goes back in time', () => {
    const scene = fullScene();
    expect(scene.entries.map(({ position }) => position)).toEqual(scene.entries.map((_, i) => i));
    const early = commandOf(scene, 0, {
      is: 'policy',
      currency: CNY,
      numerator: 1,
      denominator: 1,
    });
    expect(() => step(scene.state, early, instantOf(START - 1))).toThrow(Bug);
  });

  it('keeps one high-water mark for each session of each operator', () => {
    const scene = fullScene();
    const policy = { is: 'policy', currency: CNY, numerator: 1, denominator: 1 } as const;
    const send = (operator: number, session: number, sequence: number): string => {
      const command = {
        operator,
        session: new Uint8Array(16).fill(session),
        sequence,
        body: policy,
      };
      const result = step(scene.state, command, scene.now);
      return result.ok ? 'applied' : result.refusal.code;
    };
    expect(send(0, 2, 5)).toBe('applied');
    for (const sequence of [0, 1, 4, 5]) expect(send(0, 2, sequence)).toBe('sequence_behind');
    expect(send(0, 2, 6)).toBe('applied');
    expect(send(0, 3, 1)).toBe('applied');
    expect(send(NORTH, 2, 1)).toBe('authority_only');
  });

  it('takes back nothing for a refused command, and its sequence may still be used', () => {
    const scene = fullScene();
    const before = hashOfState(scene);
    const wrong = commandOf(scene, 0, {
      is: 'policy',
      currency: 999,
      numerator: 1,
      denominator: 1,
    });
    expect(step(scene.state, wrong, instantOf(START + DAY)).ok).toBe(false);
    expect(hashOfState(scene)).toBe(before);
    scene.sequence -= 1;
    must(scene, 0, { is: 'policy', currency: CNY, numerator: 1, denominator: 1 });
  });

  it('gives the same state when its entries are replayed from nothing', () => {
    const scene = fullScene();
    const again = emptyState(SCENE_AUTHORITY);
    for (const entry of scene.entries) replay(again, entry);
    expect(hexOf(stateHash(again))).toBe(hashOfState(scene));
  });

  it('stops at a journal with an entry missing, moved or not its own', () => {
    const { entries } = fullScene();
    const [first, second, ...rest] = entries;
    if (first === undefined || second === undefined) return;
    for (const wrong of [[second], [first, first], [second, first, ...rest]]) {
      const state = emptyState(SCENE_AUTHORITY);
      expect(() => {
        for (const entry of wrong) replay(state, entry);
      }).toThrow(Bug);
    }
  });
});

it('a piece is found by any unit in it', () => {
  const scene = fullScene();
  const pieces = scene.state.coins.get(coinKey(PLAIN))?.pieces ?? [];
  const found = [0, 99, 100, 249, 250, 999, 5000].map((unit) => pieceIndex(pieces, unit));
  expect(found).toEqual([0, 0, 1, 1, 2, 2, 2]);
});
