/**
 * The wallets of this operator: whose key, which tag, which tier. What is remembered beside the row
 * (events counted, money held, money spent) is derived from other tables and only ever a copy.
 *
 * Spec: 06 §2.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import type { Instant } from '@specie/core/base/instant';
import type { Tier } from '@specie/core/risk/limit';
import type { Database } from '@specie/stores/database';
import { bytesIn, keyOf, numberIn, rowOf, soleRowOf, textIn, type Row } from './column.ts';

/** Money counted per currency for one wallet. */
export interface SpentRecord {
  day: number;
  today: bigint;
  /** The days before today that still count towards the year. */
  before: bigint;
}

/** A wallet as it stands in memory. */
export interface Wallet {
  readonly id: number;
  readonly address: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly tag: Uint8Array;
  readonly tier: Tier;
  /** What others are shown. */
  readonly shown: string;
  readonly openedAt: Instant;
  /** Number of the newest event, once counted. */
  events: number | undefined;
  /** Money held by currency, once summed. */
  held: Map<number, bigint> | undefined;
  /** Money that offered locks still wait for, by currency. */
  readonly awaited: Map<number, bigint>;
  readonly spent: Map<number, SpentRecord>;
}

export interface NewWallet {
  readonly address: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly tag: Uint8Array;
  readonly tier: Tier;
  readonly shown: string;
  readonly openedAt: Instant;
}

export interface WalletShelf {
  byAddress(address: Uint8Array): Wallet | undefined;
  byTag(tag: Uint8Array): Wallet | undefined;
  byId(id: number): Wallet;
  /** Inside a transaction: adds a wallet, or gives the one there is at this address. */
  add(given: NewWallet): Wallet;
  count(): number;
}

/** The wallets of a book; each is read once and then kept, about two kilobytes apiece. */
export function openWallets({ sql }: Database): WalletShelf {
  const selectByAddress = sql.prepare('SELECT * FROM wallet WHERE address = ?');
  const selectByTag = sql.prepare('SELECT * FROM wallet WHERE tag = ?');
  const selectById = sql.prepare('SELECT * FROM wallet WHERE id = ?');
  const selectCount = sql.prepare('SELECT count(*) AS n FROM wallet');
  const insert = sql.prepare(
    `INSERT INTO wallet (address, public_key, tag, tier, shown, opened_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const ids = new Map<number, Wallet>();
  const addresses = new Map<string, Wallet>();
  const tags = new Map<string, Wallet>();

  const keep = (row: Row | undefined): Wallet | undefined => {
    if (row === undefined) return undefined;
    const known = ids.get(numberIn(row, 'id'));
    if (known !== undefined) return known;
    const wallet = walletOf(row);
    ids.set(wallet.id, wallet);
    addresses.set(keyOf(wallet.address), wallet);
    tags.set(keyOf(wallet.tag), wallet);
    return wallet;
  };
  const byAddress = (address: Uint8Array): Wallet | undefined =>
    addresses.get(keyOf(address)) ?? keep(rowOf(selectByAddress, address));

  return {
    byAddress,
    byTag: (tag) => tags.get(keyOf(tag)) ?? keep(rowOf(selectByTag, tag)),
    byId(id) {
      const wallet = ids.get(id) ?? keep(rowOf(selectById, id));
      assert(wallet !== undefined, 'a row names a wallet that exists');
      return wallet;
    },
    add(given) {
      const known = byAddress(given.address);
      if (known !== undefined) return known;
      const { address, publicKey, tag, tier, shown, openedAt } = given;
      insert.run(address, publicKey, tag, tier, shown, openedAt);
      const added = byAddress(address);
      assert(added !== undefined, 'a wallet that was added is there');
      return added;
    },
    count: () => numberIn(soleRowOf(selectCount), 'n'),
  };
}

function walletOf(row: Row): Wallet {
  const tier = textIn(row, 'tier');
  assert(tier === 'IV', 'the tier of a wallet is known');
  return {
    id: numberIn(row, 'id'),
    address: bytesIn(row, 'address'),
    publicKey: bytesIn(row, 'public_key'),
    tag: bytesIn(row, 'tag'),
    tier,
    shown: textIn(row, 'shown'),
    openedAt: numberIn(row, 'opened_at') as Instant,
    events: undefined,
    held: undefined,
    awaited: new Map(),
    spent: new Map(),
  };
}
