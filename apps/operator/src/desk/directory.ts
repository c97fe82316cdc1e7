/**
 * The authority's directory: which operator's wallet a name leads to. Names leave this operator only
 * as authenticators under the directory's key, which every operator has and nobody else.
 *
 * Spec: 06 §4, 09.
 * @module
 */
import { createHmac } from 'node:crypto';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Address } from '@specie/core/payment/address';
import { Fault, faultOf } from '@specie/protocol/fault';
import { AUTHORITY_ROUTES } from '@specie/protocol/route';
import type { Line } from '../ledger/line.ts';
import type { Alias } from '../rule/alias.ts';
import type { Office } from './office.ts';

export interface Directory {
  find(alias: Alias): Promise<Result<Address>>;
  /** Tells the authority of names it does not know yet, as far as it can be reached. */
  publish(): Promise<void>;
}

const PAGE = 256;

/** The directory over a line to the authority. */
export function createDirectory(office: Office, line: Line): Directory {
  let key: Promise<Uint8Array> | undefined;

  const keyNow = (): Promise<Uint8Array> => {
    key ??= line.call(AUTHORITY_ROUTES.directoryKey, {}).then((given) => {
      if (given.ok) return given.value.key;
      throw new Fault('directory_refused', 'safe', `no directory key: ${given.refusal.code}`);
    });
    key.catch(() => {
      key = undefined;
    });
    return key;
  };
  const tagOf = async ({ text }: Alias): Promise<Uint8Array> => {
    const tag = createHmac('sha256', await keyNow())
      .update(text)
      .digest();
    return new Uint8Array(tag.buffer, tag.byteOffset, tag.length);
  };
  const publishAll = async (): Promise<void> => {
    for (;;) {
      const names = office.vault.unpublished(PAGE);
      for (const { alias, address, finder } of names) {
        const entry = {
          alias: await tagOf(alias),
          address: { operator: office.operator, wallet: address },
        };
        const done = await line.call(AUTHORITY_ROUTES.directoryPublish, entry);
        if (!done.ok)
          throw new Fault('directory_refused', 'safe', `a name was refused: ${done.refusal.code}`);
        office.vault.published(finder);
      }
      if (names.length < PAGE) return;
    }
  };
  let publishing: Promise<void> | undefined;

  return {
    async find(alias) {
      const found = await line.call(AUTHORITY_ROUTES.directoryFind, { alias: await tagOf(alias) });
      if (found.ok) return accept(found.value.address);
      return found.refusal.code === 'payee_unknown' ? refuse('payee_unknown', '.to') : found;
    },
    publish() {
      // One round at a time; a name added meanwhile is seen by the page that is read next.
      publishing ??= publishAll()
        .catch((cause: unknown) => {
          if (faultOf(cause) === undefined) throw cause;
          office.onFault(cause);
        })
        .finally(() => {
          publishing = undefined;
        });
      return publishing;
    },
  };
}
