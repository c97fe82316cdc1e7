/**
 * Ways to spoil a good command: in nearly every field, most of them with a refusal of their own.
 * @module
 */
import { DAY, instantOf } from '../base/instant.ts';
import { tagOf } from '../coin/holder.ts';
import { lockOfSecret } from '../coin/lock.ts';
import { caveatOf } from '../terms/terms.ts';
import type { Order } from '../payment/order.ts';
import type { BodyOf, Command } from './command.ts';
import { anyTag, OPERATORS, type Drawing } from './history.fixture.ts';
import { draftOf, type Draft } from './scene.fixture.ts';

/** Spoils a good command in one place, most of the time in a way that has a refusal of its own. */
export function spoil(drawing: Drawing, command: Draft<Command>): void {
  const { chance } = drawing;
  const { body } = command;
  const ways: (() => unknown)[] = [
    () => (command.sequence = 0),
    () => (command.operator = 77),
    () => (command.operator = chance.pick([0, 1, 2, 3])),
  ];
  switch (body.is) {
    case 'policy':
      ways.push(
        () => (body.currency = 999),
        () => (body.denominator = 0),
        () => (body.denominator = 1000),
      );
      break;
    case 'admit':
      ways.push(
        () => (body.operator = 0),
        () => body.quotas.push({ currency: 1, amount: 1n }),
        () => body.quotas.push({ currency: 978, amount: 1n }, { currency: 978, amount: 2n }),
      );
      break;
    case 'issue':
      ways.push(...issueSpoilers(drawing, body));
      break;
    case 'move':
      ways.push(...moveSpoilers(drawing, body), ...moveSpoilers(drawing, body));
      break;
    case 'retire':
      ways.push(...retireSpoilers(drawing, body));
      break;
  }
  chance.pick(ways)();
}

function issueSpoilers(drawing: Drawing, body: Draft<BodyOf<'issue'>>): (() => unknown)[] {
  const { chance, now, state } = drawing;
  const one = chance.pick(body.coins);
  const sum = body.reserve.sums[0]!;
  return [
    () => (body.operator = 77),
    () =>
      (body.reserve.reference =
        chance.once(4) || drawing.references.length === 0
          ? body.reserve.reference
          : chance.pick(drawing.references)),
    () => (sum.currency = 1),
    () => body.reserve.sums.push({ ...body.reserve.sums.at(-1)!, amount: 2n ** 64n - 1n }),
    () => (one.coin.identity = [...state.coins.values()][0]?.coin.identity ?? one.coin.identity),
    () => (one.coin.units = 0),
    () => (one.coin.mintedAt = instantOf(now + DAY)),
    () => (one.coin.basket[0]!.currency = 1),
    () => (one.coin.basket[0]!.minorPerUnit = 0),
    () => (one.coin.terms = [{ kind: 4, body: new Uint8Array(1) }]),
    () => (one.coin.terms = [{ kind: 1, body: new Uint8Array(5) }]),
    () => (one.coin.terms = [draftOf(caveatOf({ is: 'expires', at: now }))]),
    () => (one.lock = draftOf(lockOfSecret(chance.pick([...drawing.secrets.values()])))),
    () => (sum.amount = 2n ** 64n - 1n),
    () => (sum.amount = 0n),
    () => (one.coin.basket = [{ currency: 392, minorPerUnit: 1 }]),
    () => (one.coin.units = 2 ** 32 - 1),
  ];
}

function moveSpoilers(
  drawing: Drawing,
  { order, secrets }: Draft<BodyOf<'move'>>,
): (() => unknown)[] {
  const { chance, now, state } = drawing;
  const part = chance.pick(order.parts);
  const input = chance.pick(part.inputs);
  const output = chance.pick(part.outputs);
  const spent = [...drawing.secrets.values()];
  return [
    () => (order.authority = new Uint8Array(32)),
    () => (order.operator = chance.pick(OPERATORS)),
    () => (order.holder = anyTag(drawing)),
    () => (order.end = now),
    () => (order.end = instantOf(now + DAY + 1)),
    () => (secrets.length > 1 ? secrets.pop() : undefined),
    () => secrets.push(new Uint8Array(32)),
    () => order.parts.push(part),
    () => order.parts.reverse(),
    () => (part.coin = chance.bytes(32)),
    () => (part.coin = [...state.coins.values()][chance.below(state.coins.size)]!.coin.identity),
    () => (input.to = input.from),
    () => (input.to = 2 ** 32 - 1),
    () => (input.to += 1),
    () => (input.from = Math.max(0, input.from - 1)),
    () => part.inputs.push({ from: 0, to: 1 }) + secrets.push(chance.bytes(32)),
    () => (secrets[0] = chance.bytes(32)),
    () => (secrets[0] = chance.pick(spent)),
    () => (output.to = chance.below(2 ** 32)),
    () => (part.outputs.length > 1 ? part.outputs.pop() : undefined),
    () => part.outputs.push({ ...output, to: output.to + 1 }),
    () => (order.verb = 'merge'),
    () => (order.verb = 'redeem'),
    () => (output.tag = tagOf(77, new Uint8Array(12))),
    () => (output.tag = anyTag(drawing)),
    () => (output.lock = draftOf(lockOfSecret(chance.pick(spent)))),
    () => (output.lock = part.outputs[0]!.lock),
    () => spendAgain(drawing, order, secrets),
  ];
}

/** Gives a whole order of the past again, with its secrets, under a new nonce and end. */
function spendAgain(drawing: Drawing, order: Draft<Order>, secrets: Uint8Array[]): void {
  const { chance, entries, now } = drawing;
  const { body } = entries[chance.below(entries.length)]?.command ?? {};
  if (body?.is !== 'move') return;
  Object.assign(order, draftOf(body.order), { end: instantOf(now + 1), nonce: chance.bytes(16) });
  secrets.splice(0, secrets.length, ...draftOf(body.secrets));
}

function retireSpoilers(drawing: Drawing, body: Draft<BodyOf<'retire'>>): (() => unknown)[] {
  const { chance } = drawing;
  const piece = chance.pick(body.pieces);
  const sum = body.reserve.sums[0]!;
  return [
    () => (body.operator = chance.pick(OPERATORS)),
    () =>
      (body.reserve.reference =
        drawing.references.length === 0 ? body.reserve.reference : chance.pick(drawing.references)),
    () => (sum.currency = 1),
    () => body.reserve.sums.push({ ...body.reserve.sums.at(-1)!, amount: 2n ** 64n - 1n }),
    () => body.secrets.push(chance.bytes(32)),
    () => (body.secrets[0] = chance.bytes(32)),
    () => (piece.coin = chance.bytes(32)),
    () => (piece.to = piece.from),
    () => (piece.to = 2 ** 32 - 1),
    () => (piece.to += 1),
    () => (sum.amount += 1n),
    () => (sum.amount *= 2n),
  ];
}
