import { expect, it } from 'vitest';
import {
  accepted,
  countryOf,
  deviceOf,
  handOver,
  pay,
  refusalIn,
  requestOf,
  standpoint,
  take,
} from './country.fixture.ts';
import { historyOf } from './history.fixture.ts';
import { reservePayment, shown } from './pay.ts';
import { written } from './purse.ts';
import { decodePurse, encodePurse } from './purse-state.ts';

it('a purse comes back from its bytes as it was, after any history', () => {
  for (let seed = 0; seed < 15; seed++) {
    for (const { purse } of historyOf(seed, true).devices) {
      const bytes = encodePurse(purse);
      const back = accepted(decodePurse(bytes));
      expect(back).toEqual(purse);
      expect(encodePurse(back)).toEqual(bytes);
    }
  }
});

it('a purse that came back goes on: it shows what it signed, takes, pays, and drops nothing', () => {
  const country = countryOf(61);
  const [a, b] = [deviceOf(country, 'A', [100]), deviceOf(country, 'B', [])];
  const carried = handOver(country, a, b, 60);
  const restart = (device: typeof a): void => {
    device.purse = accepted(decodePurse(encodePurse(device.purse)));
  };
  restart(a);
  restart(b);
  expect(accepted(shown(written(a.purse), 0))).toEqual(carried);
  accepted(take(country, b, carried));
  restart(b);
  expect(accepted(take(country, b, carried)).isAgain).toBe(true);
  pay(country, b, a, 25);
  restart(a);
  pay(country, a, b, 65);
  const request = requestOf(country, b);
  expect(refusalIn(reservePayment(a.purse, request, 1, standpoint(country, a)))).toBe(
    'purse_funds_insufficient',
  );
});

it('bytes that are damaged, or point at what is not there, are no purse', () => {
  const country = countryOf(62);
  const [a, b] = [deviceOf(country, 'A', [100]), deviceOf(country, 'B', [])];
  pay(country, a, b, 60);
  const bytes = encodePurse(b.purse);
  expect(refusalIn(decodePurse(bytes.slice(0, -1)))).toMatch(/^message_truncated/);
  const codes = new Set<string>();
  for (let at = 4; at < bytes.length; at++) {
    const result = decodePurse(bytes.with(at, bytes[at]! ^ 0x41));
    codes.add(refusalIn(result).split(' ')[0]!);
  }
  expect(codes).toContain('storage_damaged');
});
