/**
 * Test vectors of the protocol: one whole session, requests of a wallet, and an encoding of every
 * message with damaged copies of it. Everything is drawn from fixed seeds and signed without chance,
 * so that making them again gives the same files. `spec/vectors` holds what this makes.
 *
 * Spec: 06 §3, 10.
 * @module
 */
import { hexOf } from '@specie/core/base/bytes';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { instantOf } from '@specie/core/base/instant';
import type { Result } from '@specie/core/base/result';
import { arbitraryValue } from '@specie/core/codec/arbitrary.fixture';
import type { Message } from '@specie/core/codec/message';
import { hashOf } from '@specie/core/crypto/hash';
import { mlDsaPortable } from '@specie/core/crypto/signature';
import { walletIdOf } from '@specie/core/payment/address';
import { createAskGate } from './ask-gate.ts';
import { PROTOCOL_MESSAGES } from './messages.fixture.ts';
import {
  sessionAcceptMessage,
  sessionOpenMessage,
  sessionSealMessage,
  signedSessionOpenMessage,
} from './messages/session.ts';
import { type Ask, askMessage, signedAskMessage } from './messages/wallet.ts';
import { digestPortable } from './session/digest.ts';
import { kemPortable } from './session/kem.ts';
import { createSessionDesk } from './session/session-desk.ts';
import {
  answerAuthenticator,
  firstLink,
  nextLink,
  requestAuthenticator,
  sessionKeysOf,
} from './session/session-chain.ts';

const NOW = instantOf(1_800_000_000_000);
const AUTHORITY = new Uint8Array(32).fill(0xa1);
const SEEDS = [0, 1, 2].map((party) => new Uint8Array(32).fill(party + 1));
const KEYS = SEEDS.map((seed) => mlDsaPortable.publicKeyOf(seed));

/** A change to bytes: cut to a length, put bytes at a place, add bytes behind. */
export type Damage =
  | { readonly cut: number }
  | { readonly at: number; readonly put: string }
  | { readonly add: string };

/** Bytes after a change. */
export function damaged(bytes: Uint8Array, damage: Damage): Uint8Array {
  if ('cut' in damage) return bytes.slice(0, damage.cut);
  const more = Uint8Array.from(Buffer.from('put' in damage ? damage.put : damage.add, 'hex'));
  if ('add' in damage) return Uint8Array.of(...bytes, ...more);
  const copy = bytes.slice();
  copy.set(more, damage.at);
  return copy;
}

const refusalOf = (result: Result<unknown>): { readonly code: string; readonly at: string } =>
  result.ok ? { code: 'accepted', at: '' } : result.refusal;

function messageVectors(): unknown {
  return {
    about:
      'An encoding of every message of the protocol, its readable form, and damaged copies with the refusal each must meet.',
    messages: PROTOCOL_MESSAGES.map((kind) => messageVector(kind)),
  };
}

function messageVector(kind: Message<unknown>): unknown {
  const value = arbitraryValue(kind.shape, chanceOf(kind.type));
  const bytes = kind.encode(value);
  const tries: readonly Damage[] = [
    { cut: 3 },
    { cut: bytes.length - 1 },
    { add: '00' },
    { at: 0, put: '00' },
    { at: 2, put: '00' },
    { at: 3, put: '02' },
    ...[4, 5, 6].flatMap((at) => (at < bytes.length ? [{ at, put: 'ff' }] : [])),
  ];
  const invalid = tries.flatMap((damage) => {
    const { code, at } = refusalOf(kind.decode(damaged(bytes, damage)));
    return code === 'accepted' ? [] : [{ ...damage, code, place: at }];
  });
  const { name, type, version } = kind;
  return { name, type, version, hex: hexOf(bytes), json: kind.toJson(value), invalid };
}

function sessionVectors(): unknown {
  const chance = chanceOf(10);
  const kemSeed = chance.bytes(64);
  const coin = chance.bytes(32);
  const open = {
    authority: AUTHORITY,
    caller: 1,
    callee: 0,
    kemKey: kemPortable.publicKeyOf(kemSeed),
    nonce: chance.bytes(16),
    time: NOW,
    seen: 77,
  };
  const made = kemPortable.encapsulate(open.kemKey, coin);
  if (made === undefined) throw new Error('the key is a key');
  const openHash = hashOf(sessionOpenMessage, open);
  const session = chance.bytes(16);
  const accept = { session, open: openHash, ciphertext: made.ciphertext, time: NOW };
  const first = firstLink(digestPortable, openHash, hashOf(sessionAcceptMessage, accept));
  const keys = sessionKeysOf(made.secret, first);
  let chain = first;
  const exchanges = [1, 2].map((counter) => {
    const body = chance.bytes(8 * counter);
    const answer = chance.bytes(5 * counter);
    const [method, path, status] = ['POST', '/v1/ledger/commands', counter === 1 ? 200 : 409];
    const request = requestAuthenticator(digestPortable, keys.request, {
      session,
      counter,
      method,
      path,
      body,
    });
    const answered = answerAuthenticator(digestPortable, keys.answer, {
      session,
      counter,
      status,
      body: answer,
    });
    chain = nextLink(digestPortable, chain, request, answered);
    return {
      counter,
      method,
      path,
      body: hexOf(body),
      requestAuthenticator: hexOf(request),
      status,
      answer: hexOf(answer),
      answerAuthenticator: hexOf(answered),
      chain: hexOf(chain),
    };
  });
  const seal = { session, counter: 2, chain, time: NOW };
  return {
    about:
      'One session from its handshake to its first seal. Seeds of ML-DSA-44 keys, of the encapsulation key (d ‖ z) and the chance of encapsulation (m) are given; signatures are deterministic.',
    callerSeed: hexOf(SEEDS[1]!),
    calleeSeed: hexOf(SEEDS[0]!),
    kemSeed: hexOf(kemSeed),
    kemChance: hexOf(coin),
    open: hexOf(sessionOpenMessage.encode(open)),
    openSignature: hexOf(mlDsaPortable.sign(SEEDS[1]!, sessionOpenMessage.encode(open))),
    openHash: hexOf(openHash),
    accept: hexOf(sessionAcceptMessage.encode(accept)),
    acceptSignature: hexOf(mlDsaPortable.sign(SEEDS[0]!, sessionAcceptMessage.encode(accept))),
    secret: hexOf(made.secret),
    firstLink: hexOf(first),
    requestKey: hexOf(keys.request),
    answerKey: hexOf(keys.answer),
    exchanges,
    seal: hexOf(sessionSealMessage.encode(seal)),
    sealSignature: hexOf(mlDsaPortable.sign(SEEDS[1]!, sessionSealMessage.encode(seal))),
    refused: refusedOpenings(open),
  };
}

type Open = Parameters<typeof sessionOpenMessage.encode>[0];

/** Handshakes that party 0 refuses at this instant, with parties 0, 1 and 2 in the key set. */
function refusedOpenings(open: Open): unknown {
  const changes: readonly (readonly [string, Partial<Open>, number])[] = [
    ['another authority', { authority: new Uint8Array(32) }, 1],
    ['another callee', { callee: 2 }, 1],
    ['the callee itself', { caller: 0 }, 0],
    ['a party outside the key set', { caller: 9 }, 1],
    ['too old', { time: instantOf(NOW - 300_001) }, 1],
    ['from the future', { time: instantOf(NOW + 300_001) }, 1],
    ['signed by another party', {}, 2],
    ['a key outside the field', { kemKey: new Uint8Array(1184).fill(0xff) }, 1],
  ];
  return changes.map(([what, change, signer]) => {
    const changed = { ...open, ...change };
    const signature = mlDsaPortable.sign(SEEDS[signer]!, sessionOpenMessage.encode(changed));
    const desk = createSessionDesk({
      self: 0,
      keys: { authority: AUTHORITY, seed: SEEDS[0]!, sessionKeyOf: (party) => KEYS[party] },
      suite: mlDsaPortable,
      kem: kemPortable,
      clock: () => NOW,
      monotonic: () => 0,
      random: (length) => new Uint8Array(length),
    });
    const signed = { open: changed, signature };
    const { code, at } = refusalOf(desk.open(signed));
    return { what, now: NOW, hex: hexOf(signedSessionOpenMessage.encode(signed)), code, at };
  });
}

function askVectors(): unknown {
  const seed = SEEDS[2]!;
  const wallet = walletIdOf(KEYS[2]!);
  const path = '/v1/wallet/card';
  const plain: Ask = {
    authority: AUTHORITY,
    operator: 1,
    wallet,
    route: path,
    time: NOW,
    nonce: chanceOf(6).bytes(16),
    body: Uint8Array.of(0x53, 0x43, 0x5f, 0x01),
  };
  const changes: readonly (readonly [string, Partial<Ask>, Uint8Array])[] = [
    ['as it has to be', {}, seed],
    ['for another authority', { authority: new Uint8Array(32) }, seed],
    ['for another operator', { operator: 2 }, seed],
    ['for another route', { route: '/v1/wallet/state' }, seed],
    ['too old', { time: instantOf(NOW - 300_001) }, seed],
    ['from the future', { time: instantOf(NOW + 300_001) }, seed],
    ['of a wallet nobody knows', { wallet: new Uint8Array(20) }, seed],
    ['signed with another key', {}, SEEDS[1]!],
  ];
  return {
    about:
      'Requests of one wallet to operator 1 on /v1/wallet/card, and what each meets at a gate that has seen nothing yet.',
    walletSeed: hexOf(seed),
    now: NOW,
    asks: changes.map(([what, change, signer]) => {
      const ask = { ...plain, ...change };
      const signature = mlDsaPortable.sign(signer, askMessage.encode(ask));
      const gate = createAskGate({
        authority: AUTHORITY,
        operator: 1,
        suite: mlDsaPortable,
        clock: () => NOW,
        publicKeyOf: (given) => (hexOf(given) === hexOf(wallet) ? KEYS[2] : undefined),
      });
      const { code, at } = refusalOf(gate.admit({ ask, signature }, path));
      return { what, hex: hexOf(signedAskMessage.encode({ ask, signature })), code, at };
    }),
  };
}

/** Every file of vectors that the protocol has, by its name in `spec/vectors`. */
export function protocolVectors(): ReadonlyMap<string, unknown> {
  return new Map([
    ['06-asks.json', askVectors()],
    ['10-messages.json', messageVectors()],
    ['10-sessions.json', sessionVectors()],
  ]);
}
