/**
 * The parameter sets: every pair of an LMS tree and a one-time scheme on SHA-256 with the same
 * hash length, from RFC 8554 and SP 800-208. A pair of different lengths is none (SP 800-208
 * §4: one hash function throughout), and there is no other list: what is not here is refused.
 *
 * Letters: n hash bytes, h height, w Winternitz bits, p chains, ls left shift of the checksum
 * (RFC 8554 §4.1, §5.1).
 * @module
 */
import { assert } from '../../base/assert.ts';

/** One pair of a tree and a one-time scheme. */
export interface LmsParameters {
  /** The two registered names (IANA "Leighton-Micali Signatures"). */
  readonly name: string;
  readonly lmsType: number;
  readonly otsType: number;
  /** Bytes of a hash, n and m. */
  readonly hashBytes: 24 | 32;
  /** Levels of the tree, h: 2^h one-time keys. */
  readonly height: number;
  /** Bits of message per chain, w. */
  readonly digitBits: 1 | 2 | 4 | 8;
  /** Chains of a one-time key, p. */
  readonly chains: number;
  /** Left shift of the checksum, ls. */
  readonly checksumShift: number;
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
}

/** Bytes of the key identifier I (RFC 8554 §5.1). */
export const IDENTIFIER_BYTES = 16;

type OneTimeScheme = Pick<
  LmsParameters,
  'otsType' | 'hashBytes' | 'digitBits' | 'chains' | 'checksumShift'
>;

const scheme = (
  otsType: number,
  hashBytes: 24 | 32,
  digitBits: 1 | 2 | 4 | 8,
  [chains, checksumShift]: readonly [number, number],
): OneTimeScheme => ({ otsType, hashBytes, digitBits, chains, checksumShift });

/** RFC 8554 §4.1, table 1; SP 800-208 §4.2. */
const ONE_TIME_SCHEMES = [
  scheme(0x00000001, 32, 1, [265, 7]),
  scheme(0x00000002, 32, 2, [133, 6]),
  scheme(0x00000003, 32, 4, [67, 4]),
  scheme(0x00000004, 32, 8, [34, 0]),
  scheme(0x00000005, 24, 1, [200, 8]),
  scheme(0x00000006, 24, 2, [101, 6]),
  scheme(0x00000007, 24, 4, [51, 4]),
  scheme(0x00000008, 24, 8, [26, 0]),
] as const;

/** RFC 8554 §5.1, table 2; SP 800-208 §4.2. */
const TREES = [
  { lmsType: 0x00000005, hashBytes: 32, height: 5 },
  { lmsType: 0x00000006, hashBytes: 32, height: 10 },
  { lmsType: 0x00000007, hashBytes: 32, height: 15 },
  { lmsType: 0x00000008, hashBytes: 32, height: 20 },
  { lmsType: 0x00000009, hashBytes: 32, height: 25 },
  { lmsType: 0x0000000a, hashBytes: 24, height: 5 },
  { lmsType: 0x0000000b, hashBytes: 24, height: 10 },
  { lmsType: 0x0000000c, hashBytes: 24, height: 15 },
  { lmsType: 0x0000000d, hashBytes: 24, height: 20 },
  { lmsType: 0x0000000e, hashBytes: 24, height: 25 },
] as const;

/** All forty. */
export const LMS_PARAMETERS: readonly LmsParameters[] = TREES.flatMap((tree) =>
  ONE_TIME_SCHEMES.filter(({ hashBytes }) => hashBytes === tree.hashBytes).map((ots) => ({
    ...tree,
    ...ots,
    name:
      `LMS_SHA256_M${tree.hashBytes}_H${tree.height}` +
      `/LMOTS_SHA256_N${ots.hashBytes}_W${ots.digitBits}`,
    publicKeyBytes: 8 + IDENTIFIER_BYTES + tree.hashBytes,
    // q, the two types, C, y[0] … y[p − 1], path[0] … path[h − 1].
    signatureBytes: 12 + tree.hashBytes * (1 + ots.chains + tree.height),
  })),
);

/** The set of these two types, or undefined when they do not make one. */
export function parametersOfTypes(lmsType: number, otsType: number): LmsParameters | undefined {
  return LMS_PARAMETERS.find((each) => each.lmsType === lmsType && each.otsType === otsType);
}

/** The set of this name; an unknown name is a bug. */
export function parametersOfName(name: string): LmsParameters {
  const found = LMS_PARAMETERS.find((each) => each.name === name);
  assert(found !== undefined, 'the parameter set is one of the forty');
  return found;
}

/**
 * A purse's key: 48 bytes, signatures of 1,380 bytes, 32 of them. Signatures of 24-byte hashes
 * travel in pictures between two screens, where every byte is time.
 */
export const PURSE_PARAMETERS = parametersOfName('LMS_SHA256_M24_H5/LMOTS_SHA256_N24_W4');
