/**
 * Ten thousand wallets, opened, supplied with locks and topped up through the same routes that
 * people use. Keys come from a seed, so that a run can be repeated.
 */
import { hexOf } from '@specie/core/base/bytes';
import { after, DAY, instantOf, type Instant } from '@specie/core/base/instant';
import type { Result } from '@specie/core/base/result';
import type { Coin } from '@specie/core/coin/coin';
import { deriveKey, sha256 } from '@specie/core/crypto/hash';
import { walletIdOf, type Address } from '@specie/core/payment/address';
import {
  batchHeadMessage,
  batchLock,
  batchRoot,
  batchSecret,
} from '@specie/core/payment/lock-batch';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { httpTransport } from '@specie/protocol/node/client';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { walletClient, type WalletClient } from '@specie/protocol/wallet-client';

export const CNY = 156;
/** What every wallet is topped up with: 100.00 CNY. */
export const TOP_UP = 10_000n;

export interface FleetWallet {
  readonly index: number;
  readonly operator: number;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly lockKey: Uint8Array;
  readonly address: Address;
  readonly client: WalletClient;
  tag: Uint8Array;
  /** The piece it was topped up with, and the secret that opens it. */
  pieces: {
    readonly coin: Coin;
    readonly from: number;
    readonly to: number;
    readonly secret: Uint8Array;
  }[];
}

export interface FleetOptions {
  readonly count: number;
  readonly locks: number;
  readonly authority: Uint8Array;
  readonly operatorUrls: readonly string[];
  /** Code that was sent to a name. */
  readonly codeFor: (name: string) => string | undefined;
  readonly progress: (line: string) => void;
}

const clock = (): Instant => instantOf(Date.now());
const transport = httpTransport();
let drawn = 0;
/** Nonces need to differ, not to be secret: a counter under a hash does. */
const counted = (length: number): Uint8Array =>
  sha256(new TextEncoder().encode(`nonce ${process.pid} ${(drawn += 1)}`)).slice(0, length);

/** The value of a result, or an error that names the refusal. */
export function must<T>(result: Result<T>, what: string): T {
  if (!result.ok) throw new Error(`${what}: ${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

/** Runs a task for each of many with a bounded number under way. */
export async function forEach<T>(
  many: readonly T[],
  width: number,
  task: (one: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < many.length) await task(many[next++]!);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

function makeWallet(index: number, options: FleetOptions): FleetWallet {
  const operator = 1 + (index % options.operatorUrls.length);
  const master = sha256(new TextEncoder().encode(`fleet wallet ${index}`));
  const seed = deriveKey(master, 'wallet/sign');
  const publicKey = mlDsaNative.publicKeyOf(seed);
  const address = { operator, wallet: walletIdOf(publicKey) };
  const client = walletClient({
    transport,
    operatorUrl: options.operatorUrls[operator - 1]!,
    authority: options.authority,
    operator,
    wallet: address.wallet,
    sign: (message) => mlDsaNative.sign(seed, message),
    clock,
    random: counted,
    timeoutMs: 60_000,
  });
  const lockKey = deriveKey(master, 'wallet/locks');
  return {
    index,
    operator,
    seed,
    publicKey,
    lockKey,
    address,
    client,
    tag: new Uint8Array(16),
    pieces: [],
  };
}

async function openWallet(wallet: FleetWallet, options: FleetOptions): Promise<void> {
  const alias = `+8613${String(800_000_000 + wallet.index).padStart(9, '0')}`;
  const { client, publicKey } = wallet;
  const ticket = must(
    await client.ask(OPERATOR_ROUTES.open, { publicKey, alias, language: 'en' }),
    'open',
  );
  const code = options.codeFor(alias);
  if (code === undefined) throw new Error(`no code was sent to ${alias}`);
  const card = must(
    await client.ask(OPERATOR_ROUTES.confirm, { ticket: ticket.ticket, code }),
    'confirm',
  );
  wallet.tag = card.tag;
}

async function leaveLocks(wallet: FleetWallet, options: FleetOptions): Promise<void> {
  const nonce = counted(16);
  const hashes = Array.from(
    { length: options.locks },
    (_, i) => batchLock(wallet.lockKey, nonce, i).hash,
  );
  const head = {
    authority: options.authority,
    owner: wallet.address,
    nonce,
    count: hashes.length,
    root: batchRoot(hashes),
    ends: after(clock(), 29 * DAY),
  };
  const signature = mlDsaNative.sign(wallet.seed, batchHeadMessage.encode(head));
  must(await wallet.client.ask(OPERATOR_ROUTES.locks, { head, signature, hashes }), 'locks');
}

async function topUp(wallet: FleetWallet): Promise<void> {
  const reference = counted(16);
  const account = `TB-${String(1 + (wallet.index % 9000)).padStart(4, '0')}`;
  let funding = must(
    await wallet.client.ask(OPERATOR_ROUTES.topUp, {
      reference,
      currency: CNY,
      amount: TOP_UP,
      account,
    }),
    'top up',
  );
  for (let i = 0; funding.state !== 'done' && i < 600; i++) {
    if (funding.state === 'refused' || funding.state === 'returned')
      throw new Error(`top up: ${funding.state} ${funding.code}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    funding = must(await wallet.client.ask(OPERATOR_ROUTES.funding, { reference }), 'funding');
  }
}

/** Balance of a wallet by its operator's events, and the pieces it is made of. */
export async function readPieces(wallet: FleetWallet): Promise<FleetWallet['pieces']> {
  const held = new Map<string, FleetWallet['pieces'][number]>();
  let number = 0;
  for (;;) {
    const state = must(
      await wallet.client.ask(OPERATOR_ROUTES.state, { after: number, max: 1024 }),
      'state',
    );
    for (const event of state.events) {
      number = event.number;
      const { what } = event;
      if (what.is === 'went') held.delete(`${hexOf(what.coin)}:${what.from}`);
      else {
        const secret = batchSecret(wallet.lockKey, what.origin.nonce, what.origin.index);
        held.set(`${hexOf(what.coin.identity)}:${what.from}`, {
          coin: what.coin,
          from: what.from,
          to: what.to,
          secret,
        });
      }
    }
    if (!state.hasMore) return [...held.values()];
  }
}

/** Opens, supplies and tops up the whole fleet. */
export async function openFleet(options: FleetOptions): Promise<readonly FleetWallet[]> {
  const wallets = Array.from({ length: options.count }, (_, i) => makeWallet(i, options));
  const steps: readonly [string, (wallet: FleetWallet) => Promise<void>][] = [
    ['opened', (wallet) => openWallet(wallet, options)],
    ['given locks', (wallet) => leaveLocks(wallet, options)],
    ['topped up', topUp],
  ];
  for (const [name, step] of steps) {
    const began = performance.now();
    await forEach(wallets, 64, step);
    options.progress(
      `${wallets.length} wallets ${name} in ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
  }
  await forEach(wallets, 64, async (wallet) => {
    for (let i = 0; wallet.pieces.length === 0 && i < 500; i++) {
      wallet.pieces = await readPieces(wallet);
      if (wallet.pieces.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return wallets;
}
