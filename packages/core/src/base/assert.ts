/**
 * Assertions that stay on in production. A failed one means this program is wrong, and a program
 * that is wrong about money must stop rather than go on.
 * @module
 */

/** We were wrong: an invariant does not hold. Never caught except to stop the process. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Stops the program unless the invariant holds. `invariant` is the sentence that was broken. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Bug(invariant);
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${String(value)}`);
}
