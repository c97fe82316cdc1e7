/**
 * The authority's program: `init`, `serve`, and what its keeper does besides. The only place that
 * reads the command line; a fault is told in one line with its code and ends the process.
 *
 * Spec: 09 §9.
 * @module
 */
import { parseArgs } from 'node:util';
import { instantOf, type Instant } from '@specie/core/base/instant';
import { faultOf } from '@specie/protocol/fault';
import { StoreFault } from '@specie/stores/fault';
import { backUp, restore } from './adapters/backup.ts';
import {
  admit,
  init,
  release,
  rotateKeys,
  rotateRoot,
  signKeySet,
  verify,
} from './adapters/keeping.ts';
import { tellSeals } from './adapters/sealing.ts';
import { installKeySet, prepareKeySet, signPrepared } from './adapters/offline-root.ts';
import { serve } from './adapters/serving.ts';

const USAGE = `authority COMMAND --data DIR

  init --name NAME [--sandbox | --root ROOTDIR]   makes an authority
  serve [--port N] [--host HOST]                  serves until SIGTERM
  admit --card FILE [--quota CNY=MINOR …]         registers an operator by its card
  key-set [--root ROOTDIR]                        makes a key set where the root is at hand
  key-set prepare --out FILE                      writes the next key set, unsigned
  key-set sign --in FILE --root DIR [--out FILE]  shows it and signs it; needs no --data
  key-set install --in FILE                       checks a signed key set and puts it in force
  rotate-keys [--root ROOTDIR]                    renews the day-to-day keys
  rotate-root [--root ROOTDIR]                    puts the announced root in force
  backup --to DIR                                 copies everything, beside a running service
  restore --from DIR                              puts a backup into an empty folder
  seals                                           lists and checks what operators signed for
  verify                                          replays the journal and says what it leads to
  release --cause CAUSE --officer A --officer B --reason TEXT
`;

const OPTIONS = {
  data: { type: 'string' },
  name: { type: 'string' },
  sandbox: { type: 'boolean' },
  root: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  card: { type: 'string' },
  quota: { type: 'string', multiple: true },
  in: { type: 'string' },
  out: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  cause: { type: 'string' },
  officer: { type: 'string', multiple: true },
  reason: { type: 'string' },
} as const;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

function say(value: unknown, indent = 0): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, indent);
  process.stdout.write(`${text}\n`);
}

const now = (): Instant => instantOf(Date.now());

function needed(value: string | undefined, option: string): string {
  if (value === undefined) throw new UsageError(`--${option} is missing`);
  return value;
}

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  const [command, step, ...more] = positionals;
  const hasStep = command === 'key-set' && step !== undefined;
  if (command === undefined || more.length > 0 || (step !== undefined && !hasStep))
    throw new UsageError('name one command');
  if (hasStep) {
    keySetStep(step, values);
    return;
  }
  const data = needed(values.data, 'data');
  switch (command) {
    case 'init': {
      const name = needed(values.name, 'name');
      const isSandbox = values.sandbox ?? false;
      say(await init({ data, name, isSandbox, root: values.root, now: now() }));
      return;
    }
    case 'serve':
      await serve({ data, port: portOf(values.port), host: values.host });
      return;
    case 'admit':
      say({ operator: admit(data, needed(values.card, 'card'), values.quota ?? []) });
      return;
    case 'key-set':
      say({ number: signKeySet(data, values.root, now()) });
      return;
    case 'rotate-keys':
      say({ number: await rotateKeys(data, values.root, now()) });
      return;
    case 'rotate-root':
      say({ number: await rotateRoot(data, values.root, now()) });
      return;
    case 'backup':
      say({ position: await backUp(data, needed(values.to, 'to'), now()) });
      return;
    case 'restore':
      say({ position: restore(needed(values.from, 'from'), data) });
      return;
    case 'verify': {
      const verified = verify(data);
      say(verified);
      if (verified.isAsMarked === false) process.exitCode = 1;
      return;
    }
    case 'seals':
      if (!tellSeals(data, (line) => say(line))) process.exitCode = 1;
      return;
    case 'release':
      release(
        data,
        needed(values.cause, 'cause'),
        values.officer ?? [],
        values.reason ?? '',
        now(),
      );
      return;
    default:
      throw new UsageError(`there is no command ${command}`);
  }
}

/** One of the steps by which a root that is elsewhere signs a key set. */
function keySetStep(
  step: string,
  values: Readonly<Partial<Record<'data' | 'in' | 'out' | 'root', string | undefined>>>,
): void {
  switch (step) {
    case 'prepare':
      say(prepareKeySet(needed(values.data, 'data'), needed(values.out, 'out'), now()), 2);
      return;
    case 'sign':
      say(signPrepared(needed(values.in, 'in'), needed(values.root, 'root'), values.out), 2);
      return;
    case 'install':
      say(installKeySet(needed(values.data, 'data'), needed(values.in, 'in'), now()));
      return;
    default:
      throw new UsageError(`key-set has no step ${step}`);
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,5}$/.test(text)) throw new UsageError('--port has to be a number');
  return Number(text);
}

try {
  await run(process.argv.slice(2));
} catch (cause) {
  const fault = faultOf(cause) ?? (cause instanceof StoreFault ? cause : undefined);
  if (fault !== undefined) {
    process.stderr.write(`${fault.code}: ${fault.message}\n`);
    process.exit(1);
  }
  if (cause instanceof UsageError || (cause instanceof TypeError && 'code' in cause)) {
    process.stderr.write(`${cause.message}\n\n${USAGE}`);
    process.exit(2);
  }
  throw cause;
}
