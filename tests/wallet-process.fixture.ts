/**
 * One act of a wallet in a process of its own, so that a story can kill it at a named point:
 * `wallet-process FILE ACT …`, with the point in STORY_CRASH_AT. Prints one line of JSON.
 */
import { instantOf } from '@specie/core/base/instant';
import { openServerPool } from '@specie/entropy/node/server-pool';
import { crashPoints } from '@specie/protocol/node/crash-point';
import { httpTransport } from '@specie/protocol/node/client';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import { CRASH_POINTS } from '@specie/wallet/crash-points';
import { openSqliteStorage } from '@specie/wallet/node/sqlite-storage';
import { openWallet, type Wallet } from '@specie/wallet/wallet';

const CNY = 156;
const [file = '', act = '', ...args] = process.argv.slice(2);

function must<T>(
  result:
    { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

async function perform(wallet: Wallet): Promise<unknown> {
  const [first = '', second = '', third = ''] = args;
  switch (act) {
    case 'open':
      return wallet.open(
        { authority: must(parseAuthority(second)), operatorUrl: third },
        first,
        'en',
      );
    case 'confirm':
      return wallet.confirm(first);
    case 'contact':
      return wallet.contact();
    case 'top-up':
      return wallet.topUp({ currency: CNY, amount: BigInt(first), account: 'TB-0001' });
    case 'cash-out':
      return wallet.cashOut({ currency: CNY, amount: BigInt(first), account: 'TB-0001' });
    case 'pay': {
      const payee = must(await wallet.findPayee(first));
      return wallet.pay({ payee, currency: CNY, amount: BigInt(second), note: '' });
    }
    default:
      throw new Error(`there is no act ${act}`);
  }
}

const transport = httpTransport();
const pool = await openServerPool();
const at = crashPoints(CRASH_POINTS, { isSandbox: true, armed: process.env['STORY_CRASH_AT'] });
const wallet = must(
  await openWallet({
    storage: must(openSqliteStorage(file)),
    transport,
    mlDsa: mlDsaNative,
    slhDsa: slhDsaNative,
    clock: () => instantOf(Date.now()),
    random: pool.draw,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    at,
  }),
);
const result = (await perform(wallet)) as { readonly ok: boolean };
const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
process.stdout.write(`${JSON.stringify(result, plain)}\n`);
process.exitCode = result.ok ? 0 : 1;
await wallet.close();
await transport.close();
pool.close();
