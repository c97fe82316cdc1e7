import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { instantOf } from '../base/instant.ts';
import { encodedBytesMax } from '../codec/arbitrary.fixture.ts';
import { HEADER_BYTES, messagesKnown } from '../codec/message.ts';
import '../ledger/entry.ts';
import '../ledger/snapshot.ts';
import { stockTag, tagOf } from '../coin/holder.ts';
import { lockOfSecret } from '../coin/lock.ts';
import { sha256 } from '../crypto/hash.ts';
import './lock-batch.ts';
import {
  inputCount,
  isReturn,
  orderHash,
  orderMessage,
  outputRanges,
  type Order,
} from './order.ts';

const LI = tagOf(7, new Uint8Array(12).fill(1));
const WANG = tagOf(9, new Uint8Array(12).fill(2));
const lock = lockOfSecret(new Uint8Array(32));
const ORDER: Order = {
  authority: new Uint8Array(32),
  operator: 7,
  holder: LI,
  verb: 'transfer',
  end: instantOf(60_000),
  nonce: new Uint8Array(16),
  parts: [
    {
      coin: new Uint8Array(32).fill(1),
      inputs: [
        { from: 10, to: 30 },
        { from: 30, to: 40 },
      ],
      outputs: [
        { to: 35, lock, tag: WANG },
        { to: 40, lock, tag: LI },
      ],
    },
    {
      coin: new Uint8Array(32).fill(2),
      inputs: [{ from: 0, to: 5 }],
      outputs: [{ to: 5, lock, tag: WANG }],
    },
  ],
};

describe('an order', () => {
  it('is known by the hash of its message', () => {
    expect(hexOf(orderHash(ORDER))).toBe(hexOf(sha256(orderMessage.encode(ORDER))));
  });

  it('counts the pieces it consumes, so the secrets it needs', () => {
    expect(inputCount(ORDER)).toBe(3);
  });

  it('names its outputs by their ends; each begins where the one before ended', () => {
    const ranges = ORDER.parts.map((part) => outputRanges(part).map(({ from, to }) => [from, to]));
    expect(ranges).toEqual([
      [
        [10, 35],
        [35, 40],
      ],
      [[0, 5]],
    ]);
  });
});

describe('an output gives the coin back', () => {
  const redeem = { ...ORDER, verb: 'redeem' } as const;
  const stock = { ...ORDER, holder: stockTag(7) };
  it.each([
    ["to the stock of the holder's operator", ORDER, stockTag(7), true],
    ['not to the stock of another operator', ORDER, stockTag(9), false],
    ['not to another holder', ORDER, WANG, false],
    ['not to the same holder in a transfer', ORDER, LI, false],
    ['to the same holder as the change of a redemption', redeem, LI, true],
    ['not to another holder in a redemption', redeem, WANG, false],
    ['from stock to stock', stock, stockTag(9), true],
    ['not from stock to a holder', stock, LI, false],
  ])('%s', (_, order, tag, expected) => {
    expect(isReturn(order, tag)).toBe(expected);
  });
});

describe('bounds', () => {
  it('hold whatever a shape allows, so that encoding what was decoded never fails', () => {
    // A batch and a snapshot are as large as whoever fills them lets them become.
    const open = ['Batch', 'Snapshot'];
    const core = messagesKnown().filter(({ type, name }) => type < 0x30 && !open.includes(name));
    expect(core).toHaveLength(8);
    for (const { name, shape, bytesMax } of core) {
      expect([name, HEADER_BYTES + encodedBytesMax(shape) <= bytesMax]).toEqual([name, true]);
    }
  });
});
