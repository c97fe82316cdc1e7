import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '@specie/core/base/instant';
import { sha256 } from '@specie/core/crypto/hash';
import { tagOf } from '@specie/core/coin/holder';
import type { Coin } from '@specie/core/coin/coin';
import { PARTS_MAX } from '@specie/core/payment/order';
import { caveatOf } from '@specie/core/terms/terms';
import { pieceKey, type OwnPiece } from './book.ts';
import { choosePieces, type SelectedPart, type Wish } from './choice.ts';
import { neighbours } from './neighbours.ts';

const CNY = 156;
const NOW = instantOf(1_000_000);
const holder = tagOf(1, new Uint8Array(12).fill(1));
const payee = tagOf(2, new Uint8Array(12).fill(2));
const nothing = new Uint8Array(16);

function coinOf(number: number, terms: Coin['terms'] = [], minorPerUnit = 1): Coin {
  const identity = new Uint8Array(32);
  identity[0] = number;
  return {
    identity,
    basket: [{ currency: CNY, minorPerUnit }],
    units: 1_000_000,
    terms,
    mintedAt: NOW,
  };
}

function piece(coin: Coin, from: number, to: number): OwnPiece {
  const hash = sha256(Uint8Array.of(coin.identity[0]!, from & 255, from >> 8, to & 255));
  return { coin, from, to, hash, origin: { nonce: nothing, index: 0 } };
}

const wish = (amount: number, over: Partial<Wish> = {}): Wish => ({
  currency: CNY,
  amount: BigInt(amount),
  now: NOW,
  holder,
  to: { is: 'payee', tag: undefined },
  ...over,
});

function chosen(pieces: readonly OwnPiece[], asked: Wish): readonly SelectedPart[] {
  const parts = choosePieces(pieces, asked, 0n);
  if (!parts.ok) throw new Error(parts.refusal.code);
  return parts.value;
}

const shape = (parts: readonly SelectedPart[]): unknown =>
  parts.map(({ coin, pieces, units }) => [
    coin.identity[0],
    pieces.map(({ from, to }) => [from, to]),
    units,
  ]);

const [a, b, c] = [coinOf(1), coinOf(2), coinOf(3)];

describe('coin choice', () => {
  it('cuts the smallest single piece that suffices', () => {
    const pieces = [piece(a, 0, 100), piece(b, 0, 60), piece(c, 0, 40)];
    expect(shape(chosen(pieces, wish(50)))).toEqual([[2, [[0, 60]], 50]]);
  });

  it('joins neighbours of one coin rather than touching a second', () => {
    const pieces = [piece(a, 10, 40), piece(a, 40, 70), piece(b, 0, 35)];
    expect(shape(chosen(pieces, wish(50)))).toEqual([
      [
        1,
        [
          [10, 40],
          [40, 70],
        ],
        50,
      ],
    ]);
  });

  it('does not join what is apart', () => {
    const pieces = [piece(a, 10, 40), piece(a, 41, 70)];
    expect(chosen(pieces, wish(50))).toHaveLength(2);
  });

  it('takes first what expires first', () => {
    const soon = coinOf(4, [caveatOf({ is: 'expires', at: instantOf(NOW + 5) })]);
    const pieces = [piece(a, 0, 50), piece(soon, 0, 500)];
    expect(shape(chosen(pieces, wish(50)))).toEqual([[4, [[0, 500]], 50]]);
  });

  it('leaves expired money alone, except to give it back', () => {
    const expired = coinOf(4, [caveatOf({ is: 'expires', at: NOW })]);
    const pieces = [piece(expired, 0, 100)];
    expect(choosePieces(pieces, wish(50), 0n)).toMatchObject({ refusal: { code: 'coin_expired' } });
    expect(chosen(pieces, wish(50, { to: { is: 'stock' } }))).toHaveLength(1);
  });

  it('uses money meant for one payee for that payee alone', () => {
    const meant = coinOf(4, [caveatOf({ is: 'payee', tag: payee })]);
    const pieces = [piece(meant, 0, 100)];
    const to = (tag: Uint8Array | undefined): Wish => wish(50, { to: { is: 'payee', tag } });
    expect(choosePieces(pieces, to(undefined), 0n)).toMatchObject({
      refusal: { code: 'payee_forbidden' },
    });
    expect(choosePieces(pieces, to(tagOf(2, new Uint8Array(12))), 0n)).toMatchObject({
      refusal: { code: 'payee_forbidden' },
    });
    expect(chosen(pieces, to(payee))).toHaveLength(1);
  });

  it('falls back to several coins, the largest first, and cuts only the last', () => {
    const pieces = [piece(a, 0, 30), piece(b, 0, 20), piece(c, 0, 25)];
    expect(shape(chosen(pieces, wish(60)))).toEqual([
      [1, [[0, 30]], 30],
      [3, [[0, 25]], 25],
      [2, [[0, 20]], 5],
    ]);
  });

  it('pays exactly with units worth more than one minor unit', () => {
    const coarse = coinOf(5, [], 5);
    const pieces = [piece(coarse, 0, 10), piece(a, 0, 4)];
    expect(shape(chosen(pieces, wish(52)))).toEqual([
      [5, [[0, 10]], 10],
      [1, [[0, 4]], 2],
    ]);
    expect(choosePieces([piece(coarse, 0, 10)], wish(7), 0n)).toMatchObject({
      refusal: { code: 'funds_scattered' },
    });
  });

  it('says whether money is missing, bound, or scattered', () => {
    const pieces = [piece(a, 0, 10)];
    expect(choosePieces(pieces, wish(50), 0n)).toMatchObject({
      refusal: { code: 'funds_insufficient' },
    });
    expect(choosePieces(pieces, wish(50), 40n)).toMatchObject({
      refusal: { code: 'funds_reserved' },
    });
    const many = Array.from({ length: PARTS_MAX + 1 }, (_, i) => piece(a, 2 * i, 2 * i + 1));
    expect(choosePieces(many, wish(PARTS_MAX + 1), 0n)).toMatchObject({
      refusal: { code: 'funds_scattered' },
    });
    expect(chosen(many, wish(PARTS_MAX))).toHaveLength(PARTS_MAX);
  });

  it('never takes money of another currency or of several', () => {
    const euro = { ...coinOf(6), basket: [{ currency: 978, minorPerUnit: 1 }] };
    const both = {
      ...coinOf(7),
      basket: [...coinOf(7).basket, { currency: 978, minorPerUnit: 1 }],
    };
    const pieces = [piece(euro, 0, 100), piece(both, 0, 100)];
    expect(choosePieces(pieces, wish(50), 0n)).toMatchObject({
      refusal: { code: 'funds_insufficient' },
    });
  });

  it('selects exactly the amount, out of what is there, in valid parts, whatever is there', () => {
    const cuts = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(cuts, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 900 }),
        (coins, amount) => {
          const pieces = coins.flatMap((gaps, i) => {
            let at = 0;
            return gaps.map(([gap, length]) => {
              const from = at + gap;
              at = from + length + 1;
              return piece(coinOf(i + 1), from, at);
            });
          });
          const total = pieces.reduce((sum, { from, to }) => sum + (to - from), 0);
          const parts = choosePieces(pieces, wish(amount), 0n);
          expect(parts.ok).toBe(total >= amount);
          if (!parts.ok) return;
          expect(parts.value.reduce((sum, { units }) => sum + units, 0)).toBe(amount);
          const keys = parts.value.flatMap((part) =>
            part.pieces.map((each) => pieceKey(part.coin.identity, each)),
          );
          expect(new Set(keys).size).toBe(keys.length);
          for (const part of parts.value) {
            expect(neighbours(part.pieces, 1)).toHaveLength(1);
            const whole = part.pieces.at(-1)!.to - part.pieces[0]!.from;
            expect(part.units).toBeGreaterThan(0);
            expect(part.units).toBeLessThanOrEqual(whole);
          }
          const largest = Math.max(
            ...neighbours(pieces, 1).map((group) => group.at(-1)!.to - group[0]!.from),
          );
          if (largest >= amount) expect(parts.value).toHaveLength(1);
        },
      ),
    );
  });
});
