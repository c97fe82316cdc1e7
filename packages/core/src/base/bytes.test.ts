import { describe, expect, it } from 'vitest';
import { chanceOf } from './chance.fixture.ts';
import {
  base64urlOf,
  bytesOfBase64url,
  bytesOfHex,
  bytesOfText,
  compareBytes,
  equalBytes,
  equalSecrets,
  hexOf,
  textOfBytes,
} from './bytes.ts';

const bytesOf = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('hexadecimal', () => {
  it('is lower case and comes back', () => {
    expect(hexOf(bytesOf(0, 0xab, 0xff))).toBe('00abff');
    expect(bytesOfHex('00abff')).toEqual(bytesOf(0, 0xab, 0xff));
    expect(bytesOfHex('')).toEqual(bytesOf());
  });

  it('in any other form is not taken', () => {
    for (const wrong of ['0', 'AB', '0x', 'zz', ' 00', '00\n'])
      expect(bytesOfHex(wrong)).toBeUndefined();
  });
});

describe('base64url', () => {
  it("agrees with the machine's own", () => {
    const chance = chanceOf(3);
    for (let length = 0; length < 70; length++) {
      const bytes = chance.bytes(length);
      expect(base64urlOf(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(bytesOfBase64url(base64urlOf(bytes))).toEqual(bytes);
    }
  });

  it('has one form for each byte string', () => {
    for (const wrong of ['A', 'AQ==', 'AR', 'AAB', 'A+', 'A/', 'AA AA', 'AA\n']) {
      expect(bytesOfBase64url(wrong)).toBeUndefined();
    }
  });
});

describe('comparison', () => {
  it('is bytewise, a prefix before what it begins', () => {
    const sorted = [
      bytesOf(),
      bytesOf(0),
      bytesOf(0, 0),
      bytesOf(0, 1),
      bytesOf(0x7f),
      bytesOf(0x80),
    ];
    sorted.forEach((a, i) =>
      sorted.forEach((b, j) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(i - j));
        expect(equalBytes(a, b)).toBe(i === j);
        expect(equalSecrets(a, b)).toBe(i === j);
      }),
    );
  });
});

describe('text', () => {
  it('of strict UTF-8 comes back, a byte order mark included', () => {
    for (const text of ['', 'a', 'é中🪙', '\ufeffa'])
      expect(textOfBytes(bytesOfText(text))).toBe(text);
  });

  it('that is not UTF-8 is undefined, and so is the next one by itself again', () => {
    expect(textOfBytes(bytesOf(0xe2, 0x82))).toBeUndefined();
    expect(textOfBytes(bytesOf(0xac))).toBeUndefined();
    expect(textOfBytes(bytesOf(0x61))).toBe('a');
  });
});
