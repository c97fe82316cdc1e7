/**
 * Bank and outbox of the sandbox, over HTTP. A service that does not answer, or answers something
 * else, is a fault: the same request is made again later.
 *
 * Spec: 11 §2, §3.
 * @module
 */
import { bytesOfText, textOfBytes } from '@specie/core/base/bytes';
import { currencyOfNumber } from '@specie/core/money/currency';
import { Fault } from '@specie/protocol/fault';
import { exchange, type Transport } from '@specie/protocol/transport';
import type { Bank, BankAnswer, BankMovement, Outbox } from '../ports.ts';

export interface SandboxOptions {
  readonly url: string;
  readonly transport: Transport;
  readonly operator: number;
}

/** The test bank. */
export function sandboxBank(options: SandboxOptions): Bank {
  const move = async (kind: 'debit' | 'credit', movement: BankMovement): Promise<BankAnswer> => {
    const { reference, account, amount } = movement;
    const currency = currencyOfNumber(movement.currency);
    if (!currency.ok) return { state: 'refused', reason: 'currency_unknown' };
    const { operator } = options;
    const { code } = currency.value;
    const body = { reference, account, currency: code, amount: amount.toString(), operator };
    const answer = await post(options, `/bank/${kind}`, body);
    if (typeof answer === 'object' && answer !== null && 'state' in answer) {
      if (answer.state === 'done') return { state: 'done' };
      const reason = 'reason' in answer && typeof answer.reason === 'string' ? answer.reason : '';
      if (answer.state === 'refused') return { state: 'refused', reason };
    }
    throw new Fault('bank_unreadable', 'unsafe', 'the bank answered something else');
  };
  return {
    debit: (movement) => move('debit', movement),
    credit: (movement) => move('credit', movement),
  };
}

/** The outbox of codes. */
export function sandboxOutbox(options: SandboxOptions, name: string): Outbox {
  return {
    async send({ channel, to, text, code }) {
      await post(options, '/outbox', { operator: name, channel, to, text, code });
    },
  };
}

const TIMEOUT_MS = 5000;

async function post(
  { url, transport }: SandboxOptions,
  path: string,
  body: unknown,
): Promise<unknown> {
  const answer = await exchange(transport, {
    method: 'POST',
    url: url.replace(/\/$/, '') + path,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: bytesOfText(JSON.stringify(body)),
    timeoutMs: TIMEOUT_MS,
  });
  if (answer.status >= 300)
    throw new Fault('sandbox_failed', 'unsafe', `${path} answered with status ${answer.status}`);
  const text = textOfBytes(answer.body) ?? '';
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (cause) {
    throw new Fault('sandbox_failed', 'unsafe', `${path} answered something unreadable`, cause);
  }
}
