import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { instantOf } from '../base/instant.ts';
import { coinMessage, type Coin } from '../coin/coin.ts';
import {
  caveatOf,
  CAVEAT_BYTES_MAX,
  checkMovement,
  conditionOf,
  conditionsOf,
  type Caveat,
  type Movement,
} from './terms.ts';

const LI = new Uint8Array(16).fill(1);
const WANG = new Uint8Array(16).fill(2);
const NOON = instantOf(1_000_000);
const expires = caveatOf({ is: 'expires', at: NOON });
const payee = caveatOf({ is: 'payee', tag: WANG });
const unknown: Caveat = { kind: 999, body: new Uint8Array(3) };

const movement = (change: Partial<Movement> = {}): Movement => ({
  now: instantOf(999_999),
  from: LI,
  to: WANG,
  isReturn: false,
  ...change,
});
const verdict = (terms: readonly Caveat[], change: Partial<Movement> = {}): string => {
  const result = checkMovement(terms, movement(change));
  return result.ok ? 'allowed' : `${result.refusal.code}${result.refusal.at}`;
};

describe('a caveat', () => {
  it('carries its condition and gives it back', () => {
    expect(expires.kind).toBe(1);
    expect(hexOf(expires.body)).toBe('0000000f4240');
    expect(conditionOf(expires)).toEqual({ ok: true, value: { is: 'expires', at: NOON } });
    expect(payee.kind).toBe(2);
    expect(conditionOf(payee)).toEqual({ ok: true, value: { is: 'payee', tag: WANG } });
  });

  it('whose body is too short or too long cannot be read', () => {
    for (const { kind, body } of [expires, payee]) {
      for (const wrong of [body.slice(1), Uint8Array.of(...body, 0), new Uint8Array(0)]) {
        expect(conditionOf({ kind, body: wrong })).toMatchObject({
          refusal: { code: 'caveat_malformed' },
        });
      }
    }
  });

  it('of a kind nobody knows refuses, at its place', () => {
    expect(conditionsOf([expires, unknown])).toEqual({
      ok: false,
      refusal: { code: 'caveat_unknown', at: '.terms[1]' },
    });
    expect(verdict([unknown])).toBe('caveat_unknown.terms[0]');
    expect(verdict([expires, unknown], { isReturn: true })).toBe('caveat_unknown.terms[1]');
  });

  it('of a kind nobody knows still travels unchanged', () => {
    const coin: Coin = {
      identity: new Uint8Array(32),
      basket: [{ currency: 156, minorPerUnit: 1 }],
      units: 5,
      terms: [{ kind: 999, body: new Uint8Array(CAVEAT_BYTES_MAX).fill(5) }],
      mintedAt: NOON,
    };
    expect(coinMessage.decode(coinMessage.encode(coin))).toEqual({ ok: true, value: coin });
  });
});

describe('a coin without terms', () => {
  it('goes anywhere', () => {
    expect(verdict([])).toBe('allowed');
  });
});

describe('a coin that expires', () => {
  it('moves until the last millisecond before and not from then on', () => {
    expect(verdict([expires])).toBe('allowed');
    expect(verdict([expires], { now: NOON })).toBe('coin_expired');
    expect(verdict([expires], { now: NOON, to: LI })).toBe('coin_expired');
  });

  it('can still be given back', () => {
    expect(verdict([expires], { now: NOON, isReturn: true })).toBe('allowed');
  });
});

describe('a coin meant for one payee', () => {
  it('goes to that payee, back as change, or back whence it came, and to nobody else', () => {
    expect(verdict([payee])).toBe('allowed');
    expect(verdict([payee], { to: LI })).toBe('allowed');
    expect(verdict([payee], { to: new Uint8Array(16).fill(3), isReturn: true })).toBe('allowed');
    expect(verdict([payee], { to: new Uint8Array(16).fill(3) })).toBe('payee_forbidden');
  });
});

describe('several caveats', () => {
  it('must all hold, and the first that does not is named', () => {
    const other = caveatOf({ is: 'payee', tag: LI });
    expect(verdict([expires, payee])).toBe('allowed');
    expect(verdict([expires, other], { to: WANG })).toBe('payee_forbidden');
    expect(verdict([expires, other], { to: WANG, now: NOON })).toBe('coin_expired');
  });
});
