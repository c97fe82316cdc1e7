/**
 * What every transport has to do, whatever it carries over: give back exactly the message, whatever
 * happens to frames on their way, or say why not; and never hand out anything else.
 *
 * Spec: 13 §1, §5.
 */
import { type Chance, chanceOf } from '@specie/core/base/chance.fixture';
import { sha256 } from '@specie/core/crypto/hash';
import { expect, it } from 'vitest';
import { newDecoder } from './decoder.ts';
import type { Frames, Taken, Transport } from './transport.ts';

/** Sizes around every boundary that is plain to see. */
export const SIZES = [
  1, 2, 3, 31, 32, 255, 256, 1000, 1213, 1249, 2929, 4096, 12_345, 65_535, 65_536,
];

/** A message with no pattern in it, and the same one for the same size. */
export function messageOfSize(size: number, seed = 1): Uint8Array {
  return chanceOf(size * 31 + seed).bytes(size);
}

/** The frames of a message that this transport is known to carry. */
export function framesOf(
  transport: Transport,
  message: Uint8Array,
  frameBytesMax?: number,
): Frames {
  const frames = transport.encode(message, frameBytesMax === undefined ? {} : { frameBytesMax });
  if (!frames.ok) throw new Error(frames.refusal.code);
  return frames.value;
}

/** A way between encoder and decoder: what becomes of the frame of a number. */
export type Way = (frame: Uint8Array, number: number) => readonly Uint8Array[];

/** Shows frames from a number on until the message is there; gives it and how many were shown. */
export function carry(
  frames: Frames,
  way: Way,
  { from = 0, most = 20_000 } = {},
): { readonly message: Uint8Array; readonly shown: number } {
  const decoder = newDecoder();
  for (let shown = 1; shown <= most; shown++) {
    for (const arrived of way(frames.at(from + shown - 1), from + shown - 1)) {
      const taken = decoder.take(arrived);
      if (taken.at === 'done') return { message: taken.message, shown };
    }
  }
  throw new Error('the message never came');
}

const untouched: Way = (frame) => [frame];

/** A frame that some mishap or somebody has altered. */
export function mutated(frame: Uint8Array, chance: Chance): Uint8Array {
  const kind = chance.below(7);
  const bytes = Uint8Array.from(frame);
  const at = chance.below(Math.max(1, bytes.length));
  switch (kind) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      bytes[at]! ^= 1 << chance.below(8);
      return bytes;
    case 2:
      return Uint8Array.from([...bytes, ...chance.bytes(1 + chance.below(40))]);
    case 3:
      bytes.set(chance.bytes(Math.min(4, bytes.length - at)), at);
      return bytes;
    case 4: {
      // The fields before the contents, where the sizes are.
      const early = chance.below(Math.min(36, Math.max(1, bytes.length)));
      if (bytes.length > 0) bytes[early] = chance.below(256);
      return bytes;
    }
    case 5:
      // By somebody who knows how a part is checked.
      bytes.set(chance.bytes(Math.min(2, bytes.length - at)), at);
      return bytes.length > 8 ? resealed(bytes) : bytes;
    default:
      return chance.bytes(chance.below(200));
  }
}

/** The frame with the check that its bytes ask for, as the last four bytes of a part have it. */
function resealed(frame: Uint8Array): Uint8Array {
  const end = frame.length - 4;
  frame.set(sha256(frame.subarray(0, end)).subarray(0, 4), end);
  return frame;
}

/** Titles and tests that every transport passes. `carries` are the sizes it says it carries. */
export function conforms(transport: Transport, carries: (size: number) => boolean): void {
  const sizes = SIZES.filter(carries);

  it.each(sizes)('carries a message of %i bytes and gives back the same', (size) => {
    const message = messageOfSize(size);
    const frames = framesOf(transport, message);
    const carried = carry(frames, untouched);
    expect(Buffer.compare(carried.message, message)).toBe(0);
    expect(carried.shown).toBe(frames.needed);
  });

  it('refuses to carry nothing, and more than a message may have', () => {
    for (const size of [0, 65_537]) {
      const frames = transport.encode(new Uint8Array(size));
      expect(frames).toMatchObject({ ok: false, refusal: { code: 'message_uncarriable' } });
    }
  });

  it('gives the same bytes for the same number, and what is done to them changes nothing', () => {
    const frames = framesOf(transport, messageOfSize(500));
    const first = frames.at(0);
    const copy = Uint8Array.from(first);
    first.fill(0);
    expect(frames.at(0)).toEqual(copy);
    expect(framesOf(transport, messageOfSize(500)).at(0)).toEqual(copy);
  });

  it('does not notice when the message is altered after it was given', () => {
    const message = Buffer.from(messageOfSize(500));
    const frames = framesOf(transport, message);
    message.fill(0);
    expect(carry(frames, untouched).message).toEqual(messageOfSize(500));
  });

  it.each(sizes.filter((size) => size <= 4096))(
    'carries %i bytes when frames are lost, doubled, late, foreign and damaged',
    (size) => {
      const chance = chanceOf(size);
      const held: Uint8Array[] = [];
      const rough: Way = (frame) => {
        if (chance.below(10) < 3) return [];
        held.push(frame);
        if (chance.once(3)) return [mutated(frame, chance)];
        const out = held.splice(chance.below(held.length), 1);
        return [...out, ...(chance.once(4) ? out : []), chance.bytes(chance.below(64))];
      };
      const message = messageOfSize(size);
      expect(carry(framesOf(transport, message), rough).message).toEqual(message);
    },
  );

  it('tells two messages apart that are shown in turn', () => {
    const two = [messageOfSize(1000, 1), messageOfSize(1000, 2)];
    const shown = two.map((message) => framesOf(transport, message));
    const decoder = newDecoder();
    const done: Uint8Array[] = [];
    for (let number = 0; number < shown[0]!.needed; number++) {
      for (const frames of shown) {
        const taken = decoder.take(frames.at(number));
        if (taken.at === 'done') done.push(taken.message);
      }
    }
    expect(done).toEqual(two);
  });

  it('gives a message to whoever comes late', () => {
    const message = messageOfSize(1000);
    for (const from of [1, 7, 1000, 65_535, 65_536]) {
      const frames = framesOf(transport, message);
      const carried = carry(frames, untouched, { from });
      expect(carried.message).toEqual(message);
      expect(carried.shown).toBe(frames.needed);
    }
  });

  it('refuses a frame that was cut off anywhere', () => {
    const frame = framesOf(transport, messageOfSize(40)).at(0);
    for (let length = 0; length < frame.length; length++) {
      expect(newDecoder().take(frame.subarray(0, length)).at, `${length} bytes`).toBe('refused');
    }
  });

  it('refuses a frame in which any bit is altered', () => {
    const frame = framesOf(transport, messageOfSize(40)).at(0);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const altered = Uint8Array.from(frame);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      const taken = newDecoder().take(altered);
      expect(taken.at, `bit ${bit}`).toBe('refused');
    }
  });
}

/** Feeds mutated frames to one decoder and says what came; throws when anything false is handed out. */
export function endure(transport: Transport, count: number, sizes: readonly number[]): Set<string> {
  const chance = chanceOf(count);
  const messages = sizes.map((size) => messageOfSize(size));
  const shown = messages.map((message) => framesOf(transport, message));
  const decoder = newDecoder();
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const frames = chance.pick(shown);
    const frame = frames.at(chance.below(Math.min(frames.count, 3 * frames.needed)));
    const taken = decoder.take(chance.once(8) ? frame : mutated(frame, chance));
    seen.add(taken.at === 'refused' ? taken.refusal.code : taken.at);
    if (taken.at === 'done') expectKnown(taken, messages);
    if (taken.at === 'progress' && !(taken.progress > 0 && taken.progress < 1)) {
      throw new Error(`progress of ${taken.progress}`);
    }
  }
  return seen;
}

function expectKnown(taken: Taken & { at: 'done' }, messages: readonly Uint8Array[]): void {
  const isKnown = messages.some((message) => Buffer.compare(message, taken.message) === 0);
  if (!isKnown) throw new Error('a message was handed out that nobody sent');
}
