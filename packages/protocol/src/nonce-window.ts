/**
 * Nonces seen within a span of time, in bounded memory. Invariant: while a message could still be
 * accepted for its time, its nonce is remembered; when there is no room to remember one more, the
 * message is refused instead, first to whoever fills the room.
 *
 * Spec: 06 §3, 10 §2.
 * @module
 */
import { concatBytes, hexOf } from '@specie/core/base/bytes';
import { type Instant, MINUTE } from '@specie/core/base/instant';
import { sha256 } from '@specie/core/crypto/hash';

export interface NonceWindow {
  /** Whether this nonce of this owner was kept and could still be met. */
  isSeen(owner: Uint8Array, nonce: Uint8Array): boolean;
  /** Why there is no room for one more of this owner, or undefined when there is. */
  crowding(owner: Uint8Array, now: Instant): 'rate_limited' | 'overloaded' | undefined;
  /** Remembers a nonce until an instant, after which its message is too old anyway. */
  keep(owner: Uint8Array, nonce: Uint8Array, until: Instant): void;
  readonly size: number;
}

export interface NonceWindowOptions {
  /** Nonces remembered altogether: at about 60 bytes each. */
  readonly max: number;
  /** Nonces remembered of one owner. */
  readonly perOwner: number;
}

interface Slot {
  readonly nonces: Set<string>;
  readonly owners: Map<string, number>;
}

/** Above this share of the room, an owner with more than its fair part is refused. */
const CROWDED = 0.75;
/** 96 bits of a hash: nobody finds one that stands for another's nonce and would gain nothing by it. */
const KEY_BYTES = 12;

/** An empty window. Forgetting goes by minutes, so it costs nothing per nonce. */
export function nonceWindow({ max, perOwner }: NonceWindowOptions): NonceWindow {
  const slots = new Map<number, Slot>();
  const owners = new Map<string, number>();
  let size = 0;

  const forget = (now: Instant): void => {
    for (const [minute, slot] of slots) {
      if ((minute + 1) * MINUTE > now) continue;
      slots.delete(minute);
      size -= slot.nonces.size;
      for (const [owner, count] of slot.owners) {
        const left = (owners.get(owner) ?? 0) - count;
        if (left > 0) owners.set(owner, left);
        else owners.delete(owner);
      }
    }
  };

  return {
    isSeen(owner, nonce) {
      const key = keyOf(owner, nonce);
      return [...slots.values()].some((slot) => slot.nonces.has(key));
    },
    crowding(owner, now) {
      forget(now);
      const own = owners.get(hexOf(owner)) ?? 0;
      if (own >= perOwner) return 'rate_limited';
      if (size < max * CROWDED) return undefined;
      if (own > max / Math.max(owners.size, 1)) return 'rate_limited';
      return size < max ? undefined : 'overloaded';
    },
    keep(owner, nonce, until) {
      const minute = Math.floor(until / MINUTE);
      const slot = slots.get(minute) ?? { nonces: new Set(), owners: new Map<string, number>() };
      slots.set(minute, slot);
      const before = slot.nonces.size;
      slot.nonces.add(keyOf(owner, nonce));
      if (slot.nonces.size === before) return;
      size += 1;
      const name = hexOf(owner);
      slot.owners.set(name, (slot.owners.get(name) ?? 0) + 1);
      owners.set(name, (owners.get(name) ?? 0) + 1);
    },
    get size() {
      return size;
    },
  };
}

function keyOf(owner: Uint8Array, nonce: Uint8Array): string {
  const hash = sha256(concatBytes(owner, nonce)).subarray(0, KEY_BYTES);
  return String.fromCharCode(...hash);
}
