import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { plainBasket } from '@specie/core/coin/basket';
import { stockTag } from '@specie/core/coin/holder';
import { lockOfSecret } from '@specie/core/coin/lock';
import { commandHash, commandMessage, type Command } from '@specie/core/ledger/command';
import type { Answer } from '@specie/core/ledger/entry';
import { issueRequestMessage, type Notice } from '@specie/protocol/messages/ledger';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';
import { AUTHORITY_ROUTES as ROUTES } from '@specie/protocol/route';
import type { Session } from '@specie/protocol/session/session-caller';
import { openEmbeddedJournal } from '@specie/stores/embedded';
import { CRASH_POINTS } from './crash-points.ts';
import { entriesFrom } from './ledger/start.ts';
import {
  connect,
  operatorSeed,
  runAuthority,
  startAuthority,
  writeCard,
  type OperatorLine,
  type Running,
} from './testing/authority-process.ts';
import { bytesFor, CNY } from './testing/ledger-bench.ts';

let folder = '';
let data = '';
let fingerprint = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specie-authority-'));
  data = path.join(folder, 'data');
  fingerprint = runAuthority('init', '--data', data, '--name', 'Crash', '--sandbox').out.trim();
  expect(runAuthority('admit', '--data', data, '--card', writeCard(folder, 1)).status).toBe(0);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const now = (): Instant => instantOf(Date.now());

/** One coin's life in this test: moved again and again within the operator's stock. */
interface Chain {
  readonly coin: Uint8Array;
  secret: Uint8Array;
}

interface Sent {
  readonly command: Command;
  readonly chain: Chain;
  readonly next: Uint8Array;
  answer: Answer | undefined;
}

function issueRequest(authority: Uint8Array, first: number, count: number) {
  return {
    authority,
    operator: 1,
    reserve: {
      reference: bytesFor('reference', first),
      sums: [{ currency: CNY, amount: BigInt(count * 1000) }],
    },
    basket: plainBasket(CNY),
    unitsPerCoin: 1000,
    locks: Array.from({ length: count }, (_, i) => lockOfSecret(bytesFor('secret', first + i))),
    terms: [],
    time: now(),
  };
}

async function issue(line: OperatorLine, first: number, count: number): Promise<readonly Chain[]> {
  const session = await line.open();
  const request = issueRequest(line.authority, first, count);
  const signature = mlDsaNative.sign(operatorSeed(1), issueRequestMessage.encode(request));
  const receipt = await session.call(ROUTES.issue, { request, signature });
  await session.end();
  if (!receipt.ok) throw new Error(receipt.refusal.code);
  return receipt.value.coins.map(({ identity }, i) => ({
    coin: identity,
    secret: bytesFor('secret', first + i),
  }));
}

let made = 0;
function moveOf(line: OperatorLine, session: Session, sequence: number, chain: Chain): Sent {
  const next = bytesFor('moved', (made += 1));
  const order = {
    authority: line.authority,
    operator: 1,
    holder: stockTag(1),
    verb: 'transfer' as const,
    end: instantOf(Date.now() + 3_600_000),
    nonce: bytesFor('nonce', made).slice(0, 16),
    parts: [
      {
        coin: chain.coin,
        inputs: [{ from: 0, to: 1000 }],
        outputs: [{ to: 1000, lock: lockOfSecret(next), tag: stockTag(1) }],
      },
    ],
  };
  const body = { is: 'move' as const, order, secrets: [chain.secret] };
  return {
    command: { operator: 1, session: session.id, sequence, body },
    chain,
    next,
    answer: undefined,
  };
}

/** Sends rounds of moves in one session until the authority is gone; what was sent is written down first. */
async function load(
  line: OperatorLine,
  chains: readonly Chain[],
  sent: Sent[],
  rounds: number,
): Promise<void> {
  const session = await line.open();
  for (let round = 0; round < rounds; round++) {
    const batch = chains.map((chain, i) =>
      moveOf(line, session, round * chains.length + i + 1, chain),
    );
    sent.push(...batch);
    const done = await session.call(ROUTES.commands, {
      commands: batch.map(({ command }) => commandMessage.encode(command)),
    });
    if (!done.ok) throw new Error(done.refusal.code);
    done.value.answers.forEach((answer, i) => {
      batch[i]!.answer = answer;
      batch[i]!.chain.secret = batch[i]!.next;
    });
  }
  await session.end();
}

/** Everything the feed tells from a position on. */
async function collectFeed(line: OperatorLine, from: number): Promise<readonly Notice[]> {
  const session = await line.open();
  const all: Notice[] = [];
  for (let at = from, last = -1; at !== last;) {
    last = at;
    const page = await session.call(ROUTES.feed, { from: at, waitMs: 0, max: 50 });
    if (!page.ok) throw new Error(page.refusal.code);
    all.push(...page.value.notices);
    at = page.value.next;
  }
  return all;
}

/** What an operator does after its authority came back: asks for every answer it does not have. */
async function settle(line: OperatorLine, sent: readonly Sent[]): Promise<void> {
  const session = await line.open();
  for (const each of sent) {
    const { session: old, sequence } = each.command;
    const query = { session: old, sequence, commandHash: commandHash(each.command) };
    const found = await session.call(ROUTES.answer, query);
    if (!found.ok) throw new Error(found.refusal.code);
    const [answer] = found.value.answers;
    if (each.answer !== undefined) expect(answer).toEqual(each.answer);
    else if (answer?.outcome.is === 'applied') each.chain.secret = each.next;
    else expect(answer?.outcome.is).toBe('never');
  }
  await session.end();
}

function journalHashes(): ReadonlyMap<number, string> {
  const journal = openEmbeddedJournal(path.join(data, 'journal.sqlite'), { isReadOnly: true });
  const hashes = new Map(
    [...entriesFrom(journal, 0)].map((entry) => [
      entry.position,
      hexOf(commandHash(entry.command)),
    ]),
  );
  journal.close();
  return hashes;
}

function checkAcknowledged(sent: readonly Sent[]): number {
  const hashes = journalHashes();
  const acknowledged = sent.filter(({ answer }) => answer?.outcome.is === 'applied');
  for (const { command, answer } of acknowledged) {
    const position = answer?.outcome.is === 'applied' ? answer.outcome.position : -1;
    expect(hashes.get(position)).toBe(hexOf(commandHash(command)));
  }
  return acknowledged.length;
}

async function untilGone(running: Running): Promise<string> {
  return Promise.race([
    running.ended,
    new Promise<string>((resolve) => setTimeout(resolve, 20_000, 'still there')),
  ]);
}

const LEDGER_POINTS = CRASH_POINTS.filter((name) =>
  /^authority\.(?:command|batch|answer)/.test(name),
);

test.each(LEDGER_POINTS)(
  'killed under load at %s, nothing acknowledged is lost and nothing happens twice',
  async (point) => {
    const first = await startAuthority(data);
    const line = await connect(first, fingerprint, 1, now);
    const chains = await issue(line, 1, 40);
    line.close();
    expect(await first.stop()).toBe('0');

    const nth = point === 'authority.command.decided' ? 95 : 7;
    const armed = await startAuthority(data, `${point}:${nth}`);
    const doomed = await connect(armed, fingerprint, 1, now);
    const sent: Sent[] = [];
    const groups = [0, 1, 2, 3].map((i) => chains.slice(i * 10, i * 10 + 10));
    const loads = await Promise.allSettled(groups.map((group) => load(doomed, group, sent, 50)));
    expect(await untilGone(armed)).toBe('SIGKILL');
    expect(loads.every(({ status }) => status === 'rejected')).toBe(true);
    doomed.close();
    const acknowledged = checkAcknowledged(sent);
    expect(acknowledged).toBeGreaterThan(0);
    expect(acknowledged).toBeLessThan(sent.length);

    const again = await startAuthority(data);
    const back = await connect(again, fingerprint, 1, now);
    await settle(back, sent);
    // Every coin goes on from where the answers say it is: no secret is lost, no unit is stuck.
    const more: Sent[] = [];
    await Promise.all(groups.map((group) => load(back, group, more, 2)));
    expect(more.every(({ answer }) => answer?.outcome.is === 'applied')).toBe(true);
    const notices = await collectFeed(back, 0);
    const positions = notices.map(({ position }) => position);
    expect(new Set(positions).size).toBe(positions.length);
    const moves = notices.filter(({ verb }) => verb === 'transfer').length;
    expect(moves + 1).toBe(positions.length);
    back.close();
    expect(await again.stop()).toBe('0');
    expect(journalHashes().size).toBe(3 + positions.length);
    expect(JSON.parse(runAuthority('verify', '--data', data).out)).toMatchObject({
      isAsMarked: true,
    });
  },
);

test.each(['authority.issue.decided', 'authority.issue.before-receipt'] as const)(
  'killed at %s, the request repeated mints once',
  async (point) => {
    const armed = await startAuthority(data, point);
    const doomed = await connect(armed, fingerprint, 1, now);
    await expect(issue(doomed, 1, 5)).rejects.toThrow();
    expect(await untilGone(armed)).toBe('SIGKILL');
    doomed.close();
    const again = await startAuthority(data);
    const line = await connect(again, fingerprint, 1, now);
    const coins = await issue(line, 1, 5);
    expect((await issue(line, 1, 5)).map(({ coin }) => hexOf(coin))).toEqual(
      coins.map(({ coin }) => hexOf(coin)),
    );
    const status = (await (await fetch(`${again.url}/v1/status`)).json()) as {
      currencies: { code: string; minted: string }[];
    };
    expect(status.currencies.find(({ code }) => code === 'CNY')?.minted).toBe('5000');
    line.close();
    expect(await again.stop()).toBe('0');
  },
);
