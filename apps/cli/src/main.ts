/**
 * `specie`: the command line for people and scripts. Builds the real world, runs one command and
 * ends with its exit code.
 *
 * Spec: 14.
 */
import { faultOf } from '@specie/protocol/fault';
import { terminalWorld } from './adapters/terminal-world.ts';
import { runCommandLine } from './command-line.ts';

const world = terminalWorld();
try {
  process.exitCode = await runCommandLine(process.argv.slice(2), world);
} catch (cause) {
  const fault = faultOf(cause);
  if (fault === undefined) throw cause;
  process.stderr.write(`${fault.message}\n${fault.code}\n`);
  process.exitCode = 1;
} finally {
  await world.close();
}
