/** Settings: read as they were written, and refused with the field's name where they do not fit. */
import { expect, test } from 'vitest';
import { DEFAULTS, settingsJson, settingsOf, type Settings } from './settings.ts';

const settings: Settings = {
  ...DEFAULTS,
  number: 1,
  name: 'Bank',
  url: 'http://127.0.0.1:1',
  authority: 'sa1',
  authorityUrl: 'http://127.0.0.1:2',
  sandboxUrl: undefined,
};

test('are read as they were written', () => {
  expect(settingsOf(JSON.parse(settingsJson(settings)))).toEqual(settings);
});

const WRONG: readonly (readonly [string, object])[] = [
  ['number', { number: 0 }],
  ['name', { name: '' }],
  ['rates.sendAll', { rates: { sendAll: { count: 1, spanMs: 1 } } }],
  ['rates.openInAll.count', { rates: { openInAll: { count: 0, spanMs: 1 } } }],
  ['stock[0].target', { stock: [{ currency: 156, floor: '2', target: '1', unitsPerCoin: 1 }] }],
  ['stock[0].currency', { stock: [{ currency: 1, floor: '1', target: '1', unitsPerCoin: 1 }] }],
  [
    'limits.rows[0].day',
    {
      limits: {
        dayStartsAt: 0,
        rows: [{ tier: 'IV', currency: 156, from: 0, balance: '1', payment: '1', day: 1 }],
      },
    },
  ],
  ['limits.rows[0].tier', { limits: { dayStartsAt: 0, rows: [{ tier: 'V' }] } }],
];

test.each(WRONG)('name the field that does not fit: %s', (field, change) => {
  const json = { ...(JSON.parse(settingsJson(settings)) as object), ...change };
  expect(() => settingsOf(json)).toThrow(`${field} does not fit`);
});
