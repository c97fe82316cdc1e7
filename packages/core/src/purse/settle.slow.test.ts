import { afterAll, describe, expect, it } from 'vitest';
import { CHEATS, historyOf } from './history.fixture.ts';
import { wrongIn } from './settle.conformance.ts';

/**
 * Histories in all, a tenth of them judged over the wire by every payee: 4,000 in the tests, and
 * SPECIE_HISTORIES=100000 for the long run.
 */
const HISTORIES = Number(process.env['SPECIE_HISTORIES'] ?? 4_000);
const PARTS = 20;
const UNSEEN = Math.ceil((HISTORIES / PARTS) * 0.9);
const JUDGED = Math.ceil((HISTORIES / PARTS) * 0.1);

describe('random histories of purses', () => {
  const cheats = new Map<string, number>();
  let [payments, guilty] = [0, 0];

  it.each(Array.from({ length: PARTS }, (_, part) => part))(
    'keep every unit, prove every cheat and accuse nobody else (part %i)',
    { timeout: 600_000 },
    (part) => {
      for (let i = 0; i < UNSEEN + JUDGED; i++) {
        const seed = 1_000 + part * (UNSEEN + JUDGED) + i;
        const history = historyOf(seed, i >= UNSEEN);
        expect(wrongIn(history, 2), `seed ${seed}`).toEqual([]);
        payments += history.payments;
        guilty += history.guilty.length;
        for (const cheat of history.cheats) cheats.set(cheat, (cheats.get(cheat) ?? 0) + 1);
      }
    },
  );

  afterAll(() => {
    const isWhole = payments > 1_500_000;
    // A part run by itself is not held to the figures of the whole.
    if (!isWhole) return;
    expect(guilty).toBeGreaterThan(10_000);
    for (const cheat of CHEATS) expect(cheats.get(cheat), cheat).toBeGreaterThan(1_000);
  });
});
