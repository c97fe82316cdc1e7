/**
 * A real authority process for tests, and an operator that speaks to it over HTTP as a real one does:
 * it follows the chain of trust, opens sessions and signs.
 * @module
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { hexOf } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import { httpTransport } from '@specie/protocol/node/client';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import {
  openSession,
  type Session,
  type SessionCallerOptions,
} from '@specie/protocol/session/session-caller';
import { sessionKeyAt } from '@specie/protocol/session/party-keys';
import {
  followTrust,
  parseAuthority,
  trustChainMessage,
  type KeySet,
  type TrustChain,
} from '@specie/protocol/trust/key-set';
import { bytesFor } from './ledger-bench.ts';

const MAIN = path.join(import.meta.dirname, '../main.ts');

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the authority to its end. */
export function runAuthority(...args: readonly string[]): Ran {
  const ran = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 60_000 });
  return { status: ran.status, out: ran.stdout, err: ran.stderr };
}

export interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves to the signal or the code it ended with. */
  readonly ended: Promise<string>;
  readonly log: () => string;
  stop(): Promise<string>;
}

/** Starts `serve` on a port of its own and waits until it is ready. */
export async function startAuthority(data: string, crashAt = ''): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--data', data, '--port', '0'], {
    env: { ...process.env, SPECIE_CRASH_AT: crashAt },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.on('data', (part: Buffer) => (log += part.toString()));
  child.stderr.on('data', (part: Buffer) => (log += part.toString()));
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? String(code));
    });
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (log.includes('"msg":"ready"')) resolve();
    });
  });
  const first = await Promise.race([ready.then(() => 'ready'), ended]);
  if (first !== 'ready') throw new Error(`the authority ended with ${first}: ${log}`);
  const { url } = JSON.parse(fs.readFileSync(path.join(data, 'service.json'), 'utf8')) as {
    url: string;
  };
  return {
    url,
    child,
    ended,
    log: () => log,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export const operatorSeed = (operator: number): Uint8Array => bytesFor('operator-seed', operator);

/** Writes the card of an operator as `admit` takes it. */
export function writeCard(folder: string, operator: number): string {
  const key = hexOf(mlDsaNative.publicKeyOf(operatorSeed(operator)));
  const card = {
    operator,
    name: `Operator ${operator}`,
    url: `http://127.0.0.1:${7200 + operator}`,
    sessionKey: key,
    statementKey: key,
  };
  const file = path.join(folder, `card-${operator}.json`);
  fs.writeFileSync(file, JSON.stringify(card));
  return file;
}

export interface OperatorLine {
  open(seen?: number, keepSeal?: SessionCallerOptions['keepSeal']): Promise<Session>;
  readonly chain: TrustChain;
  readonly authority: Uint8Array;
  close(): void;
}

let lines = 0;

/** An operator's connection to a running authority. */
export async function connect(
  { url }: Pick<Running, 'url'>,
  fingerprint: string,
  operator: number,
  now: () => Instant,
): Promise<OperatorLine> {
  const transport = httpTransport({ timeoutMs: 10_000 });
  const authority = parseAuthority(fingerprint);
  if (!authority.ok) throw new Error('the fingerprint is none');
  const chain = await fetchChain(url);
  const set = keySetOf(chain, authority.value, now());
  let drawn = 0;
  lines += 1;
  const life = now();
  return {
    authority: authority.value,
    chain,
    close() {
      void transport.close();
    },
    async open(seen, keepSeal) {
      const session = await openSession({
        transport,
        self: operator,
        peer: { number: 0, url },
        keys: {
          authority: authority.value,
          seed: operatorSeed(operator),
          sessionKeyOf: (party) => sessionKeyAt(set, party, now()),
        },
        suite: mlDsaNative,
        kem: kemNative,
        digest: digestNative,
        clock: now,
        monotonic: now,
        random: (length) =>
          Uint8Array.from(
            { length },
            (_, i) => bytesFor(`chance/${operator}/${life}/${lines}/${(drawn += 1)}`, i)[0]!,
          ),
        seen,
        ...(keepSeal !== undefined && { keepSeal }),
      });
      if (!session.ok) throw new Error(session.refusal.code);
      return session.value;
    },
  };
}

/** The present key set, followed from the fingerprint. */
export async function fetchKeySet(
  url: string,
  authority: Uint8Array,
  now: Instant,
): Promise<KeySet> {
  return keySetOf(await fetchChain(url), authority, now);
}

async function fetchChain(url: string): Promise<TrustChain> {
  const response = await fetch(`${url}/v1/trust`);
  const chain = trustChainMessage.decode(new Uint8Array(await response.arrayBuffer()));
  if (!chain.ok) throw new Error(chain.refusal.code);
  return chain.value.sets;
}

function keySetOf(chain: TrustChain, authority: Uint8Array, now: Instant): KeySet {
  const trust = { authority, known: undefined };
  const set = followTrust(trust, chain, now, slhDsaNative);
  if (!set.ok) throw new Error(set.refusal.code);
  return set.value;
}
