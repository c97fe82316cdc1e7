/**
 * Three kinds of tests, each run by its name: `unit` beside the code and fast enough for every
 * change, `slow` beside the code too, and `story` against real processes, one after the other.
 */
import os from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const unit = ['{packages,apps,tools,bench}/**/*.test.ts'];
const slow = ['{packages,apps,tools,bench}/**/*.slow.test.ts'];
const story = ['tests/**/*.story.test.ts'];

export default defineConfig({
  test: {
    // A forgotten `.only` would leave the rest unrun and the whole green.
    allowOnly: false,
    // Left to itself vitest keeps one core free, which of two is half of them.
    maxWorkers: os.availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: unit,
          exclude: [...configDefaults.exclude, ...slow],
          pool: 'threads',
          // A loaded machine is slow, not wrong.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: slow,
          pool: 'forks',
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'story',
          include: story,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
