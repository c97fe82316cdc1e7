import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropyOfWords, wordsOf } from './words.ts';

const entropy = Uint8Array.from({ length: 32 }, (_, i) => i);
const words = wordsOf(entropy);

describe('recovery words', () => {
  it('are those of BIP-39', () => {
    expect(wordsOf(new Uint8Array(32)).join(' ')).toBe(`${'abandon '.repeat(23)}art`);
  });

  it('give back the entropy they were made of, however they are typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const typed = `  ${wordsOf(bytes).join(' \n ').toUpperCase()}\t`;
        expect(entropyOfWords(typed)).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it('are refused with the place of a word that is not on the list', () => {
    const wrong = [...words];
    wrong[6] = 'speciee';
    expect(entropyOfWords(wrong.join(' '))).toEqual({
      ok: false,
      refusal: { code: 'words_unknown', at: 'word 7' },
    });
  });

  it('are refused when there are too few or too many', () => {
    for (const typed of [words.slice(1), [...words, 'zoo'], []]) {
      expect(entropyOfWords(typed.join(' '))).toMatchObject({
        refusal: { code: 'words_miscounted', at: `${typed.length} words` },
      });
    }
  });

  it('are refused when two have changed places', () => {
    const [first, second, ...rest] = words;
    expect(entropyOfWords([second, first, ...rest].join(' '))).toMatchObject({
      refusal: { code: 'words_checksum' },
    });
  });
});
