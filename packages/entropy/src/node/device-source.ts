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
import { pause } from '../timeout.ts';

/** A device as the settings name it. */
export type DeviceSettings = {
  readonly id: string;
  readonly path: string;
  readonly sampleBits: number;
  /** Min-entropy per sample that its maker or an assessment vouches for. */
  readonly minEntropy: number;
  readonly about?: string;
  /**
   * For a device known never to keep a reader waiting that asked not to: it is read in this process,
   * which spares one of its own. Linux's hardware generators are such devices.
   */
  readonly neverBlocks?: boolean;
};

/** How long to leave a device alone that has nothing yet. */
const NOTHING_YET_MS = 5;

/** Bytes of a stream of samples, however they are come by. */
type Stream = {
  readonly started: Promise<void>;
  readonly read: (count: number) => Promise<Uint8Array>;
  readonly close: () => void;
};

/** Reads what `path` names: a file in this process, what might keep it waiting in one of its own. */
export function deviceSource(settings: DeviceSettings): Source {
  const { id, path, sampleBits, minEntropy } = settings;
  let stream: Stream | undefined;
  const open = (): Stream => {
    stream ??= streamOf(settings);
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

function streamOf({ path, neverBlocks }: DeviceSettings): Stream {
  if (isRegularFile(path)) return fileStream(path, 0);
  return neverBlocks === true ? fileStream(path, fs.constants.O_NONBLOCK) : processStream(path);
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

/** Reads in this process what cannot keep it waiting; the wait for a lock is a thread's, not ours. */
function fileStream(path: string, flags: number): Stream {
  let fd: number | undefined;
  let reads = 0;
  let isClosed = false;
  try {
    fd = fs.openSync(path, fs.constants.O_RDONLY | flags);
  } catch (error) {
    throw new EntropyFault('source_unreadable', reasonOf(error), error);
  }
  // A number that is closed under a read may be another file's by the time it is read from.
  const closeWhenIdle = (): void => {
    if (!isClosed || reads > 0 || fd === undefined) return;
    fs.closeSync(fd);
    fd = undefined;
  };
  const read = async (count: number): Promise<Uint8Array> => {
    for (;;) {
      if (isClosed || fd === undefined) {
        throw new EntropyFault('source_unreadable', `${path} was closed`);
      }
      reads++;
      const samples = await attempt(fd, count).finally(() => {
        reads--;
        closeWhenIdle();
      });
      if (samples?.length === 0)
        throw new EntropyFault('source_ended', `${path} has no more samples`);
      if (samples !== undefined) return samples;
      await pause(NOTHING_YET_MS);
    }
  };
  const close = (): void => {
    isClosed = true;
    closeWhenIdle();
  };
  return { started: Promise.resolve(), read, close };
}

/** What one read gives, nothing at the end, undefined when there is nothing yet. */
function attempt(fd: number, count: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    fs.read(fd, new Uint8Array(count), (error, got, samples) => {
      if (error === null) resolve(samples.subarray(0, got));
      else if (error.code === 'EAGAIN') resolve(undefined);
      else reject(new EntropyFault('source_unreadable', error.message, error));
    });
  });
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
