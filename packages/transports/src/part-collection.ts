/**
 * The parts of one message on their way in. Invariant: it holds at most as many parts as the message
 * needs, all of one size, so its memory is bounded by the message's length and one block.
 *
 * Spec: 13 §5.
 * @module
 */
import { equalBytes } from '@specie/core/base/bytes';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { blockCount, digestOf, type PartFrame } from './frame.ts';
import { bytesOfWords, partsThrough, wordsOf } from './part-code.ts';

/** What has come of one message. */
export interface PartCollection {
  readonly digest: Uint8Array;
  readonly length: number;
  readonly blockBytes: number;
  /** How many different parts the message needs. */
  readonly needed: number;
  readonly blocks: Map<number, Uint8Array>;
}

/** An empty collection for the message that a part belongs to. */
export function collectionFor({ digest, length, block }: PartFrame): PartCollection {
  const needed = blockCount(length, block.length);
  return { digest, length, blockBytes: block.length, needed, blocks: new Map() };
}

/** Whether a part is one of this collection's message, cut in this way. */
export function isOf(collection: PartCollection, part: PartFrame): boolean {
  return (
    collection.length === part.length &&
    collection.blockBytes === part.block.length &&
    equalBytes(collection.digest, part.digest)
  );
}

/** The message of a full collection, or a refusal when its parts are not of the message they name. */
export function messageOf(collection: PartCollection): Result<Uint8Array> {
  const { blocks, needed, blockBytes, length } = collection;
  const whole = new Uint8Array(needed * blockBytes);
  const missing: number[] = [];
  for (let number = 0; number < needed; number++) {
    const block = blocks.get(number);
    if (block === undefined) missing.push(number);
    else whole.set(block, number * blockBytes);
  }
  if (missing.length > 0) {
    const given = [...blocks].map(([number, block]) => ({
      number,
      block: wordsOf(block, blockBytes / 2),
    }));
    const partOf = partsThrough(given);
    for (const number of missing) whole.set(bytesOfWords(partOf(number)), number * blockBytes);
  }
  const carried = whole.slice(0, length);
  return equalBytes(digestOf(carried), collection.digest)
    ? accept(carried)
    : refuse('parts_contradictory');
}
