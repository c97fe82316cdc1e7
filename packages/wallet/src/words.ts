/**
 * Recovery words: 24 words of the English BIP-39 list stand for 32 bytes of entropy, and everything
 * a wallet needs to find its money again derives from those. Invariant: words that are not exactly
 * what was written down bring nothing back, and the refusal says which word is at fault.
 *
 * Spec: 05 §6. BIP-39.
 * @module
 */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { assert } from '@specie/core/base/assert';
import { accept, refuse, type Result } from '@specie/core/base/result';

export const ENTROPY_BYTES = 32;
export const WORDS_COUNT = 24;

const known = new Set(wordlist);

/** The words of 32 bytes of entropy, in their order. */
export function wordsOf(entropy: Uint8Array): readonly string[] {
  assert(entropy.length === ENTROPY_BYTES, 'a wallet has 32 bytes of entropy');
  return entropyToMnemonic(entropy, wordlist).split(' ');
}

/**
 * The entropy of words as a person typed them: any case, any white space between them. Refuses with
 * the place of the first word that is not on the list, counted from one.
 */
export function entropyOfWords(text: string): Result<Uint8Array> {
  const words = text.normalize('NFKD').toLowerCase().split(/\s+/).filter(Boolean);
  const unknown = words.findIndex((word) => !known.has(word));
  if (unknown !== -1) return refuse('words_unknown', `word ${unknown + 1}`);
  if (words.length !== WORDS_COUNT) return refuse('words_miscounted', `${words.length} words`);
  try {
    return accept(mnemonicToEntropy(words.join(' '), wordlist));
  } catch {
    // Every word is known and there are 24 of them, so only the checksum is left.
    return refuse('words_checksum');
  }
}
