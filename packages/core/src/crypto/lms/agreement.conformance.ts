/**
 * What any two implementations of the hashes must have in common: the same bytes for the same
 * inputs, well formed or not. Run with few cases at every change and with thousands apart.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LmsHashing, LmsSecret } from './hashing.ts';
import { IDENTIFIER_BYTES, LMS_PARAMETERS, type LmsParameters } from './parameters.ts';
import { encodePublicKey, encodeSignature, parseClaim, putWord } from './signature-format.ts';
import { verifyOn } from './verification.ts';

/** One signature of a key of any height. */
interface Signing {
  readonly secret: LmsSecret;
  readonly leaf: number;
  readonly randomizer: Uint8Array;
  readonly path: Uint8Array;
  readonly message: Uint8Array;
}

export interface Signed {
  readonly parameters: LmsParameters;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const bytes = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: size, maxLength: size });

/** Short messages, and long ones with lengths where blocks and buffers end. */
const messages = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(1000, 10_170, 10_186, 10_194, 10_195, 10_240, 20_480, 30_001)
      .map((size) => new Uint8Array(size).fill(size % 251)),
  },
);

const parameterSets = fc.constantFrom(...LMS_PARAMETERS);

const signings: fc.Arbitrary<Signing> = parameterSets.chain((parameters) =>
  fc.record({
    secret: fc.record({
      parameters: fc.constant(parameters),
      identifier: bytes(IDENTIFIER_BYTES),
      seed: bytes(parameters.hashBytes),
    }),
    leaf: fc.nat(2 ** parameters.height - 1),
    randomizer: bytes(parameters.hashBytes),
    path: bytes(parameters.hashBytes * parameters.height),
    message: messages,
  }),
);

/** A valid signature without a tree: the path is given, and the root is what follows from it. */
function sign(hashing: LmsHashing, { secret, message, ...given }: Signing): Signed {
  const { parameters, identifier } = secret;
  const chainValues = hashing.signChains(secret, given.leaf, { ...given, message });
  const claim = { ...given, parameters, identifier, chainValues };
  const root = hashing.candidateRoot({ ...claim, root: new Uint8Array(0) }, message);
  const publicKey = encodePublicKey(parameters, identifier, root);
  return { parameters, publicKey, message, signature: encodeSignature(claim) };
}

/** Ways to spoil bytes: change some, cut some off, put some after. Some leave them as they are. */
const spoilings = fc.oneof(
  fc
    .tuple(fc.double({ min: 0, max: 1, maxExcluded: true }), fc.integer({ min: 1, max: 255 }))
    .map(([at, by]) => (given: Uint8Array): Uint8Array => {
      const spoilt = given.slice();
      const place = Math.floor(at * given.length);
      if (given.length > 0) spoilt[place] = given[place]! ^ by;
      return spoilt;
    }),
  fc.nat(2000).map(
    (left) =>
      (given: Uint8Array): Uint8Array =>
        given.slice(0, left),
  ),
  fc.uint8Array({ maxLength: 100 }).map(
    (more) =>
      (given: Uint8Array): Uint8Array =>
        Uint8Array.of(...given, ...more),
  ),
);

/** Declares the tests for `one` and `other`, with about `cases` cases for each. */
export function declareAgreement(one: LmsHashing, other: LmsHashing, cases: number): void {
  const options = { numRuns: cases };

  it('both sign alike, and each accepts it', () => {
    fc.assert(
      fc.property(signings, (signing) => {
        const signed = sign(one, signing);
        expect(sign(other, signing)).toEqual(signed);
        const { publicKey, message, signature } = signed;
        expect(verifyOn(one, publicKey, message, signature)).toBe(true);
        expect(verifyOn(other, publicKey, message, signature)).toBe(true);
      }),
      options,
    );
  });

  it('both grow the same leaves and nodes', () => {
    fc.assert(
      fc.property(signings, fc.nat(0xffffffff), ({ secret, leaf, path }, node) => {
        expect(other.leafNode(secret, leaf)).toEqual(one.leafNode(secret, leaf));
        const children = path.slice(0, 2 * secret.parameters.hashBytes);
        const parent = one.innerNode(secret.identifier, node, children);
        expect(other.innerNode(secret.identifier, node, children)).toEqual(parent);
      }),
      options,
    );
  });

  it('both answer alike when key, message or signature is spoilt', () => {
    const which = fc.constantFrom('publicKey', 'message', 'signature');
    fc.assert(
      fc.property(signings, which, spoilings, (signing, part, spoil) => {
        const signed = sign(one, signing);
        const spoilt = { ...signed, [part]: spoil(signed[part]) };
        const { publicKey, message, signature } = spoilt;
        const answer = verifyOn(one, publicKey, message, signature);
        expect(verifyOn(other, publicKey, message, signature)).toBe(answer);
        expect(answer).toBe(Buffer.compare(spoilt[part], signed[part]) === 0);
      }),
      options,
    );
  });

  it('both refuse an index beyond the tree, even where the root would follow from it', () => {
    fc.assert(
      fc.property(signings, fc.nat(0xffff), (signing, beyond) => {
        const leaf = 2 ** signing.secret.parameters.height + beyond;
        const { publicKey, message, signature } = sign(one, { ...signing, leaf });
        expect(verifyOn(one, publicKey, message, signature)).toBe(false);
        expect(verifyOn(other, publicKey, message, signature)).toBe(false);
      }),
      options,
    );
  });

  it('both come to the same root for random bytes in the right form', () => {
    const claims = parameterSets.chain((parameters) =>
      fc.tuple(fc.constant(parameters), bytes(parameters.signatureBytes), bytes(16), messages),
    );
    fc.assert(
      fc.property(claims, ([parameters, signature, identifier, message]) => {
        const { hashBytes, chains, height } = parameters;
        const key = encodePublicKey(parameters, identifier, new Uint8Array(hashBytes));
        putWord(signature, 0, signature[0]! % 2 ** height);
        putWord(signature, 4, parameters.otsType);
        putWord(signature, 8 + hashBytes * (1 + chains), parameters.lmsType);
        const claim = parseClaim(key, signature)!;
        expect(other.candidateRoot(claim, message)).toEqual(one.candidateRoot(claim, message));
        expect(verifyOn(one, key, message, signature)).toBe(false);
      }),
      options,
    );
  });

  it('both refuse bytes of any other form', () => {
    const anything = fc.uint8Array({ maxLength: 3000 });
    const keys = fc.oneof(
      anything,
      fc
        .tuple(parameterSets, bytes(48))
        .map(([parameters, rest]) =>
          encodePublicKey(parameters, rest.slice(0, 16), rest.slice(16, 16 + parameters.hashBytes)),
        ),
    );
    fc.assert(
      fc.property(keys, anything, anything, (key, message, signature) => {
        expect(verifyOn(one, key, message, signature)).toBe(false);
        expect(verifyOn(other, key, message, signature)).toBe(false);
      }),
      options,
    );
  });
}
