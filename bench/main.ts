/**
 * `npm run bench -- NAME`: one command for each figure we publish. Each bench prints a readable table
 * with the hardware, and with `--json` one JSON object on its last line.
 */
import { readdirSync } from 'node:fs';

const NOT_BENCHES = new Set(['main.ts', 'hardware.ts']);

/** Names of the benches there are. */
function names(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !NOT_BENCHES.has(file))
    .map((file) => file.slice(0, -3))
    .sort();
}

interface Bench {
  /** Runs the bench with the arguments behind its name. */
  readonly bench: (args: readonly string[]) => Promise<void> | void;
}

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !names().includes(name)) {
  process.stderr.write(`npm run bench -- NAME [--json]\n\n  ${names().join('\n  ')}\n`);
  process.exitCode = name === undefined ? 0 : 1;
} else {
  const { bench } = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as Bench;
  await bench(args);
}
