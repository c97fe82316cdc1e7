/**
 * The report of a pool without sources, for tests of whatever shows one.
 * @module
 */
import type { EntropyReport } from '../report.ts';

export const EMPTY_REPORT: EntropyReport = {
  sources: [],
  floor: { sources: 1, physical: 0, bits: 256 },
  refusal: 'there is no source',
  standing: [],
  draws: 0,
  bytes: 0,
  refused: 0,
  seeds: 0,
  alphaBits: 40,
  upMs: 0,
};
