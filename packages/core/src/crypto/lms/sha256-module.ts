/**
 * SHA-256 as WebAssembly: of one message, and of four messages side by side.
 *
 * Invariant: every loop counts down a number the caller gave, so every call ends.
 *
 * Source: FIPS 180-4 §6.2.
 * @module
 */
import {
  BLOCK_AT,
  CONSTANTS_AT,
  END_AT,
  FIFTH_AT,
  INITIAL_AT,
  START_AT,
  STATE_AT,
} from './sha256-layout.ts';
import {
  FOUR,
  ONE,
  REGISTERS,
  extend,
  letterAt,
  prepare,
  registersFrom,
  round,
  unrolled,
} from './sha256-rounds.ts';
import {
  add,
  addLanes,
  block,
  branch,
  branchIf,
  call,
  constant,
  extractLane,
  get,
  isZero,
  lessThan,
  load,
  load128,
  loadSplat,
  loop,
  sequence,
  set,
  shuffle,
  splat,
  store,
  store128,
  subtract,
  type Code,
  type WasmFunction,
} from './wasm-encoding.ts';

/** Places in the module of the two functions that the others call. */
export const FIRST_FIVE = 0;
export const REST = 1;

/** The base of an address that is all offset. */
export const NOWHERE = constant(0);
export const WORDS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export const LANES = [0, 1, 2, 3] as const;
/** Four words of a vector with the bytes of each reversed. */
export const REVERSED = LANES.flatMap((word) => [3, 2, 1, 0].map((byte) => 4 * word + byte));

const four = registersFrom(0);

/** Rounds 0 to 4, which see only the prefix I ‖ u32str(q) of a chain step: once per signature. */
export function firstFive(): WasmFunction {
  const pieces: Code[] = [];
  for (let t = 0; t < 5; t++) {
    pieces.push(set(four.schedule + t, load128(NOWHERE, BLOCK_AT + 16 * t)));
  }
  for (const index of WORDS) {
    pieces.push(set(letterAt(four, 0, index), load128(NOWHERE, START_AT + 16 * index)));
  }
  pieces.push(unrolled(FOUR, four, { from: 0, to: 5 }, CONSTANTS_AT));
  for (const index of WORDS) {
    pieces.push(store128(NOWHERE, FIFTH_AT + 16 * index, get(letterAt(four, 5, index))));
  }
  return { parameters: 0, words: 0, vectors: REGISTERS, body: sequence(...pieces) };
}

/** Rounds 5 to 63 and the addition of the state before them (FIPS 180-4 §6.2.2, step 4). */
export function rest(): WasmFunction {
  const pieces: Code[] = [];
  for (let t = 0; t < 16; t++) {
    pieces.push(set(four.schedule + t, load128(NOWHERE, BLOCK_AT + 16 * t)));
  }
  for (const index of WORDS) {
    pieces.push(set(letterAt(four, 5, index), load128(NOWHERE, FIFTH_AT + 16 * index)));
  }
  pieces.push(unrolled(FOUR, four, { from: 5, to: 64 }, CONSTANTS_AT));
  for (const index of WORDS) {
    const before = load128(NOWHERE, START_AT + 16 * index);
    const sum = addLanes(before, get(letterAt(four, 64, index)));
    pieces.push(store128(NOWHERE, END_AT + 16 * index, sum));
  }
  return { parameters: 0, words: 0, vectors: REGISTERS, body: sequence(...pieces) };
}

/** Sets the state before the rounds to H(0) in all lanes. */
export function initialLanes(): Code {
  const each = WORDS.map((index) =>
    store128(NOWHERE, START_AT + 16 * index, loadSplat(NOWHERE, INITIAL_AT + 4 * index)),
  );
  return sequence(...each);
}

/**
 * Turns four vectors on their side, reversing the bytes of each word, and hands on the results.
 * Uses eight vector locals from `spare`.
 */
function transposed(
  spare: number,
  rows: readonly Code[],
  keep: (column: number, value: Code) => Code,
): Code {
  const pairs = (word: number): readonly number[] =>
    [word, word + 4, word + 1, word + 5].flatMap((at) => [3, 2, 1, 0].map((byte) => 4 * at + byte));
  const halves = (from: number): readonly number[] =>
    [from, from + 16].flatMap((at) => WORDS.map((byte) => at + byte));
  const row = (index: number): Code => get(spare + index);
  const middle = (index: number): Code => get(spare + 4 + index);
  return sequence(
    ...rows.map((code, index) => set(spare + index, code)),
    set(spare + 4, shuffle(pairs(0), row(0), row(1))),
    set(spare + 5, shuffle(pairs(0), row(2), row(3))),
    set(spare + 6, shuffle(pairs(2), row(0), row(1))),
    set(spare + 7, shuffle(pairs(2), row(2), row(3))),
    keep(0, shuffle(halves(0), middle(0), middle(1))),
    keep(1, shuffle(halves(8), middle(0), middle(1))),
    keep(2, shuffle(halves(0), middle(2), middle(3))),
    keep(3, shuffle(halves(8), middle(2), middle(3))),
  );
}

/** Writes the four 32-byte digests in END to consecutive places. */
function digestsTo(output: Code, spare: number): Code {
  const half = (which: number): Code =>
    transposed(
      spare,
      LANES.map((word) => load128(NOWHERE, END_AT + 64 * which + 16 * word)),
      (message, value) => store128(output, 32 * message + 16 * which, value),
    );
  return sequence(half(0), half(1));
}

/** Runs `body` `count` times; the local counts down to zero. */
function repeat(count: number, body: Code): Code {
  const less = set(count, subtract(get(count), constant(1)));
  return block(loop(sequence(branchIf(1, isZero(get(count))), body, less, branch(0))));
}

/** hash32(inputs, outputs, groups): groups of four messages of 32 bytes, packed. */
export function hash32(): WasmFunction {
  const [inputs, outputs, groups, spare] = [0, 1, 2, 3] as const;
  const half = (which: number): Code =>
    transposed(
      spare,
      LANES.map((message) => load128(get(inputs), 32 * message + 16 * which)),
      (word, value) => store128(NOWHERE, BLOCK_AT + 64 * which + 16 * word, value),
    );
  const padding = WORDS.map((word) => {
    const value = word === 0 ? 0x80000000 : word === 7 ? 256 : 0;
    return store128(NOWHERE, BLOCK_AT + 128 + 16 * word, splat(constant(value)));
  });
  const group = sequence(
    half(0),
    half(1),
    call(FIRST_FIVE),
    call(REST),
    digestsTo(get(outputs), spare),
    set(inputs, add(get(inputs), constant(128))),
    set(outputs, add(get(outputs), constant(128))),
  );
  const body = sequence(initialLanes(), ...padding, repeat(groups, group));
  return { exportedAs: 'hash32', parameters: 3, words: 0, vectors: 8, body };
}

/** hashFour(input, stride, blocks, output): four padded messages of as many blocks. */
export function hashFour(): WasmFunction {
  const [input, stride, blocks, output, row, spare] = [0, 1, 2, 3, 4, 5] as const;
  const quarter = (which: number): Code => {
    const rows = LANES.map((message) => {
      const at = message === 0 ? set(row, get(input)) : set(row, add(get(row), get(stride)));
      return sequence(at, load128(get(row), 16 * which));
    });
    return transposed(spare, rows, (word, value) =>
      store128(NOWHERE, BLOCK_AT + 64 * which + 16 * word, value),
    );
  };
  const chained = WORDS.map((index) =>
    store128(NOWHERE, START_AT + 16 * index, load128(NOWHERE, END_AT + 16 * index)),
  );
  const each = sequence(
    ...LANES.map(quarter),
    call(FIRST_FIVE),
    call(REST),
    ...chained,
    set(input, add(get(input), constant(64))),
  );
  const body = sequence(initialLanes(), repeat(blocks, each), digestsTo(get(output), spare));
  return { exportedAs: 'hashFour', parameters: 4, words: 1, vectors: 8, body };
}

/** absorb(input, blocks): adds blocks to the one-lane state (FIPS 180-4 §6.2.2). */
export function absorb(): WasmFunction {
  const [input, blocks, turn] = [0, 1, 2] as const;
  const one = registersFrom(3);
  const whole = 3 + REGISTERS;
  const words = LANES.map((quarter) =>
    sequence(
      set(whole, shuffle(REVERSED, load128(get(input), 16 * quarter), get(whole))),
      ...LANES.map((lane) => set(one.schedule + 4 * quarter + lane, extractLane(lane, get(whole)))),
    ),
  );
  const sixteen = (base: Code, goesOn: boolean): Code => {
    const pieces: Code[] = [];
    for (let t = 0; t < 16; t++) {
      pieces.push(round(ONE, one, t, ONE.constantAt(base, CONSTANTS_AT + 4 * t)));
      if (goesOn) pieces.push(extend(ONE, one, t + 16));
    }
    return sequence(...pieces);
  };
  const last = constant(3 * 64);
  const turns = loop(
    sequence(
      sixteen(get(turn), true),
      set(turn, add(get(turn), constant(64))),
      branchIf(0, lessThan(get(turn), last)),
    ),
  );
  const each = sequence(
    ...words,
    ...WORDS.map((index) => set(letterAt(one, 0, index), load(NOWHERE, STATE_AT + 4 * index))),
    prepare(ONE, one, 0),
    set(turn, constant(0)),
    turns,
    sixteen(last, false),
    ...WORDS.map((index) => {
      const sum = add(load(NOWHERE, STATE_AT + 4 * index), get(letterAt(one, 64, index)));
      return store(NOWHERE, STATE_AT + 4 * index, sum);
    }),
    set(input, add(get(input), constant(64))),
  );
  const body = repeat(blocks, each);
  return { exportedAs: 'absorb', parameters: 2, words: 1 + REGISTERS, vectors: 1, body };
}
