import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  REFUSALS,
  refusalOfNumber,
  type RefusalCode,
  type RefusalEntry,
} from '@specie/core/base/refusals';
import { REFUSALS_PAGE, refusalsPage } from './refusal-table.ts';

const entries = Object.entries(REFUSALS) as [RefusalCode, RefusalEntry][];

describe('the registry of refusals', () => {
  it('and the page of the spec are equal, both ways', () => {
    const page = fs.readFileSync(REFUSALS_PAGE, 'utf8');
    const onPage = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, number, code]) => [
      code,
      Number(number),
    ]);
    const registered = entries.map(([code, { number }]) => [code, number]);
    expect(onPage.sort()).toEqual(registered.sort());
    expect(page, 'run tools/refusal-table.ts').toBe(refusalsPage());
  });

  it('gives each number once, and leads back from it', () => {
    for (const [code, { number }] of entries) expect(refusalOfNumber(number)).toBe(code);
    expect(new Set(entries.map(([, { number }]) => number)).size).toBe(entries.length);
    expect(refusalOfNumber(1000)).toBeUndefined();
  });

  it('fits the wire, and speaks two languages in whole sentences', () => {
    for (const [code, { number, en, zh }] of entries) {
      expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
      expect(number).toBeGreaterThan(1000);
      expect(number).toBeLessThan(0x10000);
      expect(en).toMatch(/^[A-Z].*[.…]$/);
      expect(zh).toMatch(/[。…]$/);
      expect(`${en}${zh}`).not.toContain('|');
    }
  });
});
