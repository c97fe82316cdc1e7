/**
 * What a settings file says of randomness: how much has to stand behind a draw, and which devices are
 * read besides the sources every machine has. Invariant: a floor that no draw could ever meet, or a
 * device that is not described in full, stops the start.
 *
 * Spec: 20 §2, §7; 09 §9.
 * @module
 */
import type { Fault } from '@specie/protocol/fault';
import type { DeviceSettings } from '@specie/entropy/node/device-source';
import type { Floor } from '@specie/entropy/report';

/** Makes the fault that names a field and says what it has to be. */
type Wrong = (field: string, wanted: string) => Fault;
type Fields = Readonly<Record<string, unknown>>;

/** The floor of a server: two good sources of 256 bits, physical or not. */
const FLOOR: Floor = { sources: 2, physical: 0, bits: 256 };
const SOURCES_MAX = 16;

export function readFloor(json: unknown, wrong: Wrong): Floor {
  if (json === undefined) return FLOOR;
  const fields = fieldsOf(json, 'floor', ['sources', 'physical', 'bits'], wrong);
  const whole = (name: keyof Floor, least: number, most: number): number => {
    const value = fields[name] ?? FLOOR[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    throw wrong(`floor.${name}`, `a whole number from ${least} to ${most}`);
  };
  const sources = whole('sources', 1, SOURCES_MAX);
  return { sources, physical: whole('physical', 0, sources), bits: whole('bits', 1, 256) };
}

export function readDevices(json: unknown, wrong: Wrong): readonly DeviceSettings[] {
  if (json === undefined) return [];
  if (!Array.isArray(json) || json.length > SOURCES_MAX)
    throw wrong('devices', `a list of at most ${SOURCES_MAX}`);
  const devices = json.map((each: unknown, i) => deviceOf(each, `devices[${i}]`, wrong));
  if (new Set(devices.map(({ id }) => id)).size !== devices.length)
    throw wrong('devices', 'devices of different ids');
  return devices;
}

const DEVICE_FIELDS = ['id', 'path', 'sampleBits', 'minEntropy', 'about', 'neverBlocks'];
/** Names of the sources every machine has. */
const TAKEN = ['os', 'jitter', 'hwrng'];

function deviceOf(json: unknown, at: string, wrong: Wrong): DeviceSettings {
  const fields = fieldsOf(json, at, DEVICE_FIELDS, wrong);
  const { id, path, sampleBits, minEntropy, about, neverBlocks } = fields;
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,31}$/.test(id) || TAKEN.includes(id))
    throw wrong(`${at}.id`, `a name such as quantum-1, and none of ${TAKEN.join(', ')}`);
  if (typeof path !== 'string' || path === '') throw wrong(`${at}.path`, 'the path of the device');
  if (
    typeof sampleBits !== 'number' ||
    !Number.isInteger(sampleBits) ||
    sampleBits < 1 ||
    sampleBits > 8
  )
    throw wrong(`${at}.sampleBits`, 'a whole number from 1 to 8');
  if (typeof minEntropy !== 'number' || !(minEntropy > 0 && minEntropy <= sampleBits))
    throw wrong(`${at}.minEntropy`, 'above 0 and at most sampleBits');
  if (about !== undefined && typeof about !== 'string') throw wrong(`${at}.about`, 'a text');
  if (neverBlocks !== undefined && typeof neverBlocks !== 'boolean')
    throw wrong(`${at}.neverBlocks`, 'true or false');
  return {
    ...{ id, path, sampleBits, minEntropy },
    ...(about !== undefined && { about }),
    ...(neverBlocks !== undefined && { neverBlocks }),
  };
}

function fieldsOf(json: unknown, at: string, known: readonly string[], wrong: Wrong): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw wrong(at, 'an object');
  const stray = Object.keys(json).find((name) => !known.includes(name));
  if (stray !== undefined) throw wrong(`${at}.${stray}`, `left out; known are ${known.join(', ')}`);
  return json as Fields;
}
