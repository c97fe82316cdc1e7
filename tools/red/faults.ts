/**
 * The faults that `npm run test:red` plants, one at a time. To add one, name the smallest wrong
 * change somebody could make and the test that has to notice it. A fault whose text is no longer
 * found is reported, so this list follows the sources.
 */
import { CORE } from './core-faults.ts';
import { type Fault, lint, tests, TIDY, TYPES } from './fault.ts';
import { PROTOCOL } from './protocol-faults.ts';

/** Faults that the rules of the house have to catch. */
const HOUSE: readonly Fault[] = [
  {
    name: 'arrow-turned-round',
    breaks: 'core leans on a package that leans on core',
    file: 'packages/core/src/base/instant.ts',
    find: `import { assert } from './assert.ts';`,
    replacement: `import { assert } from './assert.ts';\nimport '@specie/entropy/generator';`,
    caughtBy: TIDY,
    mentions: 'packages/core may not import @specie/entropy',
  },
  {
    name: 'core-folder-order',
    breaks: 'the base of core leans on coins',
    file: 'packages/core/src/base/instant.ts',
    find: `import { assert } from './assert.ts';`,
    replacement: `import { assert } from './assert.ts';\nimport '../coin/lock.ts';`,
    caughtBy: TIDY,
    mentions: 'core/base may not import core/coin',
  },
  {
    name: 'chance-outside-entropy',
    breaks: 'a lock is made from randomness that no health test watches',
    file: 'packages/core/src/coin/lock.ts',
    find: `return { kind: 'secret', hash: sha256(secret) };`,
    replacement:
      `if (Math.random() < 0) return { kind: 'secret', hash: secret };\n` +
      `  return { kind: 'secret', hash: sha256(secret) };`,
    caughtBy: TIDY,
    mentions: 'Math.random: only packages/entropy draws randomness',
  },
  {
    name: 'clock-in-core',
    breaks: 'a decision depends on when it is made, so a replay may decide otherwise',
    file: 'packages/core/src/base/instant.ts',
    find: `  return milliseconds as Instant;`,
    replacement: `  return (milliseconds || Date.now()) as Instant;`,
    caughtBy: TIDY,
    mentions: 'Date: core is a function of its arguments',
  },
  {
    name: 'tidy-sees-no-imports',
    breaks: 'tidy reads the tree and sees not one arrow, so nothing could ever be wrong',
    file: 'tools/tidy/tree-view.ts',
    find: `from.imports.map((one)`,
    replacement: `from.imports.slice(0, 0).map((one)`,
    caughtBy: TIDY,
    mentions: 'fewer than the floor',
  },
  {
    name: 'console-in-core',
    breaks: 'core speaks to the machine it runs on',
    file: 'packages/core/src/base/instant.ts',
    find: `  return milliseconds as Instant;`,
    replacement: `  console.log(milliseconds);\n  return milliseconds as Instant;`,
    caughtBy: TYPES,
    mentions: `Cannot find name 'console'`,
  },
  {
    name: 'promise-left-floating',
    breaks: 'a failure in a promise nobody waits for is lost',
    file: 'tools/lint.ts',
    find: `await ESLint.outputFixes(results);`,
    replacement: `ESLint.outputFixes(results);`,
    caughtBy: lint('tools/lint.ts'),
    mentions: 'no-floating-promises',
  },
  {
    name: 'unloaded-file-not-counted',
    breaks: 'a test file that does not even load leaves the closing line clean',
    file: 'tools/vitest-part.ts',
    find: `report.numFailedTests + unloaded + missing`,
    replacement: `report.numFailedTests + missing`,
    caughtBy: tests('tools/vitest-part.test.ts'),
    mentions: 'counts a file that could not be loaded beside failed tests',
  },
  {
    name: 'second-stage-under-the-wrong-node',
    breaks: 'an old Node decides which native parts are installed',
    file: 'tools/launch.mjs',
    find: `await npmCi(node, ROOT,`,
    replacement: `await npmCi(process.execPath, ROOT,`,
    caughtBy: tests('tools/launch.test.ts'),
    mentions: 'brings the Node first, then everything else under that Node',
  },
];

/** Faults in the ledger service and its journal. */
const LEDGER_SERVICE: readonly Fault[] = [
  {
    name: 'acknowledged-before-append',
    breaks: 'an answer is given before what it rests on is on the disk',
    file: 'apps/authority/src/ledger/durable.ts',
    find: `draft === undefined ? journal.last() : await journal.append(draft);`,
    replacement: `journal.last();\n  if (draft !== undefined) void journal.append(draft);`,
    caughtBy: tests('apps/authority/src/ledger/engine.test.ts'),
    mentions: 'nothing is answered, and nobody is told, before the append is done',
  },
  {
    name: 'high-water-mark-ignored',
    breaks: 'a command that comes again is decided again instead of answered again',
    file: 'apps/authority/src/ledger/engine.ts',
    find: `if (sequence <= mark) return repeated(engine, draft, given);`,
    replacement: `if (sequence < mark * 0) return repeated(engine, draft, given);`,
    caughtBy: tests('apps/authority/src/ledger/engine.test.ts'),
    mentions: 'the same command again has the old answer',
  },
  {
    name: 'refused-sequence-forgotten',
    breaks: 'a sequence that was refused can be applied later',
    file: 'apps/authority/src/ledger/engine.ts',
    find: `  engine.marks.set(key, sequence);\n`,
    replacement: ``,
    caughtBy: tests('apps/authority/src/ledger/engine.test.ts'),
    mentions: 'a sequence that was refused is never applied later',
  },
  {
    name: 'reused-sequence-answered',
    breaks: 'another command under a used sequence gets the answer of the first',
    file: 'apps/authority/src/ledger/engine.ts',
    find: `if (!isSameCommand(found, encoded))`,
    replacement: `if (!isSameCommand(found, encoded) && sequence < 0)`,
    caughtBy: tests('apps/authority/src/ledger/engine.test.ts'),
    mentions: 'another under its sequence is refused',
  },
  {
    name: 'told-before-durable',
    breaks: 'the feed tells an entry that a crash may take back',
    file: 'apps/authority/src/ledger/engine.ts',
    find: `  const began = engine.monotonic();`,
    replacement: `  engine.onDurable(draft.entries, draft.encoded);\n  const began = engine.monotonic();`,
    caughtBy: tests('apps/authority/src/ledger/engine.test.ts'),
    mentions: 'nothing is answered, and nobody is told, before the append is done',
  },
  {
    name: 'receiver-told-the-payer',
    breaks: 'the operator of a payee learns the tag of the payer',
    file: 'apps/authority/src/feed/notices.ts',
    find: `holder: isSender ? order.holder : undefined`,
    replacement: `holder: order.holder`,
    caughtBy: tests('apps/authority/src/feed/feed.test.ts'),
    mentions: 'tells each operator its own pieces',
  },
  {
    name: 'issue-signature-unchecked',
    breaks: 'money is minted on a request that nobody signed',
    file: 'apps/authority/src/mint/mint.ts',
    find: `if (!options.isSigned(operator, encoded, signature))`,
    replacement: `if (!options.isSigned(operator, encoded, signature) && signature.length === 0)`,
    caughtBy: tests('apps/authority/src/authority.test.ts'),
    mentions: 'refuses an issue that is not signed by its operator',
  },
  {
    name: 'key-open-to-others-taken',
    breaks: 'a key that others could read is used',
    file: 'packages/protocol/src/node/folder.ts',
    find: `    refuseOpenTo(file, 0o077);\n    key = `,
    replacement: `    key = `,
    caughtBy: {
      kind: 'tests',
      files: ['apps/authority/src/keeping.slow.test.ts'],
      only: 'refuses to start when a key can be read by others',
    },
    mentions: 'refuses to start when a key can be read by others',
  },
  {
    name: 'journal-hash-unchecked',
    breaks: 'a changed byte in the last batch of the journal is believed',
    file: 'packages/stores/src/journal.ts',
    find: `if (!equalBytes(found, recorded))`,
    replacement: `if (!equalBytes(found, recorded) && number < 0)`,
    caughtBy: tests('packages/stores/src/embedded.test.ts'),
    mentions: 'names the batch in which a byte was changed',
  },
  {
    name: 'lost-end-unnoticed',
    breaks: 'a journal that lost acknowledged batches goes on as if nothing were missing',
    file: 'packages/stores/src/embedded.ts',
    find: `mark.read() > end.number`,
    replacement: `mark.read() < 0`,
    caughtBy: tests('packages/stores/src/embedded.test.ts'),
    mentions: 'tells a write that was cut off from one that was acknowledged and lost',
  },
];

export const FAULTS: readonly Fault[] = [...HOUSE, ...CORE, ...PROTOCOL, ...LEDGER_SERVICE];
