import { describe, expect, it } from 'vitest';
import { declareAgreement } from './agreement.conformance.ts';
import { hashingMachine } from './hashing-machine.ts';
import { laneHashing } from './lane-hashing.ts';
import { PLAIN } from './plain-hashing.ts';

const machine = hashingMachine();

describe('four chains side by side against one after the other', () => {
  it('runs here, or the tests below would compare nothing', () => {
    expect(machine).toBeDefined();
  });
  if (machine !== undefined) declareAgreement(laneHashing(machine), PLAIN, 60);
});
