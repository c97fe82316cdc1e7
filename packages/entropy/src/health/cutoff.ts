/**
 * The cut-offs of the continuous health tests, computed from the entropy a source claims and the
 * rate of false alarms one accepts, never copied from a table.
 *
 * H  claimed min-entropy per sample, bits       SP 800-90B §4.4
 * α  false-alarm probability, given as −log2 α  SP 800-90B §4.4
 * W  window of the adaptive proportion test     SP 800-90B §4.4.2
 * C  cut-off                                    SP 800-90B §4.4.1, §4.4.2
 * @module
 */
import { EntropyFault } from '../fault.ts';

/** What a health test is computed from: claimed bits per sample, and −log2 of the false-alarm rate. */
export type HealthClaim = {
  readonly sampleBits: number;
  readonly minEntropy: number;
  readonly alphaBits: number;
};

/** SP 800-90B §4.4.1: C = 1 + ⌈−log2 α / H⌉. */
export function repetitionCutoff(minEntropy: number, alphaBits: number): number {
  // A quotient that is whole but for rounding must not gain one.
  return 1 + Math.ceil(alphaBits / minEntropy - 1e-9);
}

/** SP 800-90B §4.4.2: 1,024 samples for a binary source, 512 for every other. */
export function proportionWindow(sampleBits: number): number {
  return sampleBits === 1 ? 1024 : 512;
}

/** SP 800-90B §4.4.2: C = 1 + CRITBINOM(W, 2^−H, 1 − α). Above W the test could never alarm. */
export function proportionCutoff(minEntropy: number, window: number, alphaBits: number): number {
  return 1 + criticalBinomial(window, 2 ** -minEntropy, alphaBits);
}

/**
 * The smallest k with P(X > k) ≤ 2^−alphaBits for X binomial over `trials` with probability
 * `success`. The upper tail is added from its far end in logarithms: 1 − α itself has no
 * exact form in a double, and p^W underflows.
 */
export function criticalBinomial(trials: number, success: number, alphaBits: number): number {
  const oddsLog = Math.log2(1 - success) - Math.log2(success);
  let termLog = trials * Math.log2(success);
  let tailLog = termLog;
  let k = trials;
  while (k > 0 && tailLog <= -alphaBits) {
    termLog += Math.log2(k) - Math.log2(trials - k + 1) + oddsLog;
    k--;
    tailLog = addLogs(tailLog, termLog);
  }
  return k;
}

/** Refuses a claim under which a test could never alarm, or that is more than a sample can hold. */
export function checkClaim(claim: HealthClaim): void {
  const { sampleBits, minEntropy, alphaBits } = claim;
  if (!Number.isInteger(sampleBits) || sampleBits < 1 || sampleBits > 8) {
    throw new EntropyFault('settings_invalid', 'a raw sample is 1 to 8 bits wide');
  }
  if (!(minEntropy > 0 && minEntropy <= sampleBits)) {
    throw new EntropyFault(
      'settings_invalid',
      `a sample of ${String(sampleBits)} bits cannot claim ${String(minEntropy)} bits of entropy`,
    );
  }
  if (!(alphaBits >= 20 && alphaBits <= 60)) {
    throw new EntropyFault('settings_invalid', 'the false-alarm rate lies between 2^-60 and 2^-20');
  }
  const window = proportionWindow(sampleBits);
  if (proportionCutoff(minEntropy, window, alphaBits) > window) {
    throw new EntropyFault(
      'settings_invalid',
      `with ${String(minEntropy)} bits per sample the proportion test could never alarm`,
    );
  }
}

/** log2(2^a + 2^b) without leaving the range of a double. */
export function addLogs(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === -Infinity ? high : high + Math.log2(1 + 2 ** (Math.min(a, b) - high));
}
