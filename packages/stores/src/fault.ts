/**
 * What can go wrong with storage. A fault names its cause in a code and says it in a sentence that
 * names the file and the place. None of them is ever answered by going on with less than was there.
 * @module
 */

export type StoreFaultCode =
  /** Another process holds the store. */
  | 'store_locked'
  /** The file is not a store of this kind. */
  | 'store_foreign'
  /** The file was written by a newer program. */
  | 'store_newer'
  /** What is in the file is not what was written. */
  | 'store_damaged'
  /** A write failed; how much of it is on the disk is unknown until the store is opened again. */
  | 'append_failed'
  /** Used after it was closed. */
  | 'store_closed';

/** Storage failed us. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
  readonly code: StoreFaultCode;

  constructor(code: StoreFaultCode, reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
