/**
 * What LMS costs: a purse's key, its signatures and their verification, on one core and with the
 * code that runs in browsers. Prints a table with the hardware; with --json the last line is one
 * JSON object.
 *
 * Each figure is the median of several runs after one that warms up, in time this process had a
 * core: neighbours on a shared machine do not count, its own background threads do. Signatures are
 * timed by the clock, one by one, and so is the first key of the process, module compilation
 * included. Answers are checked: a figure of wrong answers is none.
 */
import { PURSE_PARAMETERS, generate, reserve, signOnce, verify } from '@specie/core/crypto/lms';
import { hashingMachine } from '@specie/core/crypto/lms/hashing-machine';
import { laneHashing } from '@specie/core/crypto/lms/lane-hashing';
import type { LmsHashing, LmsSecret } from '@specie/core/crypto/lms/hashing';
import { PLAIN } from '@specie/core/crypto/lms/plain-hashing';
import { growTree } from '@specie/core/crypto/lms/tree';
import { verifyOn } from '@specie/core/crypto/lms/verification';
import { sha256Batch } from '@specie/core/crypto/sha256-simd';
import { hardware, hardwareLine, median, millisecondsOf, RUNS } from './hardware.ts';

const MESSAGE_BYTES = 100;
const BATCH = 4096;

interface Signed {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly what: string;
}

function bytesOf(length: number, from: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + 31 * i) & 0xff);
}

/** All 32 signatures of a purse's key, and what one took: each key signs once, so no loop is longer. */
function signAll(seed: Uint8Array): {
  readonly publicKey: Uint8Array;
  readonly signed: readonly Signed[];
  readonly milliseconds: readonly number[];
} {
  const signed: Signed[] = [];
  const milliseconds: number[] = [];
  const state = generate(PURSE_PARAMETERS, seed);
  for (let taken = reserve(state); taken !== undefined; taken = reserve(taken.rest)) {
    const message = bytesOf(MESSAGE_BYTES, taken.oneTimeKey.index);
    const randomizer = bytesOf(PURSE_PARAMETERS.hashBytes, taken.oneTimeKey.index + 7);
    const before = performance.now();
    const signature = signOnce(taken.oneTimeKey, message, randomizer);
    milliseconds.push(performance.now() - before);
    signed.push({ message, signature });
  }
  return { publicKey: state.publicKey, signed, milliseconds };
}

function verificationsPerSecond(
  hashing: LmsHashing,
  { publicKey, signed }: { readonly publicKey: Uint8Array; readonly signed: readonly Signed[] },
  times: number,
): number {
  let accepted = 0;
  const each = millisecondsOf(times, (i) => {
    const { message, signature } = signed[i % signed.length]!;
    if (verifyOn(hashing, publicKey, message, signature)) accepted++;
  });
  if (accepted !== times * (RUNS + 1)) throw new Error('a valid signature was refused');
  return 1000 / each;
}

function measure(): Figure[] {
  const coldBefore = performance.now();
  generate(PURSE_PARAMETERS, bytesOf(32, 1));
  const cold = performance.now() - coldBefore;

  const machine = hashingMachine();
  const lanes = machine === undefined ? undefined : laneHashing(machine);
  const secret: LmsSecret = {
    parameters: PURSE_PARAMETERS,
    identifier: bytesOf(16, 2),
    seed: bytesOf(PURSE_PARAMETERS.hashBytes, 3),
  };
  const keygen = millisecondsOf(20, (i) => void generate(PURSE_PARAMETERS, bytesOf(32, i)));
  const keygenPlain = millisecondsOf(2, () => void growTree(PLAIN, secret));
  const keys = Array.from({ length: RUNS }, (_, i) => signAll(bytesOf(32, i)));
  const sign = keys.flatMap(({ milliseconds }) => milliseconds);
  const key = keys[0]!;
  const changed = key.signed[0]!.signature.with(700, key.signed[0]!.signature[700]! ^ 1);
  if (verify(key.publicKey, key.signed[0]!.message, changed)) {
    throw new Error('a changed signature was accepted');
  }
  const messages = bytesOf(32 * BATCH, 5);
  const hash = millisecondsOf(20, () => void sha256Batch(messages, 32)) / BATCH;
  return [
    { name: 'keygenMs', value: keygen, what: 'a purse’s key' },
    { name: 'keygenColdMs', value: cold, what: 'the first key of the process' },
    { name: 'keygenPlainMs', value: keygenPlain, what: 'a purse’s key without SIMD' },
    { name: 'signMs', value: median(sign), what: 'a signature, without disk' },
    { name: 'signMaxMs', value: Math.max(...sign), what: `the slowest of ${sign.length}` },
    {
      name: 'lmsVerifySimdPerSecond',
      value: lanes === undefined ? 0 : verificationsPerSecond(lanes, key, 4000),
      what: 'verifications, four chains side by side',
    },
    {
      name: 'lmsVerifyPlainPerSecond',
      value: verificationsPerSecond(PLAIN, key, 200),
      what: 'verifications without SIMD',
    },
    { name: 'sha256Of32BytesMicroseconds', value: 1000 * hash, what: 'a hash, in batches' },
  ];
}

/** Measures and prints; with `--json` the last line is for programs. */
export function bench(args: readonly string[]): void {
  const machine = hardware();
  const figures = measure();
  const shape = `${PURSE_PARAMETERS.name}, messages of ${MESSAGE_BYTES} bytes, one core`;
  console.log(`${hardwareLine(machine)}\n${shape}\n`);
  for (const { name, value, what } of figures) {
    const shown = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
    console.log(`${name.padEnd(30)}${shown.padStart(10)}  ${what}`);
  }
  if (!args.includes('--json')) return;
  const values = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
  console.log(JSON.stringify({ bench: 'lms', shape, hardware: machine, ...values }));
}

if (import.meta.main) bench(process.argv.slice(2));
