/**
 * What a pool says about itself: the state, rates and alarms of each source, and which sources stood
 * behind what was drawn. It holds counts and settings, never a sample nor anything made of one.
 *
 * Spec: 20 §7, §8.
 * @module
 */
import type { HealthTest } from './health/monitor.ts';
import type { SourceKind } from './source.ts';

/** Why a source is no longer used. `at` counts samples since it started. */
export type Drop = {
  readonly cause: HealthTest | 'unreadable' | 'silent' | 'ended' | 'closed';
  readonly reason: string;
  readonly at: number;
};

/** Where a source is: being tested before first use, in use, or dropped. */
export type SourceState =
  | { readonly at: 'starting' }
  | { readonly at: 'good' }
  | { readonly at: 'dropped'; readonly drop: Drop };

/** One source as a person sees it. Bits are per sample unless said otherwise. */
export type SourceReport = {
  readonly id: string;
  readonly kind: SourceKind;
  readonly about: string;
  readonly state: SourceState;
  readonly sampleBits: number;
  readonly claimedBits: number;
  /** Lowest start-up estimate, bits per sample; undefined until the start-up test ran. */
  readonly estimatedBits: number | undefined;
  /** What a sample is credited with: the lower of both. */
  readonly assessedBits: number;
  readonly cutoffs: {
    readonly repetition: number;
    readonly proportion: number;
    readonly window: number;
  };
  readonly samples: number;
  readonly samplesPerSecond: number;
  readonly blocks: number;
  readonly creditedBits: number;
  readonly alarms: Readonly<Record<string, number>>;
};

/** Bits a source stands for in the generator at the moment, at most 256. */
export type Standing = { readonly id: string; readonly bits: number };

/** The least that must stand behind a draw. */
export type Floor = {
  /** Good sources that each stand for at least `bits`. */
  readonly sources: number;
  /** How many of those must be physical. */
  readonly physical: number;
  readonly bits: number;
};

/** The whole pool. `refusal` is the sentence a refused draw gives; undefined when draws are given. */
export type EntropyReport = {
  readonly sources: readonly SourceReport[];
  readonly floor: Floor;
  readonly refusal: string | undefined;
  readonly standing: readonly Standing[];
  readonly draws: number;
  readonly bytes: number;
  readonly refused: number;
  readonly seeds: number;
  readonly alphaBits: number;
  readonly upMs: number;
};

/** The compact record of what stood behind a batch: `os:256 jitter:256`. */
export function standingText(standing: readonly Standing[]): string {
  return standing.map(({ id, bits }) => `${id}:${bits}`).join(' ');
}

/** Reads such a record back, or undefined when it is none. */
export function parseStanding(text: string): readonly Standing[] | undefined {
  if (text === '') return [];
  const standing: Standing[] = [];
  for (const word of text.split(' ')) {
    const found = /^([a-z0-9][a-z0-9._-]{0,31}):(0|[1-9][0-9]{0,2})$/.exec(word);
    if (found === null) return undefined;
    standing.push({ id: found[1] ?? '', bits: Number(found[2]) });
  }
  return standing;
}
