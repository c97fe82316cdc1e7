/**
 * Fuzzing of any messages there are: every mutant of a valid encoding is either refused with a
 * registered refusal or is itself the one encoding of a value. What was met is counted, so that a
 * fuzzer which never gets anywhere is noticed.
 * @module
 */
import type { Chance } from '../base/chance.fixture.ts';
import { hexOf } from '../base/bytes.ts';
import type { RefusalCode } from '../base/refusals.ts';
import { arbitraryValue, mutantOf, writtenMessage } from './arbitrary.fixture.ts';
import type { Message } from './message.ts';

export interface Findings {
  /** Sentences saying what went wrong, with the bytes that did it. */
  readonly wrong: readonly string[];
  readonly decoded: number;
  /** How many had a header that was right. */
  readonly pastHeader: number;
  readonly accepted: number;
  readonly refusals: ReadonlySet<RefusalCode>;
}

/** Mutants made of one value before another is drawn. */
const PER_VALUE = 400;
/** Every so often an accepted mutant goes through the readable form too, which is slow. */
const JSON_EVERY = 64;

function hasHeader(kind: Message<unknown>, bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 &&
    bytes.length <= kind.bytesMax &&
    bytes[0] === 0x53 &&
    bytes[1] === 0x43 &&
    bytes[2] === kind.type &&
    bytes[3] === kind.version
  );
}

/** Decodes `count` mutants of one kind of message. */
export function fuzz(kind: Message<unknown>, count: number, chance: Chance): Findings {
  const wrong: string[] = [];
  const refusals = new Set<RefusalCode>();
  let [pastHeader, accepted] = [0, 0];
  let written = writtenMessage(kind, arbitraryValue(kind.shape, chance));
  for (let i = 0; i < count && wrong.length < 3; i++) {
    if (i % PER_VALUE === 0) {
      written = writtenMessage(kind, arbitraryValue(kind.shape, chance));
      const whole = kind.decode(written.bytes);
      if (!whole.ok) wrong.push(`${kind.name} refuses its own ${hexOf(written.bytes)}`);
    }
    const mutant = mutantOf(written, kind.bytesMax, chance);
    if (hasHeader(kind, mutant)) pastHeader += 1;
    try {
      const decoded = kind.decode(mutant);
      if (!decoded.ok) refusals.add(decoded.refusal.code);
      else {
        accepted += 1;
        const again = kind.encode(decoded.value);
        if (Buffer.compare(again, mutant) !== 0)
          wrong.push(`${kind.name} has two forms: ${hexOf(mutant)}`);
        if (accepted % JSON_EVERY === 0 && !survivesJson(kind, decoded.value, mutant)) {
          wrong.push(`${kind.name} is lost in its readable form: ${hexOf(mutant)}`);
        }
      }
    } catch (cause) {
      wrong.push(`${kind.name} throws ${String(cause)} at ${hexOf(mutant)}`);
    }
  }
  return { wrong, decoded: count, pastHeader, accepted, refusals };
}

function survivesJson(kind: Message<unknown>, value: unknown, bytes: Uint8Array): boolean {
  const back = kind.fromJson(JSON.parse(JSON.stringify(kind.toJson(value))));
  return back.ok && Buffer.compare(kind.encode(back.value), bytes) === 0;
}
