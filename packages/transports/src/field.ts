/**
 * The field of 65,536 elements: 16-bit words whose sum is exclusive or and whose product is that of
 * polynomials over {0, 1} modulo x^16 + x^12 + x^3 + x + 1. Products are looked up as sums of
 * logarithms to the base x, which generates every element but zero.
 *
 * Spec: 13 §4.
 * @module
 */
export const FIELD_SIZE = 65_536;
/** Elements other than zero; powers of x repeat after as many. */
export const ORDER = FIELD_SIZE - 1;
const POLYNOMIAL = 0x1100b;

/** Zero has no logarithm. This one stands for it: every power at or above it is zero. */
export const LOG_ZERO = 2 * ORDER;

/** Logarithms, and powers long enough that a sum of two logarithms need not be reduced. */
export interface FieldTables {
  readonly logOf: Uint32Array;
  readonly powerOf: Uint16Array;
}

let tables: FieldTables | undefined;

/** The tables, made when they are first needed: 0.6 MB and about a millisecond. */
export function fieldTables(): FieldTables {
  tables ??= newTables();
  return tables;
}

function newTables(): FieldTables {
  const logOf = new Uint32Array(FIELD_SIZE);
  const powerOf = new Uint16Array(LOG_ZERO + ORDER);
  let element = 1;
  for (let log = 0; log < ORDER; log++) {
    powerOf[log] = element;
    powerOf[log + ORDER] = element;
    logOf[element] = log;
    element <<= 1;
    if (element >= FIELD_SIZE) element ^= POLYNOMIAL;
  }
  logOf[0] = LOG_ZERO;
  return { logOf, powerOf };
}
