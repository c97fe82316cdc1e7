import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { sha256 } from './hash.ts';
import { mlDsaNative } from './native-signature.fixture.ts';
import {
  ML_DSA_PUBLIC_KEY_BYTES,
  ML_DSA_SIGNATURE_BYTES,
  mlDsaPortable,
  SLH_DSA_PUBLIC_KEY_BYTES,
  SLH_DSA_SIGNATURE_BYTES,
  slhDsaPortable,
} from './signature.ts';

const SEED = Uint8Array.from({ length: 32 }, (_, i) => i);
const MESSAGE = new TextEncoder().encode('twelve yuan fifty');
const KEY = mlDsaPortable.publicKeyOf(SEED);
const SIGNATURE = mlDsaPortable.sign(SEED, MESSAGE);

describe('ML-DSA-44', () => {
  it('makes keys and signatures of the sizes of FIPS 204, the same every time', () => {
    expect(KEY).toHaveLength(ML_DSA_PUBLIC_KEY_BYTES);
    expect(SIGNATURE).toHaveLength(ML_DSA_SIGNATURE_BYTES);
    expect(mlDsaPortable.sign(SEED, MESSAGE)).toEqual(SIGNATURE);
    expect(hexOf(sha256(KEY))).toBe(
      '9f107644c1084526af3bc8098680b05499a2325a644e388fb4f970e058d19d46',
    );
    expect(hexOf(sha256(SIGNATURE))).toBe(
      '96e89b6d2bbbed5fac006d86b21bd99bde62647d5cba46fb48c7322d12dc3630',
    );
  });

  it("agrees with the machine's own about keys, and each takes the other's signatures", () => {
    const chance = chanceOf(8);
    for (let i = 0; i < 8; i++) {
      const [seed, message] = [chance.bytes(32), chance.bytes(chance.below(300))];
      const key = mlDsaPortable.publicKeyOf(seed);
      expect(hexOf(mlDsaNative.publicKeyOf(seed))).toBe(hexOf(key));
      expect(mlDsaNative.verify(key, message, mlDsaPortable.sign(seed, message))).toBe(true);
      expect(mlDsaPortable.verify(key, message, mlDsaNative.sign(seed, message))).toBe(true);
    }
  });

  it('says no to a signature with any one bit changed, as the machine does', () => {
    const chance = chanceOf(9);
    for (let i = 0; i < 60; i++) {
      const changed = SIGNATURE.slice();
      const at = i < 8 ? ML_DSA_SIGNATURE_BYTES - 1 - i * 11 : chance.below(changed.length);
      changed[at] = changed[at]! ^ (1 << chance.below(8));
      expect(mlDsaPortable.verify(KEY, MESSAGE, changed)).toBe(false);
      expect(mlDsaNative.verify(KEY, MESSAGE, changed)).toBe(false);
    }
  });

  it('says no to another message, another key and every wrong length', () => {
    expect(mlDsaPortable.verify(KEY, MESSAGE, SIGNATURE)).toBe(true);
    expect(mlDsaPortable.verify(KEY, MESSAGE.subarray(1), SIGNATURE)).toBe(false);
    expect(mlDsaPortable.verify(KEY, new Uint8Array(0), SIGNATURE)).toBe(false);
    const other = mlDsaPortable.publicKeyOf(new Uint8Array(32));
    expect(mlDsaPortable.verify(other, MESSAGE, SIGNATURE)).toBe(false);
    for (const length of [0, 1, ML_DSA_SIGNATURE_BYTES - 1]) {
      expect(mlDsaPortable.verify(KEY, MESSAGE, SIGNATURE.subarray(0, length))).toBe(false);
      expect(
        mlDsaPortable.verify(KEY.subarray(0, Math.min(length, 1311)), MESSAGE, SIGNATURE),
      ).toBe(false);
    }
    expect(mlDsaPortable.verify(KEY, MESSAGE, Uint8Array.of(...SIGNATURE, 0))).toBe(false);
    expect(mlDsaPortable.verify(Uint8Array.of(...KEY, 0), MESSAGE, SIGNATURE)).toBe(false);
  });

  it('never throws at hostile keys and signatures of the right size', () => {
    const chance = chanceOf(10);
    const key = (i: number): Uint8Array =>
      i % 3 === 0 ? KEY : new Uint8Array(ML_DSA_PUBLIC_KEY_BYTES).fill(i);
    for (let i = 0; i < 120; i++) {
      const hostile =
        i % 2 === 0
          ? new Uint8Array(ML_DSA_SIGNATURE_BYTES).fill(i * 2)
          : chance.bytes(ML_DSA_SIGNATURE_BYTES);
      // The last 84 bytes are hints, the one part of a signature that can be malformed.
      if (i % 4 === 1) hostile.fill(0, ML_DSA_SIGNATURE_BYTES - 84);
      if (i % 4 === 3) hostile.set(SIGNATURE.subarray(0, ML_DSA_SIGNATURE_BYTES - 84));
      expect(mlDsaPortable.verify(key(i), MESSAGE, hostile)).toBe(false);
    }
  });
});

describe('SLH-DSA-SHA2-128s', () => {
  it('makes the key of FIPS 205 from 48 bytes', () => {
    const seed = Uint8Array.from({ length: 48 }, (_, i) => i);
    const key = slhDsaPortable.publicKeyOf(seed);
    expect(key).toHaveLength(SLH_DSA_PUBLIC_KEY_BYTES);
    // The second half is the public seed, given; the first is found by hashing (FIPS 205 §9.1).
    expect(hexOf(key)).toBe(
      '202122232425262728292a2b2c2d2e2f' + '990ce6298792b128846a8e4a3a68954c',
    );
  });

  it('says no to what is no signature, and never throws', () => {
    const chance = chanceOf(11);
    for (const signature of [new Uint8Array(0), chance.bytes(SLH_DSA_SIGNATURE_BYTES)]) {
      expect(slhDsaPortable.verify(chance.bytes(32), MESSAGE, signature)).toBe(false);
      expect(slhDsaPortable.verify(chance.bytes(31), MESSAGE, signature)).toBe(false);
    }
  });
});
