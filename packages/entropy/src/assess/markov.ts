/**
 * Markov estimate: the likeliest string of 128 bits, when a bit depends on the bit before it.
 *
 * SP 800-90B §6.3.3, for bit strings.
 * @module
 */

const STRING_BITS = 128;

/** Min-entropy per bit. */
export function markovEstimate(bits: Uint8Array): number {
  const pairs = new Float64Array(4);
  for (let i = 1; i < bits.length; i++) pairs[(bits[i - 1]! << 1) | bits[i]!]!++;
  const [c00 = 0, c01 = 0, c10 = 0, c11 = 0] = pairs;
  // The last bit begins no pair, but it is a bit all the same.
  const ones = c10 + c11 + bits[bits.length - 1]!;
  const start = [Math.log2(1 - ones / bits.length), Math.log2(ones / bits.length)] as const;
  const step = {
    zeroZero: Math.log2(c00 / (c00 + c01)),
    zeroOne: Math.log2(c01 / (c00 + c01)),
    oneZero: Math.log2(c10 / (c10 + c11)),
    oneOne: Math.log2(c11 / (c10 + c11)),
  };
  // The six strings of table 1; a step that never happened has −∞ and cannot be the likeliest.
  const likeliest = [
    start[0] + 127 * step.zeroZero,
    start[0] + 64 * step.zeroOne + 63 * step.oneZero,
    start[0] + step.zeroOne + 126 * step.oneOne,
    start[1] + step.oneZero + 126 * step.zeroZero,
    start[1] + 64 * step.oneZero + 63 * step.zeroOne,
    start[1] + 127 * step.oneOne,
  ]
    .filter((log) => !Number.isNaN(log))
    .reduce((most, log) => Math.max(most, log), -Infinity);
  return Math.min(1, Math.max(0, -likeliest / STRING_BITS));
}
