import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { instantOf } from '../base/instant.ts';
import { coinKey } from '../coin/coin.ts';
import { lockKey } from '../coin/lock.ts';
import { brokenInvariants } from './invariants.ts';
import { CNY, fullScene, lockFor, NORTH, PLAIN, type Scene } from './scene.fixture.ts';
import { snapshotMessage, snapshotOf, stateHash, stateOf } from './snapshot.ts';

const hashOfState = (scene: Scene): string => hexOf(stateHash(scene.state));

describe('a snapshot', () => {
  it('holds the whole state and gives it back', () => {
    const scene = fullScene();
    const bytes = snapshotMessage.encode(snapshotOf(scene.state));
    const decoded = snapshotMessage.decode(bytes);
    expect(decoded.ok).toBe(true);
    if (!decoded.ok) return;
    const restored = stateOf(decoded.value);
    expect(restored).toEqual(scene.state);
    expect(brokenInvariants(restored)).toEqual([]);
    expect(snapshotMessage.encode(snapshotOf(restored))).toEqual(bytes);
  });

  it('does not depend on the order in which things came to be', () => {
    const scene = fullScene();
    const reversed = stateOf(snapshotOf(scene.state));
    for (const map of [reversed.coins, reversed.operators, reversed.sessions, reversed.supply]) {
      const turned = [...(map as Map<unknown, unknown>)].reverse();
      map.clear();
      for (const [key, value] of turned) (map as Map<unknown, unknown>).set(key, value);
    }
    reversed.locks.current = new Set([...reversed.locks.current].reverse());
    expect(hexOf(stateHash(reversed))).toBe(hashOfState(scene));
  });

  it('changes with every part of the state', () => {
    const whole = hashOfState(fullScene());
    const changes: readonly ((scene: Scene) => unknown)[] = [
      ({ state }) => (state.position += 1),
      ({ state }) => (state.time = instantOf(state.time + 1)),
      ({ state }) => state.references.add('00'.repeat(32)),
      ({ state }) => state.locks.previous.add(lockKey(lockFor('x'))),
      ({ state }) => (state.locks.generation += 1),
      ({ state }) => state.sessions.set(`0:${'00'.repeat(16)}`, 1),
      ({ state }) => state.policies.set(CNY, { numerator: 1, denominator: 2 }),
      ({ state }) => state.operators.get(NORTH)?.outstanding.set(CNY, -353_000n),
      ({ state }) => state.operators.get(NORTH)?.quotas.set(CNY, 1n),
      ({ state }) => state.supply.set(CNY, { minted: 353_000n, retired: 0n, reserves: 353_001n }),
      ({ state }) => state.coins.get(coinKey(PLAIN))?.pieces.pop(),
    ];
    for (const change of changes) {
      const scene = fullScene();
      change(scene);
      expect(hashOfState(scene)).not.toBe(whole);
    }
  });
});
