import { expect, it } from 'vitest';
import { DAY, HOUR, instantOf } from '../base/instant.ts';
import { purseDefaultsAt, PURSE_DEFAULTS } from './defaults.ts';
import { PURSE_INDICES } from './endorsement.ts';
import { GRACE_HOURS_MAX, GRANT_LIFE_HOURS_MAX } from './grant.ts';

const NOW = instantOf(1_800_000_000_000);

it('the figures are those of the newest row in force', () => {
  const [row] = PURSE_DEFAULTS;
  const later = { ...row!, from: NOW, total: 1 };
  const rows = [later, ...PURSE_DEFAULTS];
  expect(purseDefaultsAt(156, instantOf(NOW - 1), rows)).toEqual({ ok: true, value: row });
  expect(purseDefaultsAt(156, NOW, rows)).toEqual({ ok: true, value: later });
  expect(purseDefaultsAt(156, NOW, rows.toReversed())).toEqual({ ok: true, value: later });
  expect(purseDefaultsAt(392, NOW, rows).ok).toBe(false);
});

it('every row can be granted, leaves an index for going home and one for closing, and can be loaded', () => {
  for (const row of PURSE_DEFAULTS) {
    expect(row.payments).toBeLessThanOrEqual(PURSE_INDICES - 2);
    expect(row.lifeHours).toBeLessThanOrEqual(GRANT_LIFE_HOURS_MAX);
    expect(row.graceHours).toBeLessThanOrEqual(GRACE_HOURS_MAX);
    expect(row.leastLeftHours * HOUR).toBe(DAY);
    expect(row.loadUpTo).toBeLessThanOrEqual(row.total);
    expect(row.payment).toBeLessThanOrEqual(row.total);
    // Money passes hands at least until it came round to the first payer and on.
    expect(row.hops).toBeGreaterThanOrEqual(4);
  }
});
