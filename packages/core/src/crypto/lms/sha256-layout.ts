/**
 * Where the hashing module keeps things in its one page of memory. The module's code is built
 * with these addresses and the caller writes to them, so both read them here.
 * @module
 */

/** Pages of 64 KiB; the memory never grows. */
export const MEMORY_PAGES = 1;

/** The 64 round constants, one word each. */
export const CONSTANTS_AT = 0x0000;
/** The state before a message's first block, one word each. */
export const INITIAL_AT = 0x0100;

/** State before the rounds, four lanes side by side: 8 × 16 bytes. */
export const START_AT = 0x0200;
/** State after the first five rounds, likewise. */
export const FIFTH_AT = 0x0280;
/** The block being compressed, word by word, four lanes side by side: 16 × 16 bytes. */
export const BLOCK_AT = 0x0300;
/** State after the last round and its addition, likewise: 8 × 16 bytes. */
export const END_AT = 0x0400;
/** Word 5 of a chain step without its low byte (`u16str(i) ‖ u8str(j)`), one lane each. */
export const STEP_AT = 0x0480;
/** State of the one-lane hash: 8 words. */
export const STATE_AT = 0x04a0;

/** Chain tasks of {@link TASK_BYTES} each. */
export const TASKS_AT = 0x0800;
/** Word 5's start, the number of steps (at least one), the address of the value. */
export const TASK_BYTES = 12;
/** p of LMOTS_SHA256_N32_W1, the most chains a signature has (RFC 8554 §4.1, table 1). */
export const TASKS_MAX = 265;

/** A message laid out for the one-lane hash; chain values live inside it. */
export const MESSAGE_AT = 0x1800;
export const MESSAGE_BYTES = 0x2800;

/** Inputs and outputs of the batch hash. */
export const INPUTS_AT = 0x4000;
export const INPUTS_BYTES = 0x4000;
export const OUTPUTS_AT = 0x8000;
export const OUTPUTS_BYTES = 0x4000;
