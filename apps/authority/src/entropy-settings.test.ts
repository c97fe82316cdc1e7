import { expect, it } from 'vitest';
import { authorityBench } from './testing/authority-bench.ts';
import { initialSettings, readSettings, type Settings } from './settings.ts';

const read = (more: Readonly<Record<string, unknown>>): Settings =>
  readSettings({ ...(initialSettings('Mint', false) as object), ...more }, 'settings.json');
const DEVICE = { id: 'quantum-1', path: '/dev/ttyQ0', sampleBits: 8, minEntropy: 7.5 };

it('asks for two good sources unless the file says otherwise', () => {
  expect(read({})).toMatchObject({ floor: { sources: 2, physical: 0, bits: 256 }, devices: [] });
  expect(read({ floor: { sources: 3, physical: 1 }, devices: [DEVICE] })).toMatchObject({
    floor: { sources: 3, physical: 1, bits: 256 },
    devices: [DEVICE],
  });
});

it.each([
  [{ floor: 2 }, 'floor has to be an object'],
  [{ floor: { sources: 0 } }, 'floor.sources'],
  [{ floor: { physical: 3 } }, 'floor.physical'],
  [{ floor: { bits: 257 } }, 'floor.bits'],
  [{ floor: { bit: 1 } }, 'floor.bit has to be left out'],
  [{ devices: {} }, 'devices has to be a list'],
  [{ devices: [{ ...DEVICE, id: 'os' }] }, 'devices[0].id'],
  [{ devices: [{ ...DEVICE, path: '' }] }, 'devices[0].path'],
  [{ devices: [{ ...DEVICE, sampleBits: 9 }] }, 'devices[0].sampleBits'],
  [{ devices: [{ ...DEVICE, minEntropy: 8.1 }] }, 'devices[0].minEntropy'],
  [{ devices: [{ ...DEVICE, minEntropy: Number.NaN }] }, 'devices[0].minEntropy'],
  [{ devices: [{ ...DEVICE, speed: 1 }] }, 'devices[0].speed'],
  [{ devices: [DEVICE, DEVICE] }, 'devices of different ids'],
])('refuses %j and names the field', (more, told) => {
  expect(() => read(more)).toThrow(told);
});

it('shows the pool among the figures of the authority, after those of the ledger', async () => {
  const { authority } = await authorityBench();
  const local = { address: '127.0.0.1' };
  const answer = await authority.service(new Request('http://127.0.0.1/metrics'), local);
  const text = await answer.text();
  expect(text).toMatch(/^specie_ledger_position \d+$/m);
  expect(text).toMatch(
    /\n# HELP specie_entropy_draw_allowed .*\n.*\nspecie_entropy_draw_allowed 0\n/,
  );
});
