import { expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { isStock, operatorOf } from '@specie/core/coin/holder';
import { tagKeyOf, walletTag } from './wallet-tag.ts';

const key = tagKeyOf(new Uint8Array(32).fill(1));
const wallet = new Uint8Array(20).fill(2);

test('gives a wallet the same tag each time, of its operator and not of its stock', () => {
  const tag = walletTag(key, 7, wallet);
  expect(hexOf(tag)).toBe(hexOf(walletTag(tagKeyOf(new Uint8Array(32).fill(1)), 7, wallet)));
  expect([operatorOf(tag), isStock(tag)]).toEqual([7, false]);
});

test('gives other wallets, and wallets under other keys, other tags', () => {
  const tags = [
    walletTag(key, 7, wallet),
    walletTag(key, 7, new Uint8Array(20).fill(3)),
    walletTag(tagKeyOf(new Uint8Array(32).fill(4)), 7, wallet),
    walletTag(new Uint8Array(32).fill(1), 7, wallet),
  ];
  expect(new Set(tags.map(hexOf)).size).toBe(4);
});
