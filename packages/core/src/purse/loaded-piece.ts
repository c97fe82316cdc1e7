/**
 * The pieces a grant was loaded with, as a Merkle tree. A hand-over opens only the pieces it pays
 * from, so a payee does not learn what else is in the purse. Invariant: a leaf commits to the whole
 * coin, for nothing else that travels offline says what an identity is worth and on what terms.
 *
 * Spec: 12 §2.
 * @module
 */
import { assert } from '../base/assert.ts';
import { compareBytes } from '../base/bytes.ts';
import { bytes, list, struct, u32, upTo, type ValueOf } from '../codec/codec.ts';
import { message } from '../codec/message.ts';
import { coinMessage, type Coin, type Range } from '../coin/coin.ts';
import { HASH_BYTES, hashOf } from '../crypto/hash.ts';
import { inclusionPath, isIncluded, leafHash, merkleRoot } from '../crypto/merkle.ts';
import { LOADED_MAX, type Grant } from './grant.ts';

const PATH_MAX = 10;

/** A range of a coin, loaded as one. */
export interface Load extends Range {
  readonly coin: Coin;
}

const loadedPieceMessage = message(
  'LoadedPiece',
  0x83,
  1,
  64,
  struct({ coin: bytes(HASH_BYTES), from: u32, to: u32 }),
);

/** Where a loaded piece stands in its grant's tree. */
export const place = struct({
  index: upTo(16, LOADED_MAX - 1),
  path: list(bytes(HASH_BYTES), 0, PATH_MAX),
});
export type Place = ValueOf<typeof place>;

function leafOf({ coin, from, to }: Load): Uint8Array {
  return leafHash(loadedPieceMessage.encode({ coin: hashOf(coinMessage, coin), from, to }));
}

/** Pieces in the order of the tree: by coin, then by range. */
export function loadOrder(pieces: readonly Load[]): readonly Load[] {
  assert(pieces.length <= LOADED_MAX, 'a load has a bounded number of pieces');
  return [...pieces].sort(
    (a, b) => compareBytes(a.coin.identity, b.coin.identity) || a.from - b.from,
  );
}

/** Root over the pieces of a load, which stand in `loadOrder`. */
export function loadRoot(pieces: readonly Load[]): Uint8Array {
  return merkleRoot(pieces.map(leafOf));
}

/** Place of one piece of a load. */
export function placeOf(pieces: readonly Load[], index: number): Place {
  return { index, path: inclusionPath(pieces.map(leafOf), index) };
}

/** Whether a grant was loaded with a piece of exactly this coin. */
export function isLoaded(
  { pieces, root }: Pick<Grant, 'pieces' | 'root'>,
  piece: Load,
  { index, path }: Place,
): boolean {
  return isIncluded(leafOf(piece), index, pieces, path, root);
}
