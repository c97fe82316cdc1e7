import { expect, it } from 'vitest';
import { concatBytes } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { mlDsaNative, slhDsaNative } from './native-signature.fixture.ts';
import { ML_DSA_SIGNATURE_BYTES, mlDsaPortable, slhDsaPortable } from './signature.ts';

it("the library's root signatures and the machine's are taken by each other", () => {
  const chance = chanceOf(12);
  const seed = chance.bytes(48);
  const message = chance.bytes(100);
  const key = slhDsaPortable.publicKeyOf(seed);
  // SK.seed, SK.prf, PK.seed as given and PK.root as found (FIPS 205 §9.1).
  const privateBytes = concatBytes(seed, key.subarray(16));
  const portable = slhDsaPortable.sign(seed, message);
  expect(slhDsaPortable.sign(seed, message)).toEqual(portable);
  expect(slhDsaNative.verify(key, message, portable)).toBe(true);
  const native = slhDsaNative.sign(privateBytes, message);
  expect(slhDsaPortable.verify(key, message, native)).toBe(true);
  for (let i = 0; i < 20; i++) {
    const changed = portable.slice();
    const at = chance.below(changed.length);
    changed[at] = changed[at]! ^ (1 << chance.below(8));
    expect(slhDsaPortable.verify(key, message, changed)).toBe(false);
  }
  expect(slhDsaPortable.verify(key, message.subarray(1), portable)).toBe(false);
});

it('the library and the machine give the same verdict on damaged ML-DSA signatures', () => {
  const chance = chanceOf(13);
  const seed = chance.bytes(32);
  const key = mlDsaPortable.publicKeyOf(seed);
  const message = chance.bytes(64);
  const signature = mlDsaPortable.sign(seed, message);
  let taken = 0;
  for (let i = 0; i < 2000; i++) {
    const changed = signature.slice();
    for (let n = chance.below(3); n > 0; n--) {
      const at = chance.once(2)
        ? chance.below(changed.length)
        : ML_DSA_SIGNATURE_BYTES - 1 - chance.below(84);
      changed[at] = chance.below(256);
    }
    const verdict = mlDsaPortable.verify(key, message, changed);
    expect(verdict).toBe(mlDsaNative.verify(key, message, changed));
    if (verdict) taken += 1;
  }
  expect(taken).toBeGreaterThan(0);
});
