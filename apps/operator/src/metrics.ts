/**
 * Metrics in Prometheus' text form: counts, never whose.
 *
 * Spec: 06 §8.
 * @module
 */
import { Counter, Gauge, Registry } from 'prom-client';

export interface Metrics {
  text(): Promise<string>;
  refused(code: string): void;
  faulted(): void;
  /** Called before each text: what is read then. */
  read(name: string, help: string, value: () => number): void;
}

/** Metrics of one operator. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const refusals = new Counter({
    name: 'specie_operator_refusals_total',
    help: 'Requests refused, by code.',
    labelNames: ['refusal'],
    registers,
  });
  const faults = new Counter({
    name: 'specie_operator_faults_total',
    help: 'Failures of the world that were met.',
    registers,
  });
  return {
    text: () => registry.metrics(),
    refused: (code) => {
      refusals.inc({ refusal: code });
    },
    faulted: () => {
      faults.inc();
    },
    read(name, help, value) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    },
  };
}
