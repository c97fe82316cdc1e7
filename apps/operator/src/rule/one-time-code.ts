/**
 * The code that proves a name: six digits, each as likely as the others, valid for ten minutes and
 * five attempts. What is kept is an authenticator over it under the vault's key, never the code.
 *
 * Spec: 06 §2.
 * @module
 */
import { bytesOfText, concatBytes, equalSecrets } from '@specie/core/base/bytes';
import { MINUTE, type Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { authenticate } from '@specie/core/crypto/hash';

export const CODE_LIFE = 10 * MINUTE;
export const CODE_ATTEMPTS_MAX = 5;
const CODES = 1_000_000;
/** The largest multiple of CODES in 32 bits; a draw at or above it would favour small codes. */
const FAIR = Math.floor(2 ** 32 / CODES) * CODES;

/** Six digits from a source of random bytes. */
export function drawCode(random: (length: number) => Uint8Array): string {
  for (;;) {
    const drawn = random(4);
    const value = new DataView(drawn.buffer, drawn.byteOffset).getUint32(0);
    if (value < FAIR) return (value % CODES).toString().padStart(6, '0');
  }
}

/** What is kept of a code: it fits one ticket only. */
export function codeHash(key: Uint8Array, ticket: Uint8Array, code: string): Uint8Array {
  return authenticate(key, concatBytes(ticket, bytesOfText(code)));
}

/** An opening under way, as far as its code is concerned. */
export interface CodeState {
  readonly endsAt: number;
  readonly attempts: number;
  readonly hash: Uint8Array;
}

/** Whether a code opens: ended first, then attempts, then the code itself. The attempt must be counted before this is answered. */
export function checkCode(state: CodeState, given: Uint8Array, now: Instant): Result<true> {
  if (now >= state.endsAt) return refuse('code_ended');
  if (state.attempts >= CODE_ATTEMPTS_MAX) return refuse('code_attempts_spent');
  return equalSecrets(state.hash, given) ? accept(true) : refuse('code_wrong', '.code');
}
