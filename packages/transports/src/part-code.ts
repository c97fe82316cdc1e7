/**
 * The code behind animated codes. The blocks of a message are taken as the values of one polynomial
 * at 0, 1, 2, …; part *n* is its value at *n*. A polynomial of degree below *k* follows from any *k* of
 * its values, so any *k* different parts give the message: no luck is involved, nothing is wasted, and
 * how far one has come is known exactly. (It is Reed and Solomon's code of 1960, on 16-bit words.)
 *
 * Spec: 13 §4.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { type FieldTables, fieldTables, ORDER } from './field.ts';

/** Parts there are of every message: one for each element of the field. */
export const PART_COUNT = 65_536;

/** A part: its number and the words of its block. */
export interface Part {
  readonly number: number;
  readonly block: Uint16Array;
}

/** Gives any part of the polynomial through the given parts. Numbers differ and blocks are of one length. */
export function partsThrough(given: readonly Part[]): (number: number) => Uint16Array {
  const { logOf, powerOf } = fieldTables();
  assert(given.length > 0, 'a polynomial needs at least one value');
  const numbers = given.map(({ number }) => number);
  const weights = weightLogs(numbers, logOf);
  // A block is looked at once for each part that is made from it, so its logarithms are kept.
  const blockLogs = given.map(({ block }) => Uint32Array.from(block, (word) => logOf[word]!));
  const words = given[0]!.block.length;
  return (number) => {
    const known = given.find((part) => part.number === number);
    if (known !== undefined) return known.block;
    const made = new Uint16Array(words);
    const logs = coefficientLogs(numbers, weights, number, logOf);
    for (let i = 0; i < given.length; i++) addScaled(made, blockLogs[i]!, logs[i]!, powerOf);
    return made;
  };
}

/** For each number, the logarithm of 1 / Π (number − other): the part of Lagrange's formula that stays. */
function weightLogs(numbers: readonly number[], logOf: FieldTables['logOf']): number[] {
  return numbers.map((number, i) => {
    let log = 0;
    for (let j = 0; j < numbers.length; j++) if (j !== i) log += logOf[number ^ numbers[j]!]!;
    return (ORDER - (log % ORDER)) % ORDER;
  });
}

/** Logarithms of Lagrange's coefficients at a number that is none of those given. */
function coefficientLogs(
  numbers: readonly number[],
  weights: readonly number[],
  at: number,
  logOf: FieldTables['logOf'],
): number[] {
  const distances = numbers.map((number) => logOf[at ^ number]!);
  const product = distances.reduce((sum, log) => sum + log, 0);
  return weights.map((weight, i) => (product + weight - distances[i]!) % ORDER);
}

function addScaled(
  sum: Uint16Array,
  blockLogs: Uint32Array,
  log: number,
  powerOf: FieldTables['powerOf'],
): void {
  for (let i = 0; i < sum.length; i++) sum[i]! ^= powerOf[blockLogs[i]! + log]!;
}

/** Words of bytes, the more significant byte first; bytes that are missing at the end are zero. */
export function wordsOf(from: Uint8Array, count: number): Uint16Array {
  const words = new Uint16Array(count);
  for (let i = 0; i < count; i++) words[i] = ((from[2 * i] ?? 0) << 8) | (from[2 * i + 1] ?? 0);
  return words;
}

/** Bytes of words. */
export function bytesOfWords(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * words.length);
  for (let i = 0; i < words.length; i++) {
    bytes[2 * i] = words[i]! >> 8;
    bytes[2 * i + 1] = words[i]!;
  }
  return bytes;
}
