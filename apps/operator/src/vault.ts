/**
 * The vault: which name leads to which wallet, and nothing else. Names are sealed with AES-256-GCM
 * and found by an authenticator, both under a key that is in no other file, so that neither the
 * ordinary book nor a copy of this one tells a name.
 *
 * Spec: 06 §2. NIST SP 800-38D; RFC 2104.
 * @module
 */
import type { DatabaseSync } from 'node:sqlite';
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { assert } from '@specie/core/base/assert';
import { bytesOfText, textOfBytes } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { deriveKey } from '@specie/core/crypto/hash';
import type { Database } from '@specie/stores/database';
import { bytesIn, keyOf, numberIn, rowOf, rowsOf, type Row } from './book/column.ts';
import { parseAlias, type Alias } from './rule/alias.ts';
import { checkCode, CODE_LIFE, codeHash } from './rule/one-time-code.ts';

const NONCE_BYTES = 12;
const SEAL_BYTES = 16;

/** An opening whose code was sent. */
export interface Ticket {
  readonly ticket: Uint8Array;
  readonly address: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly alias: Alias;
  readonly endsAt: Instant;
}

/** A wallet whose name was proven. */
export interface Confirmed {
  readonly address: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly alias: Alias;
}

export interface Vault {
  /** Keeps an opening and the authenticator of its code; durable when it returns. */
  begin(opening: Ticket, code: string): void;
  /** The key of a wallet that is being opened. */
  openingKey(address: Uint8Array): Uint8Array | undefined;
  /** Counts an attempt durably, then judges it; a right code binds the name to the wallet. */
  confirm(
    given: { readonly ticket: Uint8Array; readonly address: Uint8Array; readonly code: string },
    now: Instant,
  ): Result<Confirmed>;
  /** Wallets whose names were proven and that may not be in the book yet. */
  confirmed(): readonly Confirmed[];
  find(alias: Alias): Uint8Array | undefined;
  /** Names that the directory does not know yet. */
  unpublished(count: number): readonly {
    readonly alias: Alias;
    readonly address: Uint8Array;
    readonly finder: Uint8Array;
  }[];
  published(finder: Uint8Array): void;
  /** Forgets openings that ended. */
  sweep(now: Instant): void;
}

/** A vault over its database. `random` gives nonces. */
export function openVault(
  { sql, transaction }: Database,
  key: Uint8Array,
  random: (length: number) => Uint8Array,
): Vault {
  const {
    insertTicket,
    selectTicket,
    selectOpening,
    selectConfirmed,
    attempt,
    confirmTicket,
    sweepTickets,
    selectName,
    insertName,
    selectUnpublished,
    markPublished,
  } = statementsOf(sql);
  const codeKey = deriveKey(key, 'vault/code');

  const { finderOf, seal, unseal } = sealerOf(key, random);
  const confirmedOf = (row: Row): Confirmed => confirmedIn(row, unseal(row));

  return {
    begin({ ticket, address, publicKey, alias, endsAt }, code) {
      const finder = finderOf(alias);
      const kept = codeHash(codeKey, ticket, code);
      transaction(() => {
        insertTicket.run(ticket, address, publicKey, finder, seal(alias, finder), kept, endsAt);
      });
    },
    openingKey: (address) => bytesOf(rowOf(selectOpening, address), 'public_key'),
    confirm({ ticket, address, code }, now) {
      return transaction(() => {
        const row = rowOf(selectTicket, ticket);
        if (row === undefined || keyOf(bytesIn(row, 'address')) !== keyOf(address))
          return refuse('code_ended', '.ticket');
        const state = {
          endsAt: numberIn(row, 'ends_at'),
          attempts: numberIn(row, 'attempts'),
          hash: bytesIn(row, 'code'),
        };
        const verdict = checkCode(state, codeHash(codeKey, ticket, code), now);
        // A right code may be sent again, when its answer was lost; every other one is counted.
        if (!verdict.ok) {
          attempt.run(ticket);
          return verdict;
        }
        const finder = bytesIn(row, 'finder');
        const known = rowOf(selectName, finder);
        if (known === undefined) insertName.run(finder, address, bytesIn(row, 'sealed'));
        else if (keyOf(bytesIn(known, 'address')) !== keyOf(address)) return refuse('alias_taken');
        confirmTicket.run(ticket);
        return accept(confirmedOf(row));
      });
    },
    confirmed: () => rowsOf(selectConfirmed).map(confirmedOf),
    find: (alias) => bytesOf(rowOf(selectName, finderOf(alias)), 'address'),
    unpublished: (count) =>
      rowsOf(selectUnpublished, count).map((row) => ({
        alias: unseal(row),
        address: bytesIn(row, 'address'),
        finder: bytesIn(row, 'finder'),
      })),
    published: (finder) => void markPublished.run(finder),
    sweep: (now) => void sweepTickets.run(now - CODE_LIFE),
  };
}

function bytesOf(row: Row | undefined, name: string): Uint8Array | undefined {
  return row === undefined ? undefined : bytesIn(row, name);
}

function confirmedIn(row: Row, alias: Alias): Confirmed {
  return { address: bytesIn(row, 'address'), publicKey: bytesIn(row, 'public_key'), alias };
}

interface Sealer {
  finderOf(alias: Alias): Uint8Array;
  seal(alias: Alias, finder: Uint8Array): Uint8Array;
  unseal(row: Row): Alias;
}

/** Seals and opens names: nonce, text under AES-256-GCM bound to its finder, tag. */
function sealerOf(key: Uint8Array, random: (length: number) => Uint8Array): Sealer {
  const finderKey = deriveKey(key, 'vault/find');
  const sealKey = deriveKey(key, 'vault/seal');
  return {
    finderOf: (alias) => createHmac('sha256', finderKey).update(alias.text).digest(),
    seal(alias, finder) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(finder);
      const text = Buffer.concat([cipher.update(bytesOfText(alias.text)), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]);
    },
    unseal(row) {
      const sealed = bytesIn(row, 'sealed');
      const end = sealed.length - SEAL_BYTES;
      const cipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: SEAL_BYTES,
      });
      cipher.setAAD(bytesIn(row, 'finder')).setAuthTag(sealed.subarray(end));
      const text = sealed.subarray(NONCE_BYTES, end);
      const opened = Buffer.concat([cipher.update(text), cipher.final()]);
      const alias = parseAlias(textOfBytes(opened) ?? '');
      assert(alias.ok, 'a sealed name can be read');
      return alias.value;
    },
  };
}

/** Every statement, prepared once. */
function statementsOf(sql: DatabaseSync) {
  const insertTicket = sql.prepare(
    `INSERT INTO ticket (ticket, address, public_key, finder, sealed, code, ends_at, attempts, is_confirmed)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)`,
  );
  const selectTicket = sql.prepare('SELECT * FROM ticket WHERE ticket = ?');
  const selectOpening = sql.prepare('SELECT public_key FROM ticket WHERE address = ? LIMIT 1');
  const selectConfirmed = sql.prepare('SELECT * FROM ticket WHERE is_confirmed = 1');
  const attempt = sql.prepare('UPDATE ticket SET attempts = attempts + 1 WHERE ticket = ?');
  const confirmTicket = sql.prepare('UPDATE ticket SET is_confirmed = 1 WHERE ticket = ?');
  const sweepTickets = sql.prepare('DELETE FROM ticket WHERE ends_at <= ?');
  const selectName = sql.prepare('SELECT address FROM name WHERE finder = ?');
  const insertName = sql.prepare(
    'INSERT INTO name (finder, address, sealed, published) VALUES (?, ?, ?, 0)',
  );
  const selectUnpublished = sql.prepare('SELECT * FROM name WHERE published = 0 LIMIT ?');
  const markPublished = sql.prepare('UPDATE name SET published = 1 WHERE finder = ?');
  return {
    insertTicket,
    selectTicket,
    selectOpening,
    selectConfirmed,
    attempt,
    confirmTicket,
    sweepTickets,
    selectName,
    insertName,
    selectUnpublished,
    markPublished,
  };
}
