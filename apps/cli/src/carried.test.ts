/**
 * A message drawn as codes and read back by the command line is the same message, and what is missing
 * or foreign is named.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { coinMessage } from '@specie/core/coin/coin';
import { plainBasket } from '@specie/core/coin/basket';
import { instantOf } from '@specie/core/base/instant';
import { lockBatchMessage } from '@specie/core/payment/lock-batch';
import { testWorld } from './testing/test-world.ts';

const coin = coinMessage.encode({
  identity: new Uint8Array(32).fill(7),
  basket: plainBasket(156),
  units: 10_000,
  terms: [],
  mintedAt: instantOf(1_790_000_000_000),
});
/** Larger than one code: 2,420 bytes of signature and 64 hashes. */
const large = lockBatchMessage.encode({
  head: {
    authority: new Uint8Array(32).fill(1),
    owner: { operator: 1, wallet: new Uint8Array(20).fill(2) },
    nonce: new Uint8Array(16).fill(3),
    count: 64,
    root: new Uint8Array(32).fill(4),
    ends: instantOf(1_790_000_000_000),
  },
  signature: Uint8Array.from({ length: 2420 }, (_, i) => (i * 31) % 251),
  hashes: Array.from({ length: 64 }, (_, i) => new Uint8Array(32).fill(i)),
});

describe('messages that people carry', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'specie-carried-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('a coin goes into one picture and comes out of it', async () => {
    const world = testWorld();
    const picture = join(folder, 'coin.png');
    const drawn = await world.line(['draw', hexOf(coin), picture, '--json']);
    expect(drawn.json()).toEqual({ bytes: coin.length, files: [picture], needed: 1 });
    const read = await world.line(['read', picture, '--out', 'kept', '--json']);
    expect(read.json()).toMatchObject({ is: 'Coin', bytes: coin.length, left: [] });
    expect(world.files.get('kept')).toEqual(coin);
  });

  it('a larger message takes several pictures, of which enough in any order will do', async () => {
    const world = testWorld();
    const album = join(folder, 'album');
    const drawn = (await world.line(['draw', hexOf(large), album, '--json'])).json();
    const files = drawn['files'] as readonly string[];
    const needed = drawn['needed'] as number;
    expect(readdirSync(album)).toHaveLength(files.length);
    expect(needed).toBeLessThan(files.length);
    const some = [...files].reverse().slice(0, needed);
    expect((await world.line(['read', ...some, '--json'])).json()).toMatchObject({
      is: 'LockBatch',
    });
    const few = await world.line(['read', ...some.slice(1), '--json']);
    expect(few.code).toBe(1);
    expect(few.json()).toMatchObject({ code: 'parts_missing', at: `${needed - 1}/${needed}` });
  });

  it('a file carries a message too', async () => {
    const world = testWorld();
    const file = join(folder, 'coin.specie');
    await world.line(['draw', hexOf(coin), file]);
    expect((await world.line(['read', file, '--json'])).json()).toMatchObject({ is: 'Coin' });
  });

  it('says that a file is not there', async () => {
    const read = await testWorld().line(['read', join(folder, 'nothing.png'), '--json']);
    expect(read.code).toBe(1);
    expect(read.json()).toHaveProperty('sentence');
  });
});
