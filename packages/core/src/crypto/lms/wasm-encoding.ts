/**
 * The few WebAssembly instructions that the hashing module needs, as functions from operands to
 * bytes. Code composes by nesting: `add(get(0), get(1))` is the bytes that leave the sum on the
 * stack. This file and its callers run when the module is built, never in a shipped program.
 *
 * Source: WebAssembly Core Specification 2.0, §5 (binary format).
 * @module
 */

/** Instructions in binary form. */
export type Code = readonly number[];

/** Joins pieces of code in the order they run. */
export function sequence(...pieces: readonly Code[]): Code {
  return pieces.flat();
}

/** Unsigned LEB128 (§5.2.2). */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let left = value >>> 0;
  while (left > 0x7f) {
    bytes.push((left & 0x7f) | 0x80);
    left >>>= 7;
  }
  bytes.push(left);
  return bytes;
}

/** Signed LEB128 of 32 bits (§5.2.2). */
function signed(value: number): Code {
  const bytes: number[] = [];
  let left = value | 0;
  for (;;) {
    const low = left & 0x7f;
    left >>= 7;
    const done = (left === 0 && (low & 0x40) === 0) || (left === -1 && (low & 0x40) !== 0);
    if (done) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** A vector of things: their number, then they (§5.1.3). */
export function vector(items: readonly Code[]): Code {
  return sequence(unsigned(items.length), ...items);
}

/** A section or a body: its size in bytes, then its content. */
export function sized(content: Code): Code {
  return sequence(unsigned(content.length), content);
}

/** A name in the export section. */
export function name(text: string): Code {
  return sized(Array.from(text, (letter) => letter.charCodeAt(0)));
}

const binary =
  (...opcode: readonly number[]) =>
  (left: Code, right: Code): Code => [...left, ...right, ...opcode];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];

export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const and = binary(0x71);
export const or = binary(0x72);
export const xor = binary(0x73);
export const shiftRight = binary(0x76);
export const rotateRight = binary(0x78);
export const equal = binary(0x46);
export const lessThan = binary(0x49);
export const isZero = (value: Code): Code => [...value, 0x45];

export const load = (address: Code, offset: number): Code => [
  ...address,
  0x28,
  0,
  ...unsigned(offset),
];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  0x36,
  0,
  ...unsigned(offset),
];

export const call = (index: number): Code => [0x10, ...unsigned(index)];
/** A branch to it runs the body again; reaching the end leaves it. */
export const loop = (body: Code): Code => [0x03, 0x40, ...body, 0x0b];
export const block = (body: Code): Code => [0x02, 0x40, ...body, 0x0b];
export const when = (condition: Code, body: Code): Code => [
  ...condition,
  0x04,
  0x40,
  ...body,
  0x0b,
];
export const choice = (condition: Code, body: Code, otherwise: Code): Code => [
  ...condition,
  0x04,
  0x40,
  ...body,
  0x05,
  ...otherwise,
  0x0b,
];
export const branch = (depth: number): Code => [0x0c, ...unsigned(depth)];
/** Branches `depth` blocks out (or to a loop's start) if the condition is not zero. */
export const branchIf = (depth: number, condition: Code): Code => [
  ...condition,
  0x0d,
  ...unsigned(depth),
];

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

export const load128 = (address: Code, offset: number): Code => [
  ...address,
  ...simd(0),
  0,
  ...unsigned(offset),
];
/** One 32-bit word in all four lanes. */
export const loadSplat = (address: Code, offset: number): Code => [
  ...address,
  ...simd(9),
  0,
  ...unsigned(offset),
];
export const store128 = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(11),
  0,
  ...unsigned(offset),
];
/** `into` with the word at the address put in one lane. */
export const loadLane = (address: Code, offset: number, lane: number, into: Code): Code => [
  ...address,
  ...into,
  ...simd(86),
  0,
  ...unsigned(offset),
  lane,
];
export const storeLane32 = (address: Code, offset: number, lane: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(90),
  0,
  ...unsigned(offset),
  lane,
];
export const storeLane64 = (address: Code, offset: number, lane: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(91),
  0,
  ...unsigned(offset),
  lane,
];
/** Sixteen bytes picked from the 32 of two vectors. */
export const shuffle = (picks: readonly number[], left: Code, right: Code): Code => [
  ...left,
  ...right,
  ...simd(13),
  ...picks,
];
/** One lane of a vector as a word. */
export const extractLane = (lane: number, value: Code): Code => [...value, ...simd(27), lane];
export const splat = (value: Code): Code => [...value, ...simd(17)];
export const and128 = binary(...simd(78));
export const or128 = binary(...simd(80));
export const xor128 = binary(...simd(81));
/** Bits of `ones` where the mask has ones, of `zeros` elsewhere. */
export const select128 = (ones: Code, zeros: Code, mask: Code): Code => [
  ...ones,
  ...zeros,
  ...mask,
  ...simd(82),
];
export const shiftLeftLanes = (value: Code, by: number): Code => [
  ...value,
  ...constant(by),
  ...simd(171),
];
export const shiftRightLanes = (value: Code, by: number): Code => [
  ...value,
  ...constant(by),
  ...simd(173),
];
export const addLanes = binary(...simd(174));

/** One function of a module: `words` i32 parameters, no result, and its own locals. */
export interface WasmFunction {
  readonly exportedAs?: string;
  readonly parameters: number;
  readonly words: number;
  readonly vectors: number;
  readonly body: Code;
}

/** A module of these functions over one memory of `pages` × 64 KiB, exported as `memory`. */
export function encodeModule(
  functions: readonly WasmFunction[],
  pages: number,
  image: { readonly at: number; readonly bytes: Code },
): Uint8Array<ArrayBuffer> {
  const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))];
  const signatures = [0, 1, 2, 3, 4].map((count) => [
    0x60,
    count,
    ...Array<number>(count).fill(0x7f),
    0,
  ]);
  const exports = functions.flatMap(({ exportedAs }, index) =>
    exportedAs === undefined ? [] : [sequence(name(exportedAs), [0x00], unsigned(index))],
  );
  const bodies = functions.map(({ words, vectors, body }) =>
    sized([
      ...vector([
        [...unsigned(words), 0x7f],
        [...unsigned(vectors), 0x7b],
      ]),
      ...body,
      0x0b,
    ]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, signatures),
    ...section(
      3,
      functions.map(({ parameters }) => [parameters]),
    ),
    ...section(5, [[0x01, pages, pages]]),
    ...section(7, [[...name('memory'), 0x02, 0x00], ...exports]),
    ...section(10, bodies),
    ...section(11, [[0x00, ...constant(image.at), 0x0b, ...sized(image.bytes)]]),
  ]);
}
