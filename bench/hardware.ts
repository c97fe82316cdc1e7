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

/** Runs of one measurement that count; one more goes before them to warm up. */
export const RUNS = 9;

/** Milliseconds of processor time that one of `times` calls takes: the median over the runs. */
export function millisecondsOf(times: number, call: (i: number) => void): number {
  const runs: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) call(i);
    const { user, system } = process.cpuUsage(before);
    runs.push((user + system) / 1000 / times);
  }
  return median(runs.slice(1));
}

/** The middle one of the values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
