/**
 * Whom a wallet trusts: one authority, by its fingerprint, and the newest key set that follows from
 * it. Invariant: a fingerprint is taken from a person or an invitation, never silently from the
 * network, and an older key set never takes the place of a newer one.
 *
 * Spec: 02 §5, §6; 05 §6.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { exchange } from '@specie/protocol/transport';
import { MESSAGE_MEDIA_TYPE, OPERATOR_ROUTES } from '@specie/protocol/route';
import {
  followTrust,
  formatAuthority,
  type KeySet,
  type OperatorCard,
  type TrustChain,
  trustChainMessage,
} from '@specie/protocol/trust/key-set';
import { type Context, type WalletPorts, reach } from './context.ts';
import { commit } from './vault.ts';

/** How far a wallet trusts what it was told. */
export type TrustState =
  | { readonly is: 'unknown' }
  | {
      readonly is: 'valid' | 'ended';
      readonly authority: string;
      readonly name: string;
      readonly number: number;
      readonly endsAt: Instant;
    };

/** The chain of key sets a service shows; nothing about it is believed yet. */
export async function fetchChain(
  ports: Pick<WalletPorts, 'transport'>,
  url: string,
): Promise<Result<TrustChain>> {
  return reach(async () => {
    const answer = await exchange(ports.transport, {
      method: 'GET',
      url: url.replace(/\/+$/, '') + OPERATOR_ROUTES.trust.path,
      headers: { accept: MESSAGE_MEDIA_TYPE },
      body: undefined,
    });
    if (answer.status !== 200) return refuse('operator_unreachable');
    const chain = trustChainMessage.decode(answer.body);
    return chain.ok ? accept(chain.value.sets) : chain;
  });
}

/**
 * What a service claims to belong to, for a first use without a fingerprint: a person has to look at
 * it and decide. The chain is checked to hold in itself and no more.
 */
export async function claimedAuthority(
  ports: WalletPorts,
  url: string,
): Promise<
  Result<{ readonly authority: Uint8Array; readonly fingerprint: string; readonly name: string }>
> {
  const chain = await fetchChain(ports, url);
  if (!chain.ok) return chain;
  const authority = chain.value[0]!.keySet.authority;
  const trust = { authority, known: undefined };
  const followed = followTrust(trust, chain.value, ports.clock(), ports.slhDsa);
  if (!followed.ok) return followed;
  return accept({ authority, fingerprint: formatAuthority(authority), name: followed.value.name });
}

/** Follows the chain a service shows and keeps the newest set. */
export async function refreshTrust(
  context: Context,
  authority: Uint8Array,
  url: string,
): Promise<Result<KeySet>> {
  const { clock, slhDsa } = context.ports;
  const { keySet } = context.vault;
  const known = keySet && hexOf(keySet.authority) === hexOf(authority) ? keySet : undefined;
  const chain = await fetchChain(context.ports, url);
  const followed = chain.ok
    ? followTrust({ authority, known }, chain.value, clock(), slhDsa)
    : chain;
  if (!followed.ok) {
    // What is known stays good until its own end, whoever shows something else.
    const isForged = known === undefined || known.endsAt <= clock();
    return isForged ? followed : accept(known);
  }
  context.isTrustFresh = true;
  if (known === undefined || followed.value.number > known.number)
    await commit(context.vault, [{ is: 'keySet', value: followed.value }]);
  return followed;
}

/** The operator of a key set that answers at an address. */
export function operatorAtUrl(set: KeySet, url: string, now: Instant): Result<OperatorCard> {
  const origin = originOf(url);
  const card = set.operators.find(
    (each) => originOf(each.url) === origin && each.from <= now && now < each.until,
  );
  return card === undefined || origin === undefined ? refuse('operator_unknown') : accept(card);
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin.replace('//localhost', '//127.0.0.1');
}

/** The state of trust in words a person can act on. */
export function trustState(context: Context): TrustState {
  const { keySet } = context.vault;
  if (keySet === undefined) return { is: 'unknown' };
  const { name, number, endsAt } = keySet;
  const is = endsAt > context.ports.clock() ? 'valid' : 'ended';
  return { is, authority: formatAuthority(keySet.authority), name, number, endsAt };
}
