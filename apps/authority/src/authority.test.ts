import { expect, test } from 'vitest';
import { hexOf } from '@specie/core/base/bytes';
import { instantOf } from '@specie/core/base/instant';
import { refusalOfNumber } from '@specie/core/base/refusals';
import { brokenInvariants } from '@specie/core/ledger/invariants';
import { lockOfSecret } from '@specie/core/coin/lock';
import { stockTag } from '@specie/core/coin/holder';
import { CAVEAT_BYTES_MAX, CAVEATS_MAX } from '@specie/core/terms/terms';
import {
  commandHash,
  commandMessage,
  ISSUE_COINS_MAX,
  type Command,
} from '@specie/core/ledger/command';
import type { Answer } from '@specie/core/ledger/entry';
import { AUTHORITY_ROUTES as ROUTES } from '@specie/protocol/route';
import type { Session } from '@specie/protocol/session/session-caller';
import {
  authorityBench,
  issueRequest,
  OPENING,
  signIssue,
  signRetire,
  verdictOf,
  type AuthorityBench,
} from './testing/authority-bench.ts';
import { AUTHORITY_ID, bytesFor, CNY, START } from './testing/ledger-bench.ts';

/** A payment of a whole coin that was issued under secret n, to the operator's own stock again. */
function payment(
  session: Session,
  operator: number,
  sequence: number,
  coin: Uint8Array,
  n: number,
): Command {
  const order = {
    authority: AUTHORITY_ID,
    operator,
    holder: stockTag(operator),
    verb: 'transfer' as const,
    end: instantOf(START + 3_600_000),
    nonce: bytesFor('nonce', n).slice(0, 16),
    parts: [
      {
        coin,
        inputs: [{ from: 0, to: 1000 }],
        outputs: [{ to: 1000, lock: lockOfSecret(bytesFor('new', n)), tag: stockTag(operator) }],
      },
    ],
  };
  const body = { is: 'move' as const, order, secrets: [bytesFor('secret', n)] };
  return { operator, session: session.id, sequence, body };
}

async function issued(bench: AuthorityBench, operator: number, first: number, count: number) {
  const session = await bench.open(operator);
  const receipt = await session.call(ROUTES.issue, signIssue(issueRequest(operator, first, count)));
  if (!receipt.ok) throw new Error(receipt.refusal.code);
  return receipt.value;
}

const send = (session: Session, ...commands: readonly Command[]) =>
  session.call(ROUTES.commands, { commands: commands.map(commandMessage.encode) });

function said({ outcome }: Answer): string {
  if (outcome.is === 'refused') return refusalOfNumber(outcome.code) ?? 'unknown';
  return outcome.is;
}

test('mints into the stock of the operator that signed, and gives the same receipt again', async () => {
  const bench = await authorityBench();
  const receipt = await issued(bench, 1, 1, 3);
  expect(receipt.coins.length).toBe(3);
  expect(new Set(receipt.coins.map(({ identity }) => hexOf(identity))).size).toBe(3);
  const again = await bench.restart();
  again.now += 3_600_000;
  const session = await again.open(1);
  const repeated = await session.call(
    ROUTES.issue,
    signIssue(issueRequest(1, 1, 3, { time: instantOf(again.now) })),
  );
  expect(repeated).toEqual({ ok: true, value: receipt });
  const other = issueRequest(1, 1, 3, { unitsPerCoin: 2000 });
  expect(verdictOf(await session.call(ROUTES.issue, signIssue(other)))).toBe(
    'reserve_reference_used',
  );
  expect(brokenInvariants(again.authority.state)).toEqual([]);
});

test('two requests at the same time under one reference mint once', async () => {
  const bench = await authorityBench();
  const sessions = [await bench.open(1), await bench.open(1)];
  const receipts = await Promise.all(
    sessions.map((session) => session.call(ROUTES.issue, signIssue(issueRequest(1, 1, 2)))),
  );
  expect(receipts[0]).toEqual(receipts[1]);
  expect(bench.authority.state.coins.size).toBe(2);
});

test('refuses an issue that is not signed by its operator, for another, stale, or beyond the reserves', async () => {
  const bench = await authorityBench();
  const session = await bench.open(1);
  const ask = async (request: ReturnType<typeof issueRequest>, by?: number): Promise<string> =>
    verdictOf(await session.call(ROUTES.issue, signIssue(request, by)));
  expect(await ask(issueRequest(1, 1, 1), 2)).toBe('signature_invalid');
  expect(await ask(issueRequest(2, 1, 1), 2)).toBe('operator_mismatch');
  expect(await ask(issueRequest(2, 1, 1), 1)).toBe('operator_mismatch');
  expect(await ask(issueRequest(1, 1, 1, { authority: new Uint8Array(32) }))).toBe(
    'authority_mismatch',
  );
  expect(await ask(issueRequest(1, 1, 1, { time: instantOf(START - 600_000) }))).toBe('ask_stale');
  const reserve = {
    reference: bytesFor('reference', 9),
    sums: [{ currency: CNY, amount: OPENING + 1n }],
  };
  expect(await ask(issueRequest(1, 1, 1, { reserve }))).toBe('reserves_insufficient');
  const short = { reference: bytesFor('reference', 9), sums: [{ currency: CNY, amount: 999n }] };
  expect(await ask(issueRequest(1, 1, 1, { reserve: short }))).toBe('reserves_insufficient');
  expect(bench.authority.state.coins.size).toBe(0);
});

test('an operator’s reserves are used up by what it issued and come back with what it retired', async () => {
  const bench = await authorityBench();
  const session = await bench.open(1);
  const half = { unitsPerCoin: Number(OPENING) };
  const reserveFor = (n: number) => ({
    reference: bytesFor('reference', n),
    sums: [{ currency: CNY, amount: OPENING }],
  });
  const first = await session.call(
    ROUTES.issue,
    signIssue(issueRequest(1, 1, 1, { ...half, reserve: reserveFor(1) })),
  );
  if (!first.ok) throw new Error(first.refusal.code);
  const more = signIssue(issueRequest(1, 2, 1, { ...half, reserve: reserveFor(2) }));
  expect(verdictOf(await session.call(ROUTES.issue, more))).toBe('reserves_insufficient');
  const request = {
    authority: AUTHORITY_ID,
    operator: 1,
    reserve: reserveFor(3),
    pieces: [
      {
        coin: first.value.coins[0]!.identity,
        from: 0,
        to: Number(OPENING),
        secret: bytesFor('secret', 1),
      },
    ],
    time: instantOf(START),
  };
  const retired = await session.call(ROUTES.retire, signRetire(request));
  expect(verdictOf(retired)).toBe('ok');
  expect(await session.call(ROUTES.retire, signRetire(request))).toEqual(retired);
  expect(verdictOf(await session.call(ROUTES.issue, more))).toBe('ok');
  expect(brokenInvariants(bench.authority.state)).toEqual([]);
});

test('a retirement is signed by the operator whose stock it is, and names each piece once', async () => {
  const bench = await authorityBench();
  const { coins } = await issued(bench, 1, 1, 2);
  const pieces = coins.map(({ identity }, i) => ({
    coin: identity,
    from: 0,
    to: 1000,
    secret: bytesFor('secret', 1 + i),
  }));
  const request = {
    authority: AUTHORITY_ID,
    operator: 1,
    reserve: { reference: bytesFor('reference', 50), sums: [{ currency: CNY, amount: 2000n }] },
    pieces,
    time: instantOf(START),
  };
  const thief = await bench.open(2);
  expect(verdictOf(await thief.call(ROUTES.retire, signRetire(request, 2)))).toBe(
    'operator_mismatch',
  );
  const own = { ...request, operator: 2 };
  expect(verdictOf(await thief.call(ROUTES.retire, signRetire(own, 2)))).toBe('holder_mismatch');
  const session = await bench.open(1);
  const twice = { ...request, pieces: [pieces[0]!, pieces[0]!] };
  expect(verdictOf(await session.call(ROUTES.retire, signRetire(twice)))).toBe('list_not_sorted');
  // The order in which pieces are named is the operator's own affair.
  const turned = { ...request, pieces: [...pieces].reverse() };
  expect(verdictOf(await session.call(ROUTES.retire, signRetire(turned)))).toBe('ok');
  expect(bench.fatal).toEqual([]);
});

test('mints nothing while there is too little good randomness', async () => {
  const bench = await authorityBench();
  bench.isEntropyGood = false;
  const session = await bench.open(1);
  expect(verdictOf(await session.call(ROUTES.issue, signIssue(issueRequest(1, 1, 1))))).toBe(
    'entropy_below_floor',
  );
  bench.isEntropyGood = true;
  expect(verdictOf(await session.call(ROUTES.issue, signIssue(issueRequest(1, 1, 1))))).toBe('ok');
});

test('the largest issue an operator can write is decided like any other', async () => {
  const bench = await authorityBench();
  const session = await bench.open(1);
  const terms = Array.from({ length: CAVEATS_MAX }, (_, i) => {
    return { kind: 100 + i, body: new Uint8Array(CAVEAT_BYTES_MAX) };
  });
  const request = issueRequest(1, 1, ISSUE_COINS_MAX, { terms });
  expect(verdictOf(await session.call(ROUTES.issue, signIssue(request)))).toBe('caveat_unknown');
  expect(bench.fatal).toEqual([]);
});

test('takes commands of the session they name alone, and none that are the mint’s or the authority’s', async () => {
  const bench = await authorityBench();
  const { coins } = await issued(bench, 1, 1, 2);
  const coin = coins[0]!.identity;
  const one = await bench.open(1);
  const other = await bench.open(1);
  const thief = await bench.open(2);
  const good = payment(one, 1, 1, coin, 1);
  expect(verdictOf(await send(thief, good))).toBe('operator_mismatch');
  expect(verdictOf(await send(other, good))).toBe('session_unknown');
  expect(verdictOf(await send(thief, payment(thief, 2, 1, coin, 1)))).toBe('ok');
  const admission: Command = { ...good, body: { is: 'admit', operator: 3, quotas: [] } };
  expect(verdictOf(await send(one, good, admission))).toBe('authority_only');
  // What stood before the bad command in the same request was not given to the ledger either.
  expect(
    verdictOf(
      await one.call(ROUTES.commands, {
        commands: [commandMessage.encode(good), new Uint8Array(9)],
      }),
    ),
  ).toBe('message_foreign');
  const done = await send(one, good);
  expect(done.ok && done.value.answers.map(said)).toEqual(['applied']);
});

test('an old session’s answer comes after that session has ended, and another operator’s never', async () => {
  const bench = await authorityBench();
  const { coins, position } = await issued(bench, 1, 1, 2);
  const old = await bench.open(1);
  const first = payment(old, 1, 1, coins[0]!.identity, 1);
  const second = payment(old, 1, 2, coins[1]!.identity, 2);
  await send(old, first);
  const fresh = await bench.open(1);
  const ask = async (session: Session, command: Command): Promise<string> => {
    const { sequence } = command;
    const query = { session: old.id, sequence, commandHash: commandHash(command) };
    const answer = await session.call(ROUTES.answer, query);
    return answer.ok ? answer.value.answers.map(said).join() : answer.refusal.code;
  };
  expect(await ask(fresh, first)).toBe('applied');
  expect(await ask(fresh, second)).toBe('never');
  expect(await ask(fresh, { ...second, sequence: 1 })).toBe('sequence_reused');
  // It has ended: what was answered "never" can never be applied any more.
  await expect(send(old, second)).rejects.toThrow('was not authenticated');
  expect(bench.authority.state.position).toBe(position + 2);
  expect(await ask(await bench.open(2), first)).toBe('never');
  expect(
    verdictOf(
      await fresh.call(ROUTES.answer, {
        session: fresh.id,
        sequence: 1,
        commandHash: bytesFor('x', 1),
      }),
    ),
  ).toBe('session_unknown');
});

test('the question of one operator does not end the session of another', async () => {
  const bench = await authorityBench();
  const { coins } = await issued(bench, 1, 1, 1);
  const mine = await bench.open(1);
  const thief = await bench.open(2);
  const feed = await thief.call(ROUTES.feed, { from: 0, waitMs: 0, max: 10 });
  expect(feed.ok && feed.value.notices).toEqual([]);
  const command = payment(mine, 1, 1, coins[0]!.identity, 1);
  const done = await send(mine, command);
  expect(done.ok && done.value.answers.map(said)).toEqual(['applied']);
});

test('a session that has seen more than the journal holds puts the ledger into reads only, for good', async () => {
  const bench = await authorityBench();
  const { coins, position } = await issued(bench, 1, 1, 2);
  const end = bench.authority.state.position;
  await bench.open(1, end - 1);
  expect(bench.halted).toEqual([]);
  const ahead = await bench.open(1, end);
  expect(bench.halted.map(({ cause }) => cause)).toEqual(['ledger_behind']);
  expect(verdictOf(await send(ahead, payment(ahead, 1, 1, coins[0]!.identity, 1)))).toBe(
    'ledger_behind',
  );
  expect(verdictOf(await ahead.call(ROUTES.issue, signIssue(issueRequest(1, 9, 1))))).toBe(
    'ledger_behind',
  );
  // "Never" would be a lie about an entry that is missing.
  const query = {
    session: bytesFor('old', 1).slice(0, 16),
    sequence: 1,
    commandHash: bytesFor('x', 1),
  };
  expect(verdictOf(await ahead.call(ROUTES.answer, query))).toBe('ledger_behind');
  const feed = await ahead.call(ROUTES.feed, { from: 0, waitMs: 0, max: 10 });
  expect(feed.ok && feed.value.notices.map((notice) => notice.position)).toEqual([position]);
  const again = await bench.restart();
  const session = await again.open(1);
  expect(verdictOf(await send(session, payment(session, 1, 1, coins[0]!.identity, 1)))).toBe(
    'ledger_behind',
  );
  const status = await again.authority.service(new Request('http://a/v1/status'), {
    address: '127.0.0.1',
  });
  expect(await status.json()).toMatchObject({
    ready: false,
    readsOnly: [{ cause: 'ledger_behind' }],
  });
});

test('a feed asked from beyond the end puts the ledger into reads only as well', async () => {
  const bench = await authorityBench();
  const session = await bench.open(2);
  const from = bench.authority.state.position + 1;
  expect(verdictOf(await session.call(ROUTES.feed, { from, waitMs: 0, max: 1 }))).toBe(
    'ledger_behind',
  );
  expect(bench.halted.length).toBe(1);
});

test('a name leads where the operator that verified it last says, and to that operator’s wallets alone', async () => {
  const bench = await authorityBench();
  const alias = bytesFor('alias', 1);
  const wallet = bytesFor('wallet', 1).slice(0, 20);
  const one = await bench.open(1);
  const two = await bench.open(2);
  expect(verdictOf(await one.call(ROUTES.directoryFind, { alias }))).toBe('payee_unknown');
  const entry = (operator: number) => ({ alias, address: { operator, wallet } });
  expect(verdictOf(await one.call(ROUTES.directoryPublish, entry(2)))).toBe('operator_mismatch');
  expect(verdictOf(await one.call(ROUTES.directoryPublish, entry(1)))).toBe('ok');
  expect(await two.call(ROUTES.directoryFind, { alias })).toEqual({ ok: true, value: entry(1) });
  expect(verdictOf(await two.call(ROUTES.directoryPublish, entry(2)))).toBe('ok');
  const again = await (await bench.restart()).open(1);
  expect(await again.call(ROUTES.directoryFind, { alias })).toEqual({ ok: true, value: entry(2) });
  expect(verdictOf(await again.call(ROUTES.directoryKey, {}))).toBe('ok');
});

test('the status names no tag, no lock and no coin', async () => {
  const bench = await authorityBench();
  const { coins } = await issued(bench, 1, 1, 1);
  const session = await bench.open(1);
  await send(session, payment(session, 1, 1, coins[0]!.identity, 1));
  const response = await bench.authority.service(new Request('http://a/v1/status'), {
    address: '10.0.0.9',
  });
  const text = await response.text();
  const status = JSON.parse(text) as {
    recent: { verb: string; handle: string; amounts: unknown }[];
    currencies: unknown[];
  };
  expect(status.recent.slice(0, 2).map(({ verb }) => verb)).toEqual(['transfer', 'issue']);
  expect(status.recent[0]?.handle).toBe(status.recent[1]?.handle);
  expect(status.recent[0]?.amounts).toEqual([{ currency: 'CNY', amount: '1000' }]);
  expect(status.currencies).toMatchObject([
    { code: 'CNY', minted: '1000', retired: '0', outstanding: '1000' },
  ]);
  for (const secret of [coins[0]!.identity, lockOfSecret(bytesFor('new', 1)).hash, stockTag(1)]) {
    expect(text).not.toContain(hexOf(secret));
  }
});
