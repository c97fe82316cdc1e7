/**
 * Contact with the operator: takes in what happened, finds out about what was left open, moves what
 * was exposed, and leaves new locks. Every step may be cut off at any line; the next contact begins
 * again and ends in the same place.
 *
 * Spec: 05 §9, §10.
 * @module
 */
import { accept, type Result } from '@specie/core/base/result';
import { type Context, openIdentity } from './context.ts';
import { sync } from './events.ts';
import { resumeFundings } from './funding.ts';
import { refillLocks } from './receiving.ts';
import { refreshAll } from './refresh.ts';
import { resolve } from './settlement.ts';
import { refreshTrust } from './trust.ts';

/** Does everything a contact is for. The first refusal ends it; what was done before stands. */
export async function contact(context: Context): Promise<Result<true>> {
  const identity = openIdentity(context);
  if (!identity.ok) return identity;
  if (!context.isTrustFresh) {
    const { authority, operatorUrl } = identity.value;
    const trusted = await refreshTrust(context, authority, operatorUrl);
    if (!trusted.ok) return trusted;
  }
  const synced = await sync(context);
  if (!synced.ok) return synced;
  const resumed = await resume(context);
  if (!resumed.ok) return resumed;
  return refillLocks(context);
}

/** Finishes what was left open: orders without an answer, money with shown secrets, fundings. */
async function resume(context: Context): Promise<Result<true>> {
  let hasChanged = false;
  for (const own of [...context.vault.orders.values()]) {
    if (own.state.is !== 'signed') continue;
    const resolved = await resolve(context, own.hash);
    if (!resolved.ok) return resolved;
    hasChanged = true;
  }
  const refreshed = await refreshAll(context);
  if (!refreshed.ok) return refreshed;
  const funded = await resumeFundings(context);
  if (!funded.ok) return funded;
  return hasChanged || refreshed.value || funded.value ? sync(context) : accept(true);
}
