/**
 * Time and chance as ports. An app's main gives the real ones, a test or the simulator its own.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';

/** The time of day. */
export type Clock = () => Instant;

/** Bytes nobody can foresee, from the mixed and watched pool. */
export type Random = (length: number) => Uint8Array;

/** Runs something later; gives back how to call it off. */
export type Timer = (run: () => void, afterMs: number) => () => void;
