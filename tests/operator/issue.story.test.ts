/**
 * A keeper has money minted: once, wherever the operator dies, and not beyond the quota. What the
 * operator and the authority said to each other meanwhile is kept on both sides.
 */
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorks, type Running, type Works } from './processes.ts';
import { until } from './town.ts';

/** The stock fills itself up to 1,000,000.00; two issues of 10,000.00 and one of 2,500.00 are left. */
const QUOTA = 102_250_000n;

let works: Works;
let running: Running;
let data = '';
beforeAll(async () => {
  works = await startWorks();
  data = `${works.folder}/operator`;
  const place = `${works.folder}/authority`;
  const card = `${data}/card.json`;
  works.run('authority', 'admit', '--data', place, '--card', card, '--quota', `CNY=${QUOTA}`);
  running = await works.startOperator();
  await until(() => stock() === 100_000_000n, 20_000);
});
afterAll(() => works.close());

let amount: bigint | undefined;
/** CNY in stock, as last heard; asks again each time. */
function stock(): bigint {
  void fetch(`${running.url}/v1/status`)
    .then(async (answer) => (await answer.json()) as { stock: { amount: string }[] })
    .then(
      (status) => (amount = BigInt(status.stock[0]!.amount)),
      () => undefined,
    );
  return amount ?? 0n;
}

interface Said {
  readonly status: number | null;
  readonly said: unknown;
}

/** Leaves a wish in the book and gives what became of it. */
function issue(wanted: string): Promise<Said> {
  const wish = ['issue', '--data', data, '--currency', 'CNY', '--amount', wanted];
  return new Promise((resolve) => {
    const program = ['apps/operator/src/main.ts', ...wish];
    const child = execFile(process.execPath, program, (_, stdout, stderr) => {
      resolve({ status: child.exitCode, said: stdout === '' ? stderr : JSON.parse(stdout) });
    });
  });
}

test('mints what was asked for and says so', async () => {
  expect(await issue('10000.00')).toEqual({
    status: 0,
    said: { state: 'done', issued: '1000000', code: '' },
  });
  await until(() => stock() === 101_000_000n, 10_000);
});

test.each(['operator.issue.written', 'operator.issue.answered'])(
  'mints once when the operator is killed at %s',
  async (point) => {
    const wanted = point.endsWith('written') ? '10000.00' : '2500.00';
    const before = amount!;
    running.child.kill('SIGTERM');
    await running.ended;
    running = await works.startOperator(point);
    const issuing = issue(wanted);
    expect(await running.ended, running.told()).toBe('SIGKILL');
    running = await works.startOperator();
    // The keeper's command waited all the while.
    expect(await issuing).toMatchObject({ status: 0, said: { state: 'done' } });
    const after = before + (point.endsWith('written') ? 1_000_000n : 250_000n);
    await until(() => stock() === after, 10_000);
  },
  60_000,
);

test('is refused above the quota, by name, and for what is no amount', async () => {
  expect(await issue('0.01')).toEqual({
    status: 1,
    said: { state: 'refused', issued: '0', code: 'quota_exceeded' },
  });
  for (const [wanted, code] of [
    ['0', 'amount_out_of_range'],
    ['1,5', 'amount_malformed'],
    ['99999999999.00', 'amount_out_of_range'],
  ] as const)
    expect(await issue(wanted)).toMatchObject({ status: 1, said: expect.stringContaining(code) });
});

test('what was said about it is kept and good on both sides', async () => {
  running.child.kill('SIGTERM');
  await running.ended;
  for (const app of ['operator', 'authority'] as const) {
    const lines = works.run(app, 'seals', '--data', `${works.folder}/${app}`).trim().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ callee: 0, isGood: true });
  }
});
