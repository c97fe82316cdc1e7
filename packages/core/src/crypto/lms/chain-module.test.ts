import { describe, expect, it } from 'vitest';
import { base64urlOf } from '../../base/bytes.ts';
import { buildModule } from './chain-module.ts';
import { MODULE } from './sha256-bytes.ts';
import { INITIAL_STATE, ROUND_CONSTANTS } from './sha256-constants.ts';

describe('the hashing module', () => {
  it('is what its source builds, byte for byte', () => {
    expect(MODULE.join('')).toBe(base64urlOf(buildModule()));
  });

  it('has the constants that FIPS 180-4 prints', () => {
    expect(ROUND_CONSTANTS).toHaveLength(64);
    expect([ROUND_CONSTANTS[0], ROUND_CONSTANTS[63]]).toEqual([0x428a2f98, 0xc67178f2]);
    expect(INITIAL_STATE.at(0)).toBe(0x6a09e667);
    expect(INITIAL_STATE.at(7)).toBe(0x5be0cd19);
  });
});
