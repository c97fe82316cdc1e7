/**
 * The rules of moving and retiring pieces as data, in the order of precedence of the spec (07 §4.4,
 * §4.5). See `rules.fixture.ts` for the others.
 * @module
 */
import { instantOf } from '../base/instant.ts';
import { coinKey, type Piece } from '../coin/coin.ts';
import { tagOf } from '../coin/holder.ts';
import { caveatOf, type Terms } from '../terms/terms.ts';
import type { BodyOf, Command } from './command.ts';
import {
  EXPIRED_TERMS,
  MALFORMED_TERMS,
  SESSION_RULES,
  UNKNOWN_TERMS,
  type Rule,
} from './rules.fixture.ts';
import {
  bytesFor,
  CNY,
  commandOf,
  DATED,
  identityOf,
  LAST,
  LI,
  lockFor,
  NORTH,
  orderOf,
  PLAIN,
  SOUTH,
  START,
  STRANGER,
  WANG,
  ZHOU,
  type Draft,
  type Scene,
} from './scene.fixture.ts';

/** Li gives her first pieces of one coin fresh locks and pays Wang from another. */
export function goodMove(scene: Scene): Command {
  const order = orderOf([
    {
      coin: PLAIN,
      inputs: [{ from: 0, to: 100 }],
      outputs: [{ to: 100, lock: lockFor('li fresh'), tag: LI }],
    },
    {
      coin: DATED,
      inputs: [
        { from: 0, to: 100 },
        { from: 100, to: 250 },
      ],
      outputs: [
        { to: 120, lock: lockFor('wang'), tag: WANG },
        { to: 250, lock: lockFor('li change'), tag: LI },
      ],
    },
  ]);
  const secrets = ['li 16 first', 'li 32 first', 'li 32 second'].map(bytesFor);
  return commandOf(scene, NORTH, { is: 'move', order, secrets });
}

/** Rules of one part are broken in the second part, those of one input in its second input. */
type MovedPart = Draft<BodyOf<'move'>>['order']['parts'][number];
const paying = (body: Draft<BodyOf<'move'>>): MovedPart => body.order.parts[1]!;

/** Replaces the piece of the second input, as orders of a supervisor or another payment would. */
function withPiece(
  scene: Scene,
  coin: Uint8Array,
  from: number,
  to: (piece: Piece) => Piece,
): void {
  const record = scene.state.coins.get(coinKey(coin));
  const at = record?.pieces.findIndex((piece) => piece.from === from) ?? -1;
  const piece = record?.pieces[at];
  if (piece !== undefined) record?.pieces.splice(at, 1, to(piece));
}

const guarded = (piece: Piece, state: 'live' | 'held' | 'frozen', tag = LI): Piece => ({
  state,
  from: piece.from,
  to: piece.to,
  lock: piece.state === 'retired' ? lockFor('nobody') : piece.lock,
  tag: piece.state === 'retired' || tag !== LI ? tag : piece.tag,
});
const retired = ({ from, to }: Piece): Piece => ({ state: 'retired', from, to });

function withTerms(scene: Scene, coin: Uint8Array, terms: Terms): void {
  const record = scene.state.coins.get(coinKey(coin));
  if (record === undefined) return;
  scene.state.coins.set(coinKey(coin), { ...record, coin: { ...record.coin, terms } });
}

export const MOVE_RULES: readonly Rule<'move'>[] = [
  ...SESSION_RULES,
  {
    title: 'an order for another authority',
    broken: (_, { order }) => (order.authority = new Uint8Array(32)),
    code: 'authority_mismatch',
    at: '.body.order.authority',
  },
  {
    title: 'an order of another operator',
    broken: (_, { order }) => (order.operator = SOUTH),
    code: 'operator_mismatch',
    at: '.body.order.operator',
  },
  {
    title: "an order of another operator's holder",
    broken: (_, { order }) => (order.holder = WANG),
    code: 'operator_mismatch',
    at: '.body.order.holder',
  },
  {
    title: 'an order that has ended',
    broken: (_, { order }) => (order.end = START),
    code: 'order_ended',
    at: '.body.order.end',
  },
  {
    title: 'an order that ends more than a day ahead',
    broken: (_, { order }) => (order.end = instantOf(START + 86_400_001)),
    code: 'order_end_too_far',
    at: '.body.order.end',
  },
  {
    title: 'a secret too many',
    broken: (_, { secrets }) => secrets.push(new Uint8Array(32)),
    code: 'secrets_miscounted',
    at: '.body.secrets',
  },
  {
    title: 'a part that stands behind a later coin',
    broken: (_, { order, secrets }) => {
      order.parts[0]!.coin = LAST;
      secrets[0] = bytesFor('li 240 first');
    },
    code: 'parts_disordered',
    at: '.body.order.parts[1]',
  },
  {
    title: 'a coin that does not exist',
    broken: (_, body) => (paying(body).coin = identityOf(0x21)),
    code: 'coin_unknown',
    at: '.body.order.parts[1].coin',
  },
  {
    title: 'an input that ends behind its coin',
    broken: (_, body) => (paying(body).inputs[1]!.to = 1001),
    code: 'range_invalid',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'an input that does not begin where the one before ends',
    broken: (_, body) => (paying(body).inputs[1]!.from = 101),
    code: 'inputs_not_adjacent',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'a piece that has left circulation',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 100, retired);
    },
    code: 'piece_retired',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'a range that is no piece',
    broken: (_, body) => (paying(body).inputs[1]!.to = 249),
    code: 'piece_unknown',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'a piece that is frozen',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 100, (piece) => guarded(piece, 'frozen'));
    },
    code: 'piece_frozen',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'a piece that is held for another payment',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 100, (piece) => guarded(piece, 'held'));
    },
    code: 'piece_held',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'a piece of another holder',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 100, (piece) => guarded(piece, 'live', ZHOU));
    },
    code: 'holder_mismatch',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'a secret that does not open its piece',
    broken: (_, { secrets }) => (secrets[2] = bytesFor('a guess')),
    code: 'secret_wrong',
    at: '.body.order.parts[1].inputs[1]',
  },
  {
    title: 'outputs that are less than the inputs',
    broken: (_, body) => (paying(body).outputs[1]!.to = 249),
    code: 'outputs_not_tiling',
    at: '.body.order.parts[1].outputs',
  },
  {
    title: 'a merge that makes two pieces',
    broken: (_, { order }) => (order.verb = 'merge'),
    code: 'merge_invalid',
    at: '.body.order.parts[1].outputs',
  },
  {
    title: 'a holder of an operator nobody admitted',
    broken: (_, body) =>
      (paying(body).outputs[0]!.tag = tagOf(STRANGER, new Uint8Array(12).fill(1))),
    code: 'operator_unknown',
    at: '.body.order.parts[1].outputs[0].tag',
  },
  {
    title: 'a coin with a condition nobody knows',
    broken: (_, __, scene) => {
      withTerms(scene, DATED, UNKNOWN_TERMS);
    },
    code: 'caveat_unknown',
    at: '.body.order.parts[1].outputs[0].tag',
  },
  {
    title: 'a coin with a condition that cannot be read',
    broken: (_, __, scene) => {
      withTerms(scene, DATED, MALFORMED_TERMS);
    },
    code: 'caveat_malformed',
    at: '.body.order.parts[1].outputs[0].tag',
  },
  {
    title: 'a coin that has expired',
    broken: (_, __, scene) => {
      withTerms(scene, DATED, EXPIRED_TERMS);
    },
    code: 'coin_expired',
    at: '.body.order.parts[1].outputs[0].tag',
  },
  {
    title: 'a coin that is meant for another payee',
    broken: (_, __, scene) => {
      withTerms(scene, DATED, [caveatOf({ is: 'payee', tag: ZHOU })]);
    },
    code: 'payee_forbidden',
    at: '.body.order.parts[1].outputs[0].tag',
  },
  {
    title: 'a lock that was used before',
    broken: (_, body) => (paying(body).outputs[0]!.lock = lockFor('li 32 first')),
    code: 'lock_seen',
    at: '.body.order.parts[1].outputs[0].lock',
  },
];

/** North retires stock of two coins. */
export function goodRetire(scene: Scene): Command {
  return commandOf(scene, NORTH, {
    is: 'retire',
    operator: NORTH,
    reserve: { reference: bytesFor('third reserve'), sums: [{ currency: CNY, amount: 1500n }] },
    pieces: [PLAIN, DATED].map((coin) => ({ coin, from: 250, to: 1000 })),
    secrets: ['stock 16 again', 'stock 32 again'].map(bytesFor),
  });
}

export const RETIRE_RULES: readonly Rule<'retire'>[] = [
  ...SESSION_RULES,
  {
    title: 'a retirement of another operator',
    broken: (_, body) => (body.operator = SOUTH),
    code: 'operator_mismatch',
    at: '.body.operator',
  },
  {
    title: 'a reserve movement that was used before',
    broken: (_, body) => (body.reserve.reference = bytesFor('first reserve')),
    code: 'reserve_reference_used',
    at: '.body.reserve.reference',
  },
  {
    title: 'reserves in a currency that is none',
    broken: (_, body) => (body.reserve.sums[0]!.currency = 1),
    code: 'currency_unknown',
    at: '.body.reserve.sums[0]',
  },
  {
    title: 'two sums of one currency',
    broken: (_, body) => body.reserve.sums.push({ currency: CNY, amount: 1501n }),
    code: 'reserve_invalid',
    at: '.body.reserve.sums[1]',
  },
  {
    title: 'a secret too few',
    broken: (_, { secrets }) => secrets.splice(0, 1),
    code: 'secrets_miscounted',
    at: '.body.secrets',
  },
  {
    title: 'a coin that does not exist',
    broken: (_, body) => (body.pieces[1]!.coin = identityOf(0x21)),
    code: 'coin_unknown',
    at: '.body.pieces[1]',
  },
  {
    title: 'a range that ends behind its coin',
    broken: (_, body) => (body.pieces[1]!.to = 1001),
    code: 'range_invalid',
    at: '.body.pieces[1]',
  },
  {
    title: 'a piece that was retired before',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 250, retired);
    },
    code: 'piece_retired',
    at: '.body.pieces[1]',
  },
  {
    title: 'a range that is no piece',
    broken: (_, body) => (body.pieces[1]!.to = 999),
    code: 'piece_unknown',
    at: '.body.pieces[1]',
  },
  {
    title: 'a piece that is frozen',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 250, (piece) => guarded(piece, 'frozen'));
    },
    code: 'piece_frozen',
    at: '.body.pieces[1]',
  },
  {
    title: 'a piece that is held',
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 250, (piece) => guarded(piece, 'held'));
    },
    code: 'piece_held',
    at: '.body.pieces[1]',
  },
  {
    title: "a piece of the operator's customer",
    broken: (_, __, scene) => {
      withPiece(scene, DATED, 250, (piece) => guarded(piece, 'live', ZHOU));
    },
    code: 'holder_mismatch',
    at: '.body.pieces[1]',
  },
  {
    title: 'a secret that does not open its piece',
    broken: (_, { secrets }) => (secrets[1] = bytesFor('a guess')),
    code: 'secret_wrong',
    at: '.body.pieces[1]',
  },
  {
    title: 'more reserves than what is retired was worth',
    broken: (_, body) => (body.reserve.sums[0]!.amount = 1501n),
    code: 'reserve_invalid',
    at: '.body.reserve.sums',
  },
  {
    title: 'reserves that the money left behind needs',
    broken: (_, __, { state }) => {
      state.policies.set(CNY, { numerator: 2, denominator: 1 });
      state.supply.set(CNY, { minted: 353_000n, retired: 0n, reserves: 176_500n });
    },
    code: 'reserves_insufficient',
    at: '.body.reserve.sums',
  },
];
