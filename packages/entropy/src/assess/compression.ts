/**
 * Compression estimate: how far back the last equal block of six bits lies (Maurer's statistic).
 *
 * b  bits of a block, 6               SP 800-90B §6.3.4
 * d  blocks that fill the dictionary  SP 800-90B §6.3.4
 * @module
 */
import { Z, entropyOf, solveFalling } from './confidence.ts';

const BLOCK_BITS = 6;
const BLOCKS = 1 << BLOCK_BITS;
const DICTIONARY = 1000;

/** Fewer bits than this cannot be judged. */
export const COMPRESSION_BITS_MIN = BLOCK_BITS * (DICTIONARY + 2);

/** Min-entropy per bit. */
export function compressionEstimate(bits: Uint8Array): number {
  const blocks = Math.floor(bits.length / BLOCK_BITS);
  const logs = new Float64Array(blocks + 1);
  for (let i = 2; i <= blocks; i++) logs[i] = Math.log2(i);

  const seen = new Int32Array(BLOCKS);
  let sum = 0;
  let squares = 0;
  for (let block = 1; block <= blocks; block++) {
    let value = 0;
    const start = (block - 1) * BLOCK_BITS;
    for (let j = 0; j < BLOCK_BITS; j++) value = (value << 1) | bits[start + j]!;
    if (block > DICTIONARY) {
      // A block never seen counts from before the first.
      const log = logs[block - seen[value]!]!;
      sum += log;
      squares += log * log;
    }
    seen[value] = block;
  }
  const tested = blocks - DICTIONARY;
  const mean = sum / tested;
  const deviation = 0.5907 * Math.sqrt(squares / (tested - 1) - mean * mean);
  const bound = mean - (Z * deviation) / Math.sqrt(tested);

  const expected = (p: number): number =>
    expectedLog(p, logs) + (BLOCKS - 1) * expectedLog((1 - p) / (BLOCKS - 1), logs);
  if (expected(1 / BLOCKS) <= bound) return 1;
  return entropyOf(solveFalling(expected, bound, { low: 1 / BLOCKS, high: 1 })) / BLOCK_BITS;
}

/**
 * G(z) of step 7. The inner sums over u < t share all but their last term, so one pass over the
 * blocks carries them along instead of adding each anew.
 */
function expectedLog(z: number, logs: Float64Array): number {
  const blocks = logs.length - 1;
  let power = 1 - z;
  let inner = 0;
  let innerSum = 0;
  let lastSum = 0;
  let t = 2;
  // Powers below this add nothing, and numbers still smaller are slow.
  for (; t <= blocks && power > 1e-290; t++) {
    const term = logs[t]! * power;
    if (t > DICTIONARY) {
      innerSum += inner;
      lastSum += term;
    }
    inner += term;
    power *= 1 - z;
  }
  innerSum += inner * (blocks - Math.max(t, DICTIONARY + 1) + 1);
  return (z * (z * innerSum + lastSum)) / (blocks - DICTIONARY);
}
