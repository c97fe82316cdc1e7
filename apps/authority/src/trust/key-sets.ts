/**
 * Key sets as the authority makes them: the next one from keys and registered operators, signed by
 * the root in force, and the chain that leads from the first root to the present set. Invariants:
 * numbers only rise, and a new root is the one that was announced.
 *
 * Spec: 02 §5, §6; 09 §9.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import { compareBytes, equalBytes } from '@specie/core/base/bytes';
import { after, DAY, type Instant } from '@specie/core/base/instant';
import type { SignatureSuite } from '@specie/core/crypto/signature';
import {
  keySetMessage,
  rootHash,
  type KeySet,
  type OperatorCard,
  type SignedKeySet,
  type TrustChain,
} from '@specie/protocol/trust/key-set';

/** How long a key set is good for; a wallet that was away longer has to go online first. */
export const KEY_SET_SPAN = 400 * DAY;
/** A set with less left is made anew at the next start. */
export const KEY_SET_RENEW = 200 * DAY;

export type AuthorityKey = KeySet['keys'][number];

/** The root in force and the one that comes after it, as seeds. */
export interface RootSeeds {
  readonly root: Uint8Array;
  readonly next: Uint8Array;
}

export interface KeySetParts {
  readonly url: string;
  readonly name: string;
  readonly keys: readonly AuthorityKey[];
  readonly operators: readonly OperatorCard[];
}

const PURPOSES: readonly AuthorityKey['purpose'][] = [
  'session',
  'mint',
  'checkpoint',
  'grant',
  'revocation',
  'order',
];

/** The chain with a new set at its end, signed by the root given. */
export function extendChain(
  chain: TrustChain,
  parts: KeySetParts,
  roots: RootSeeds,
  suite: SignatureSuite,
  now: Instant,
): TrustChain {
  const last = chain.at(-1)?.keySet;
  const root = suite.publicKeyOf(roots.root);
  const hash = rootHash(root);
  const isSameRoot = last !== undefined && equalBytes(last.root, root);
  assert(
    last === undefined || isSameRoot || equalBytes(last.nextRoot, hash),
    'a new root is the one that was announced',
  );
  const keySet: KeySet = {
    authority: last?.authority ?? hash,
    number: (last?.number ?? 0) + 1,
    issuedAt: now,
    endsAt: after(now, KEY_SET_SPAN),
    root,
    nextRoot: rootHash(suite.publicKeyOf(roots.next)),
    url: parts.url,
    name: parts.name,
    keys: sortedKeys(parts.keys),
    operators: [...parts.operators].sort((a, b) => a.operator - b.operator),
  };
  const signed: SignedKeySet = {
    keySet,
    signature: suite.sign(roots.root, keySetMessage.encode(keySet)),
  };
  // Of each root the chain keeps its last set: the one that announces the next root.
  return isSameRoot ? [...chain.slice(0, -1), signed] : [...chain, signed];
}

function sortedKeys(keys: readonly AuthorityKey[]): readonly AuthorityKey[] {
  return [...keys].sort(
    (a, b) =>
      PURPOSES.indexOf(a.purpose) - PURPOSES.indexOf(b.purpose) ||
      compareBytes(a.publicKey, b.publicKey) ||
      a.from - b.from,
  );
}

/** Whether the present set says something else than these parts, or ends before long. */
export function isOutdated(chain: TrustChain, parts: KeySetParts, now: Instant): boolean {
  const last = chain.at(-1)?.keySet;
  if (last === undefined || last.endsAt - now < KEY_SET_RENEW) return true;
  const wanted: KeySet = {
    ...last,
    url: parts.url,
    name: parts.name,
    keys: sortedKeys(parts.keys),
    operators: [...parts.operators].sort((a, b) => a.operator - b.operator),
  };
  return !equalBytes(keySetMessage.encode(last), keySetMessage.encode(wanted));
}
