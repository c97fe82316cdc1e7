import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bytesOfHex, hexOf } from '../base/bytes.ts';
import { sha256 } from './hash.ts';
import {
  PURSE_PARAMETERS,
  encodeKey,
  generate,
  generateFrom,
  parametersOfName,
  remaining,
  reserve,
  resumeKey,
  signOnce,
  verify,
  type LmsKeyState,
  type LmsOneTimeKey,
} from './lms.ts';
import { LMS_PARAMETERS } from './lms/parameters.ts';
import { hashingMachine } from './lms/hashing-machine.ts';
import { laneHashing } from './lms/lane-hashing.ts';
import { START_AT } from './lms/sha256-layout.ts';

const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
const randomizer = new Uint8Array(24).fill(0xc3);
const message = Uint8Array.from({ length: 100 }, (_, i) => 255 - i);
const purse = generate(PURSE_PARAMETERS, seed);

interface KeyCase {
  readonly parameters: string;
  readonly seed: string;
  readonly publicKey: string;
  readonly encodedKeySha256: string;
  readonly index: number;
  readonly message: string;
  readonly randomizer: string;
  readonly signatureSha256: string;
}

const keysAt = new URL('../../../../spec/vectors/lms-keys.json', import.meta.url);
const keys = JSON.parse(readFileSync(keysAt, 'utf8')) as { readonly cases: readonly KeyCase[] };

function take(state: LmsKeyState): { rest: LmsKeyState; oneTimeKey: LmsOneTimeKey } {
  const taken = reserve(state);
  if (taken === undefined) throw new Error('no one-time key is left');
  return taken;
}

/** The purse's key at any index, as often as a test wants it. */
function purseAt(index: number): LmsKeyState {
  const state = resumeKey(encodedPurse, index);
  if (state === undefined) throw new Error('the key does not resume');
  return state;
}

const encodedPurse = encodeKey(purse);

describe('an LMS key', () => {
  it('of a purse has 48 bytes, signatures of 1,380 bytes and 32 of them', () => {
    expect(purse.publicKey).toHaveLength(48);
    expect(remaining(purse)).toBe(32);
    expect(signOnce(take(purseAt(0)).oneTimeKey, message, randomizer)).toHaveLength(1380);
  });

  it('follows from its seed alone, and from every byte of it', () => {
    expect(generate(PURSE_PARAMETERS, seed).publicKey).toEqual(purse.publicKey);
    for (const at of [0, 17, 31]) {
      const other = seed.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(generate(PURSE_PARAMETERS, other).publicKey).not.toEqual(purse.publicKey);
    }
  });

  it('has another identifier and seed under another parameter set', () => {
    const wide = generate(parametersOfName('LMS_SHA256_M24_H5/LMOTS_SHA256_N24_W8'), seed);
    expect(wide.publicKey.subarray(24)).not.toEqual(purse.publicKey.subarray(24));
    expect(wide.publicKey.subarray(8, 24)).not.toEqual(purse.publicKey.subarray(8, 24));
  });

  it('does not show its secret when printed', () => {
    const { oneTimeKey } = take(purseAt(3));
    const secretHex = hexOf(encodedPurse.slice(25, 49));
    for (const shown of [purse, oneTimeKey]) {
      const values = Object.values(shown).map((value: unknown) =>
        value instanceof Uint8Array ? hexOf(value) : JSON.stringify(value),
      );
      expect(values.join()).not.toContain(secretHex);
    }
  });

  it('signs with each of its indices, and every signature is accepted', () => {
    let state = purseAt(0);
    for (let index = 0; index < 32; index++) {
      const { rest, oneTimeKey } = take(state);
      expect([oneTimeKey.index, rest.next]).toEqual([index, index + 1]);
      const signature = signOnce(oneTimeKey, message, randomizer);
      expect(verify(purse.publicKey, message, signature)).toBe(true);
      state = rest;
    }
    expect(remaining(state)).toBe(0);
    expect(reserve(state)).toBeUndefined();
  });

  it.each(LMS_PARAMETERS.filter(({ height }) => height === 5))('$name signs', (parameters) => {
    const state = generate(parameters, seed);
    const c = new Uint8Array(parameters.hashBytes).fill(1);
    const signature = signOnce(take(state).oneTimeKey, message, c);
    expect(signature).toHaveLength(parameters.signatureBytes);
    expect(verify(state.publicKey, message, signature)).toBe(true);
  });

  it.each(keys.cases)('is the one of the vectors: $parameters', (each) => {
    const state = generate(parametersOfName(each.parameters), bytesOfHex(each.seed)!);
    expect(hexOf(state.publicKey)).toBe(each.publicKey);
    const encoded = encodeKey(state);
    expect(hexOf(sha256(encoded))).toBe(each.encodedKeySha256);
    const { oneTimeKey } = take(resumeKey(encoded, each.index)!);
    const c = bytesOfHex(each.randomizer)!;
    const signature = signOnce(oneTimeKey, bytesOfHex(each.message)!, c);
    expect(hexOf(sha256(signature))).toBe(each.signatureSha256);
  });

  it('of height 10 signs with its last index', () => {
    const parameters = parametersOfName('LMS_SHA256_M24_H10/LMOTS_SHA256_N24_W4');
    const state = generate(parameters, seed);
    const last = resumeKey(encodeKey(state), 1023)!;
    const { rest, oneTimeKey } = take(last);
    const signature = signOnce(oneTimeKey, message, randomizer);
    expect(verify(state.publicKey, message, signature)).toBe(true);
    expect(reserve(rest)).toBeUndefined();
  });

  it('is not made with a tree too large to keep, nor from a seed of another length', () => {
    const large = parametersOfName('LMS_SHA256_M24_H15/LMOTS_SHA256_N24_W4');
    expect(() => generate(large, seed)).toThrow('height');
    expect(() => generate(PURSE_PARAMETERS, seed.subarray(1))).toThrow('32 bytes');
    const secret = { parameters: PURSE_PARAMETERS, identifier: seed.slice(0, 16) };
    expect(() => generateFrom({ ...secret, seed })).toThrow('as long as its hashes');
  });
});

describe('a one-time key', () => {
  it('signs once', () => {
    const { oneTimeKey } = take(purseAt(7));
    signOnce(oneTimeKey, message, randomizer);
    expect(() => signOnce(oneTimeKey, message, randomizer)).toThrow('signs once');
  });

  it('cannot sign as a copy', () => {
    const { oneTimeKey } = take(purseAt(7));
    const copy = { ...oneTimeKey };
    expect(() => signOnce(copy, message, randomizer)).toThrow('signs once');
  });

  it('is not used up by a randomizer of the wrong length', () => {
    const { oneTimeKey } = take(purseAt(7));
    expect(() => signOnce(oneTimeKey, message, seed)).toThrow('randomizer');
    const signature = signOnce(oneTimeKey, message, randomizer);
    expect(verify(purse.publicKey, message, signature)).toBe(true);
  });

  it('is taken from a state once', () => {
    const state = purseAt(7);
    take(state);
    expect(() => reserve(state)).toThrow('once');
    expect(() => encodeKey(state)).toThrow('before it is reserved from');
  });

  it('leaves no secret in the memory of the hashing module', () => {
    const machine = hashingMachine()!;
    const isClean = (): boolean => machine.bytes.subarray(START_AT).every((byte) => byte === 0);
    signOnce(take(purseAt(9)).oneTimeKey, message, randomizer);
    expect(isClean()).toBe(true);
    const secret = { parameters: PURSE_PARAMETERS, identifier: seed.slice(16), seed: randomizer };
    laneHashing(machine).leafNode(secret, 9);
    expect(isClean()).toBe(true);
  });
});

describe('a key kept as bytes', () => {
  it('signs at its index as if it had never been away', () => {
    let state = purseAt(0);
    for (let i = 0; i < 5; i++) state = take(state).rest;
    const kept = signOnce(take(purseAt(5)).oneTimeKey, message, randomizer);
    expect(signOnce(take(state).oneTimeKey, message, randomizer)).toEqual(kept);
    expect(encodedPurse).toHaveLength(1561);
  });

  it('is refused when any byte is damaged', () => {
    for (let at = 0; at < encodedPurse.length; at++) {
      const damaged = encodedPurse.slice();
      damaged[at]! ^= 1 << (at % 8);
      const state = resumeKey(damaged, 4);
      // A damaged type or height may still make sense of nothing; it never makes a key.
      expect(state, `byte ${at}`).toBeUndefined();
    }
  });

  it('is refused when it is cut off or followed by something', () => {
    for (let length = 0; length < encodedPurse.length; length++) {
      expect(resumeKey(encodedPurse.subarray(0, length), 0)).toBeUndefined();
    }
    expect(resumeKey(Uint8Array.of(...encodedPurse, 0), 0)).toBeUndefined();
  });

  it.each([-1, 33, 0.5, Number.NaN, Infinity])('is refused at the index %s', (next) => {
    expect(resumeKey(encodedPurse, next)).toBeUndefined();
  });

  it('has nothing left at the index after its last', () => {
    expect(reserve(purseAt(32))).toBeUndefined();
  });
});

describe('verification', () => {
  const signature = signOnce(take(purseAt(21)).oneTimeKey, message, randomizer);
  const { publicKey } = purse;

  it('accepts views into larger memory and Node’s own kind of bytes', () => {
    const shifted = Uint8Array.of(9, 9, 9, ...signature).subarray(3);
    expect(verify(publicKey, message, shifted)).toBe(true);
    const own = [publicKey, message, signature].map((bytes) => Buffer.from(bytes));
    expect(verify(own[0]!, own[1]!, own[2]!)).toBe(true);
    const shared = new Uint8Array(new SharedArrayBuffer(signature.length));
    shared.set(signature);
    expect(verify(publicKey, message, shared)).toBe(true);
  });

  it('leaves what it was given as it was', () => {
    const given = [publicKey.slice(), message.slice(), signature.slice()] as const;
    verify(...given);
    expect(given).toEqual([publicKey, message, signature]);
  });

  it('refuses a signature with any one byte changed', () => {
    for (let at = 0; at < signature.length; at++) {
      const changed = signature.slice();
      changed[at]! ^= 1 << (at % 8);
      expect(verify(publicKey, message, changed), `byte ${at}`).toBe(false);
    }
  });

  it('refuses a public key or a message with any one bit changed', () => {
    for (let bit = 0; bit < 8 * publicKey.length; bit++) {
      const changed = publicKey.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verify(changed, message, signature), `bit ${bit}`).toBe(false);
    }
    for (let bit = 0; bit < 8 * message.length; bit++) {
      const changed = message.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verify(publicKey, changed, signature), `bit ${bit}`).toBe(false);
    }
  });

  it('refuses every length but the right one', () => {
    for (let length = 0; length < signature.length; length++) {
      expect(verify(publicKey, message, signature.subarray(0, length))).toBe(false);
    }
    for (let length = 0; length < publicKey.length; length++) {
      expect(verify(publicKey.subarray(0, length), message, signature)).toBe(false);
    }
    for (const more of [1, 24, 1380, 10_000_000]) {
      const longer = new Uint8Array(signature.length + more);
      longer.set(signature);
      expect(verify(publicKey, message, longer)).toBe(false);
    }
  });

  it('refuses things of any other type in any place, and never throws', () => {
    const posing: unknown = Object.create(Uint8Array.prototype);
    const proxy = new Proxy(signature, {});
    const detached = signature.slice();
    detached.buffer.transfer();
    const thrower = {
      get length(): number {
        throw new Error('asked');
      },
    };
    const odd: unknown[] = [
      undefined,
      null,
      0,
      1n,
      NaN,
      '',
      'text',
      true,
      Symbol('s'),
      [],
      [...signature],
      {},
      thrower,
      () => signature,
      new DataView(signature.buffer),
      signature.buffer,
      new Uint16Array(690),
      new Uint8ClampedArray(signature),
      new Int8Array(signature),
      new Float64Array(9),
      posing,
      proxy,
      detached,
      new Uint8Array(0),
      new Map(),
      new Date(0),
      /x/,
    ];
    const good: unknown[] = [publicKey, message, signature];
    for (const place of [0, 1, 2]) {
      for (const thing of odd) {
        const given = good.map((each, i) => (i === place ? thing : each));
        expect(Reflect.apply(verify, undefined, given)).toBe(false);
      }
    }
    expect(Reflect.apply(verify, undefined, [])).toBe(false);
    expect(verify(publicKey, message, signature)).toBe(true);
  });

  it('is not led astray by a subclass that lies about itself', () => {
    class Liar extends Uint8Array {
      override get length(): number {
        throw new Error('asked');
      }
      override subarray(): never {
        throw new Error('asked');
      }
      override slice(): never {
        throw new Error('asked');
      }
    }
    const lies = [publicKey, message, signature].map((bytes) => {
      const liar = new Liar(bytes.byteLength);
      Uint8Array.prototype.set.call(liar, bytes);
      return liar;
    });
    expect(verify(lies[0]!, lies[1]!, lies[2]!)).toBe(true);
  });

  it('takes no part of one signature for another’s', () => {
    const other = signOnce(take(purseAt(22)).oneTimeKey, message, randomizer);
    fc.assert(
      fc.property(fc.nat(1379), fc.integer({ min: 1, max: 1380 }), (from, length) => {
        const mixed = signature.slice();
        mixed.set(other.subarray(from, from + length), from);
        const isOne = [signature, other].some((each) => Buffer.compare(each, mixed) === 0);
        expect(verify(publicKey, message, mixed)).toBe(isOne);
      }),
    );
  });
});

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const lacking: readonly [string, unknown][] = [
    ['there is none', undefined],
    ['it has no SIMD', { ...WebAssembly, validate: () => false }],
    [
      'the page forbids it',
      {
        validate: () => true,
        Module: function refuse(): never {
          throw new Error('refused by the content policy');
        },
      },
    ],
  ];

  it.each(lacking)('signs and verifies the same where %s', async (_, replacement) => {
    vi.stubGlobal('WebAssembly', replacement);
    vi.resetModules();
    const alone = await import('./lms.ts');
    const { hashingMachine: machineAlone } = await import('./lms/hashing-machine.ts');
    expect(machineAlone()).toBeUndefined();
    const state = alone.generate(PURSE_PARAMETERS, seed);
    expect(state.publicKey).toEqual(purse.publicKey);
    const signature = alone.signOnce(alone.reserve(state)!.oneTimeKey, message, randomizer);
    expect(signature).toEqual(signOnce(take(purseAt(0)).oneTimeKey, message, randomizer));
    expect(alone.verify(state.publicKey, message, signature)).toBe(true);
    expect(alone.verify(state.publicKey, seed, signature)).toBe(false);
  });
});
