import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { mlDsaNative } from '../crypto/native-signature.fixture.ts';
import { bytesOfHex, hexOf } from '../base/bytes.ts';
import { instantOf } from '../base/instant.ts';
import { generate, PURSE_PARAMETERS, verify } from '../crypto/lms.ts';
import { checkFraudProof, fraudProofMessage } from './fraud.ts';
import { signedGrantMessage } from './grant.ts';
import { purseMessages } from './messages.fixture.ts';
import { LEAST_LEFT, verifyHandOver, type Standpoint } from './verify.ts';
import { purseVectors } from './vectors.fixture.ts';

interface Vectors {
  readonly trust: {
    readonly authority: string;
    readonly endsAt: number;
    readonly clock: number;
    readonly grantKey: {
      readonly publicKey: string;
      readonly from: number;
      readonly until: number;
    };
  };
  readonly purses: readonly { readonly seed: string; readonly signedGrant: string }[];
  readonly handOvers: readonly {
    readonly hex: string;
    readonly verified: { readonly amount: number; readonly endorsement: string };
  }[];
  readonly refused: readonly {
    readonly name: string;
    readonly clock: number;
    readonly hex: string;
    readonly refusal: string;
    readonly at: string;
  }[];
  readonly proofs: {
    readonly all: readonly {
      readonly hex: string;
      readonly fraud?: string;
      readonly refusal?: string;
    }[];
  };
  readonly messages: readonly { readonly name: string; readonly hex: string }[];
}

const file = path.join(import.meta.dirname, '../../../../spec/vectors/12-purse.json');
const vectors = JSON.parse(fs.readFileSync(file, 'utf8')) as Vectors;
const bytes = (hex: string): Uint8Array => bytesOfHex(hex)!;

/** The standpoint of a program that has nothing but the file, and the machine's own ML-DSA. */
const { grantKey, ...trusted } = vectors.trust;
const alone: Standpoint = {
  trust: {
    authority: bytes(trusted.authority),
    endsAt: instantOf(trusted.endsAt),
    grantKeys: [
      {
        publicKey: bytes(grantKey.publicKey),
        from: instantOf(grantKey.from),
        until: instantOf(grantKey.until),
      },
    ],
    revocationKeys: [],
    statementKeys: [],
  },
  suites: {
    authority: { ...mlDsaNative, publicKeyBytes: 1312, signatureBytes: 2420, seedBytes: 32 },
    purse: verify,
  },
  clock: instantOf(trusted.clock),
  seen: instantOf(0),
  list: undefined,
  leastLeft: LEAST_LEFT,
};

it('the vectors of purses are what purses make today', () => {
  expect(JSON.parse(JSON.stringify(purseVectors()))).toEqual(vectors);
});

it('their hand-overs hold by the suites of the runtime too, and the others are refused as they say', () => {
  for (const { hex, verified } of vectors.handOvers) {
    const result = verifyHandOver(bytes(hex), alone);
    if (!result.ok) throw new Error(result.refusal.code);
    const { endorsement, hash } = result.value.bundle.last;
    expect([endorsement.amount, hexOf(hash)]).toEqual([verified.amount, verified.endorsement]);
  }
  for (const { name, clock, hex, refusal, at } of vectors.refused) {
    const result = verifyHandOver(bytes(hex), { ...alone, clock: instantOf(clock) });
    expect(result, name).toEqual({ ok: false, refusal: { code: refusal, at } });
  }
  expect(new Set(vectors.refused.map(({ refusal }) => refusal)).size).toBeGreaterThan(11);
});

it('their keys follow from their seeds, and their proofs are judged as they say', () => {
  for (const { seed, signedGrant } of vectors.purses) {
    const decoded = signedGrantMessage.decode(bytes(signedGrant));
    if (!decoded.ok) throw new Error(decoded.refusal.code);
    expect(generate(PURSE_PARAMETERS, bytes(seed)).publicKey).toEqual(decoded.value.grant.key);
  }
  const verdicts = vectors.proofs.all.map(({ hex, fraud, refusal }) => {
    const decoded = fraudProofMessage.decode(bytes(hex));
    if (!decoded.ok) throw new Error(decoded.refusal.code);
    const result = checkFraudProof(decoded.value, alone.trust, alone.suites);
    const verdict = result.ok ? result.value.fraud : result.refusal.code;
    expect(verdict).toBe(fraud ?? refusal);
    return verdict;
  });
  expect(new Set(verdicts).size).toBe(8);
  expect(vectors.messages.map(({ name }) => name)).toEqual(purseMessages().map(({ name }) => name));
});
