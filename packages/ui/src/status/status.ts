/**
 * The status page of a running system, drawn in the browser from one JSON text fetched every second.
 * It shows only what the services tell everyone: no names, no holders. Everything that came from
 * outside is set as text, never as markup.
 *
 * @module
 */
import { faceSvg } from '../face.ts';
import { STATUS_TEXTS, type StatusTexts } from './texts.ts';

interface CurrencySupply {
  readonly code: string;
  readonly minorDigits: number;
  readonly minted: string;
  readonly retired: string;
  readonly outstanding: string;
  readonly reserves: string;
  readonly isSound: boolean;
}

interface OperatorStatus {
  readonly number: number;
  readonly name: string;
  readonly isReady: boolean;
  readonly wallets: number;
  readonly paymentsToday: number;
  readonly stock: readonly {
    readonly code: string;
    readonly minorDigits: number;
    readonly amount: string;
  }[];
}

interface Movement {
  readonly position: number;
  readonly time: number;
  readonly verb: string;
  readonly handle: string;
  readonly amounts: readonly {
    readonly code: string;
    readonly minorDigits: number;
    readonly amount: string;
  }[];
}

/** What `/status.json` answers. Amounts are minor units as decimal text. */
export interface SystemStatus {
  readonly authority: {
    readonly name: string;
    readonly fingerprint: string;
    readonly identity: string;
    readonly isReady: boolean;
  };
  readonly currencies: readonly CurrencySupply[];
  readonly operators: readonly OperatorStatus[];
  readonly movements: readonly Movement[];
  readonly letters: readonly {
    readonly time: number;
    readonly operator: string;
    readonly to: string;
    readonly code: string;
  }[];
  readonly accounts: readonly {
    readonly account: string;
    readonly code: string;
    readonly minorDigits: number;
    readonly balance: string;
  }[];
  readonly commands: readonly string[];
}

const language: 'en' | 'zh' = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const texts: StatusTexts = STATUS_TEXTS[language];
const POLL_MS = 1000;
let newestPosition = -1;

type Child = Node | string;

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Minor units as text with grouping and the currency: `1,234.50 CNY`. */
export function moneyText(amount: string, minorDigits: number, code: string): string {
  const digits = amount.padStart(minorDigits + 1, '0');
  const whole = digits.slice(0, digits.length - minorDigits).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = minorDigits === 0 ? '' : `.${digits.slice(-minorDigits)}`;
  return `${whole}${fraction} ${code}`;
}

function timeText(time: number): string {
  return new Date(time).toLocaleTimeString(language === 'zh' ? 'zh-CN' : 'en-GB');
}

function supplyBlock(supply: CurrencySupply): HTMLElement {
  const line = (label: string, amount: string, style: string): readonly HTMLElement[] => [
    element('dt', { class: style }, label),
    element('dd', { class: style }, moneyText(amount, supply.minorDigits, supply.code)),
  ];
  return element(
    'div',
    {},
    element(
      'p',
      { class: 'amount' },
      moneyText(supply.outstanding, supply.minorDigits, supply.code),
    ),
    element('p', { class: 'quiet' }, texts.inCirculation),
    element(
      'dl',
      { class: 'sum small' },
      ...line(texts.minted, supply.minted, ''),
      ...line(texts.retired, supply.retired, ''),
      ...line(texts.outstanding, supply.outstanding, 'total'),
      ...line(texts.reserves, supply.reserves, 'quiet'),
    ),
    element(
      'p',
      supply.isSound ? { class: 'quiet small' } : { role: 'alert' },
      supply.isSound ? texts.adds : texts.differs,
    ),
  );
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Child[])[],
  isNumber: (column: number) => boolean,
): HTMLElement {
  const style = (column: number): Readonly<Record<string, string>> =>
    isNumber(column) ? { class: 'number' } : {};
  const head = element(
    'tr',
    {},
    ...heads.map((each, i) => element('th', { scope: 'col', ...style(i) }, each)),
  );
  const body = rows.map((cells) =>
    element('tr', {}, ...cells.map((cell, i) => element('td', style(i), cell))),
  );
  return element(
    'table',
    {},
    element('caption', { class: 'unseen' }, caption),
    element('thead', {}, head),
    element('tbody', {}, ...body),
  );
}

function operatorRows(status: SystemStatus): readonly (readonly Child[])[] {
  return status.operators.map((operator) => [
    operator.name,
    element(
      'span',
      { class: operator.isReady ? 'state' : 'state off' },
      operator.isReady ? texts.ready : texts.starting,
    ),
    String(operator.wallets),
    String(operator.paymentsToday),
    operator.stock.map((each) => moneyText(each.amount, each.minorDigits, each.code)).join(', ') ||
      '–',
  ]);
}

function movementRows(status: SystemStatus): readonly (readonly Child[])[] {
  return status.movements.map((movement) => [
    timeText(movement.time),
    texts.verbs[movement.verb] ?? movement.verb,
    element('span', { class: 'mono quiet' }, movement.handle.slice(0, 8)),
    movement.amounts.map((each) => moneyText(each.amount, each.minorDigits, each.code)).join(', '),
  ]);
}

function fill(id: string, ...children: readonly Child[]): void {
  document.getElementById(id)?.replaceChildren(...children);
}

function orNone(
  rows: readonly (readonly Child[])[],
  none: string,
  made: () => HTMLElement,
): HTMLElement {
  return rows.length === 0 ? element('p', { class: 'quiet' }, none) : made();
}

function draw(status: SystemStatus): void {
  fill('supplies', ...status.currencies.map(supplyBlock));
  fill(
    'operators',
    table(
      texts.operators,
      [texts.name, texts.state, texts.wallets, texts.paymentsToday, texts.stock],
      operatorRows(status),
      (i) => i >= 2,
    ),
  );
  const movements = movementRows(status);
  fill(
    'movements',
    orNone(movements, texts.paymentsNone, () =>
      table(
        texts.payments,
        [texts.when, texts.what, texts.coin, texts.amount],
        movements,
        (i) => i === 3,
      ),
    ),
  );
  const newest = status.movements[0]?.position ?? -1;
  if (newest > newestPosition && newestPosition >= 0) {
    document.querySelector('#movements tbody tr')?.classList.add('arrived');
  }
  newestPosition = newest;
  const letters = status.letters.map((each) => [
    timeText(each.time),
    each.operator,
    each.to,
    element('span', { class: 'code' }, each.code),
  ]);
  fill(
    'letters',
    orNone(letters, texts.codesNone, () =>
      table(
        texts.codes,
        [texts.when, texts.operator, texts.to, texts.code],
        letters,
        (i) => i === 3,
      ),
    ),
  );
  const accounts = status.accounts.map((each) => [
    each.account,
    moneyText(each.balance, each.minorDigits, each.code),
  ]);
  fill(
    'accounts',
    orNone(accounts, texts.bankNone, () =>
      table(texts.bank, [texts.account, texts.balance], accounts, (i) => i === 1),
    ),
  );
  fill('commands', status.commands.join('\n'));
  fill('authority-name', status.authority.name);
  fill('fingerprint', status.authority.fingerprint);
  drawFace(status.authority.identity);
}

let drawnFace = '';
function drawFace(identity: string): void {
  if (identity === drawnFace || !/^[0-9a-f]{64}$/.test(identity)) return;
  drawnFace = identity;
  const bytes = Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(identity.slice(i * 2, i * 2 + 2), 16),
  );
  const holder = document.getElementById('face');
  // Drawn from numbers alone, so this is the one place where markup may be set.
  if (holder !== null) holder.innerHTML = faceSvg({ identity: bytes, inks: ['var(--accent)'] });
}

async function poll(): Promise<void> {
  const notice = document.getElementById('notice');
  try {
    const response = await fetch('/status.json', { cache: 'no-store' });
    if (!response.ok) throw new Error(String(response.status));
    draw((await response.json()) as SystemStatus);
    notice?.setAttribute('hidden', '');
  } catch {
    if (notice !== null) {
      notice.textContent = texts.silent;
      notice.removeAttribute('hidden');
    }
  }
  setTimeout(() => void poll(), POLL_MS);
}

void poll();
