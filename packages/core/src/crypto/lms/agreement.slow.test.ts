import { describe, expect, it } from 'vitest';
import { declareAgreement } from './agreement.conformance.ts';
import { hashingMachine } from './hashing-machine.ts';
import type { LmsClaim } from './signature-format.ts';
import { parametersOfName } from './parameters.ts';
import { laneHashing } from './lane-hashing.ts';
import { PLAIN } from './plain-hashing.ts';

const machine = hashingMachine();

describe('four chains side by side against one after the other, thousands of cases', () => {
  it('runs here, or the tests below would compare nothing', () => {
    expect(machine).toBeDefined();
  });
  if (machine === undefined) return;
  declareAgreement(laneHashing(machine), PLAIN, Number(process.env['SPECIE_LMS_CASES'] ?? 1000));

  it('both hash a message whose length in bits takes more than 32 of them', () => {
    const parameters = parametersOfName('LMS_SHA256_M24_H5/LMOTS_SHA256_N24_W4');
    const { hashBytes, chains, height } = parameters;
    const claim: LmsClaim = {
      parameters,
      identifier: new Uint8Array(16).fill(1),
      root: new Uint8Array(hashBytes),
      leaf: 3,
      randomizer: new Uint8Array(hashBytes).fill(2),
      chainValues: new Uint8Array(hashBytes * chains).fill(3),
      path: new Uint8Array(hashBytes * height).fill(4),
    };
    const message = new Uint8Array(2 ** 29 + 5).fill(5);
    const root = PLAIN.candidateRoot(claim, message);
    expect(laneHashing(machine).candidateRoot(claim, message)).toEqual(root);
  });
});
