/**
 * What a pool reports, as metrics in the Prometheus text format. Counts only: a sample, a block or an
 * estimate of single samples is never a label or a value.
 * @module
 */
import type { EntropyReport, SourceReport } from './report.ts';

/** The exposition of one pool, ending in a line feed. */
export function entropyMetrics(report: EntropyReport): string {
  const { sources } = report;
  const each = (value: (source: SourceReport) => number): readonly string[] =>
    sources.map((source) => `{source="${source.id}"} ${value(source)}`);
  const alarms = sources.flatMap(({ id, alarms: counts }) =>
    Object.entries(counts).map(([cause, count]) => `{source="${id}",cause="${cause}"} ${count}`),
  );
  return [
    ...family('draw_allowed', 'gauge', 'Whether draws are given.', [
      ` ${report.refusal === undefined ? 1 : 0}`,
    ]),
    ...family('draws_total', 'counter', 'Draws given.', [` ${report.draws}`]),
    ...family('draw_bytes_total', 'counter', 'Bytes given.', [` ${report.bytes}`]),
    ...family('draws_refused_total', 'counter', 'Draws refused below the floor.', [
      ` ${report.refused}`,
    ]),
    ...family('seeds_total', 'counter', 'Blocks mixed into the generator.', [` ${report.seeds}`]),
    ...family(
      'source_good',
      'gauge',
      'Whether the source passed its tests and is in use.',
      each(({ state }) => (state.at === 'good' ? 1 : 0)),
    ),
    ...family(
      'source_dropped_total',
      'counter',
      'Times the source was dropped.',
      each(({ alarms: counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0)),
    ),
    ...family('source_alarms_total', 'counter', 'What sources were dropped for.', alarms),
    ...family(
      'source_samples_total',
      'counter',
      'Raw samples tested.',
      each(({ samples }) => samples),
    ),
    ...family(
      'source_credited_bits_total',
      'counter',
      'Entropy credited after conditioning.',
      each(({ creditedBits }) => Math.floor(creditedBits)),
    ),
    '',
  ].join('\n');
}

function family(name: string, type: string, help: string, rows: readonly string[]): string[] {
  const full = `specie_entropy_${name}`;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...rows.map((row) => full + row)];
}
