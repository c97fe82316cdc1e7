/**
 * The hashing module, running. There is one per program: it is made at first use, and where
 * WebAssembly with SIMD is missing or forbidden there is none and callers hash without it.
 *
 * Invariant: a call leaves no secret behind; whoever puts one in wipes before returning.
 * @module
 */
import { assert } from '../../base/assert.ts';
import { bytesOfBase64url } from '../../base/bytes.ts';
import { MODULE } from './sha256-bytes.ts';
import { INITIAL_AT, START_AT, STATE_AT } from './sha256-layout.ts';

/** What the module exports; sizes and addresses are in sha256-layout.ts. */
export interface HashingMachine {
  /** The module's memory as bytes, as numbers of any order, and as words of its own order. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly words: Uint32Array;
  /** Runs the chain tasks up to the address `end` on values of `size` bytes. */
  readonly chains: (end: number, size: number) => void;
  /** Hashes groups of four messages of 32 bytes each. */
  readonly hash32: (inputs: number, outputs: number, groups: number) => void;
  /** Hashes four padded messages of as many blocks, `stride` bytes apart. */
  readonly hashFour: (input: number, stride: number, blocks: number, output: number) => void;
  /** Adds blocks to the state at STATE_AT. */
  readonly absorb: (input: number, blocks: number) => void;
}

/** The part of the WebAssembly API this needs; core's compiler knows no browser and no Node. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

declare const WebAssembly: WebAssemblyApi | undefined;

type Exports = Omit<HashingMachine, 'bytes' | 'view' | 'words'> & {
  readonly memory: { readonly buffer: ArrayBuffer };
};

function start(): HashingMachine | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const code = bytesOfBase64url(MODULE.join(''));
  assert(code !== undefined, 'the committed module is base64url');
  try {
    // False where there is no SIMD. A page's content policy, or an old browser's limit on what
    // it compiles at once, throws instead.
    if (!WebAssembly.validate(code)) return undefined;
    const exports = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as Exports;
    const { chains, hash32, hashFour, absorb, memory } = exports;
    return {
      bytes: new Uint8Array(memory.buffer),
      view: new DataView(memory.buffer),
      words: new Uint32Array(memory.buffer),
      chains,
      hash32,
      hashFour,
      absorb,
    };
  } catch {
    return undefined;
  }
}

let machine: HashingMachine | undefined;
let tried = false;

/** The machine, or undefined where it cannot run. */
export function hashingMachine(): HashingMachine | undefined {
  if (!tried) {
    machine = start();
    tried = true;
  }
  return machine;
}

/** Sets the one-lane state to that before the first block. */
export function beginHash({ words }: HashingMachine): void {
  words.copyWithin(STATE_AT / 4, INITIAL_AT / 4, INITIAL_AT / 4 + 8);
}

/** Writes the first `size` bytes of the one-lane hash at an address of the memory. */
export function endHash({ words, view }: HashingMachine, at: number, size: number): void {
  for (let i = 0; i < size; i += 4) view.setUint32(at + i, words[(STATE_AT + i) / 4]!);
}

/** Overwrites everything between the constants and `end`. */
export function wipe({ bytes }: HashingMachine, end: number): void {
  bytes.fill(0, START_AT, end);
}
