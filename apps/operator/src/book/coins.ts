/**
 * Coins that were ever seen here, each described once.
 *
 * Spec: 03 §1.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { concatBytes } from '@specie/core/base/bytes';
import { HEADER_BYTES } from '@specie/core/codec/message';
import { coinMessage, IDENTITY_BYTES, type Coin } from '@specie/core/coin/coin';
import type { Database } from '@specie/stores/database';
import { bytesIn, keyOf, numberIn, rowOf, type Row } from './column.ts';

export interface KnownCoin {
  readonly id: number;
  readonly coin: Coin;
}

export interface CoinShelf {
  find(identity: Uint8Array): KnownCoin | undefined;
  byId(id: number): KnownCoin;
  /** Inside a transaction: the coin, kept when it was not known. */
  keep(coin: Coin): KnownCoin;
}

/** Coins held in memory at most; older ones are read again when they are met again. */
const KEPT_MAX = 50_000;
const HEAD = coinMessage
  .encode({
    identity: new Uint8Array(IDENTITY_BYTES),
    basket: [{ currency: 1, minorPerUnit: 1 }],
    units: 0,
    terms: [],
    mintedAt: 0 as Coin['mintedAt'],
  })
  .slice(0, HEADER_BYTES);

/** The coins of a book. */
export function openCoins({ sql }: Database): CoinShelf {
  const selectByIdentity = sql.prepare('SELECT * FROM coin WHERE identity = ?');
  const selectById = sql.prepare('SELECT * FROM coin WHERE id = ?');
  const insert = sql.prepare('INSERT INTO coin (identity, rest) VALUES (?, ?)');
  const ids = new Map<number, KnownCoin>();
  const identities = new Map<string, KnownCoin>();

  const remember = (known: KnownCoin): KnownCoin => {
    if (ids.size >= KEPT_MAX) {
      ids.clear();
      identities.clear();
    }
    ids.set(known.id, known);
    identities.set(keyOf(known.coin.identity), known);
    return known;
  };
  const read = (row: Row | undefined): KnownCoin | undefined => {
    if (row === undefined) return undefined;
    const decoded = coinMessage.decode(
      concatBytes(HEAD, bytesIn(row, 'identity'), bytesIn(row, 'rest')),
    );
    assert(decoded.ok, 'a coin that was kept can be read');
    return remember({ id: numberIn(row, 'id'), coin: decoded.value });
  };
  const find = (identity: Uint8Array): KnownCoin | undefined =>
    identities.get(keyOf(identity)) ?? read(rowOf(selectByIdentity, identity));

  return {
    find,
    byId(id) {
      const known = ids.get(id) ?? read(rowOf(selectById, id));
      assert(known !== undefined, 'a row names a coin that exists');
      return known;
    },
    keep(coin) {
      const known = find(coin.identity);
      if (known !== undefined) return known;
      const rest = coinMessage.encode(coin).subarray(HEADER_BYTES + IDENTITY_BYTES);
      const { lastInsertRowid } = insert.run(coin.identity, rest);
      return remember({ id: Number(lastInsertRowid), coin });
    },
  };
}
