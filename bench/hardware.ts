/**
 * What a figure was measured on. A figure without its machine says nothing.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Hardware {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly openssl: string;
  readonly sqlite: string;
}

/** The machine this runs on. */
export function hardware(): Hardware {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    openssl: process.versions.openssl,
    sqlite: process.versions['sqlite'] ?? 'unknown',
  };
}

/** One line for tables. */
export function hardwareLine(machine: Hardware = hardware()): string {
  return `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}, OpenSSL ${machine.openssl}, SQLite ${machine.sqlite}`;
}

/** Median and 99th percentile of fdatasync of 4 KiB appends in a folder, in milliseconds: the floor of anything durable there. */
export function syncFloor(
  folder: string,
  rounds = 200,
): { readonly p50Ms: number; readonly p99Ms: number } {
  const home = mkdtempSync(join(folder, 'sync-'));
  const file = openSync(join(home, 'probe'), 'w');
  const page = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - began);
  }
  closeSync(file);
  rmSync(home, { recursive: true });
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
