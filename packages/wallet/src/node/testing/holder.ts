/**
 * A holder in the model country: a wallet over a place in memory that can be closed, killed and
 * opened again, with randomness from a seed so that every run is the same.
 */
import { instantOf } from '@specie/core/base/instant';
import type { Result } from '@specie/core/base/result';
import { sha256 } from '@specie/core/crypto/hash';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import type { Random } from '@specie/protocol/ports';
import type { WalletPorts } from '../../context.ts';
import { memoryPlace, openMemoryStorage, type MemoryPlace } from '../../storage/memory.ts';
import type { Storage } from '../../storage/storage.ts';
import { openWallet, type Wallet } from '../../wallet.ts';
import type { Country } from './model-country.ts';
import { AUTHORITY, CNY, CODE } from './model-people.ts';

/** Bytes from a seed: the same at every run, never the same twice. */
export function seededRandom(seed: string): Random {
  let count = 0;
  return (length) => {
    const name = new TextEncoder().encode(`${seed} ${(count += 1)}`);
    return sha256(name).slice(0, length);
  };
}

export interface Holder {
  readonly country: Country;
  readonly alias: string;
  readonly place: MemoryPlace;
  readonly random: Random;
  readonly operatorUrl: string;
}

/** The value of a result that has to be one. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

/** Somebody who has no wallet yet. */
export function newHolder(country: Country, alias: string, operator = 1): Holder {
  const operatorUrl = `http://operator-${operator}.test`;
  return { country, alias, place: memoryPlace(), random: seededRandom(alias), operatorUrl };
}

/** Opens the holder's wallet on its place; the storage and more may be put in between. */
export async function walletOf(
  holder: Holder,
  over: Partial<WalletPorts> = {},
  between: (storage: Storage) => Storage = (storage) => storage,
): Promise<Wallet> {
  const { country, place, random } = holder;
  const storage = between(must(openMemoryStorage(place)));
  return must(
    await openWallet({
      storage,
      transport: country.transport,
      mlDsa: mlDsaNative,
      slhDsa: slhDsaNative,
      clock: () => instantOf(country.now),
      random,
      ...over,
    }),
  );
}

/** What a process leaves behind that was killed: the place, no longer held. */
export function killed(holder: Holder): void {
  holder.place.isOpen = false;
}

/** A wallet that is open at its operator, with money bought when wanted. */
export async function openedWallet(holder: Holder, units = 0): Promise<Wallet> {
  const wallet = await walletOf(holder);
  const { operatorUrl, alias } = holder;
  must(await wallet.open({ authority: AUTHORITY, operatorUrl }, alias, 'en'));
  must(await wallet.confirm(CODE));
  must(await wallet.contact());
  if (units > 0) {
    const wish = { currency: CNY, amount: BigInt(units), account: 'TB-0001' };
    must(await wallet.topUp(wish));
  }
  return wallet;
}

/** What a wallet has of the one currency here. */
export function balanceOf(wallet: Wallet): bigint {
  const standing = wallet.balance().find(({ currency }) => currency === CNY);
  return standing === undefined ? 0n : standing.available + standing.inPayment + standing.waiting;
}
