/**
 * The directory of names: which wallet of which operator a phone number or an address leads to. Names
 * are HMACs under the directory's key; the authority never sees one. Invariant: an operator can point
 * a name at its own wallets alone, and the last that verified it has it, with every move on record.
 *
 * Spec: 09 §8.
 * @module
 */
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Address } from '@specie/core/payment/address';

/** Where names are kept; durable when `put` returns. */
export interface DirectoryShelf {
  put(alias: Uint8Array, address: Address, time: Instant): void;
  get(alias: Uint8Array): Address | undefined;
}

export interface Directory {
  publish(
    operator: number,
    alias: Uint8Array,
    address: Address,
  ): Result<Readonly<Record<string, never>>>;
  find(alias: Uint8Array): Result<{ readonly alias: Uint8Array; readonly address: Address }>;
}

export function createDirectory(shelf: DirectoryShelf, clock: () => Instant): Directory {
  return {
    publish(operator, alias, address) {
      if (address.operator !== operator) return refuse('operator_mismatch', '.address.operator');
      shelf.put(alias, address, clock());
      return accept({});
    },
    find(alias) {
      const address = shelf.get(alias);
      return address === undefined ? refuse('payee_unknown') : accept({ alias, address });
    },
  };
}
