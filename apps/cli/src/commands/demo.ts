/**
 * `specie demo`: plays the whole story against running services and says what each step cost. It
 * checks every figure against what it must be and ends with an error when one is off.
 */
import { join } from 'node:path';
import { accept, refuse, type Result } from '@specie/core/base/result';
import { totalOf } from '@specie/wallet/standing';
import { lineText, moneyText, sumsText, whyText } from '@specie/wallet/texts';
import type { Wallet } from '@specie/wallet/wallet';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import { type Call, type Command, say, textOption } from '../command.ts';
import { columns } from '../ink.ts';
import { type Sandbox, sandboxOf } from '../invitation.ts';
import { Story } from '../story.ts';

const CNY = 156;
const ACCOUNT = 'TB-0001';
const TOP_UP = 10_000n;
const LUNCH = 2_550n;
const BACK = 500n;
const CASH_OUT = 5_000n;
/** How long money may take to be seen by the other side. */
const PATIENCE_MS = 15_000;

export const demo: Command = {
  name: 'demo',
  usage: '',
  about: 'plays the whole story against the services of npm start',
  words: { min: 0, max: 0 },
  options: {
    data: { type: 'string', value: 'DIR', about: 'data folder of npm start (default .specie)' },
  },
  async run(call) {
    const sandbox = sandboxOf(call.world, textOption(call, 'data'));
    if (sandbox === undefined) return refuse('argument_missing', '--data');
    const folder = call.world.temporaryFolder();
    const story = new Story(call);
    const opened: Wallet[] = [];
    try {
      const played = await play(call, sandbox, story, folder.path, opened);
      if (!played.ok) return played;
      return accept(story.outcome());
    } finally {
      for (const wallet of opened) await wallet.close();
      folder.remove();
    }
  },
};

async function play(
  call: Call,
  sandbox: Sandbox,
  story: Story,
  folder: string,
  opened: Wallet[],
): Promise<Result<true>> {
  const before = await story.step(say(call, 'What the mint says', '发行方状态'), () =>
    supplyOf(call, sandbox),
  );
  if (!before.ok) return before;
  story.checkSupply(before.value);
  const bankBefore = await accountBalance(call, sandbox);
  const people: Wallet[] = [];
  for (const [i, operatorUrl] of sandbox.operatorUrls.slice(0, 2).entries()) {
    const title = say(call, `A wallet at operator ${i + 1}`, `在运营机构 ${i + 1} 开立钱包`);
    const wallet = await story.step(title, () =>
      openAt(call, sandbox, operatorUrl, join(folder, `wallet-${i}`), opened),
    );
    if (!wallet.ok) return wallet;
    people.push(wallet.value);
  }
  const [ann, ben] = people;
  if (ann === undefined || ben === undefined) return refuse('argument_invalid', '--data');
  const paid = await payments(call, story, ann, ben);
  if (!paid.ok) return paid;
  const cashed = await story.step(say(call, 'Cash out 50.00 CNY', '兑回 50.00 CNY'), () =>
    ann.cashOut({ currency: CNY, amount: CASH_OUT, account: ACCOUNT }),
  );
  if (!cashed.ok) return cashed;
  story.check(say(call, 'cash-out is done', '兑回完成'), cashed.value.state, 'done');
  await settled(call, ann, TOP_UP - LUNCH + BACK - CASH_OUT);
  account(call, story, ann, ben);
  const after = await story.step(say(call, 'What the mint says now', '发行方现状'), () =>
    supplyOf(call, sandbox),
  );
  if (!after.ok) return after;
  story.checkSupply(after.value);
  const bankAfter = await accountBalance(call, sandbox);
  const difference = (bankAfter ?? 0n) - (bankBefore ?? bankAfter ?? 0n);
  const isNew = bankBefore === undefined;
  if (!isNew)
    story.check(
      say(call, 'the bank account changed by', '银行账户变动'),
      money(difference),
      money(CASH_OUT - TOP_UP),
    );
  return accept(true);
}

async function payments(call: Call, story: Story, ann: Wallet, ben: Wallet): Promise<Result<true>> {
  const topped = await story.step(say(call, 'Top up 100.00 CNY', '充值 100.00 CNY'), () =>
    ann.topUp({ currency: CNY, amount: TOP_UP, account: ACCOUNT }),
  );
  if (!topped.ok) return topped;
  await settled(call, ann, TOP_UP);
  story.check(say(call, 'topped up', '充值后余额'), money(balanceOf(ann)), money(TOP_UP));
  const there = await payAcross(
    call,
    story,
    say(call, 'Pay 25.50 CNY across operators', '跨机构付款 25.50 CNY'),
    ann,
    ben,
    LUNCH,
    'lunch',
  );
  if (!there.ok) return there;
  await settled(call, ben, LUNCH);
  story.check(say(call, 'received', '收款'), money(balanceOf(ben)), money(LUNCH));
  const back = await payAcross(
    call,
    story,
    say(call, 'Pay 5.00 CNY back, with change', '付回 5.00 CNY 并找零'),
    ben,
    ann,
    BACK,
    '',
  );
  if (!back.ok) return back;
  await settled(call, ann, TOP_UP - LUNCH + BACK);
  await settled(call, ben, LUNCH - BACK);
  story.check(
    say(call, 'first wallet', '第一个钱包'),
    money(balanceOf(ann)),
    money(TOP_UP - LUNCH + BACK),
  );
  story.check(say(call, 'second wallet', '第二个钱包'), money(balanceOf(ben)), money(LUNCH - BACK));
  return accept(true);
}

async function payAcross(
  call: Call,
  story: Story,
  title: string,
  from: Wallet,
  to: Wallet,
  amount: bigint,
  note: string,
): Promise<Result<true>> {
  const paid = await story.step(title, async () => {
    const address = to.address();
    if (!address.ok) return address;
    const payee = await from.findPayee(address.value);
    if (!payee.ok) return payee;
    return from.pay({ payee: payee.value, currency: CNY, amount, note });
  });
  if (!paid.ok) return paid;
  story.check(say(call, 'payment is', '付款状态'), paid.value.state.is, 'paid');
  return accept(true);
}

/** History and explanation as a person sees them; the explanation must add up. */
function account(call: Call, story: Story, ann: Wallet, ben: Wallet): void {
  for (const [i, wallet] of [ann, ben].entries()) {
    const title = say(call, `Wallet ${i + 1}`, `钱包 ${i + 1}`);
    const rows = wallet
      .history()
      .map((line) => [`  ${sumsText(line.sums)}`, lineText(line, call.language).title]);
    const whyTitle = say(call, ' why its balance is this', ' 余额由来');
    const lines = wallet.explain(CNY);
    const why = lines.map((line) => [
      `  ${moneyText(CNY, line.amount, true)}`,
      whyText(line, call.language),
    ]);
    const sum = lines.reduce((total, { amount }) => total + amount, 0n);
    story.show(
      [
        call.ink.strong(title),
        columns(rows, [0]),
        whyTitle,
        call.ink.quiet(columns(why, [0])),
      ].join('\n'),
    );
    story.check(say(call, 'lines add up to', '明细合计'), money(sum), money(balanceOf(wallet)));
    story.check(say(call, 'findings', '异常'), `${wallet.findings().length}`, '0');
  }
  const total = balanceOf(ann) + balanceOf(ben);
  story.check(say(call, 'both together', '两个钱包合计'), money(total), money(TOP_UP - CASH_OUT));
}

const money = (amount: bigint): string => moneyText(CNY, amount);

function balanceOf(wallet: Wallet): bigint {
  const standing = wallet.balance().find(({ currency }) => currency === CNY);
  return standing === undefined ? 0n : totalOf(standing);
}

/** Waits until a wallet has this much and all of it free. */
async function settled(call: Call, wallet: Wallet, wanted: bigint): Promise<void> {
  const { world } = call;
  const until = world.monotonic() + PATIENCE_MS;
  for (;;) {
    await wallet.contact();
    const standing = wallet.balance().find(({ currency }) => currency === CNY);
    if (standing?.available === wanted || world.monotonic() > until) return;
    await world.pause(100);
  }
}

async function openAt(
  call: Call,
  sandbox: Sandbox,
  operatorUrl: string,
  file: string,
  opened: Wallet[],
): Promise<Result<Wallet>> {
  const { world } = call;
  const made = await world.openWallet(file);
  if (!made.ok) return made;
  const wallet = made.value;
  opened.push(wallet);
  const authority = parseAuthority(sandbox.fingerprint);
  if (!authority.ok) return authority;
  const mail = `demo-${world.clock()}-${opened.length}@example.org`;
  const ticket = await wallet.open(
    { authority: authority.value, operatorUrl },
    mail,
    call.language,
  );
  if (!ticket.ok) return ticket;
  const code = await codeFor(call, sandbox, mail);
  if (code === undefined) return refuse('code_wrong', 'outbox');
  const card = await wallet.confirm(code);
  if (!card.ok) return card;
  const contacted = await wallet.contact();
  return contacted.ok ? accept(wallet) : contacted;
}

/** The code that the sandbox's outbox holds for a mailbox. */
async function codeFor(
  { world }: Call,
  { pageUrl }: Sandbox,
  to: string,
): Promise<string | undefined> {
  for (let i = 0; i < 50; i++) {
    const letters = await jsonOf(world, `${pageUrl}/outbox.json`);
    const letter = Array.isArray(letters)
      ? (letters as readonly unknown[]).find((each) => fieldOf(each, 'to') === to)
      : undefined;
    const code = fieldOf(letter, 'code');
    if (typeof code === 'string') return code;
    await world.pause(100);
  }
  return undefined;
}

async function accountBalance({ world }: Call, { pageUrl }: Sandbox): Promise<bigint | undefined> {
  const accounts = await jsonOf(world, `${pageUrl}/bank/accounts.json`);
  const found = Array.isArray(accounts)
    ? (accounts as readonly unknown[]).find(
        (each) => fieldOf(each, 'account') === ACCOUNT && fieldOf(each, 'currency') === 'CNY',
      )
    : undefined;
  const balance = fieldOf(found, 'balance');
  return typeof balance === 'string' ? BigInt(balance) : undefined;
}

/** What the mint says about each currency. */
async function supplyOf(
  { world }: Call,
  { authorityUrl }: Sandbox,
): Promise<Result<readonly unknown[]>> {
  const status = await jsonOf(world, `${authorityUrl}/v1/status`);
  const rows = fieldOf(status, 'currencies');
  return Array.isArray(rows) ? accept(rows) : refuse('operator_unreachable', authorityUrl);
}

async function jsonOf(world: Call['world'], url: string): Promise<unknown> {
  const text = await world.fetchText(url);
  if (!text.ok) return undefined;
  try {
    return JSON.parse(text.value) as unknown;
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
