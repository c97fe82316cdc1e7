/**
 * Who is who in the model country: its operators, their wallets, and the key set that names them,
 * signed by a root whose seed every test knows.
 */
import { equalBytes } from '@specie/core/base/bytes';
import { after, DAY, type Instant, instantOf } from '@specie/core/base/instant';
import { sha256 } from '@specie/core/crypto/hash';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import { REFUSALS } from '@specie/core/base/refusals';
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { stockTag } from '@specie/core/coin/holder';
import { type Address, walletIdOf } from '@specie/core/payment/address';
import {
  batchHeadMessage,
  batchRoot,
  batchSecret,
  type LockBatch,
  type LockOffer,
} from '@specie/core/payment/lock-batch';
import {
  type PayAnswer,
  refusalNoticeMessage,
  type WalletEvent,
} from '@specie/protocol/messages/wallet';
import {
  keySetMessage,
  rootHash,
  trustChainMessage,
  type KeySet,
} from '@specie/protocol/trust/key-set';

export const CNY = 156;
export const START = instantOf(1_790_000_000_000);
export const CODE = '123456';

/** 32 bytes that stand for a name. */
export const bytesOf = (name: string): Uint8Array => sha256(new TextEncoder().encode(name));
const ROOT_SEED = new Uint8Array(48).fill(7);
const ROOT = slhDsaNative.publicKeyOf(ROOT_SEED);
export const AUTHORITY = rootHash(ROOT);
export interface ModelBatch {
  readonly whole: LockBatch;
  next: number;
}

export interface ModelWallet {
  readonly address: Address;
  readonly publicKey: Uint8Array;
  readonly alias: string;
  readonly tag: Uint8Array;
  readonly batches: ModelBatch[];
  readonly events: WalletEvent[];
  readonly fundings: Map<string, { amount: bigint; currency: number; kind: 'topUp' | 'cashOut' }>;
}

export interface ModelOperator {
  readonly number: number;
  readonly url: string;
  readonly statementSeed: Uint8Array;
  readonly wallets: Map<string, ModelWallet>;
  readonly opening: Map<string, { publicKey: Uint8Array; alias: string }>;
  readonly answers: Map<string, PayAnswer>;
  stockDrawn: number;
}

const keySetOf = (operators: readonly ModelOperator[]): KeySet => ({
  authority: AUTHORITY,
  number: 1,
  issuedAt: START,
  endsAt: after(START, 365 * DAY),
  root: ROOT,
  nextRoot: bytesOf('next'),
  url: 'http://authority.test',
  name: 'Model Mint',
  keys: [
    {
      purpose: 'session',
      publicKey: mlDsaNative.publicKeyOf(bytesOf('session')),
      from: instantOf(0),
      until: after(START, 365 * DAY),
    },
  ],
  operators: operators.map(({ number, url, statementSeed }) => ({
    operator: number,
    name: `Bank ${number}`,
    url,
    sessionKey: mlDsaNative.publicKeyOf(bytesOf(`session ${number}`)),
    statementKey: mlDsaNative.publicKeyOf(statementSeed),
    from: instantOf(0),
    until: after(START, 365 * DAY),
  })),
});

let signedChain: Uint8Array | undefined;

/** The chain of key sets that the authority publishes. */
export function chainFor(operators: readonly ModelOperator[]): Uint8Array {
  if (signedChain !== undefined && operators.length === 2) return signedChain;
  const keySet = keySetOf(operators);
  const signature = slhDsaNative.sign(ROOT_SEED, keySetMessage.encode(keySet));
  const chain = trustChainMessage.encode({ sets: [{ keySet, signature }] });
  if (operators.length === 2) signedChain = chain;
  return chain;
}

/** Which lock of a wallet's batches a hash is. */
export function originIn(
  wallet: ModelWallet | undefined,
  hash: Uint8Array,
): { readonly nonce: Uint8Array; readonly index: number } | undefined {
  for (const { whole } of wallet?.batches ?? []) {
    const index = whole.hashes.findIndex((each) => equalBytes(each, hash));
    if (index !== -1) return { nonce: whole.head.nonce, index };
  }
  return undefined;
}

export const locksLeft = ({ batches }: ModelWallet): number =>
  batches.reduce((sum, { whole, next }) => sum + whole.head.count - next, 0);

export const cardOf = ({ address, tag }: ModelWallet): object => ({
  address,
  tag,
  tier: 'IV',
  sentTo: '+86 138 •••• 0000',
  openedAt: START,
  limits: [
    { currency: CNY, balance: 1_000_000n, payment: 200_000n, day: 500_000n, year: 5_000_000n },
  ],
});

const STOCK_KEY = bytesOf('stock');

/** A lock of an operator's stock, under its statement key. */
export function stockOffer(operator: ModelOperator, now: Instant): LockOffer {
  const nonce = bytesOf(`stock nonce ${operator.number} ${operator.stockDrawn++}`).slice(0, 16);
  const hash = sha256(batchSecret(STOCK_KEY, nonce, 0));
  const publicKey = mlDsaNative.publicKeyOf(operator.statementSeed);
  const owner = { operator: operator.number, wallet: walletIdOf(publicKey) };
  const head = {
    authority: AUTHORITY,
    owner,
    nonce,
    count: 1,
    root: batchRoot([hash]),
    ends: after(now, DAY),
  };
  const signature = mlDsaNative.sign(operator.statementSeed, batchHeadMessage.encode(head));
  const tag = stockTag(operator.number);
  return { head, signature, publicKey, index: 0, hash, path: [], tag };
}

/** An operator's signed word that an order will never be carried out. */
export function refusedAnswer(
  operator: ModelOperator,
  order: Uint8Array,
  { code, at }: Refusal,
  time: Instant,
): PayAnswer {
  const notice = {
    authority: AUTHORITY,
    operator: operator.number,
    order,
    code: REFUSALS[code].number,
    at,
    time,
  };
  const signature = mlDsaNative.sign(operator.statementSeed, refusalNoticeMessage.encode(notice));
  return { order, outcome: { is: 'refused', notice, signature } };
}

/** Whether an operator knows a batch of a wallet. */
export function hasBatch({ batches }: ModelWallet, nonce: Uint8Array): boolean {
  return batches.some(({ whole }) => equalBytes(whole.head.nonce, nonce));
}

/** Keeps a batch of which locks from `next` on may be offered, and finds what came on it before. */
export function left(
  wallet: ModelWallet,
  whole: LockBatch,
  next: number,
): Result<{ readonly left: number }> {
  const { nonce, root } = whole.head;
  if (hasBatch(wallet, nonce)) return accept({ left: locksLeft(wallet) });
  if (!equalBytes(batchRoot(whole.hashes), root)) return refuse('batch_root_wrong');
  wallet.batches.push({ whole, next });
  for (const [i, event] of wallet.events.entries()) {
    const { what } = event;
    const isLost = what.is === 'came' && what.origin.nonce.every((byte) => byte === 0);
    const origin = isLost ? originIn(wallet, what.hash) : undefined;
    if (isLost && origin !== undefined) wallet.events[i] = { ...event, what: { ...what, origin } };
  }
  return accept({ left: locksLeft(wallet) });
}
