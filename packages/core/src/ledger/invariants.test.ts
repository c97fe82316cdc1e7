import { describe, expect, it } from 'vitest';
import { coinKey } from '../coin/coin.ts';
import { brokenInvariants } from './invariants.ts';
import { CNY, fullScene, lockFor, NORTH, PLAIN, SOUTH, USD, type Scene } from './scene.fixture.ts';

describe('the auditor', () => {
  const brokenBy = (change: (scene: Scene) => void): readonly string[] => {
    const scene = fullScene();
    change(scene);
    return brokenInvariants(scene.state);
  };
  const pieces = (scene: Scene): { from: number; to: number }[] =>
    scene.state.coins.get(coinKey(PLAIN))?.pieces ?? [];

  it('sees a gap, an overlap, a missing end and an empty piece', () => {
    expect(brokenBy((scene) => pieces(scene).splice(1, 1)).join()).toContain('do not tile');
    expect(brokenBy((scene) => pieces(scene).pop()).join()).toContain('to its end');
    expect(
      brokenBy((scene) => {
        const [first, ...rest] = pieces(scene);
        if (first !== undefined) pieces(scene).splice(0, 9, { ...first, to: 101 }, ...rest);
      }).join(),
    ).toContain('do not tile');
  });

  it('sees one lock on two pieces, and a lock that guards nothing', () => {
    const twice = brokenBy((scene) => {
      const [first, second, ...rest] = pieces(scene);
      if (first === undefined || second === undefined) return;
      const lock = lockFor('li 16 first');
      pieces(scene).splice(0, 9, first, { ...second, lock } as typeof second, ...rest);
    });
    expect(twice.join()).toContain('a lock guards two pieces');
    expect(brokenBy(({ state }) => void state.guarding.add('s00')).join()).toContain('guards none');
  });

  it('sees money nobody minted, reserves that do not cover it, and operators that differ', () => {
    const supply = { minted: 353_000n, retired: 0n, reserves: 353_000n };
    const set = (change: Partial<typeof supply>) => (scene: Scene) =>
      void scene.state.supply.set(CNY, { ...supply, ...change });
    expect(brokenBy(set({ minted: 353_001n })).join()).toContain('differs from what is there');
    expect(brokenBy(set({ reserves: 352_999n })).join()).toContain('not covered');
    expect(brokenBy(({ state }) => void state.supply.delete(USD)).join()).toContain('differs');
    expect(
      brokenBy(({ state }) => void state.operators.get(SOUTH)?.outstanding.set(USD, 1n)).join(),
    ).toContain("operators' outstanding differs");
  });

  it('sees a holder of an operator that is not admitted', () => {
    expect(brokenBy(({ state }) => void state.operators.delete(NORTH)).join()).toContain(
      'no admitted operator',
    );
  });
});
