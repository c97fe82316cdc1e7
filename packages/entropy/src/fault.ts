/**
 * What can go wrong with randomness. A fault names its cause in a code and says it in a sentence;
 * none of them ever carries a sample. Nothing here falls back: who catches one has no randomness.
 * @module
 */

/** Why there is no randomness, no source, or no assessment. */
export type EntropyFaultCode =
  | 'entropy_below_floor'
  | 'settings_invalid'
  | 'source_unreadable'
  | 'source_silent'
  | 'source_ended'
  | 'source_wrong_width'
  | 'samples_empty'
  | 'samples_too_few'
  | 'samples_too_many'
  | 'samples_wrong_width'
  | 'samples_constant';

/** The world failed us. `retry` is `safe`: drawing and reading have no effect to repeat. */
export class EntropyFault extends Error {
  override readonly name = 'EntropyFault';
  readonly code: EntropyFaultCode;
  readonly retry = 'safe';

  constructor(code: EntropyFaultCode, reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The sentence of anything that was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
