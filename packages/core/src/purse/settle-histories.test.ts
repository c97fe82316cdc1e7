import { expect, it } from 'vitest';
import { CHEATS, historyOf } from './history.fixture.ts';
import { wrongIn } from './settle.conformance.ts';

it.each([
  ['judged by every payee', true, 40],
  ['taken unseen by accomplices', false, 250],
] as const)(
  'in random histories %s every unit stays, every cheat is proven and nobody else is accused',
  (_, isJudged, count) => {
    let [payments, guilty, innocent] = [0, 0, 0];
    const cheats = new Set<string>();
    for (let seed = 0; seed < count; seed++) {
      const history = historyOf(seed, isJudged);
      expect(wrongIn(history, 3), `seed ${seed}`).toEqual([]);
      payments += history.payments;
      guilty += history.guilty.length;
      innocent += history.devices.length - history.guilty.length;
      for (const cheat of history.cheats) cheats.add(cheat);
    }
    expect(payments).toBeGreaterThan(15 * count);
    expect(guilty).toBeGreaterThan(count / 5);
    expect(innocent).toBeGreaterThan(4 * count);
    expect([...cheats].sort()).toEqual([...CHEATS].sort());
  },
);
