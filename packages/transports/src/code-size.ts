/**
 * How many bytes a code holds: ISO/IEC 18004 Table 7, byte mode, for the two lower levels of error
 * correction. The higher ones are for codes on parcels; ours are on screens and paper, where more and
 * larger modules help more than more redundancy.
 *
 * Spec: 13 §3.
 * @module
 */
import { assert } from '@specie/core/base/assert';

/** Level of error correction: L restores 7 % of the code, M restores 15 %. */
export type CodeLevel = 'L' | 'M';

export const VERSION_MAX = 40;
/** The largest version that the cameras of phones read at ease: 117 modules a side. */
export const VERSION_USUAL = 25;

const BYTES: Readonly<Record<CodeLevel, readonly number[]>> = {
  L: [
    17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858,
    929, 1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431,
    2563, 2699, 2809, 2953,
  ],
  M: [
    14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
    711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989,
    2099, 2213, 2331,
  ],
};

/** Bytes that a code of a version (1 to 40) holds. */
export function codeBytesMax(version: number, level: CodeLevel = 'L'): number {
  const bytes = BYTES[level][version - 1];
  assert(bytes !== undefined, 'a code has a version from 1 to 40');
  return bytes;
}

/** The smallest version that holds so many bytes, or undefined when none does. */
export function codeVersion(bytes: number, level: CodeLevel = 'L'): number | undefined {
  const at = BYTES[level].findIndex((max) => max >= bytes);
  return at < 0 ? undefined : at + 1;
}
