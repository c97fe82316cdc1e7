/**
 * The operator's book as tables. No bytes stand in two rows: an order is kept once with its
 * signature as evidence, a coin's description once, and events point at both. Secrets stand in one
 * column that is deleted when the order is settled, and deleted cells are overwritten. There is no
 * name in this file; names are in the vault.
 *
 * Spec: 06 §7.
 * @module
 */
import type { Migration } from '@specie/stores/database';

export const BOOK_KIND = 'SPop';

export const BOOK_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE wallet (
        id INTEGER PRIMARY KEY, address BLOB NOT NULL UNIQUE, public_key BLOB NOT NULL,
        tag BLOB NOT NULL UNIQUE, tier TEXT NOT NULL, shown TEXT NOT NULL, opened_at INTEGER NOT NULL
      ) STRICT;

      -- What stands behind the identity in the canonical encoding of a coin.
      CREATE TABLE coin (id INTEGER PRIMARY KEY, identity BLOB NOT NULL UNIQUE, rest BLOB NOT NULL) STRICT;

      -- Locks are offered in order: everything below next was offered and never is again.
      CREATE TABLE batch (
        id INTEGER PRIMARY KEY, wallet INTEGER NOT NULL REFERENCES wallet, nonce BLOB NOT NULL,
        count INTEGER NOT NULL, ends INTEGER NOT NULL, next INTEGER NOT NULL, UNIQUE (wallet, nonce)
      ) STRICT;
      CREATE TABLE batch_tree (
        batch INTEGER PRIMARY KEY REFERENCES batch, signature BLOB NOT NULL, tree BLOB NOT NULL
      ) STRICT;

      -- Locks offered and not yet paid to. locks: batch:index, comma between them.
      CREATE TABLE draw (
        id INTEGER PRIMARY KEY, wallet INTEGER NOT NULL, sums TEXT NOT NULL, note TEXT NOT NULL,
        until INTEGER NOT NULL, locks TEXT NOT NULL
      ) STRICT;

      CREATE TABLE session (id INTEGER PRIMARY KEY, name BLOB NOT NULL) STRICT;
      CREATE TABLE payment (
        id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, wallet INTEGER NOT NULL,
        day INTEGER NOT NULL, sums TEXT NOT NULL, body BLOB NOT NULL, signature BLOB NOT NULL
      ) STRICT;
      CREATE TABLE pending (
        payment INTEGER PRIMARY KEY, session INTEGER NOT NULL, sequence INTEGER NOT NULL,
        secrets BLOB NOT NULL
      ) STRICT;
      CREATE TABLE outcome (
        payment INTEGER PRIMARY KEY, time INTEGER NOT NULL, position INTEGER, code INTEGER, at TEXT
      ) STRICT;
      CREATE TABLE spent (
        wallet INTEGER, currency INTEGER, day INTEGER, amount INTEGER NOT NULL,
        PRIMARY KEY (wallet, currency, day)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE tally (day INTEGER PRIMARY KEY, payments INTEGER NOT NULL) STRICT;

      CREATE TABLE piece (
        wallet INTEGER, coin INTEGER, low INTEGER, high INTEGER NOT NULL,
        PRIMARY KEY (wallet, coin, low)
      ) STRICT, WITHOUT ROWID;
      -- A piece that came is opened by lock number idx of its batch, or by output number idx of
      -- its own order, or, where neither is here any more, by what nonce and hash say.
      CREATE TABLE event (
        wallet INTEGER, number INTEGER, position INTEGER NOT NULL, time INTEGER NOT NULL,
        coin INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, went INTEGER NOT NULL,
        payment INTEGER, batch INTEGER, idx INTEGER, order_hash BLOB, nonce BLOB, hash BLOB, note TEXT,
        PRIMARY KEY (wallet, number)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE stock_piece (
        coin INTEGER, low INTEGER, high INTEGER NOT NULL, nonce BLOB NOT NULL, idx INTEGER NOT NULL,
        PRIMARY KEY (coin, low)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE issue (
        id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, reference BLOB NOT NULL UNIQUE,
        currency INTEGER NOT NULL, units INTEGER NOT NULL, coins INTEGER NOT NULL,
        time INTEGER NOT NULL, state TEXT NOT NULL, code INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE retirement (
        id INTEGER PRIMARY KEY, reference BLOB, currency INTEGER NOT NULL, amount INTEGER NOT NULL,
        retired INTEGER NOT NULL, pieces TEXT, time INTEGER NOT NULL, state TEXT NOT NULL,
        code INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE funding (
        id INTEGER PRIMARY KEY, wallet INTEGER NOT NULL REFERENCES wallet, reference BLOB NOT NULL,
        kind TEXT NOT NULL, currency INTEGER NOT NULL, amount INTEGER NOT NULL,
        account TEXT NOT NULL, state TEXT NOT NULL, code INTEGER NOT NULL, tries INTEGER NOT NULL,
        payment INTEGER, UNIQUE (wallet, reference)
      ) STRICT;
      CREATE INDEX funding_by_payment ON funding (payment) WHERE payment IS NOT NULL;
      CREATE INDEX funding_open ON funding (id) WHERE state IN ('asked', 'funded', 'redeemed');
    `,
  },
  {
    number: 2,
    sql: `
      -- Orders of ours that the feed told and this book does not have: it was restored from an older copy.
      CREATE TABLE lost (
        hash BLOB PRIMARY KEY, nonce BLOB NOT NULL, wallet INTEGER NOT NULL,
        position INTEGER NOT NULL, time INTEGER NOT NULL, claimed INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX lost_by_nonce ON lost (nonce);
      -- The redeeming order of a cash-out: the bank's credit is known by it, so one order is credited once.
      ALTER TABLE funding ADD COLUMN redeemed_by BLOB;
    `,
  },
  {
    number: 3,
    sql: `
      -- What the feed told of tags that lead to no wallet yet: opened after the copy this book was restored from.
      CREATE TABLE unclaimed (
        tag BLOB, position INTEGER, notice BLOB NOT NULL, PRIMARY KEY (tag, position)
      ) STRICT, WITHOUT ROWID;
      -- Pieces that came on locks of no batch here; a batch that is left again may hold them.
      CREATE INDEX event_without_batch ON event (wallet)
        WHERE batch IS NULL AND hash IS NOT NULL AND idx < 0;
    `,
  },
];

export const VAULT_KIND = 'SPva';

export const VAULT_MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    sql: `
      CREATE TABLE name (
        finder BLOB PRIMARY KEY, address BLOB NOT NULL, sealed BLOB NOT NULL,
        published INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX name_unpublished ON name (finder) WHERE published = 0;
      CREATE TABLE ticket (
        ticket BLOB PRIMARY KEY, address BLOB NOT NULL, public_key BLOB NOT NULL,
        finder BLOB NOT NULL, sealed BLOB NOT NULL, code BLOB NOT NULL, ends_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL, is_confirmed INTEGER NOT NULL
      ) STRICT;
    `,
  },
];
