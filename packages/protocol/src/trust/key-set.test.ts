import { describe, expect, it } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { compareBytes } from '@specie/core/base/bytes';
import { mlDsaNative, slhDsaNative } from '../node/native-crypto.ts';
import { accepted, refusalIn } from '../session/parties.fixture.ts';
import { sessionKeyAt } from '../session/party-keys.ts';
import {
  authorityKeyAt,
  followTrust,
  formatAuthority,
  type KeySet,
  keySetMessage,
  operatorAt,
  parseAuthority,
  rootHash,
  type SignedKeySet,
  trustChainMessage,
} from './key-set.ts';

const NOW = instantOf(1_000_000);
const LATER = instantOf(2_000_000);
const seed = (root: number): Uint8Array => new Uint8Array(48).fill(root + 1);
const roots = [0, 1, 2, 3, 4].map((root) => slhDsaNative.publicKeyOf(seed(root)));
const AUTHORITY = rootHash(roots[0]!);
const dsaKey = (n: number): Uint8Array => mlDsaNative.publicKeyOf(new Uint8Array(32).fill(n));

function setOf(number: number, root: number, change: Partial<KeySet> = {}): KeySet {
  return {
    authority: AUTHORITY,
    number,
    issuedAt: instantOf(1),
    endsAt: LATER,
    root: roots[root]!,
    nextRoot: rootHash(roots[root + 1]!),
    url: 'https://authority.example',
    name: 'Authority',
    keys: [{ purpose: 'session', publicKey: dsaKey(1), from: instantOf(0), until: LATER }],
    operators: [],
    ...change,
  };
}

/** Signing with such a root takes a moment; tests ask for the same sets again and again. */
const signatures = new Map<string, Uint8Array>();
function signed(set: KeySet, root?: number): SignedKeySet {
  const signer = root ?? roots.findIndex((each) => each === set.root);
  const bytes = keySetMessage.encode(set);
  const name = `${signer} ${Buffer.from(bytes).toString('base64')}`;
  const signature = signatures.get(name) ?? slhDsaNative.sign(seed(signer), bytes);
  signatures.set(name, signature);
  return { keySet: set, signature };
}

const follow = (known: KeySet | undefined, ...chain: readonly SignedKeySet[]): string =>
  refusalIn(followTrust({ authority: AUTHORITY, known }, chain, NOW, slhDsaNative));

describe('a wallet that meets the authority for the first time', () => {
  it('believes a set signed by the root it was told of', () => {
    expect(follow(undefined, signed(setOf(1, 0)))).toBe('accepted');
  });

  it('follows every rotation since', () => {
    const chain = [setOf(1, 0), setOf(5, 1), setOf(9, 2), setOf(12, 2)].map((set) => signed(set));
    const known = accepted(
      followTrust({ authority: AUTHORITY, known: undefined }, chain, NOW, slhDsaNative),
    );
    expect(known.number).toBe(12);
    expect(trustChainMessage.decode(trustChainMessage.encode({ sets: chain })).ok).toBe(true);
  });

  it.each([
    [
      'another authority',
      signed(setOf(1, 0, { authority: rootHash(roots[1]!) })),
      'root_unknown .sets[0]',
    ],
    ['a root nobody told it of', signed(setOf(1, 1)), 'root_unknown .sets[0]'],
    ['a set signed by another root', signed(setOf(1, 0), 1), 'key_set_invalid .sets[0]'],
    ['a set that has ended', signed(setOf(1, 0, { endsAt: NOW })), 'key_set_ended'],
  ])('does not believe %s', (_, one, refusal) => {
    expect(follow(undefined, one)).toBe(refusal);
  });

  it('does not believe a set that was changed after it was signed', () => {
    const one = signed(setOf(1, 0));
    const forged = { ...one, keySet: { ...one.keySet, endsAt: instantOf(LATER + 1) } };
    expect(follow(undefined, forged)).toBe('key_set_invalid .sets[0]');
  });

  it('does not believe an empty chain', () => {
    expect(follow(undefined)).toBe('key_set_invalid');
  });
});

describe('a wallet that knows a set', () => {
  it('takes the same set again and a newer one, and goes back to no older one', () => {
    const known = setOf(5, 0);
    expect(follow(known, signed(known))).toBe('accepted');
    expect(follow(known, signed(setOf(6, 0)))).toBe('accepted');
    expect(follow(known, signed(setOf(4, 0)))).toBe('key_set_older .sets[0]');
    expect(follow(known, signed(setOf(6, 0)), signed(setOf(4, 0)))).toBe('key_set_older .sets[1]');
  });

  it('does not take another set under the number it knows', () => {
    expect(follow(setOf(5, 0), signed(setOf(5, 0, { name: 'Other' })))).toBe(
      'key_set_invalid .sets[0]',
    );
  });

  it('follows rotations it slept through, however many', () => {
    const known = setOf(3, 0);
    const chain = [setOf(1, 0), setOf(5, 1), setOf(9, 2), setOf(14, 2)].map((set) => signed(set));
    expect(follow(known, ...chain)).toBe('accepted');
  });

  it('follows no rotation whose step before it is missing', () => {
    expect(follow(setOf(3, 0), signed(setOf(1, 0)), signed(setOf(9, 2)))).toBe(
      'root_rotation_invalid .sets[1]',
    );
  });

  it('follows no rotation to a root that was not announced', () => {
    expect(follow(setOf(3, 0), signed(setOf(4, 3)))).toBe('root_rotation_invalid .sets[0]');
  });

  it('does not let a stolen root announce another successor', () => {
    const thief = setOf(4, 0, { nextRoot: rootHash(roots[3]!) });
    expect(follow(setOf(3, 0), signed(thief))).toBe('root_rotation_invalid .sets[0]');
    expect(follow(setOf(3, 0), signed(thief), signed(setOf(5, 3)))).toBe(
      'root_rotation_invalid .sets[0]',
    );
  });

  it('does not go back to a root that was replaced', () => {
    expect(follow(setOf(5, 1), signed(setOf(6, 0)))).toBe('root_rotation_invalid .sets[0]');
  });

  it('judges by the newest set alone whether it has ended', () => {
    const early = setOf(5, 1, { endsAt: instantOf(5) });
    expect(follow(setOf(3, 0), signed(early), signed(setOf(6, 1)))).toBe('accepted');
    expect(follow(setOf(3, 0), signed(setOf(4, 0)), signed(early))).toBe('key_set_ended');
  });
});

describe('keys', () => {
  const card = (
    operator: number,
    from: number,
    until: number,
    key: number,
  ): KeySet['operators'][number] => ({
    operator,
    name: `Bank ${operator}`,
    url: 'https://bank.example',
    sessionKey: dsaKey(key),
    statementKey: dsaKey(key + 1),
    from: instantOf(from),
    until: instantOf(until),
  });
  const set = setOf(1, 0, {
    keys: [
      {
        purpose: 'session' as const,
        publicKey: dsaKey(1),
        from: instantOf(0),
        until: instantOf(10),
      },
      {
        purpose: 'session' as const,
        publicKey: dsaKey(2),
        from: instantOf(10),
        until: instantOf(20),
      },
    ].sort((a, b) => compareBytes(a.publicKey, b.publicKey)),
    operators: [card(1, 5, 10, 11), card(1, 10, 20, 21), card(2, 0, 20, 31)],
  });

  it('are in force from their first instant until before their last', () => {
    expect(authorityKeyAt(set, 'session', instantOf(9))).toEqual(dsaKey(1));
    expect(authorityKeyAt(set, 'session', instantOf(10))).toEqual(dsaKey(2));
    expect(authorityKeyAt(set, 'session', instantOf(20))).toBeUndefined();
    expect(authorityKeyAt(set, 'grant', instantOf(9))).toBeUndefined();
    expect(operatorAt(set, 1, instantOf(4))).toBeUndefined();
    expect(operatorAt(set, 1, instantOf(10))?.sessionKey).toEqual(dsaKey(21));
  });

  it('of sessions are the authority’s for party 0 and an operator’s for its number', () => {
    expect(sessionKeyAt(set, 0, instantOf(5))).toEqual(dsaKey(1));
    expect(sessionKeyAt(set, 2, instantOf(5))).toEqual(dsaKey(31));
    expect(sessionKeyAt(set, 3, instantOf(5))).toBeUndefined();
  });
});

it('writes an authority as text and reads it back, and nothing else', () => {
  const written = formatAuthority(AUTHORITY);
  expect(written).toMatch(/^sa1/);
  expect(accepted(parseAuthority(written))).toEqual(AUTHORITY);
  expect(accepted(parseAuthority(written.toUpperCase()))).toEqual(AUTHORITY);
  const last = written.endsWith('q') ? 'p' : 'q';
  for (const wrong of [
    '',
    'sa1',
    written.slice(0, -1),
    written.slice(0, -1) + last,
    `sp${written.slice(2)}`,
  ]) {
    expect(refusalIn(parseAuthority(wrong))).toBe('root_unknown');
  }
});
