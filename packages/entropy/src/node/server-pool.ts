/**
 * The pool of a server: the operating system and timing jitter, a hardware generator where one can
 * be read, and whatever devices, pipes and files the settings name.
 *
 * Spec: 20 §2, §7.
 * @module
 */
import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import { jitterSource } from '../jitter-source.ts';
import { type EntropyPool, type PoolSettings, openPool } from '../pool.ts';
import type { Source } from '../source.ts';
import { systemSource } from '../system-source.ts';
import { type DeviceSettings, deviceSource } from './device-source.ts';

/** Where Linux shows a hardware generator. */
const HARDWARE_PATH = '/dev/hwrng';

/** Claimed bits per byte of it: what feeds it is unknown from here, so far less than it could give. */
const HARDWARE_MIN_ENTROPY = 2;

/** A server's settings: a pool's, and devices beside the sources every machine has. */
export type ServerPoolSettings = Partial<PoolSettings> & {
  readonly devices?: readonly DeviceSettings[];
};

/** The operating system's generator under Node. */
export function nodeSystemSource(): Source {
  return systemSource((bytes) => void randomFillSync(bytes));
}

/** Timing jitter under Node, in nanoseconds. */
export function nodeJitterSource(): Source {
  return jitterSource(() => Number(process.hrtime.bigint() & 0xffffffffn));
}

/** The hardware generator, where this process may read one. */
export function hardwareSource(): Source | undefined {
  try {
    fs.accessSync(HARDWARE_PATH, fs.constants.R_OK);
  } catch {
    return undefined;
  }
  return deviceSource({
    id: 'hwrng',
    path: HARDWARE_PATH,
    sampleBits: 8,
    minEntropy: HARDWARE_MIN_ENTROPY,
    about: `hardware generator ${HARDWARE_PATH}`,
    neverBlocks: true,
  });
}

/** What a server uses unless told otherwise, then the named devices, in order of trust. */
export function serverSources(devices: readonly DeviceSettings[] = []): readonly Source[] {
  const hardware = hardwareSource();
  const found = hardware === undefined ? [] : [hardware];
  return [nodeSystemSource(), nodeJitterSource(), ...found, ...devices.map(deviceSource)];
}

/** The pool of a server. Unless set otherwise its floor is two good sources. */
export function openServerPool(settings: ServerPoolSettings = {}): Promise<EntropyPool> {
  const { devices, ...rest } = settings;
  return openPool({
    sources: serverSources(devices),
    ...rest,
    floor: { sources: 2, ...rest.floor },
  });
}
