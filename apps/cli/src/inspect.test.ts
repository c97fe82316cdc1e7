import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexOf } from '@specie/core/base/bytes';
import { instantOf } from '@specie/core/base/instant';
import { kindOf } from '@specie/core/codec/message';
import { plainBasket } from '@specie/core/coin/basket';
import { coinMessage } from '@specie/core/coin/coin';
import { formatAddress } from '@specie/core/payment/address';
import { KNOWN_MESSAGES } from './message-kinds.ts';
import { testWorld } from './testing/test-world.ts';

const VECTORS = new URL('../../../spec/vectors/', import.meta.url);

const coin = coinMessage.encode({
  identity: new Uint8Array(32).fill(7),
  basket: plainBasket(156),
  units: 1000,
  terms: [],
  mintedAt: instantOf(1_790_000_000_000),
});

/** Every text in the vectors that is a whole message in hex. */
function messagesInVectors(): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string' && /^5343[0-9a-f]{4,}$/.test(value)) found.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  for (const file of readdirSync(VECTORS))
    if (file.endsWith('.json')) walk(JSON.parse(readFileSync(new URL(file, VECTORS), 'utf8')));
  return [...found];
}

describe('inspect', () => {
  it('shows a coin from hex, from a file and from standard input', async () => {
    const world = testWorld();
    world.files.set('coin.bin', coin);
    world.files.set('-', new TextEncoder().encode(`${hexOf(coin)}\n`));
    for (const given of [hexOf(coin), 'coin.bin', '-', hexOf(coin).toUpperCase()]) {
      const said = await world.line(['inspect', given]);
      expect(said.code).toBe(0);
      expect(said.out).toContain('Coin');
      expect(said.out).toContain('  currency  CNY');
      expect(said.out).toContain('mintedAt  2026-09-21T14:13:20.000Z');
    }
    const json = (await world.line(['inspect', hexOf(coin), '--json'])).json();
    expect(json).toMatchObject({ is: 'Coin', bytes: coin.length, value: { units: 1000 } });
  });

  it('shows an address and a fingerprint', async () => {
    const address = formatAddress({ operator: 3, wallet: new Uint8Array(20).fill(1) });
    const said = await testWorld().line(['inspect', address, '--json']);
    expect(said.json()).toMatchObject({ is: 'address', operator: 3 });
  });

  it.each([
    ['00112233', 'message_foreign', ''],
    ['5343ff01', 'message_type_unexpected', 'type 255'],
    ['53430109', 'message_version_unknown', 'Coin'],
    [hexOf(coin).slice(0, 60), 'message_truncated', 'Coin.identity'],
    [`${hexOf(coin)}00`, 'message_trailing', 'Coin'],
    ['hello there!', 'argument_invalid', 'hello there!'],
  ])('names what is wrong with %s', async (given, code, at) => {
    const said = await testWorld().line(['inspect', given, '--json']);
    expect(said.code).toBe(1);
    expect(said.json()).toMatchObject({ code, at });
  });

  it('knows every kind of message', () => {
    for (const name of [
      'Coin',
      'Order',
      'LockBatch',
      'Entry',
      'KeySet',
      'SignedAsk',
      'SessionOpen',
      'WalletOrder',
    ])
      expect(KNOWN_MESSAGES).toContain(name);
  });

  it('shows every message of the vectors, or names what is wrong with it', async () => {
    const world = testWorld();
    const messages = messagesInVectors();
    expect(messages.length).toBeGreaterThan(20);
    for (const hex of messages) {
      const bytes = bytesOfHex(hex) ?? new Uint8Array(0);
      const isValid = kindOf(bytes)?.decode(bytes).ok === true;
      world.files.set('message', bytes);
      const said = await world.line('inspect message --json');
      expect(said.code).toBe(isValid ? 0 : 1);
      expect(typeof said.json()[isValid ? 'is' : 'sentence']).toBe('string');
      expect((await world.line('inspect message')).code).toBe(said.code);
    }
  });
});
