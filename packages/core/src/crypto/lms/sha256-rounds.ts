/**
 * SHA-256's rounds as WebAssembly, written once over an arithmetic: 32-bit words for one message,
 * or vectors of four words for four messages side by side.
 *
 * Letters (FIPS 180-4 §6.2.2): a…h working variables, W message schedule, K constants,
 * t the round.
 * @module
 */
import {
  add,
  addLanes,
  and,
  and128,
  get,
  load,
  loadSplat,
  or128,
  rotateRight,
  constant,
  select128,
  sequence,
  set,
  shiftLeftLanes,
  shiftRight,
  shiftRightLanes,
  tee,
  xor,
  xor128,
  type Code,
} from './wasm-encoding.ts';

/** What the rounds need of a machine word. The operand of a rotation is evaluated twice. */
export interface Arithmetic {
  readonly add: (left: Code, right: Code) => Code;
  readonly xor: (left: Code, right: Code) => Code;
  readonly and: (left: Code, right: Code) => Code;
  readonly rotate: (value: Code, by: number) => Code;
  readonly shift: (value: Code, by: number) => Code;
  /** e ? f : g, bit by bit (FIPS 180-4, equation 4.2). */
  readonly choose: (e: Code, f: Code, g: Code) => Code;
  /** The constant at an address, for every lane. */
  readonly constantAt: (address: Code, offset: number) => Code;
}

/** One message. */
export const ONE: Arithmetic = {
  add,
  xor,
  and,
  rotate: (value, by) => rotateRight(value, constant(by)),
  shift: (value, by) => shiftRight(value, constant(by)),
  choose: (e, f, g) => xor(and(xor(f, g), e), g),
  constantAt: load,
};

/** Four messages. */
export const FOUR: Arithmetic = {
  add: addLanes,
  xor: xor128,
  and: and128,
  rotate: (value, by) => or128(shiftRightLanes(value, by), shiftLeftLanes(value, 32 - by)),
  shift: shiftRightLanes,
  choose: (e, f, g) => select128(f, g, e),
  constantAt: loadSplat,
};

/** Which locals the rounds may use: 8 for a…h, 16 for W, 2 for a ⊕ b of this and the last round. */
export interface Registers {
  readonly state: number;
  readonly schedule: number;
  readonly spare: number;
}

/** How many locals of the arithmetic's type {@link Registers} spans when packed from `state`. */
export const REGISTERS = 27;

/** Registers packed one after the other. */
export function registersFrom(first: number): Registers {
  return { state: first, schedule: first + 8, spare: first + 24 };
}

/** The local that holds letter `index` (a = 0 … h = 7) before round t: the letters move, not they. */
export function letterAt({ state }: Registers, t: number, index: number): number {
  return state + ((index - t) & 7);
}

/** a ⊕ b is kept from round to round: the next round needs it as b ⊕ c. Call before the first. */
export function prepare(words: Arithmetic, registers: Registers, t: number): Code {
  const [b, c] = [1, 2].map((index) => get(letterAt(registers, t, index))) as [Code, Code];
  return set(registers.spare + ((t + 1) & 1), words.xor(b, c));
}

/** Round t (FIPS 180-4 §6.2.2, step 3), with the constant K[t] given as code. */
export function round(words: Arithmetic, registers: Registers, t: number, k: Code): Code {
  const letter = (index: number): number => letterAt(registers, t, index);
  const [a, b, , d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => get(letter(index))) as [
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
    Code,
  ];
  const both = registers.spare + (t & 1);
  const before = registers.spare + ((t + 1) & 1);
  const first = registers.spare + 2;
  const { add: plus, xor: exclusive, and: both128, rotate, choose } = words;
  const sigma1 = exclusive(exclusive(rotate(e, 6), rotate(e, 11)), rotate(e, 25));
  const sigma0 = exclusive(exclusive(rotate(a, 2), rotate(a, 13)), rotate(a, 22));
  const w = get(registers.schedule + (t & 15));
  const t1 = plus(plus(plus(plus(k, w), h), choose(e, f, g)), sigma1);
  const majority = exclusive(both128(tee(both, exclusive(a, b)), get(before)), b);
  return sequence(
    set(letter(3), plus(tee(first, t1), d)),
    set(letter(7), plus(plus(majority, sigma0), get(first))),
  );
}

/** Replaces W[t − 16] by W[t] (FIPS 180-4 §6.2.2, step 1). */
export function extend(words: Arithmetic, { schedule }: Registers, t: number): Code {
  const { add: plus, xor: exclusive, rotate, shift } = words;
  const w = (distance: number): Code => get(schedule + ((t - distance) & 15));
  const low = exclusive(exclusive(rotate(w(15), 7), rotate(w(15), 18)), shift(w(15), 3));
  const high = exclusive(exclusive(rotate(w(2), 17), rotate(w(2), 19)), shift(w(2), 10));
  return set(schedule + (t & 15), plus(plus(plus(w(16), low), w(7)), high));
}

/** Rounds `from` to `to` − 1, unrolled; W must hold the 16 words before `from`'s extension. */
export function unrolled(
  words: Arithmetic,
  registers: Registers,
  { from, to }: { readonly from: number; readonly to: number },
  constants: number,
): Code {
  const pieces = [prepare(words, registers, from)];
  for (let t = from; t < to; t++) {
    if (t >= 16) pieces.push(extend(words, registers, t));
    pieces.push(round(words, registers, t, words.constantAt(constant(0), constants + 4 * t)));
  }
  return sequence(...pieces);
}
