/**
 * A device, a pipe or a file as a source of raw samples, one sample per byte: a hardware generator, a
 * serial quantum generator, whatever another program writes. Whatever it does (block, hang, vanish,
 * end), a read either gives samples or rejects, and nothing here can keep the program from ending.
 *
 * Spec: 20 §2.4.
 * @module
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { EntropyFault, reasonOf } from '../fault.ts';
import type { Source } from '../source.ts';

/** A device as the settings name it. */
export type DeviceSettings = {
  readonly id: string;
  readonly path: string;
  readonly sampleBits: number;
  /** Min-entropy per sample that its maker or an assessment vouches for. */
  readonly minEntropy: number;
  readonly about?: string;
};

/** Bytes of a stream of samples, however they are come by. */
type Stream = {
  readonly started: Promise<void>;
  readonly read: (count: number) => Promise<Uint8Array>;
  readonly close: () => void;
};

/** Reads what `path` names: a regular file in this process, anything else in one of its own. */
export function deviceSource(settings: DeviceSettings): Source {
  const { id, path, sampleBits, minEntropy } = settings;
  let stream: Stream | undefined;
  const open = (): Stream => {
    stream ??= isRegularFile(path) ? fileStream(path) : processStream(path);
    return stream;
  };
  return {
    claim: {
      id,
      kind: 'physical',
      sampleBits,
      minEntropy,
      about: settings.about ?? path,
    },
    prepare: async () => open().started,
    read: async (count) => open().read(count),
    close: () => {
      stream?.close();
      stream = undefined;
    },
  };
}

/** Throws `source_unreadable` where there is nothing, or a folder. */
function isRegularFile(path: string): boolean {
  try {
    const stat = fs.statSync(path);
    if (stat.isDirectory()) throw new Error(`${path} is a folder`);
    return stat.isFile();
  } catch (error) {
    throw new EntropyFault('source_unreadable', reasonOf(error), error);
  }
}

function fileStream(path: string): Stream {
  let fd: number | undefined;
  try {
    fd = fs.openSync(path, 'r');
  } catch (error) {
    throw new EntropyFault('source_unreadable', reasonOf(error), error);
  }
  const close = (): void => {
    if (fd !== undefined) fs.closeSync(fd);
    fd = undefined;
  };
  const read = async (count: number): Promise<Uint8Array> => {
    if (fd === undefined) throw new EntropyFault('source_unreadable', `${path} was closed`);
    const samples = new Uint8Array(count);
    const got = attempt(fd, samples);
    if (got === 0) throw new EntropyFault('source_ended', `${path} has no more samples`);
    return samples.subarray(0, got);
  };
  return { started: Promise.resolve(), read, close };
}

function attempt(fd: number, samples: Uint8Array): number {
  try {
    return fs.readSync(fd, samples);
  } catch (error) {
    throw new EntropyFault('source_unreadable', reasonOf(error), error);
  }
}

function processStream(path: string): Stream {
  const reader = fileURLToPath(new URL('./device-reader.ts', import.meta.url));
  const child = spawn(process.execPath, [reader, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let isStarted: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    isStarted = resolve;
  });
  let fault: EntropyFault | undefined;
  let wake: () => void = () => undefined;
  const failed = (failure: EntropyFault): void => {
    fault ??= failure;
    // Whoever waits for the start meets the fault when reading.
    isStarted();
    wake();
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-200);
    isStarted();
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => failed(new EntropyFault('source_unreadable', error.message, error)));
  child.on('close', () => failed(faultOf(path, said)));
  child.stdout.on('readable', () => wake());
  // A source never keeps the program alive; whoever waits for it has a timer of its own.
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) {
    (pipe as (Readable | Writable) & { readonly unref?: () => void }).unref?.();
  }
  const read = async (count: number): Promise<Uint8Array> => {
    for (;;) {
      const { readableLength } = child.stdout;
      if (readableLength > 0) {
        const bytes: unknown = child.stdout.read(Math.min(count, readableLength));
        if (bytes instanceof Uint8Array) return bytes;
      }
      if (fault !== undefined) throw fault;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { started, read, close: () => void child.kill('SIGKILL') };
}

/** What the reader's last word means. */
function faultOf(path: string, said: string): EntropyFault {
  const lastWord = said.trim().split('\n').at(-1);
  if (lastWord === 'ended') return new EntropyFault('source_ended', `${path} has ended`);
  const why = lastWord === undefined || lastWord === 'started' ? 'its reader stopped' : lastWord;
  return new EntropyFault('source_unreadable', `${path} cannot be read: ${why}`);
}
