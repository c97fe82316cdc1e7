/**
 * Checks verification against a whole vector set of NIST's, which is too large to keep here: give
 * it the folder with prompt.json and expectedResults.json of LMS-sigVer-1.0 or LMS-sigVer-SP800-208
 * (usnistgov/ACVP-Server, gen-val/json-files). Groups on SHAKE256 are no part of Specie; there it
 * checks that none is accepted.
 *
 * The first two releases of that set (1.1.0.28, of March 2023) expect signatures to fail that
 * nothing was changed in; later ones are right.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bytesOfHex } from '../src/base/bytes.ts';
import { hashingMachine } from '../src/crypto/lms/hashing-machine.ts';
import { laneHashing } from '../src/crypto/lms/lane-hashing.ts';
import { PLAIN } from '../src/crypto/lms/plain-hashing.ts';
import { verifyOn } from '../src/crypto/lms/verification.ts';

interface Group<Test> {
  readonly lmsMode: string;
  readonly lmOtsMode: string;
  readonly publicKey: string;
  readonly tests: readonly Test[];
}
interface Prompt {
  readonly testGroups: readonly Group<{
    readonly tcId: number;
    readonly message: string;
    readonly signature: string;
  }>[];
}
interface Expected {
  readonly testGroups: readonly {
    readonly tests: readonly { readonly tcId: number; readonly testPassed: boolean }[];
  }[];
}

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('usage: check-acvp.ts FOLDER\n');
  process.exit(2);
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder ?? '', file), 'utf8'));
}

function bytes(text: string): Uint8Array {
  return bytesOfHex(text.toLowerCase()) ?? new Uint8Array(0);
}

const expected = new Map(
  (read('expectedResults.json') as Expected).testGroups.flatMap(({ tests }) =>
    tests.map(({ tcId, testPassed }) => [tcId, testPassed]),
  ),
);
const machine = hashingMachine();
const implementations = machine === undefined ? [PLAIN] : [PLAIN, laneHashing(machine)];
let [right, wrong, accepted] = [0, 0, 0];
for (const { lmsMode, publicKey, tests } of (read('prompt.json') as Prompt).testGroups) {
  for (const { tcId, message, signature } of tests) {
    const wanted = lmsMode.includes('SHA256') && expected.get(tcId) === true;
    const answers = implementations.map((hashing) =>
      verifyOn(hashing, bytes(publicKey), bytes(message), bytes(signature)),
    );
    if (wanted) accepted++;
    if (answers.every((answer) => answer === wanted)) right++;
    else {
      wrong++;
      process.stdout.write(
        `case ${tcId} of ${lmsMode}: NIST ${String(wanted)}, here ${answers.join(', ')}\n`,
      );
    }
  }
}
process.stdout.write(
  `${implementations.length} implementations, ${right} cases right (${accepted} to be accepted), ` +
    `${wrong} wrong\n`,
);
process.exitCode = wrong === 0 && right > 0 ? 0 : 1;
