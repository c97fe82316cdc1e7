/**
 * A whole country for a story: the system that `npm start` runs, in a folder of its own, with the
 * command line beside it and the means to kill any process at any named point.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instantOf } from '@specie/core/base/instant';
import { listen, type Listening } from '@specie/protocol/node/listen';
import { openDatabase, type Database } from '@specie/stores/database';
import { Outbox, type Letter } from '@specie/sandbox/outbox';
import { createSite } from '@specie/sandbox/site';
import { startSystem, type System } from '@specie/sandbox/system';
import { BANK_MIGRATIONS, TestBank } from '@specie/sandbox/test-bank';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CLI = join(ROOT, 'apps', 'cli', 'src', 'main.ts');
const OPERATOR = join(ROOT, 'apps', 'operator', 'src', 'main.ts');
const WALLET_PROCESS = join(ROOT, 'tests', 'wallet-process.fixture.ts');
const RUN_MS = 60_000;

/** Remembers every code by the name it was sent to. */
class Codes extends Outbox {
  readonly byName = new Map<string, string>();

  override put(letter: Letter): void {
    super.put(letter);
    this.byName.set(letter.to, letter.code);
  }
}

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed as JSON, or undefined. */
  readonly json: unknown;
}

export interface SupplyStatus {
  readonly code: string;
  readonly minted: string;
  readonly retired: string;
  readonly outstanding: string;
  readonly reserves: string;
}

export interface Country {
  readonly folder: string;
  readonly system: System;
  readonly codes: ReadonlyMap<string, string>;
  readonly bank: TestBank;
  /** Runs `specie … --json` with a wallet of its own. */
  specie(wallet: string, ...args: readonly string[]): Promise<Ended>;
  /** Runs one act of the wallet engine in a process of its own, killed at a point when one is named. */
  act(wallet: string, crashAt: string, act: string, ...args: readonly string[]): Promise<Ended>;
  /** Runs a command of an operator's keeper. */
  operator(number: number, ...args: readonly string[]): Promise<Ended>;
  supply(): Promise<readonly SupplyStatus[]>;
  stock(operator: number): Promise<bigint>;
  /** Stops and starts every service, as the next `npm start` would. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment, CI: 'true' };
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env, timeout: RUN_MS, killSignal: 'SIGTERM', maxBuffer: 16 * 1024 * 1024 },
      (_, stdout, stderr) => {
        resolve({
          code: child.exitCode,
          signal: child.signalCode,
          stdout,
          stderr,
          json: jsonIn(stdout),
        });
      },
    );
    child.stdin?.end();
  });
}

function jsonIn(text: string): unknown {
  const line = text.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** Opens a country in a fresh folder. */
export async function openCountry(): Promise<Country> {
  const folder = mkdtempSync(join(tmpdir(), 'specie-story-'));
  const codes = new Codes();
  const database: Database = openDatabase({
    path: join(folder, 'bank.db'),
    kind: 'SPbk',
    migrations: BANK_MIGRATIONS,
  });
  const bank = new TestBank(database);
  const clock = (): ReturnType<typeof instantOf> => instantOf(Date.now());
  const site = createSite({ bank, outbox: codes, clock, status: () => Promise.resolve({}) });
  const server: Listening = await listen(site, { host: '127.0.0.1', port: 0 });
  const options = { folder, sandboxUrl: server.url, pagePort: 0 };
  const country = { system: await startSystem(options) };
  const status = async (url: string): Promise<unknown> => (await fetch(`${url}/v1/status`)).json();
  return {
    folder,
    get system() {
      return country.system;
    },
    codes: codes.byName,
    bank,
    specie: (wallet, ...args) =>
      run(CLI, [...args, '--json', '--wallet', join(folder, `${wallet}.wallet`)]),
    act: (wallet, crashAt, act, ...args) =>
      run(WALLET_PROCESS, [join(folder, `${wallet}.wallet`), act, ...args], {
        STORY_CRASH_AT: crashAt,
      }),
    operator: (number, ...args) =>
      run(OPERATOR, [...args, '--data', join(folder, `operator-${number}`)]),
    async supply() {
      return (
        (await status(country.system.authorityUrl)) as {
          readonly currencies: readonly SupplyStatus[];
        }
      ).currencies;
    },
    async stock(operator) {
      const { stock } = (await status(country.system.operatorUrls[operator - 1]!)) as {
        readonly stock: readonly { readonly currency: number | string; readonly amount: string }[];
      };
      return BigInt(
        stock.find((each) => each.currency === 156 || each.currency === 'CNY')?.amount ?? '0',
      );
    },
    async restart() {
      await country.system.stop();
      country.system = await startSystem(options);
    },
    async close() {
      await country.system.stop();
      await server.close();
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Fails with what the process said unless it ended well. */
export function well(ended: Ended): Ended {
  if (ended.code !== 0) {
    throw new Error(
      `ended with ${String(ended.code ?? ended.signal)}: ${ended.stdout}${ended.stderr}`,
    );
  }
  return ended;
}

/** Opens a wallet through the command line, with the code that was sent. */
export async function openWallet(
  country: Country,
  wallet: string,
  operator: number,
  name: string,
): Promise<void> {
  const kind = name.includes('@') ? '--mail' : '--phone';
  const url = country.system.operatorUrls[operator - 1]!;
  const where = ['--operator', url, '--authority', country.system.fingerprint];
  well(await country.specie(wallet, 'open', kind, name, ...where));
  well(
    await country.specie(
      wallet,
      'open',
      kind,
      name,
      ...where,
      '--code',
      country.codes.get(name) ?? '',
    ),
  );
}

/** Total a wallet has in fen, after taking in what happened. */
export async function totalOf(country: Country, wallet: string): Promise<bigint> {
  const ended = well(await country.specie(wallet, 'balance'));
  const { balances, findings } = ended.json as {
    readonly balances: readonly { readonly currency: string; readonly total: string }[];
    readonly findings: readonly unknown[];
  };
  if (findings.length > 0) throw new Error(`${wallet} finds fault: ${JSON.stringify(findings)}`);
  return BigInt(balances.find((each) => each.currency === 'CNY')?.total ?? '0');
}

/** Fen that left the bank's accounts and have not come back. */
export function leftBank(country: Country): bigint {
  const rows = country.bank.accounts().filter((each) => each.currency === 'CNY');
  return rows.reduce((sum, each) => sum + 10_000_000n - BigInt(each.balance), 0n);
}

/** Waits until every unit is accounted for, or says what is missing. */
export async function everyUnitIsAccountedFor(
  country: Country,
  wallets: readonly string[],
  patienceMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const cny = (await country.supply()).find((each) => each.code === 'CNY')!;
    const stocks = (await country.stock(1)) + (await country.stock(2));
    let held = 0n;
    for (const wallet of wallets) held += await totalOf(country, wallet);
    const outstanding = BigInt(cny.outstanding);
    const isWhole =
      outstanding > 0n &&
      BigInt(cny.minted) - BigInt(cny.retired) === outstanding &&
      BigInt(cny.reserves) >= outstanding &&
      held + stocks === outstanding &&
      held === leftBank(country);
    if (isWhole) return;
    if (performance.now() > deadline) {
      throw new Error(
        `outstanding ${outstanding}, wallets ${held}, stocks ${stocks}, left the bank ${leftBank(country)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
