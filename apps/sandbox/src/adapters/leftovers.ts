/**
 * Services that outlived the runner that started them, because that was killed. They hold the
 * folder's locks and ports, so a new runner asks them to leave before it starts its own. A process is
 * believed to be such a service only when its command line names the service's own folder.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 15_000;
const LOOK_MS = 50;

function pidOf(home: string): number | undefined {
  const file = join(home, 'service.json');
  if (!existsSync(file)) return undefined;
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid?: unknown };
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
  } catch {
    // No such process, or a machine without `ps`: then nothing is known and nothing is stopped.
    return '';
  }
}

/** Stops what an earlier runner left behind in these service folders; gives how many there were. */
export async function stopLeftovers(homes: readonly string[]): Promise<number> {
  let count = 0;
  for (const home of homes) {
    const pid = pidOf(home);
    const isOurs = (): boolean => pid !== undefined && commandOf(pid).includes(`--data ${home}`);
    if (pid === undefined || !isOurs()) continue;
    count += 1;
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; isOurs(); waited += LOOK_MS) {
      if (waited >= PATIENCE_MS) process.kill(pid, 'SIGKILL');
      await pause(LOOK_MS);
    }
  }
  return count;
}
