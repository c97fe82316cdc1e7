/** Faults planted in the transports: what would hand out a message that nobody sent, or none. */
import { type Fault, type Guard, tests } from './fault.ts';

const DECODER: Guard = tests('packages/transports/src/decoder.test.ts');
const KINDS: Guard = tests('packages/transports/src/transport.test.ts');
const PICTURES: Guard = tests('packages/transports/src/node/pictures.test.ts');
const CODES: Guard = tests('packages/transports/src/code.test.ts');
const VECTORS: Guard = tests('packages/transports/src/frame-vectors.test.ts');

export const TRANSPORTS: readonly Fault[] = [
  {
    name: 'transports-digest-not-compared',
    breaks: 'parts of somebody who lies are handed out as the message they name',
    file: 'packages/transports/src/part-collection.ts',
    find: `return equalBytes(digestOf(carried), collection.digest)`,
    replacement: `return carried.length > 0 && !equalBytes(carried, collection.digest)`,
    caughtBy: DECODER,
    mentions: 'throws away parts that do not make up the message',
  },
  {
    name: 'transports-check-not-compared',
    breaks: 'one damaged part spoils all that were taken',
    file: 'packages/transports/src/frame.ts',
    find: `if (!equalBytes(checkOf(frame.subarray(0, frame.length - CHECK_BYTES)), check)) {`,
    replacement: `if (!equalBytes(check, check)) {`,
    caughtBy: KINDS,
    mentions: 'refuses a frame in which any bit is altered',
  },
  {
    name: 'transports-lie-stays',
    breaks: 'a part that lies blocks its message for as long as the decoder lives',
    file: 'packages/transports/src/decoder.ts',
    find: `collections.splice(collections.indexOf(collection), 1);\n    const message`,
    replacement: `const message`,
    caughtBy: DECODER,
    mentions: 'throws away parts that do not make up the message',
  },
  {
    name: 'transports-strays-win',
    breaks: 'frames of others push out the message that is coming in',
    file: 'packages/transports/src/decoder.ts',
    find: `b.blocks.size < a.blocks.size ? b : a`,
    replacement: `b.blocks.size > a.blocks.size ? b : a`,
    caughtBy: DECODER,
    mentions: 'takes the message while strays of a thousand others come between',
  },
  {
    name: 'transports-mixed-sizes',
    breaks: 'one message shown in two sizes of code is taken for one set of parts',
    file: 'packages/transports/src/part-collection.ts',
    find: `    collection.blockBytes === part.block.length &&\n`,
    replacement: ``,
    caughtBy: DECODER,
    mentions: 'keeps parts of two sizes apart',
  },
  {
    name: 'transports-other-field',
    breaks: 'no other program can put our codes together',
    file: 'packages/transports/src/field.ts',
    find: `const POLYNOMIAL = 0x1100b;`,
    replacement: `const POLYNOMIAL = 0x1002d;`,
    caughtBy: VECTORS,
    mentions: 'are what this code makes',
  },
  {
    name: 'transports-unpacking-unbounded',
    breaks: 'a picture of a megabyte takes a gigabyte of memory',
    file: 'packages/transports/src/node/png-unpacking.ts',
    find: `inflateSync(packedIn(file), { maxOutputLength });`,
    replacement: `inflateSync(packedIn(file), { maxOutputLength: maxOutputLength * 1e6 });`,
    caughtBy: PICTURES,
    mentions: 'larger than they say or may be',
  },
  {
    name: 'transports-first-message-wins',
    breaks: 'of two payments in one folder one is silently left out',
    file: 'packages/transports/src/node/pictures.ts',
    find: `if (messages.length > 1) return refuse('messages_several');`,
    replacement: ``,
    caughtBy: PICTURES,
    mentions: 'go into a folder under the name of their message',
  },
  {
    name: 'transports-no-quiet-border',
    breaks: 'what is drawn is found by hardly any reader',
    file: 'packages/transports/src/code-drawing.ts',
    find: `export const QUIET = 4;`,
    replacement: `export const QUIET = 0;`,
    caughtBy: CODES,
    mentions: 'our codes',
  },
];
