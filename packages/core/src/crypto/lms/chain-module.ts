/**
 * The hash chains of RFC 8554 §4 as WebAssembly, and the whole module. Four chains run side by
 * side; a lane takes the next chain as soon as its own ends, so that lanes idle only at the end.
 *
 * Invariant: a task has at least one step and at most 255, tasks are read once in order, and the
 * module holds no other loop; so a call ends after at most the sum of the steps.
 *
 * Letters (RFC 8554 §4.3): I identifier, q leaf, i chain, j step, tmp value.
 * @module
 */
import { INITIAL_STATE, ROUND_CONSTANTS } from './sha256-constants.ts';
import {
  BLOCK_AT,
  CONSTANTS_AT,
  END_AT,
  INITIAL_AT,
  MEMORY_PAGES,
  MESSAGE_AT,
  STEP_AT,
  TASK_BYTES,
  TASKS_AT,
} from './sha256-layout.ts';
import {
  FIRST_FIVE,
  LANES,
  NOWHERE,
  REST,
  REVERSED,
  WORDS,
  absorb,
  firstFive,
  hash32,
  hashFour,
  initialLanes,
  rest,
} from './sha256-module.ts';
import {
  add,
  addLanes,
  block,
  branch,
  branchIf,
  call,
  choice,
  constant,
  encodeModule,
  equal,
  get,
  isZero,
  lessThan,
  load,
  load128,
  loadLane,
  loop,
  or,
  or128,
  sequence,
  set,
  shiftLeftLanes,
  shiftRightLanes,
  shuffle,
  splat,
  store,
  store128,
  storeLane32,
  storeLane64,
  subtract,
  when,
  type Code,
  type WasmFunction,
} from './wasm-encoding.ts';

/** Locals of `chains`; each lane has its own count of steps left and address of its value. */
const end = 0;
const size = 1;
const task = 2;
const least = 3;
const left = (lane: number): number => 4 + lane;
const place = (lane: number): number => 8 + lane;
const value = 12;
const word = (index: number): number => 13 + index;

/** More than any task has: the count of a lane that found no task. */
const IDLE = 0x7fffffff;

/** Words 0 to 4 of every step, I ‖ u32str(q), from the message being laid out. */
function prefix(): Code {
  const pieces: Code[] = [];
  for (let t = 0; t < 5; t++) {
    const picks = LANES.flatMap(() => [3, 2, 1, 0].map((byte) => 4 * (t & 3) + byte));
    const from = set(value, load128(NOWHERE, MESSAGE_AT + 16 * (t >> 2)));
    const spread = store128(NOWHERE, BLOCK_AT + 16 * t, shuffle(picks, get(value), get(value)));
    pieces.push(from, spread);
  }
  return sequence(...pieces);
}

/** Words 12 to 15 as far as no value reaches into them: zeros, and the length in bits. */
function padding(): Code {
  const bytes = add(get(size), constant(23));
  const bits = add(add(bytes, bytes), add(bytes, bytes));
  const zeros = [12, 13, 14].map((t) => store128(NOWHERE, BLOCK_AT + 16 * t, splat(constant(0))));
  return sequence(...zeros, store128(NOWHERE, BLOCK_AT + 240, splat(add(bits, bits))));
}

/** Writes a lane's value back to where it came from. */
function finish(lane: number): Code {
  const gathered = (half: number): Code =>
    LANES.reduce<Code>(
      (into, index) => loadLane(NOWHERE, END_AT + 64 * half + 16 * index + 4 * lane, index, into),
      get(value),
    );
  const reversed = shuffle(REVERSED, get(value), get(value));
  const at = get(place(lane));
  return sequence(
    set(value, gathered(0)),
    store128(at, 0, reversed),
    set(value, gathered(1)),
    choice(
      equal(get(size), constant(32)),
      store128(at, 16, reversed),
      storeLane64(at, 16, 0, reversed),
    ),
  );
}

/** Takes the next task into a lane. A value of 24 bytes brings 8 bytes more, which go unused. */
function take(lane: number): Code {
  const halves = [0, 1].map((half) =>
    sequence(
      set(value, load128(get(place(lane)), 16 * half)),
      set(value, shuffle(REVERSED, get(value), get(value))),
      ...LANES.map((index) =>
        storeLane32(NOWHERE, END_AT + 64 * half + 16 * index + 4 * lane, index, get(value)),
      ),
    ),
  );
  return sequence(
    store(NOWHERE, STEP_AT + 4 * lane, load(get(task), 0)),
    set(left(lane), load(get(task), 4)),
    set(place(lane), load(get(task), 8)),
    set(task, add(get(task), constant(TASK_BYTES))),
    ...halves,
  );
}

/** If a lane's chain has ended: writes its value and takes the next task, if there is one. */
function refill(lane: number): Code {
  const change = sequence(
    when(get(place(lane)), finish(lane)),
    set(place(lane), constant(0)),
    set(left(lane), constant(IDLE)),
    when(lessThan(get(task), get(end)), take(lane)),
  );
  return when(isZero(get(left(lane))), change);
}

/** tmp = H(I ‖ u32str(q) ‖ u16str(i) ‖ u8str(j) ‖ tmp) in all lanes: 23 + n bytes, one block. */
function step(): Code {
  // Seven bytes of i, j and q's end put tmp one byte past a word: each word is cut from two.
  const cut = (index: number): Code =>
    or128(shiftLeftLanes(get(word(index)), 8), shiftRightLanes(get(word(index + 1)), 24));
  const last = (index: number): Code =>
    or128(shiftLeftLanes(get(word(index)), 8), splat(constant(0x80)));
  const put = (t: number, code: Code): Code => store128(NOWHERE, BLOCK_AT + 16 * t, code);
  const base = load128(NOWHERE, STEP_AT);
  return sequence(
    ...WORDS.map((index) => set(word(index), load128(NOWHERE, END_AT + 16 * index))),
    put(5, or128(base, shiftRightLanes(get(word(0)), 24))),
    ...[0, 1, 2, 3, 4].map((index) => put(6 + index, cut(index))),
    choice(
      equal(get(size), constant(32)),
      sequence(put(11, cut(5)), put(12, cut(6)), put(13, last(7))),
      put(11, last(5)),
    ),
    call(REST),
    store128(NOWHERE, STEP_AT, addLanes(base, splat(constant(0x100)))),
  );
}

/**
 * chains(end, n): runs the tasks from TASKS_AT to `end` on values of n bytes (24 or 32) in
 * place. The message being laid out must begin with I ‖ u32str(q).
 */
function chains(): WasmFunction {
  const lower = (lane: number): Code =>
    when(lessThan(get(left(lane)), get(least)), set(least, get(left(lane))));
  const busy = LANES.map((lane) => get(place(lane))).reduce(or);
  const run = loop(
    sequence(step(), set(least, subtract(get(least), constant(1))), branchIf(0, get(least))),
  );
  const turn = sequence(
    ...LANES.map(refill),
    branchIf(1, isZero(busy)),
    set(least, get(left(0))),
    ...[1, 2, 3].map(lower),
    ...LANES.map((lane) => set(left(lane), subtract(get(left(lane)), get(least)))),
    run,
    branch(0),
  );
  const body = sequence(
    initialLanes(),
    prefix(),
    padding(),
    call(FIRST_FIVE),
    set(task, constant(TASKS_AT)),
    block(loop(turn)),
  );
  return { exportedAs: 'chains', parameters: 2, words: 10, vectors: 9, body };
}

/** The bytes of the module, the same at every call. */
export function buildModule(): Uint8Array<ArrayBuffer> {
  const bytes = Array<number>(INITIAL_AT - CONSTANTS_AT + 32).fill(0);
  const put = (at: number, words: readonly number[]): void => {
    words.forEach((each, index) => {
      for (let byte = 0; byte < 4; byte++) {
        bytes[at - CONSTANTS_AT + 4 * index + byte] = (each >>> (8 * byte)) & 0xff;
      }
    });
  };
  put(CONSTANTS_AT, ROUND_CONSTANTS);
  put(INITIAL_AT, INITIAL_STATE);
  const functions = [firstFive(), rest(), chains(), hash32(), hashFour(), absorb()];
  return encodeModule(functions, MEMORY_PAGES, { at: CONSTANTS_AT, bytes });
}
