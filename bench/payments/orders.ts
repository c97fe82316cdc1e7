/**
 * The orders of the payments bench, drawn and signed beforehand. Every wallet pays 1.00 to the same
 * payee again and again, each order spending the change of the one before; half of the payees are at
 * the other operator.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { after, HOUR, instantOf } from '@specie/core/base/instant';
import { sha256 } from '@specie/core/crypto/hash';
import { lockOfSecret } from '@specie/core/coin/lock';
import { batchSecret, type LockOffer } from '@specie/core/payment/lock-batch';
import { orderMessage, type Order } from '@specie/core/payment/order';
import { payRequestMessage } from '@specie/protocol/messages/wallet';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import { CNY, forEach, must, type FleetWallet } from './fleet.ts';

/** What one payment moves: 1.00 CNY. */
export const PAYMENT = 100;

/** A payment ready to be sent. */
export interface Job {
  readonly payer: number;
  readonly payee: number;
  readonly operator: number;
  readonly body: Uint8Array;
}

/** The payee of a wallet: every second wallet pays across operators, and each is paid by exactly one. */
export function payeeOf(index: number, count: number): number {
  const operator = index % 2;
  const place = Math.floor(index / 2);
  if (place % 2 === 0) return place * 2 + (1 - operator);
  const places = Math.floor(count / 2);
  const next = place + 2 < places ? place + 2 : 1;
  return next * 2 + operator;
}

async function drawLocks(
  fleet: readonly FleetWallet[],
  rounds: number,
): Promise<ReadonlyMap<number, readonly LockOffer[]>> {
  const offers = new Map<number, readonly LockOffer[]>();
  await forEach(fleet, 64, async (wallet) => {
    const payee = fleet[payeeOf(wallet.index, fleet.length)]!.address;
    const sums = [{ currency: CNY, amount: BigInt(PAYMENT * rounds) }];
    const drawn = must(
      await wallet.client.ask(OPERATOR_ROUTES.draw, { payee, sums, count: rounds, note: '' }),
      'draw',
    );
    offers.set(wallet.index, drawn.offers);
  });
  return offers;
}

interface Draft {
  readonly wallet: FleetWallet;
  readonly order: Order;
  readonly bytes: Uint8Array;
  readonly secret: Uint8Array;
}

function draftsOf(
  wallet: FleetWallet,
  offers: readonly LockOffer[],
  authority: Uint8Array,
): readonly Draft[] {
  const piece = wallet.pieces[0]!;
  const end = after(instantOf(Date.now()), 20 * HOUR);
  let { from, secret } = piece;
  return offers.map((offer, round) => {
    const nonce = sha256(
      new TextEncoder().encode(`order ${wallet.index} ${round} ${process.pid}`),
    ).slice(0, 16);
    const change = batchSecret(wallet.lockKey, nonce, 1);
    const order: Order = {
      authority,
      operator: wallet.operator,
      holder: wallet.tag,
      verb: 'transfer',
      end,
      nonce,
      parts: [
        {
          coin: piece.coin.identity,
          inputs: [{ from, to: piece.to }],
          outputs: [
            { to: from + PAYMENT, lock: { kind: 'secret', hash: offer.hash }, tag: offer.tag },
            { to: piece.to, lock: lockOfSecret(change), tag: wallet.tag },
          ],
        },
      ],
    };
    const draft = { wallet, order, bytes: orderMessage.encode(order), secret };
    from += PAYMENT;
    secret = change;
    return draft;
  });
}

async function signAll(
  drafts: readonly (readonly Draft[])[],
): Promise<readonly (readonly Uint8Array[])[]> {
  const signed: (readonly Uint8Array[])[] = new Array<readonly Uint8Array[]>(drafts.length);
  let next = 0;
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./signer.ts', import.meta.url));
      const give = (): void => {
        const id = next++;
        if (id >= drafts.length) {
          void worker.terminate().then(() => {
            resolve();
          });
          return;
        }
        worker.postMessage({
          id,
          seed: drafts[id]![0]!.wallet.seed,
          messages: drafts[id]!.map((draft) => draft.bytes),
        });
      };
      worker.on(
        'message',
        ({ id, signatures }: { id: number; signatures: readonly Uint8Array[] }) => {
          signed[id] = signatures;
          give();
        },
      );
      worker.on('error', reject);
      give();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return signed;
}

/** Every order of the bench in the order of sending: all wallets' first, then all wallets' second … */
export async function prepareJobs(
  fleet: readonly FleetWallet[],
  rounds: number,
  authority: Uint8Array,
  progress: (line: string) => void,
): Promise<readonly Job[]> {
  let began = performance.now();
  const offers = await drawLocks(fleet, rounds);
  progress(
    `${fleet.length * rounds} locks drawn in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  began = performance.now();
  const drafts = fleet.map((wallet) => draftsOf(wallet, offers.get(wallet.index) ?? [], authority));
  const signatures = await signAll(drafts);
  progress(
    `${fleet.length * rounds} orders signed in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  const jobs: Job[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [i, wallet] of fleet.entries()) {
      const draft = drafts[i]![round]!;
      const request = {
        order: draft.order,
        signature: new Uint8Array(signatures[i]![round]!),
        secrets: [draft.secret],
      };
      const payee = payeeOf(wallet.index, fleet.length);
      jobs.push({
        payer: wallet.index,
        payee,
        operator: wallet.operator,
        body: payRequestMessage.encode(request),
      });
    }
  }
  return jobs;
}
