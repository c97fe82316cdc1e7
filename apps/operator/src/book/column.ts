/**
 * Reading columns of rows: what a statement gives back is unknown until it is looked at, and a
 * column that is not what the schema says means that the file is not ours.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import type { StatementSync } from 'node:sqlite';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The one row of a statement, or undefined. */
export function rowOf(
  statement: StatementSync,
  ...given: readonly (Uint8Array | bigint | number | string | null)[]
): Row | undefined {
  return statement.get(...given);
}

/** The row of a statement that always has one. */
export function soleRowOf(
  statement: StatementSync,
  ...given: readonly (Uint8Array | bigint | number | string | null)[]
): Row {
  const row = statement.get(...given);
  assert(row !== undefined, 'the statement gives a row');
  return row;
}

/** All rows of a statement. */
export function rowsOf(
  statement: StatementSync,
  ...given: readonly (Uint8Array | bigint | number | string | null)[]
): readonly Row[] {
  return statement.all(...given);
}

/** A whole number within 53 bits. */
export function numberIn(row: Row, name: string): number {
  const value = row[name];
  if (typeof value === 'bigint') return Number(value);
  assert(typeof value === 'number', `column ${name} holds a number`);
  return value;
}

/** A whole number, or undefined for NULL. */
export function optionalNumberIn(row: Row, name: string): number | undefined {
  return row[name] === null ? undefined : numberIn(row, name);
}

/** An amount of minor units. */
export function amountIn(row: Row, name: string): bigint {
  const value = row[name];
  assert(typeof value === 'bigint' || typeof value === 'number', `column ${name} holds an amount`);
  return BigInt(value);
}

/** Bytes. */
export function bytesIn(row: Row, name: string): Uint8Array {
  const value = row[name];
  assert(value instanceof Uint8Array, `column ${name} holds bytes`);
  return value;
}

/** Bytes, or undefined for NULL. */
export function optionalBytesIn(row: Row, name: string): Uint8Array | undefined {
  return row[name] === null ? undefined : bytesIn(row, name);
}

/** Text. */
export function textIn(row: Row, name: string): string {
  const value = row[name];
  assert(typeof value === 'string', `column ${name} holds a text`);
  return value;
}

/** A key of a few dozen bytes for maps: one letter a byte, which is cheaper than hexadecimal. */
export function keyOf(bytes: Uint8Array): string {
  // A Buffer over a short array would first move it out of the heap, which costs twice as much.
  return String.fromCharCode(...bytes);
}
