/**
 * Verification on a given implementation of the hashes; lms.ts chooses the one.
 * @module
 */
import { equalBytes } from '../../base/bytes.ts';
import type { LmsHashing } from './hashing.ts';
import { hashingMachine } from './hashing-machine.ts';
import { laneHashing } from './lane-hashing.ts';
import { PLAIN } from './plain-hashing.ts';
import { parseClaim, viewOf } from './signature-format.ts';

/**
 * Whether the signature is the key's over the message (RFC 8554 §5.4.2, Algorithm 6). False for
 * anything else that may be given, well formed or not, of whatever type.
 */
export function verifyOn(
  hashing: LmsHashing,
  publicKey: unknown,
  message: unknown,
  signature: unknown,
): boolean {
  const claim = parseClaim(publicKey, signature);
  const view = viewOf(message);
  if (claim === undefined || view === undefined) return false;
  return equalBytes(hashing.candidateRoot(claim, view), claim.root);
}

let fastest: LmsHashing | undefined;

/** Four chains side by side where that runs, one after the other where not. */
export function fastestHashing(): LmsHashing {
  if (fastest === undefined) {
    const machine = hashingMachine();
    fastest = machine === undefined ? PLAIN : laneHashing(machine);
  }
  return fastest;
}
