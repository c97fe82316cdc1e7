/**
 * The port every source of randomness stands behind. A source gives raw samples, one per byte,
 * before any conditioning; what is made of them is decided here and not by the source.
 *
 * Spec: 20 §2.
 * @module
 */

/** `system` is the operating system's generator; `physical` is anything whose raw samples we watch. */
export type SourceKind = 'system' | 'physical';

/** What is claimed of a source, and what every test and credit is computed from. */
export type SourceClaim = {
  /** Short and lower-case; it stands in the records of what was behind a batch. */
  readonly id: string;
  readonly kind: SourceKind;
  /** Width of a raw sample, 1 to 8 bits. */
  readonly sampleBits: number;
  /** Claimed min-entropy per raw sample, bits. */
  readonly minEntropy: number;
  /** Where it reads from, for a person. */
  readonly about: string;
};

/** A source of raw samples. It holds a resource until closed. */
export type Source = {
  readonly claim: SourceClaim;
  /** Gets what reading needs, such as a process of its own; only then does silence count. */
  readonly prepare?: () => Promise<void>;
  /** Raw samples, at least one and at most `count`. Rejects with an EntropyFault; settles by itself or never. */
  readonly read: (count: number) => Promise<Uint8Array>;
  /** The same at once, where the source can: the operating system, and timing jitter. */
  readonly readNow?: (count: number) => Uint8Array;
  /** Lets go of the resource; safe to call twice and while a read is under way. */
  readonly close: () => void;
};
