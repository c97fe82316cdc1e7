/**
 * The faults that `npm run test:red` plants, one at a time. To add one, name the smallest wrong
 * change somebody could make and the test that has to notice it. A fault whose text is no longer
 * found is reported, so this list follows the sources.
 */
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

export const FAULTS: readonly Fault[] = [...HOUSE, ...PROTOCOL];
