/**
 * Coin choice: which pieces make up an amount, as a pure function. It pays to the last minor unit by
 * cutting, touches one coin whenever one suffices, takes what expires soonest first, and joins
 * neighbours of one coin in one part. Invariant: what it selects is worth exactly the amount, and no
 * piece is selected twice.
 *
 * Spec: 05 §7.
 * @module
 */
import { compareBytes } from '@specie/core/base/bytes';
import type { Instant } from '@specie/core/base/instant';
import type { RefusalCode } from '@specie/core/base/refusals';
import { accept, refuse, type Result } from '@specie/core/base/result';
import type { Coin } from '@specie/core/coin/coin';
import { PARTS_MAX } from '@specie/core/payment/order';
import { checkMovement, conditionsOf } from '@specie/core/terms/terms';
import type { OwnPiece } from './book.ts';
import { neighbours } from './neighbours.ts';

/** Neighbours of one coin that are consumed together; `units` of them go out, the rest comes back. */
export interface SelectedPart {
  readonly coin: Coin;
  readonly pieces: readonly OwnPiece[];
  readonly units: number;
}

export interface Wish {
  readonly currency: number;
  readonly amount: bigint;
  readonly now: Instant;
  readonly holder: Uint8Array;
  /** The payee's tag once it is known; until then, money meant for one payee is left alone. */
  readonly to:
    { readonly is: 'payee'; readonly tag: Uint8Array | undefined } | { readonly is: 'stock' };
}

/** Neighbouring usable pieces of one coin, and what they are worth. */
interface Run {
  readonly coin: Coin;
  readonly pieces: readonly OwnPiece[];
  readonly worth: bigint;
  readonly perUnit: bigint;
  readonly expires: number;
}

/**
 * The parts that pay the wish out of `free` pieces. `reserved` is what else the wallet has of the
 * currency, bound by other payments: it only decides which refusal is given.
 */
export function choosePieces(
  free: readonly OwnPiece[],
  wish: Wish,
  reserved: bigint,
): Result<readonly SelectedPart[]> {
  if (wish.amount <= 0n) return refuse('amount_out_of_range');
  const plain = free.filter(({ coin }) => isPlainIn(coin, wish.currency));
  const usable: OwnPiece[] = [];
  let forbidden: RefusalCode | undefined;
  for (const piece of plain) {
    const allowed = allowedBy(piece, wish);
    if (allowed.ok) usable.push(piece);
    else forbidden ??= allowed.refusal.code;
  }
  const total = worthOfAll(usable);
  if (total < wish.amount) return tooLittle(wish, total, worthOfAll(plain), reserved, forbidden);
  const runs = runsOf(usable);
  const parts = fromOneCoin(runs, wish.amount) ?? fromSeveral(runs, wish.amount);
  return parts === undefined ? refuse('funds_scattered') : accept(parts);
}

function tooLittle(
  wish: Wish,
  usable: bigint,
  plain: bigint,
  reserved: bigint,
  forbidden: RefusalCode | undefined,
): Result<never> {
  if (forbidden !== undefined && plain >= wish.amount) return refuse(forbidden);
  return refuse(usable + reserved >= wish.amount ? 'funds_reserved' : 'funds_insufficient');
}

const isPlainIn = ({ basket }: Coin, currency: number): boolean =>
  basket.length === 1 && basket[0]!.currency === currency;

const perUnitOf = (coin: Coin): bigint => BigInt(coin.basket[0]!.minorPerUnit);

const worthOfPiece = (piece: OwnPiece): bigint =>
  BigInt(piece.to - piece.from) * perUnitOf(piece.coin);

const worthOfAll = (pieces: readonly OwnPiece[]): bigint =>
  pieces.reduce((sum, piece) => sum + worthOfPiece(piece), 0n);

function allowedBy({ coin }: OwnPiece, wish: Wish): Result<true> {
  if (wish.to.is === 'payee' && wish.to.tag === undefined) {
    const conditions = conditionsOf(coin.terms);
    if (!conditions.ok) return conditions;
    if (conditions.value.some(({ is }) => is === 'payee')) return refuse('payee_forbidden');
  }
  const to = wish.to.is === 'payee' ? (wish.to.tag ?? wish.holder) : wish.holder;
  const isReturn = wish.to.is === 'stock';
  return checkMovement(coin.terms, { now: wish.now, from: wish.holder, to, isReturn });
}

/** When the coin expires; Infinity when it never does. */
export function expiryOf(coin: Coin): number {
  const conditions = conditionsOf(coin.terms);
  if (!conditions.ok) return Infinity;
  return Math.min(
    ...conditions.value.map((each) => (each.is === 'expires' ? each.at : Infinity)),
    Infinity,
  );
}

/** Pieces as runs of neighbours, soonest to expire first, then the largest, then by identity. */
function runsOf(pieces: readonly OwnPiece[]): readonly Run[] {
  return neighbours(pieces, 1).map(runOf).sort(compareRuns);
}

function runOf(pieces: readonly OwnPiece[]): Run {
  const { coin } = pieces[0]!;
  return {
    coin,
    pieces,
    worth: worthOfAll(pieces),
    perUnit: perUnitOf(coin),
    expires: expiryOf(coin),
  };
}

function compareRuns(a: Run, b: Run): number {
  if (a.expires !== b.expires) return a.expires - b.expires;
  if (a.worth !== b.worth) return a.worth > b.worth ? -1 : 1;
  return compareBytes(a.coin.identity, b.coin.identity) || a.pieces[0]!.from - b.pieces[0]!.from;
}

/** One part that pays the whole amount: soonest to expire, then the run that leaves least over. */
function fromOneCoin(runs: readonly Run[], amount: bigint): readonly SelectedPart[] | undefined {
  let best: { readonly run: Run; readonly part: SelectedPart; readonly left: bigint } | undefined;
  for (const run of runs) {
    const part = cutFrom(run, amount);
    if (part === undefined) continue;
    const left = worthOfAll(part.pieces) - amount;
    const isSooner = best === undefined || run.expires < best.run.expires;
    if (isSooner || (run.expires === best?.run.expires && left < best.left))
      best = { run, part, left };
  }
  return best && [best.part];
}

/** The amount out of one run: the smallest single piece that suffices, or else the fewest neighbours from its front. */
function cutFrom(run: Run, amount: bigint): SelectedPart | undefined {
  if (amount > run.worth || amount % run.perUnit !== 0n) return undefined;
  const units = Number(amount / run.perUnit);
  const single = run.pieces
    .filter((piece) => piece.to - piece.from >= units)
    .sort((a, b) => a.to - a.from - (b.to - b.from))[0];
  const pieces = single === undefined ? frontOf(run.pieces, units) : [single];
  return { coin: run.coin, pieces, units };
}

function frontOf(pieces: readonly OwnPiece[], units: number): readonly OwnPiece[] {
  let have = 0;
  let count = 0;
  while (have < units && count < pieces.length) {
    const { from, to } = pieces[count]!;
    have += to - from;
    count += 1;
  }
  return pieces.slice(0, count);
}

/** Whole runs, soonest to expire and largest first, and a cut from the last. */
function fromSeveral(runs: readonly Run[], amount: bigint): readonly SelectedPart[] | undefined {
  const parts: SelectedPart[] = [];
  let left = amount;
  // Coarse units first, so that the fine ones are there to make up the exact rest.
  for (const run of [...runs].sort(compareUnits)) {
    if (left === 0n) break;
    const fits = left < run.worth ? left - (left % run.perUnit) : run.worth;
    const part = fits === 0n ? undefined : cutFrom(run, fits);
    if (part === undefined) continue;
    parts.push(part);
    left -= fits;
  }
  return left === 0n && parts.length <= PARTS_MAX ? parts : undefined;
}

function compareUnits(a: Run, b: Run): number {
  if (a.perUnit !== b.perUnit) return a.perUnit > b.perUnit ? -1 : 1;
  return compareRuns(a, b);
}
