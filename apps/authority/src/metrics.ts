/**
 * Metrics in Prometheus' text form: counts and times of the ledger's work, never what it was about.
 *
 * Spec: 09 §10.
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { outstandingOf, type LedgerState } from '@specie/core/ledger/state';
import { currencyOfNumber } from '@specie/core/money/currency';
import { entropyMetrics } from '@specie/entropy/metrics';
import type { EntropyReport } from '@specie/entropy/report';
import type { EngineMeter } from './ledger/engine.ts';

export interface Metrics extends EngineMeter {
  text(): Promise<string>;
}

export interface MetricsOptions {
  readonly state: LedgerState;
  readonly waiting: () => number;
  readonly sessions: () => number;
  readonly isReadsOnly: () => boolean;
  readonly entropy: () => EntropyReport;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const entries = new Counter({
    name: 'specie_ledger_entries_total',
    help: 'Entries made durable.',
    registers,
  });
  const refusals = new Counter({
    name: 'specie_ledger_refusals_total',
    help: 'Commands refused, by code.',
    labelNames: ['refusal'],
    registers,
  });
  const sizes = new Histogram({
    name: 'specie_ledger_batch_entries',
    help: 'Entries in a batch.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
    registers,
  });
  const seconds = new Histogram({
    name: 'specie_ledger_append_seconds',
    help: 'Time until a batch is durable.',
    buckets: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('specie_ledger_position', 'Entries in the journal.', () => options.state.position);
  gauge('specie_ledger_queue', 'Commands waiting.', options.waiting);
  gauge('specie_sessions', 'Open sessions.', options.sessions);
  gauge('specie_ledger_reads_only', '1 while the ledger serves reads only.', () =>
    options.isReadsOnly() ? 1 : 0,
  );
  new Gauge({
    name: 'specie_ledger_outstanding',
    help: 'Outstanding money in minor units.',
    labelNames: ['currency'],
    registers,
    collect() {
      for (const [number, supply] of options.state.supply) {
        const currency = currencyOfNumber(number);
        this.set(
          { currency: currency.ok ? currency.value.code : String(number) },
          Number(outstandingOf(supply)),
        );
      }
    },
  });
  return {
    batch(count, appendSeconds) {
      entries.inc(count);
      sizes.observe(count);
      seconds.observe(appendSeconds);
    },
    refused: (code) => refusals.inc({ refusal: code }),
    text: async () => (await registry.metrics()) + entropyMetrics(options.entropy()),
  };
}
