import { expect, it } from 'vitest';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { instantOf } from '@specie/core/base/instant';
import { walletIdOf } from '@specie/core/payment/address';
import { type AskGate, type AskGateOptions, createAskGate, type SignedAsk } from './ask-gate.ts';
import { type Ask, askMessage, openRequestMessage } from './messages/wallet.ts';
import { mlDsaNative } from './node/native-crypto.ts';
import { OPERATOR_ROUTES } from './route.ts';
import { AUTHORITY, refusalIn, START } from './session/parties.fixture.ts';

const chance = chanceOf(77);
const SEED = new Uint8Array(32).fill(50);
const KEY = mlDsaNative.publicKeyOf(SEED);
const WALLET = walletIdOf(KEY);
const OTHER_SEED = new Uint8Array(32).fill(51);
const { card, state, open } = OPERATOR_ROUTES;

function gateAt(now: () => number, more: Partial<AskGateOptions> = {}): AskGate {
  return createAskGate({
    authority: AUTHORITY,
    operator: 1,
    suite: mlDsaNative,
    clock: () => instantOf(now()),
    publicKeyOf: (wallet) => (wallet.toString() === WALLET.toString() ? KEY : undefined),
    ...more,
  });
}

function signed(change: Partial<Ask> = {}, seed = SEED): SignedAsk {
  const ask: Ask = {
    authority: AUTHORITY,
    operator: 1,
    wallet: WALLET,
    route: card.path,
    time: START,
    nonce: chance.bytes(16),
    body: new Uint8Array(),
    ...change,
  };
  return { ask, signature: mlDsaNative.sign(seed, askMessage.encode(ask)) };
}

it.each([
  ['for another authority', { authority: new Uint8Array(32) }, 'ask_misdirected .ask.authority'],
  ['for another operator', { operator: 2 }, 'ask_misdirected .ask.operator'],
  ['for another route', { route: state.path }, 'ask_misdirected .ask.route'],
  ['from five minutes ago', { time: instantOf(START - 300_001) }, 'ask_stale .ask.time'],
  ['from five minutes ahead', { time: instantOf(START + 300_001) }, 'ask_stale .ask.time'],
  ['of a wallet nobody knows', { wallet: new Uint8Array(20) }, 'wallet_unknown .ask.wallet'],
])('refuses a request %s', (_, change, refusal) => {
  expect(refusalIn(gateAt(() => START).admit(signed(change), card.path))).toBe(refusal);
});

it('refuses a request signed with another key, and one changed after it was signed', () => {
  const gate = gateAt(() => START);
  expect(refusalIn(gate.admit(signed({}, OTHER_SEED), card.path))).toBe(
    'authenticator_wrong .signature',
  );
  const one = signed();
  const changed = { ...one, ask: { ...one.ask, body: Uint8Array.of(1) } };
  expect(refusalIn(gate.admit(changed, card.path))).toBe('authenticator_wrong .signature');
  expect(refusalIn(gate.admit(one, card.path))).toBe('accepted');
});

it('names the first reason when there are several', () => {
  const gate = gateAt(() => START);
  const wrong = signed({ operator: 2, route: state.path, time: instantOf(0) }, OTHER_SEED);
  expect(refusalIn(gate.admit(wrong, card.path))).toBe('ask_misdirected .ask.operator');
});

it('lets the same request through once, for as long as its time is accepted', () => {
  let now: number = START;
  const gate = gateAt(() => now);
  const one = signed({ time: instantOf(START + 250_000) });
  expect(refusalIn(gate.admit(one, card.path))).toBe('accepted');
  for (now = START; now <= START + 550_000; now += 50_000) {
    // Another request lets the gate forget what it need not remember any more.
    expect(refusalIn(gate.admit(signed({ time: instantOf(now) }), card.path))).toBe('accepted');
    expect(refusalIn(gate.admit(one, card.path))).toBe('ask_repeated .ask.nonce');
  }
  now = START + 550_001;
  expect(refusalIn(gate.admit(one, card.path))).toBe('ask_stale .ask.time');
});

it('lets one wallet use a nonce another wallet used', () => {
  const otherKey = mlDsaNative.publicKeyOf(OTHER_SEED);
  const other = walletIdOf(otherKey);
  const gate = gateAt(() => START, {
    publicKeyOf: (wallet) => (wallet.toString() === other.toString() ? otherKey : KEY),
  });
  const nonce = chance.bytes(16);
  expect(refusalIn(gate.admit(signed({ nonce }), card.path))).toBe('accepted');
  const theirs = signed({ nonce, wallet: other }, OTHER_SEED);
  expect(refusalIn(gate.admit(theirs, card.path))).toBe('accepted');
});

it('opens a wallet for the key in the request, and for no wallet of another name', () => {
  const gate = gateAt(() => START, { publicKeyOf: () => undefined });
  const key = mlDsaNative.publicKeyOf(OTHER_SEED);
  const body = openRequestMessage.encode({
    publicKey: key,
    alias: 'a@example.org',
    language: 'en',
  });
  const own = { route: open.path, body, wallet: walletIdOf(key) };
  expect(refusalIn(gate.admit(signed(own, OTHER_SEED), open.path))).toBe('accepted');
  expect(refusalIn(gate.admit(signed({ ...own, wallet: WALLET }, OTHER_SEED), open.path))).toBe(
    'authenticator_wrong .ask.wallet',
  );
  expect(refusalIn(gate.admit(signed(own, SEED), open.path))).toBe(
    'authenticator_wrong .signature',
  );
  const unread = { ...own, body: Uint8Array.of(1) };
  expect(refusalIn(gate.admit(signed(unread, OTHER_SEED), open.path))).toBe('message_truncated');
});

it('refuses the wallet that fills its memory, lets others in, and forgets in time', () => {
  let now: number = START;
  const otherKey = mlDsaNative.publicKeyOf(OTHER_SEED);
  const other = walletIdOf(otherKey);
  const gate = gateAt(() => now, {
    noncesMax: 8,
    noncesPerWallet: 100,
    publicKeyOf: (wallet) => (wallet.toString() === other.toString() ? otherKey : KEY),
  });
  const theirs = (): SignedAsk => signed({ wallet: other, time: instantOf(now) }, OTHER_SEED);
  const own = (): SignedAsk => signed({ time: instantOf(now) });
  expect(refusalIn(gate.admit(theirs(), card.path))).toBe('accepted');
  const answers = Array.from({ length: 8 }, () => refusalIn(gate.admit(own(), card.path)));
  expect(answers).toEqual([
    ...Array<string>(5).fill('accepted'),
    ...Array<string>(3).fill('rate_limited'),
  ]);
  expect(refusalIn(gate.admit(theirs(), card.path))).toBe('accepted');
  expect(refusalIn(gate.admit(theirs(), card.path))).toBe('accepted');
  expect(refusalIn(gate.admit(theirs(), card.path))).toBe('overloaded');
  now = START + 360_001;
  expect(refusalIn(gate.admit(own(), card.path))).toBe('accepted');
});

it('refuses a wallet beyond its own share however much room there is', () => {
  const gate = gateAt(() => START, { noncesPerWallet: 3 });
  const answers = Array.from({ length: 4 }, () => refusalIn(gate.admit(signed(), card.path)));
  expect(answers).toEqual(['accepted', 'accepted', 'accepted', 'rate_limited']);
});

it('does not let strangers who open wallets crowd out wallets that are open', () => {
  const gate = gateAt(() => START, { openingsMax: 2 });
  const answers = [60, 61, 62].map((byte) => {
    const seed = new Uint8Array(32).fill(byte);
    const publicKey = mlDsaNative.publicKeyOf(seed);
    const body = openRequestMessage.encode({ publicKey, alias: 'a@example.org', language: 'en' });
    const change = { route: open.path, body, wallet: walletIdOf(publicKey) };
    return refusalIn(gate.admit(signed(change, seed), open.path));
  });
  expect(answers).toEqual(['accepted', 'accepted', 'overloaded']);
  expect(refusalIn(gate.admit(signed(), card.path))).toBe('accepted');
});
