/**
 * Writes the vectors of the core into `spec/vectors`: examples that any program written from the
 * spec has to agree with, right ones and wrong ones. They are drawn from fixed seeds and from the
 * tests' own tables, so that making them again gives the same files.
 */
import fs from 'node:fs';
import path from 'node:path';
import { hexOf } from '@specie/core/base/bytes';
import { chanceOf, type Chance } from '@specie/core/base/chance.fixture';
import type { RefusalCode } from '@specie/core/base/refusals';
import { arbitraryValue, mutantOf, writtenMessage } from '@specie/core/codec/arbitrary.fixture';
import { messagesKnown, type Message } from '@specie/core/codec/message';
import { deriveKey, sha256 } from '@specie/core/crypto/hash';
import { mlDsaPortable } from '@specie/core/crypto/signature';
import '@specie/core/ledger/snapshot';
import '@specie/core/ledger/entry';
import { formatAddress, parseAddress, walletIdOf } from '@specie/core/payment/address';
import { batchLock, batchSecret } from '@specie/core/payment/lock-batch';
import { wordsOf } from '@specie/wallet/words';
import { ledgerVectors } from './ledger-vectors.ts';
import { ROOT } from './tree.ts';

export const VECTORS = path.join(ROOT, 'spec/vectors');

/** Types below are the core's own; the services make the vectors of theirs. */
const SERVICES = 0x30;
const VALID = 4;
/** Wrong examples of each refusal, where chance finds as many. */
const INVALID_EACH = 2;
const TRIES = 4000;
/** Longer wrong examples show nothing that shorter ones do not. */
const INVALID_BYTES_MAX = 6000;

interface Valid {
  readonly name: string;
  readonly json: unknown;
  readonly hex: string;
  readonly hash: string;
}

interface Invalid {
  readonly name: string;
  readonly hex: string;
  readonly refusal: RefusalCode;
  readonly at: string;
}

export interface MessageVectors {
  readonly message: string;
  readonly type: number;
  readonly version: number;
  readonly valid: readonly Valid[];
  readonly invalid: readonly Invalid[];
}

/** `LockBatchHead` is in `00-lock-batch-head.json`. */
export function fileOf(name: string): string {
  return `00-${name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.json`;
}

export function coreMessages(): readonly Message<unknown>[] {
  return messagesKnown().filter(({ type }) => type < SERVICES);
}

function validOf(kind: Message<unknown>, name: string, value: unknown): Valid {
  const bytes = kind.encode(value);
  return { name, json: kind.toJson(value), hex: hexOf(bytes), hash: hexOf(sha256(bytes)) };
}

/** Damaged copies of valid messages, until every refusal that can be met was met. */
function invalidOf(kind: Message<unknown>, chance: Chance): readonly Invalid[] {
  const found: Invalid[] = [];
  const counts = new Map<RefusalCode, number>();
  for (let i = 0; i < TRIES; i++) {
    const written = writtenMessage(kind, arbitraryValue(kind.shape, chance));
    const bytes = mutantOf(written, kind.bytesMax, chance);
    if (bytes.length > INVALID_BYTES_MAX) continue;
    const result = kind.decode(bytes);
    if (result.ok) continue;
    const { code, at } = result.refusal;
    const count = (counts.get(code) ?? 0) + 1;
    if (count > INVALID_EACH) continue;
    counts.set(code, count);
    found.push({ name: `${code} ${count}`, hex: hexOf(bytes), refusal: code, at });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function messageVectors(kind: Message<unknown>): MessageVectors {
  const chance = chanceOf(kind.type);
  const valid = Array.from({ length: VALID }, (_, i) =>
    validOf(kind, `drawn ${i + 1}`, arbitraryValue(kind.shape, chance)),
  );
  const { name, type, version } = kind;
  return { message: name, type, version, valid, invalid: invalidOf(kind, chance) };
}

function addressVectors(): unknown {
  const chance = chanceOf(40);
  const operators = [1, 7, 0, 0xffff_ffff];
  const valid = operators.map((operator) => {
    const wallet = chance.bytes(20);
    return { operator, wallet: hexOf(wallet), text: formatAddress({ operator, wallet }) };
  });
  const [first = ''] = valid.map(({ text }) => text);
  const wrong: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    [
      'a letter mistyped',
      `${first.slice(0, 20)}${first[20] === 'q' ? 'p' : 'q'}${first.slice(21)}`,
    ],
    ['a letter missing', first.slice(0, -1)],
    ['capitals in part', `SP1${first.slice(3)}`],
    ['another prefix', 'sa1qyqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29sh3qfdyu'],
    ['one byte too few', 'sp1qyqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ce6vzv4'],
    ['one byte too many', 'sp1qyqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shqqh07zz9'],
    ['no bytes', 'sp10ajr90'],
    ['spare bits that are not zero', 'sp1p3cxwvj'],
    ['a later version', 'sp1qgqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shnzhvah'],
    ['a later version of another length', 'sp1qgqqzq722k'],
    [
      'longer than Bech32m allows',
      'sp1qgqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shqqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9cqqypqxpq9qcrsszg2pvxq6rs0zqg3yyc5z5tpwxjjgay',
    ],
  ];
  const invalid = wrong.map(([name, text]) => {
    const result = parseAddress(text);
    if (result.ok) throw new Error(`the address with ${name} is accepted`);
    return { name, text, refusal: result.refusal.code };
  });
  return { about: 'Addresses as text (05 §3).', valid, invalid };
}

/** From recovery words to the locks of a batch, so that money is found again by another program. */
function secretVectors(): unknown {
  const chance = chanceOf(41);
  const wallets = [new Uint8Array(32).fill(0x7f), chance.bytes(32)].map((entropy) => {
    const seed = deriveKey(entropy, 'wallet/sign');
    const lockKey = deriveKey(entropy, 'wallet/locks');
    const publicKey = mlDsaPortable.publicKeyOf(seed);
    const nonce = chance.bytes(16);
    const locks = [0, 1, 255, 256, 511].map((index) => ({
      index,
      secret: hexOf(batchSecret(lockKey, nonce, index)),
      lock: hexOf(batchLock(lockKey, nonce, index).hash),
    }));
    return {
      words: wordsOf(entropy).join(' '),
      entropy: hexOf(entropy),
      seed: hexOf(seed),
      publicKeyHash: hexOf(sha256(publicKey)),
      wallet: hexOf(walletIdOf(publicKey)),
      lockKey: hexOf(lockKey),
      nonce: hexOf(nonce),
      locks,
    };
  });
  return { about: 'From recovery words to keys and locks (02 §2, 05 §4, 05 §6).', wallets };
}

/** Every file of vectors that the core has, by its name. */
export function coreVectors(): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ...coreMessages().map((kind) => [fileOf(kind.name), messageVectors(kind)] as const),
    ['05-addresses.json', addressVectors()],
    ['05-secrets.json', secretVectors()],
    ['07-ledger.json', ledgerVectors()],
  ]);
}

/** The text of a file of vectors. */
export function vectorText(content: unknown): string {
  return `${JSON.stringify(content, undefined, 1)}\n`;
}

if (import.meta.main) {
  for (const [name, content] of coreVectors()) {
    fs.writeFileSync(path.join(VECTORS, name), vectorText(content));
  }
}
