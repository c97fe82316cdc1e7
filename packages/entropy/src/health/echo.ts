/**
 * Echo test: independent samples do not say again what was said before. The last `length` samples
 * are looked up in what this source (a periodic one) and every source it is compared with (a copied
 * one) said recently; finding all of them again is an alarm. SP 800-90B §4.5 allows such tests beside
 * its own two, which see neither fault.
 *
 * Spec: 20 §4. A given earlier place equals the last `length` samples with probability at most
 * 2^(−H·length), so with `places` earlier places the false-alarm rate per sample is at most
 * places · 2^(−H·length), which `echoLength` keeps below α.
 * @module
 */

/** How many samples of each source are remembered: periods up to this and copies as late are seen. */
export const ECHO_DEPTH = 1 << 16;
const MASK = ECHO_DEPTH - 1;
const MULTIPLIER = 0x9e3779b1;
const EMPTY = -1;

/** What one source said lately, findable by the fingerprint of any `length` samples in a row. */
export type EchoMemory = {
  readonly length: number;
  readonly ring: Uint8Array;
  readonly slots: Int32Array;
  readonly leaving: number;
  fingerprint: number;
  seen: number;
};

/** Where an echo was heard: the index in the block, and the index of the memory it came from. */
export type Echo = { readonly at: number; readonly from: number };

/** The samples that must come again for an alarm, for sources claiming at least `minEntropy` each. */
export function echoLength(minEntropy: number, alphaBits: number, sources: number): number {
  return Math.ceil((alphaBits + Math.log2(sources * ECHO_DEPTH)) / minEntropy);
}

/** A memory of nothing. Memories that are compared share one `length`. */
export function startEchoMemory(length: number): EchoMemory {
  let leaving = 1;
  for (let i = 0; i < length; i++) leaving = Math.imul(leaving, MULTIPLIER);
  const slots = new Int32Array(ECHO_DEPTH).fill(EMPTY);
  return { length, ring: new Uint8Array(ECHO_DEPTH), slots, leaving, fingerprint: 0, seen: 0 };
}

/**
 * Adds the samples to `own` and answers the first echo, from `own` itself (`from` 0) or from
 * `others` (`from` its index plus one), or undefined.
 */
export function feedEchoMemory(
  own: EchoMemory,
  others: readonly EchoMemory[],
  samples: Uint8Array,
): Echo | undefined {
  for (let i = 0; i < samples.length; i++) {
    remember(own, samples[i]!);
    if (own.seen < own.length) continue;
    const slot = slotOf(own.fingerprint);
    const before = own.slots[slot]!;
    own.slots[slot] = own.seen & 0x7fffffff;
    if (before !== EMPTY && isEcho(own, own, before)) return forgotten(own, { at: i, from: 0 });
    for (let j = 0; j < others.length; j++) {
      const other = others[j]!;
      const place = other.slots[slot]!;
      if (place !== EMPTY && isEcho(own, other, place)) {
        return forgotten(own, { at: i, from: j + 1 });
      }
    }
  }
  return undefined;
}

/** Forgets everything, so that the memory holds nothing of a source that is gone. */
export function wipeEchoMemory(memory: EchoMemory): void {
  memory.ring.fill(0);
  memory.slots.fill(EMPTY);
  memory.fingerprint = 0;
  memory.seen = 0;
}

/** A polynomial over the last `length` samples, kept up to date in two multiplications. */
function remember(memory: EchoMemory, sample: number): void {
  const { ring, length, seen } = memory;
  const out = seen >= length ? ring[(seen - length) & MASK]! + 1 : 0;
  memory.fingerprint =
    (Math.imul(memory.fingerprint, MULTIPLIER) + sample + 1 - Math.imul(out, memory.leaving)) | 0;
  ring[seen & MASK] = sample;
  memory.seen = seen + 1;
}

function slotOf(fingerprint: number): number {
  return Math.imul(fingerprint ^ (fingerprint >>> 15), 0x85ebca6b) >>> 16;
}

/** Compares sample by sample: a shared slot alone is no echo. `end` counts samples, modulo 2^31. */
function isEcho(own: EchoMemory, other: EchoMemory, end: number): boolean {
  const age = ((other.seen & 0x7fffffff) - end) & 0x7fffffff;
  if ((age === 0 && own === other) || age + own.length > ECHO_DEPTH) return false;
  const last = other.seen - age;
  for (let k = 1; k <= own.length; k++) {
    if (own.ring[(own.seen - k) & MASK] !== other.ring[(last - k) & MASK]) return false;
  }
  return true;
}

function forgotten(memory: EchoMemory, echo: Echo): Echo {
  wipeEchoMemory(memory);
  return echo;
}
