/**
 * The one decoder for every kind of frame: who points a camera at a code does not know its kind.
 * Invariants: it holds at most four messages in parts and the last whole one, however many frames
 * come; each frame costs at most as much as a message of the largest size; nothing throws.
 *
 * Spec: 13 §5.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { refuse, type Refusal } from '@specie/core/base/result';
import {
  type PartFrame,
  partFrameMessage,
  readPartFrame,
  readWholeFrame,
  wholeFrameMessage,
} from './frame.ts';
import { frameOfText, isText } from './message-text.ts';
import { collectionFor, isOf, messageOf, type PartCollection } from './part-collection.ts';
import type { Decoder, Taken } from './transport.ts';

/** Two people showing at once, each changing their mind once. */
const COLLECTIONS_MAX = 4;

/** A decoder that has seen nothing yet. */
export function newDecoder(): Decoder {
  /** The one that was fed last stands last. */
  const collections: PartCollection[] = [];
  let last: { readonly digest: Uint8Array; readonly message: Uint8Array } | undefined;

  const done = (digest: Uint8Array, message: Uint8Array): Taken => {
    last = { digest, message };
    return { at: 'done', message: message.slice() };
  };

  const takePart = (part: PartFrame): Taken => {
    if (last !== undefined && equalBytes(last.digest, part.digest)) {
      return { at: 'done', message: last.message.slice() };
    }
    const collection = collectionOf(collections, part);
    const isNew = !collection.blocks.has(part.number);
    if (isNew) collection.blocks.set(part.number, part.block);
    const [have, needed] = [collection.blocks.size, collection.needed];
    if (have < needed) return { at: 'progress', progress: have / needed, have, needed, isNew };
    // A message that does not come out leaves nothing behind, or one bad part would block the good.
    collections.splice(collections.indexOf(collection), 1);
    const message = messageOf(collection);
    return message.ok ? done(collection.digest, message.value) : refused(message.refusal);
  };

  const take = (frame: Uint8Array): Taken => {
    if (isText(frame)) {
      const inside = frameOfText(frame);
      if (!inside.ok) return refused(inside.refusal);
      return takeWhole(inside.value);
    }
    switch (kindOfFrame(frame)) {
      case 'whole':
        return takeWhole(frame);
      case 'part': {
        const part = readPartFrame(frame);
        return part.ok ? takePart(part.value) : refused(part.refusal);
      }
      case undefined:
        return refused(refuse('frame_foreign').refusal);
    }
  };

  const takeWhole = (frame: Uint8Array): Taken => {
    const whole = readWholeFrame(frame);
    return whole.ok ? done(whole.value.digest, whole.value.message) : refused(whole.refusal);
  };

  const nearest: Decoder['nearest'] = () => {
    const shares = collections.map(({ blocks, needed }) => ({ have: blocks.size, needed }));
    return shares.sort((a, b) => b.have / b.needed - a.have / a.needed)[0];
  };

  return { take, nearest };
}

/** The collection a part belongs to, made and put last. */
function collectionOf(collections: PartCollection[], part: PartFrame): PartCollection {
  const at = collections.findIndex((collection) => isOf(collection, part));
  const found = at >= 0 ? collections.splice(at, 1)[0] : undefined;
  const collection = found ?? collectionFor(part);
  if (found === undefined && collections.length === COLLECTIONS_MAX) forgetLeast(collections);
  collections.push(collection);
  return collection;
}

/** Forgets the message of which least is known, so that strays cannot push out one that is coming in. */
function forgetLeast(collections: PartCollection[]): void {
  const least = collections.reduce((a, b) => (b.blocks.size < a.blocks.size ? b : a));
  collections.splice(collections.indexOf(least), 1);
}

/** The kind a frame says it is by its first three bytes. */
function kindOfFrame(frame: Uint8Array): 'whole' | 'part' | undefined {
  if (frame[0] !== 0x53 || frame[1] !== 0x43) return undefined;
  if (frame[2] === wholeFrameMessage.type) return 'whole';
  return frame[2] === partFrameMessage.type ? 'part' : undefined;
}

function refused(refusal: Refusal): Taken {
  return { at: 'refused', refusal };
}
