import { describe, expect, it } from 'vitest';
import { accept, refuse } from '@specie/core/base/result';
import { formatAuthority } from '@specie/protocol/trust/key-set';
import { AUTHORITY, CODE } from '@specie/wallet/node/testing/model-people';
import { commandOf, COMMANDS } from './commands.ts';
import { parse } from './command-line.ts';
import { operatorUrlOf, sandboxOf } from './invitation.ts';
import { testWorld, type TestWorld } from './testing/test-world.ts';

const SA = formatAuthority(AUTHORITY);
const OPERATOR = 'http://operator-1.test';

async function opened(
  world: TestWorld,
  mail: string,
  wallet: string,
  operator = 1,
): Promise<string> {
  const at = `--operator http://operator-${operator}.test --authority ${SA} --wallet ${wallet}`;
  const sent = await world.line(`open --mail ${mail} ${at} --json`);
  expect(sent.json()).toMatchObject({ state: 'opening' });
  const done = await world.line(`open --code ${CODE} --wallet ${wallet} --json`);
  expect(done.json()).toMatchObject({ state: 'open' });
  return String(done.json()['address']);
}

describe('reading a command line', () => {
  it.each([
    ['dance', 'argument_unknown', 'dance'],
    ['pay a 1 CNY --foo', 'argument_unknown', '--foo'],
    ['pay a 1 CNY --foo=bar', 'argument_unknown', '--foo'],
    ['pay a 1', 'argument_missing', 'CUR'],
    ['pay', 'argument_missing', 'TO'],
    ['pay a 1 CNY more', 'argument_unknown', 'more'],
    ['pay a 1 CNY --note', 'argument_missing', '--note'],
    ['pay a 1 CNY --yes=1', 'argument_invalid', '--yes'],
    ['balance --lang fr', 'argument_invalid', '--lang'],
  ])('refuses "%s" and names %s at %s', (line, code, at) => {
    expect(parse(line.split(' '))).toEqual({ ok: false, refusal: { code, at } });
  });

  it('takes options before, between and after words, and words behind two dashes', () => {
    const line = parse(['pay', '--yes', 'bob', '--note=for lunch', '1', '--', '--odd']);
    expect(line).toMatchObject({
      value: { words: ['bob', '1', '--odd'], options: { yes: true, note: 'for lunch' } },
    });
  });

  it('gives every command its help, which names every option it takes', async () => {
    const world = testWorld();
    const overview = await world.line('--help');
    for (const command of COMMANDS) {
      expect(overview.out).toContain(`  ${command.name} `);
      const help = await world.line(`${command.name} --help`);
      expect(help.code).toBe(0);
      for (const option of [...Object.keys(command.options), 'json', 'lang', 'wallet', 'help'])
        expect(help.out).toContain(`--${option}`);
    }
    expect(commandOf('entropy')).toBe(undefined);
  });
});

describe('refusals', () => {
  it('are one object on stdout under --json, with exit code 1', async () => {
    const said = await testWorld().line('pay a 1 CNY --foo --json');
    expect(said.code).toBe(1);
    expect(said.json()).toEqual({
      code: 'argument_unknown',
      number: 7017,
      at: '--foo',
      sentence: 'Nothing happened: there is no such command or option. Try --help.',
    });
    expect(said.complaint).toBe('');
  });

  it('are a sentence on stderr otherwise, in the language asked for', async () => {
    const said = await testWorld().line('pay a 1 XXX --lang zh');
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.complaint).toBe('资金未动:未知币种。\ncurrency_unknown 1101, XXX\n');
    const zh = testWorld({ environment: { LANG: 'zh_CN.UTF-8' } });
    expect((await zh.line('balance')).complaint).toContain('未作任何处理');
  });

  it.each([
    ['pay a 1,5 CNY', 'amount_malformed'],
    ['pay a 1.555 CNY', 'amount_too_fine'],
    ['pay a 0 CNY', 'amount_out_of_range'],
    ['pay a 1 XAU', 'currency_unknown'],
    ['top-up 1 CNY', 'argument_missing'],
    ['balance', 'wallet_missing'],
    ['words', 'wallet_missing'],
    ['open --mail a@b.org --operator http://x.test', 'trust_missing'],
    ['open --mail a@b.org --operator http://x.test --authority sa1x', 'argument_invalid'],
    ['open', 'argument_missing'],
    ['status http://nobody.test', 'operator_unreachable'],
    ['status nonsense', 'argument_invalid'],
    ['demo', 'argument_missing'],
    ['recover one two three --operator http://x.test', 'trust_missing'],
  ])('of "%s": %s', async (line, code) => {
    const said = await testWorld().line(`${line} --json`);
    expect(said.code).toBe(1);
    expect(said.json()['code']).toBe(code);
  });
});

describe('a holder at the command line', () => {
  it('opens, tops up, pays, looks, tidies, cashes out and comes back from the words', async () => {
    const world = testWorld();
    const bob = await opened(world, 'bob@x.org', 'bob', 2);
    await opened(world, 'ann@x.org', 'ann');
    const topUp = await world.line('top-up 100 CNY --account TB-0001 --wallet ann --json');
    expect(topUp.json()).toMatchObject({ state: 'done', amount: '10000', currency: 'CNY' });
    const paid = await world.line('pay bob@x.org 25.50 cny --note lunch --yes --wallet ann --json');
    expect(paid.json()).toMatchObject({ state: 'paid', amount: '2550', to: bob, note: 'lunch' });
    const order = String(paid.json()['order']);
    expect((await world.line(`order ${order} --wallet ann --json`)).json()['state']).toBe('paid');
    const balance = await world.line('balance --wallet bob --json');
    expect(balance.json()['balances']).toMatchObject([{ currency: 'CNY', total: '2550' }]);
    const history = await world.line('history --wallet bob');
    expect(history.out).toContain('+25.50 CNY  Received · lunch');
    const why = await world.line('why --wallet ann');
    expect(why.out).toBe(
      'Topped up   +100.00 CNY\nPaid         −25.50 CNY\nThat makes    74.50 CNY\n',
    );
    expect((await world.line('tidy --wallet ann --json')).json()['state']).toBe('tidy');
    const out = await world.line('cash-out 50 CNY --account TB-0001 --wallet ann --json');
    expect(out.json()).toMatchObject({ state: 'done', kind: 'cashOut' });
    const limits = await world.line('limits --wallet ann --json');
    expect(limits.json()['limits']).toMatchObject([{ held: '2450', paidToday: '2550' }]);
    const words = (await world.line('words --wallet ann --json')).json()['words'] as string[];
    const at = ['--operator', OPERATOR, '--authority', SA, '--wallet', 'again', '--json'];
    const again = await world.line(['recover', ...words, ...at]);
    expect(again.json()['balances']).toMatchObject([{ total: '2450' }]);
  });

  it('is shown who is paid and asked before anything moves', async () => {
    const world = testWorld();
    await opened(world, 'bob@x.org', 'bob', 2);
    await opened(world, 'ann@x.org', 'ann');
    await world.line('top-up 100 CNY --account TB-0001 --wallet ann');
    world.typed.push('n');
    const no = await world.line('pay bob@x.org 10 CNY --wallet ann');
    expect(no.code).toBe(1);
    expect(no.out).toContain('10.00 CNY  →  bob@x.org (checked)\nattested by Bank 2');
    expect(no.complaint).toContain('not_confirmed');
    expect((await world.line('pay bob@x.org 10 CNY --wallet ann --json')).json()['code']).toBe(
      'not_confirmed',
    );
    world.typed.push('y');
    expect((await world.line('pay bob@x.org 10 CNY --wallet ann')).code).toBe(0);
  });

  it('is told when nobody knows yet whether a payment was made, with exit code 1', async () => {
    const world = testWorld();
    await opened(world, 'bob@x.org', 'bob', 2);
    await opened(world, 'ann@x.org', 'ann');
    await world.line('top-up 100 CNY --account TB-0001 --wallet ann');
    let isGone = false;
    world.country.mischief.after = (route) => {
      isGone ||= route.endsWith('/pay');
      if (isGone) throw new TypeError('the network is gone');
    };
    const said = await world.line('pay bob@x.org 10 CNY --yes --wallet ann --json');
    expect(said.code).toBe(1);
    expect(said.json()['state']).toBe('signed');
    const stale = await world.line('balance --wallet ann');
    expect(stale.out).toContain('As last known');
    expect(stale.out).toContain('In payment');
    world.country.mischief.after = undefined;
    const order = String(said.json()['order']);
    expect((await world.line(`order ${order} --wallet ann --json`)).json()['state']).toBe('paid');
  });

  it('trusts an authority at first use only when told to, and is shown its fingerprint', async () => {
    const world = testWorld();
    const at = `--mail ann@x.org --operator ${OPERATOR}`;
    expect((await world.line(`open ${at} --json`)).json()['code']).toBe('trust_missing');
    const shown = await world.line(`trust --operator ${OPERATOR}`);
    expect(shown.out).toContain(SA);
    const said = await world.line(`open ${at} --trust-first-use`);
    expect(said.out).toContain(SA);
    expect(said.code).toBe(0);
    await world.line(`open --code ${CODE}`);
    expect((await world.line('trust --json')).json()).toMatchObject({
      state: 'valid',
      authority: SA,
    });
  });

  it('finds the services of npm start without being told', async () => {
    const world = testWorld();
    const text = JSON.stringify({
      authority: SA,
      operatorPorts: [4001],
      authorityPort: 4000,
      pagePort: 4780,
    });
    world.files.set('/specie/.specie/sandbox.json', new TextEncoder().encode(text));
    const said = await world.line('open --mail ann@x.org --json');
    expect(said.json()['code']).toBe('operator_unreachable');
    await world.line('issue 10 CNY');
    expect(world.programs[0]?.slice(1)).toEqual([
      'issue',
      '--data',
      '/specie/.specie/operator-1',
      '--currency',
      'CNY',
      '--amount',
      '10',
    ]);
  });

  it('takes a number for an operator of npm start, and refuses one it does not have', async () => {
    const asked: string[] = [];
    const world = testWorld();
    const { openWallet } = world;
    const file = { authority: SA, operatorPorts: [4001, 4002], authorityPort: 1, pagePort: 2 };
    const where = '/specie/.specie/sandbox.json';
    for (const line of ['open --mail ann@x.org --operator 2', 'trust --operator 2'])
      expect((await world.line(`${line} --json`)).json()).toMatchObject({
        ...{ code: 'argument_missing', at: '--data' },
      });
    world.files.set(where, new TextEncoder().encode(JSON.stringify(file)));
    world.openWallet = async (at) => {
      asked.push(at);
      return openWallet(at);
    };
    const said = await world.line('open --mail ann@x.org --operator 2 --json');
    expect(said.json()['code']).toBe('operator_unreachable');
    expect(operatorUrlOf('2', sandboxOf(world))).toEqual(accept('http://127.0.0.1:4002'));
    for (const none of ['0', '3', '99999999999999999999'])
      expect(
        (await world.line(`open --mail a@x.org --operator ${none} --json`)).json(),
      ).toMatchObject({ code: 'argument_invalid', at: '--operator' });
    expect(asked[0]).toBe('/home/ann/.specie/wallet');
  });

  it.each([
    ['lena', undefined, '/home/ann/.specie/lena'],
    ['lena', '', '/home/ann/.specie/lena'],
    ['lena', '/purses', '/purses/lena'],
    ['./lena', '/purses', './lena'],
    ['/tmp/lena.wallet', '/purses', '/tmp/lena.wallet'],
    [undefined, '/purses', '/purses/wallet'],
  ])('finds the wallet %s with SPECIE_HOME %s in %s', async (named, home, file) => {
    const asked: string[] = [];
    const world = testWorld({
      environment: { SPECIE_HOME: home },
      openWallet: async (at) => {
        asked.push(at);
        return refuse('wallet_missing');
      },
    });
    await world.line(['balance', ...(named === undefined ? [] : ['--wallet', named])]);
    expect(asked).toEqual([file]);
  });

  it('hands entropy over to its own command', async () => {
    expect((await testWorld().line('entropy')).code).toBe(0);
    expect((await testWorld().line('entropy assess')).code).toBe(2);
  });
});
