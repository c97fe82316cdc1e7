/**
 * Faults of the core: rules of the ledger left out, books that do not add up, and an encoding with
 * more than one form. Each is the smallest change somebody in a hurry could make.
 */
import { type Fault, tests } from './fault.ts';

const BOOK = tests('packages/core/src/ledger/decide.test.ts');
const LEDGER = tests('packages/core/src/ledger/ledger.test.ts');
const HISTORIES = tests('packages/core/src/ledger/decide-property.test.ts');
const MESSAGES = tests('packages/core/src/codec/message.test.ts');
const CODEC = tests('packages/core/src/codec/codec.test.ts');

const DECIDE = 'packages/core/src/ledger/decide.ts';
const MOVE = 'packages/core/src/ledger/decide-move.ts';
const RETIRE = 'packages/core/src/ledger/decide-retire.ts';

export const CORE: readonly Fault[] = [
  {
    name: 'tiling-not-checked',
    breaks: 'an order pays out more or less than it takes in',
    file: MOVE,
    find: `if (!tiles(made, from, to))`,
    replacement: `if (!tiles(made, from, to) && made.length === 0)`,
    caughtBy: BOOK,
    mentions: 'outputs that are less than the inputs',
  },
  {
    name: 'lock-used-twice',
    breaks: 'a secret that was shown for one piece opens another',
    file: MOVE,
    find: `if (locks.has(key) || isLockUsed(state, key, now)) {`,
    replacement: `if (locks.has(key) && isLockUsed(state, key, now)) {`,
    caughtBy: BOOK,
    mentions: 'a lock that was used before',
  },
  {
    name: 'lock-of-a-piece-forgotten',
    breaks: 'after half a year the lock of an old piece may guard a second one',
    file: 'packages/core/src/ledger/state.ts',
    find: `return state.guarding.has(key) || wasSeen(state.locks, key, now);`,
    replacement: `return wasSeen(state.locks, key, now);`,
    caughtBy: LEDGER,
    mentions: 'that guards a piece is refused for ever',
  },
  {
    name: 'generation-dropped-early',
    breaks: 'a lock is forgotten when its generation ends',
    file: 'packages/core/src/ledger/change.ts',
    find: `locks.previous = generation === locks.generation + 1 ? locks.current : new Set();`,
    replacement: `locks.previous = new Set();`,
    caughtBy: LEDGER,
    mentions: 'is remembered for its whole memory',
  },
  {
    name: 'unknown-caveat-accepted',
    breaks: 'a condition that nobody here understands is ignored',
    file: 'packages/core/src/terms/terms.ts',
    find: `    const condition = conditionOf(each);\n`,
    replacement: `    const condition = conditionOf(each);\n    if (!condition.ok && condition.refusal.code === 'caveat_unknown') continue;\n`,
    caughtBy: tests('packages/core/src/terms/terms.test.ts'),
    mentions: 'of a kind nobody knows refuses, at its place',
  },
  {
    name: 'sequence-applied-twice',
    breaks: 'a command that is sent again is applied again',
    file: DECIDE,
    find: `if (command.sequence <= (`,
    replacement: `if (command.sequence < (`,
    caughtBy: LEDGER,
    mentions: 'keeps one high-water mark for each session',
  },
  {
    name: 'reserves-not-checked',
    breaks: 'coins are minted without reserves behind them',
    file: DECIDE,
    find: `if (!isCovered(state, each.currency, after)) {`,
    replacement: `if (!isCovered(state, each.currency, after) && after.reserves < 0n) {`,
    caughtBy: BOOK,
    mentions: 'reserves that do not cover what is minted',
  },
  {
    name: 'reserves-of-others-taken',
    breaks: 'an operator takes back reserves that stand behind money of others',
    file: RETIRE,
    find: `if (!isOwnReserve(state, each)) return`,
    replacement: `if (!isOwnReserve(state, each) && each.reserves > 0n) return`,
    caughtBy: BOOK,
    mentions: 'more reserves than what is retired was worth',
  },
  {
    name: 'legs-counted-once',
    breaks: 'only the first leg of a basket is taken out of the supply when it is retired',
    file: RETIRE,
    find: `of worthOf(record.coin.basket, to - from)) {`,
    replacement: `of worthOf(record.coin.basket.slice(0, 1), to - from)) {`,
    caughtBy: LEDGER,
    mentions: 'a basket is cut and retired in proportion',
  },
  {
    name: 'holder-not-compared',
    breaks: 'a secret alone moves the piece of another holder',
    file: MOVE,
    find: `if (!equalBytes(piece.tag, holder)) return refuse('holder_mismatch');`,
    replacement: `if (holder.length === 0) return refuse('holder_mismatch');`,
    caughtBy: BOOK,
    mentions: 'a piece of another holder',
  },
  {
    name: 'change-left-out',
    breaks: 'the piece that a move makes is not there, so money is lost',
    file: 'packages/core/src/ledger/change.ts',
    find: `record.pieces.splice(start, end - start + 1, ...splice.pieces);`,
    replacement: `record.pieces.splice(start, end - start + 1, ...splice.pieces.slice(0, 2));`,
    caughtBy: HISTORIES,
    mentions: 'a short history keeps every invariant',
  },
  {
    name: 'trailing-bytes-accepted',
    breaks: 'a message has more than one form, so a hash no longer names it',
    file: 'packages/core/src/codec/message.ts',
    find: `return left(source) === 0 ? accept(value)`,
    replacement: `return left(source) >= 0 ? accept(value)`,
    caughtBy: MESSAGES,
    mentions: 'message_trailing',
  },
  {
    name: 'order-of-a-set-not-checked',
    breaks: 'a set has as many encodings as it has orders',
    file: 'packages/core/src/codec/codec.ts',
    find: `if (ascends !== undefined && !ascends(source.input, start, source.position)) {`,
    replacement: `if (ascends !== undefined && !ascends(source.input, start, source.position) && count < 0) {`,
    caughtBy: CODEC,
    mentions: 'out of order or with an entry twice is refused at the entry',
  },
  {
    name: 'value-shares-the-buffer',
    breaks: 'a decoded value changes when the buffer it was read from is used again',
    file: 'packages/core/src/codec/stream.ts',
    find: `  return input.slice(position, end);`,
    replacement: `  return input.subarray(position, end);`,
    caughtBy: MESSAGES,
    mentions: 'reads out of the middle of a buffer and keeps nothing of it',
  },
];
