import { describe, expect, it } from 'vitest';
import { bech32m } from '@scure/base';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { sha256 } from '../crypto/hash.ts';
import { formatAddress, parseAddress, walletIdOf } from './address.ts';

const LI = { operator: 7, wallet: Uint8Array.from({ length: 20 }, (_, i) => i) };
const codeOf = (text: string): string => {
  const result = parseAddress(text);
  return result.ok ? 'accepted' : result.refusal.code;
};
const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

describe('an address', () => {
  it('is the version, the operator and the fingerprint, in Bech32m', () => {
    expect(formatAddress(LI)).toBe('sp1qyqqqqq8qqqsyqcyq5rqwzqfpg9scrgwpugpzysnapt9ka');
    expect(parseAddress('sp1qyqqqqq8qqqsyqcyq5rqwzqfpg9scrgwpugpzysnapt9ka')).toEqual({
      ok: true,
      value: LI,
    });
  });

  it('may be written in capitals as a whole, as codes to be scanned are', () => {
    expect(parseAddress(formatAddress(LI).toUpperCase())).toEqual({ ok: true, value: LI });
    expect(codeOf(formatAddress(LI).replace('sp1', 'SP1'))).toBe('address_malformed');
  });

  it('comes back for every operator and wallet', () => {
    const chance = chanceOf(14);
    for (let i = 0; i < 200; i++) {
      const address = { operator: chance.below(2 ** 32), wallet: chance.bytes(20) };
      expect(parseAddress(formatAddress(address))).toEqual({ ok: true, value: address });
    }
  });

  it('with any one letter mistyped, or two neighbours exchanged, is noticed', () => {
    const text = formatAddress(LI);
    for (let at = 3; at < text.length; at++) {
      for (const letter of LETTERS) {
        if (letter === text[at]) continue;
        expect(codeOf(text.slice(0, at) + letter + text.slice(at + 1))).toBe('address_malformed');
      }
      const [a, b] = [text.charAt(at), text.charAt(at + 1)];
      if (b !== '' && a !== b) {
        expect(codeOf(text.slice(0, at) + b + a + text.slice(at + 2))).toBe('address_malformed');
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['another kind of address', bech32m.encode('bc', bech32m.toWords(new Uint8Array(25)))],
    [
      'an address too short',
      bech32m.encode('sp', bech32m.toWords(Uint8Array.of(1, ...new Uint8Array(23)))),
    ],
    [
      'an address too long',
      bech32m.encode('sp', bech32m.toWords(Uint8Array.of(1, ...new Uint8Array(25)))),
    ],
    ['an address of no bytes', bech32m.encode('sp', [])],
    ['spare bits that are not zero', bech32m.encode('sp', [1])],
    ['a novel', 'sp1' + 'q'.repeat(100_000)],
    ['a space in front', ' sp1'],
  ])('that is %s is malformed', (_, text) => {
    expect(codeOf(text)).toBe('address_malformed');
  });

  it('of a later kind is told apart from a mistyped one, whatever its length', () => {
    for (const length of [1, 20, 24, 40]) {
      const later = Uint8Array.of(2, ...new Uint8Array(length));
      expect(codeOf(bech32m.encode('sp', bech32m.toWords(later)))).toBe('address_version_unknown');
    }
  });
});

describe("a wallet's fingerprint", () => {
  it('is the first 20 bytes of the hash of its WalletKey message', () => {
    const key = chanceOf(15).bytes(1312);
    const message = Uint8Array.of(0x53, 0x43, 0x12, 1, ...key);
    expect(hexOf(walletIdOf(key))).toBe(hexOf(sha256(message)).slice(0, 40));
  });
});
