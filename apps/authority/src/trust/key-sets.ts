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
  const authority = last?.authority ?? hash;
  const nextRoot = rootHash(suite.publicKeyOf(roots.next));
  const number = (last?.number ?? 0) + 1;
  return withSet(
    chain,
    signSet(setOf(parts, { authority, number, root, nextRoot }, now), roots, suite),
  );
}

/** The next set under the root in force, which somebody else is to sign. */
export function prepareSet(chain: TrustChain, parts: KeySetParts, now: Instant): KeySet {
  const last = chain.at(-1)?.keySet;
  assert(last !== undefined, 'init makes the first key set');
  const { authority, number, root, nextRoot } = last;
  return setOf(parts, { authority, number: number + 1, root, nextRoot }, now);
}

function setOf(
  parts: KeySetParts,
  names: Pick<KeySet, 'authority' | 'number' | 'root' | 'nextRoot'>,
  now: Instant,
): KeySet {
  return {
    ...names,
    issuedAt: now,
    endsAt: after(now, KEY_SET_SPAN),
    url: parts.url,
    name: parts.name,
    keys: sortedKeys(parts.keys),
    operators: [...parts.operators].sort((a, b) => a.operator - b.operator),
  };
}

/** A set signed by the root it names. */
export function signSet(keySet: KeySet, roots: RootSeeds, suite: SignatureSuite): SignedKeySet {
  assert(equalBytes(suite.publicKeyOf(roots.root), keySet.root), 'a set is signed by its own root');
  return { keySet, signature: suite.sign(roots.root, keySetMessage.encode(keySet)) };
}

/** The chain with a signed set at its end. */
export function withSet(chain: TrustChain, signed: SignedKeySet): TrustChain {
  const last = chain.at(-1)?.keySet;
  const isSameRoot = last !== undefined && equalBytes(last.root, signed.keySet.root);
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
