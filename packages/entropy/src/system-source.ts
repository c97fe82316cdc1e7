/**
 * The operating system's generator as a source. It shows no raw samples, so its bytes are watched as
 * they come out: that finds a stub or a dead call, and proves nothing about what feeds it. Its
 * full-entropy claim is the operating system's word.
 * @module
 */
import type { Source } from './source.ts';

/** Wraps whatever fills an array with the operating system's randomness. */
export function systemSource(fill: (bytes: Uint8Array<ArrayBuffer>) => void): Source {
  const readNow = (count: number): Uint8Array => {
    const bytes = new Uint8Array(count);
    fill(bytes);
    return bytes;
  };
  return {
    claim: {
      id: 'os',
      kind: 'system',
      sampleBits: 8,
      minEntropy: 8,
      about: 'generator of the operating system',
    },
    read: (count) => Promise.resolve(readNow(count)),
    readNow,
    close: () => undefined,
  };
}
