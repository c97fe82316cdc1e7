/**
 * Conditioning: raw samples become blocks of 256 bits, and the entropy of each block is computed,
 * not assumed. The function is HMAC-SHA-256, one of the vetted ones (SP 800-90B §3.1.5.1.1); its key
 * is a public constant, as the standard allows (it separates domains and hides nothing).
 *
 * n_in  bits that enter            SP 800-90B §3.1.5.1.2
 * n_out bits that leave, 256
 * nw    narrowest inner width, 256
 * h_in  entropy that enters        samples × claimed bits each
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { addLogs } from './health/cutoff.ts';

/** Bits of a conditioned block. */
export const BLOCK_BITS = 256;

/** SP 800-90C: what must enter so that a block counts as full entropy: its length and 64 bits more. */
export const BLOCK_INPUT_BITS = BLOCK_BITS + 64;

/** A conditioned block and the bits it is credited with. */
export type Block = { readonly bytes: Uint8Array; readonly credit: number };

const KEY = new TextEncoder().encode('specie/entropy/condition/v1');

/** Input this wide loses nothing that a double can show, even where every bit of it is entropy. */
const INPUT_WIDTH_MIN = BLOCK_BITS + 128;

/** How many samples make a block of full entropy. */
export function samplesPerBlock(claim: {
  readonly sampleBits: number;
  readonly minEntropy: number;
}): number {
  const enough = Math.ceil(BLOCK_INPUT_BITS / claim.minEntropy);
  return Math.max(enough, Math.ceil(INPUT_WIDTH_MIN / claim.sampleBits));
}

/** Conditions samples of one source. `source` is part of what is hashed: equal samples of two sources differ. */
export function condition(
  source: string,
  samples: Uint8Array,
  claim: { readonly sampleBits: number; readonly minEntropy: number },
): Block {
  const name = new TextEncoder().encode(source);
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, name.length);
  view.setUint32(4, samples.length);
  const bytes = hmac.create(sha256, KEY).update(head).update(name).update(samples).digest();
  const credit = outputEntropy({
    inputBits: samples.length * claim.sampleBits,
    outputBits: BLOCK_BITS,
    narrowestBits: BLOCK_BITS,
    inputEntropy: Math.min(samples.length * claim.minEntropy, samples.length * claim.sampleBits),
  });
  return { bytes, credit };
}

/**
 * Output_Entropy of a vetted conditioning function, SP 800-90B §3.1.5.1.2, computed in base-2
 * logarithms because 2^n_in has no double. Bits.
 */
export function outputEntropy(of: {
  readonly inputBits: number;
  readonly outputBits: number;
  readonly narrowestBits: number;
  readonly inputEntropy: number;
}): number {
  if (of.inputEntropy <= 0 || of.inputBits <= 0) return 0;
  const n = Math.min(of.outputBits, of.narrowestBits);
  const highLog = -of.inputEntropy;
  // P_low = (1 − P_high) / (2^n_in − 1)
  const lowLog =
    Math.log2(-Math.expm1(highLog * Math.LN2)) -
    (of.inputBits + Math.log2(-Math.expm1(-of.inputBits * Math.LN2)));
  const spreadLog = of.inputBits - n;
  const psiLog = addLogs(spreadLog + lowLog, highLog);
  // U = 2^(n_in−n) + √(2·n·2^(n_in−n)·ln 2)
  const upperLog = addLogs(spreadLog, (1 + Math.log2(n) + spreadLog + Math.log2(Math.LN2)) / 2);
  const omegaLog = upperLog + lowLog;
  return Math.min(n, of.inputEntropy, -Math.max(psiLog, omegaLog));
}
